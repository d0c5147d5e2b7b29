# SPDX-License-Identifier: GPL-2.0-or-later
"""A control channel of two pipes, for a machine that does the same each time.

A guest writes byte by byte. A socket has place for a few hundred bytes that were written so; then
the port has to try again, and how often depends on the host.
"""

import array
import fcntl
import os
import select
import termios
import time

from ..util.errors import SvaError

# Seconds for QEMU to take some bytes.
TAKEN_TIMEOUT = 60


class Channel:
    """The host's end; recv(), sendall(), settimeout() and close() are those of a socket."""

    def __init__(self):
        self.output, self.theirs_out = os.pipe()
        self.theirs_in, self.input = os.pipe()
        self.open = [self.output, self.input, *self.theirs]
        self.timeout = None

    @property
    def theirs(self):
        """What QEMU inherits: (where it writes, where it reads)."""
        return self.theirs_out, self.theirs_in

    def started(self):
        """QEMU has them."""
        self._close(self.theirs)

    def settimeout(self, seconds):
        self.timeout = seconds

    def recv(self, size):
        if not select.select([self.output], [], [], self.timeout)[0]:
            raise TimeoutError
        return os.read(self.output, size)

    def sendall(self, data):
        """All of it has been read by QEMU when this returns: few bytes."""
        os.write(self.input, data)
        left, deadline = array.array('i', [1]), time.monotonic() + TAKEN_TIMEOUT
        while left[0]:
            fcntl.ioctl(self.input, termios.FIONREAD, left)
            if time.monotonic() > deadline:
                raise SvaError('QEMU does not take what the host says on the control channel')
            time.sleep(0.001)

    def close(self):
        self._close(list(self.open))

    def _close(self, fds):
        for fd in fds:
            self.open.remove(fd)
            os.close(fd)
