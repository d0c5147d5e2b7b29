# SPDX-License-Identifier: GPL-2.0-or-later
"""munmap-race: memory is unmapped, and used again, while the device writes."""

from ..rules import revocation

DEFAULT = True
RULES = revocation.UNMAPPED
