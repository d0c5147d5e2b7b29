# SPDX-License-Identifier: GPL-2.0-or-later
"""kill: SIGKILL while the device writes in a loop and stops late."""

from ..rules import mm_gone

DEFAULT = True
RULES = mm_gone.KILLED
