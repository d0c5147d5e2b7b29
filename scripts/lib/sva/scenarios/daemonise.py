# SPDX-License-Identifier: GPL-2.0-or-later
"""daemonise: the process that bound forks and exits; its child has the files."""

from ..rules import mm_gone

RULES = mm_gone.INHERITED
