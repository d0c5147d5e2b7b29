# SPDX-License-Identifier: GPL-2.0-or-later
"""truncate: a mapped file becomes empty while the device writes."""

from ..rules import revocation

THOROUGH = ('rounds=2000', 1800)
RULES = revocation.UNMAPPED
