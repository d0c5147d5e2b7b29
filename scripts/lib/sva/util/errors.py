# SPDX-License-Identifier: GPL-2.0-or-later
"""The exception for errors that the user sees."""

from . import text


class SvaError(Exception):
    """A failure of the set-up or of the user's input, told in one line.

    It ends the command with status 2; status 1 is kept for broken rules.
    """

    def __init__(self, message, log=None):
        self.message = text.block(message)
        super().__init__(self.message)
        self.log = log
