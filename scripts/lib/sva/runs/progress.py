# SPDX-License-Identifier: GPL-2.0-or-later
"""Does QEMU get on with a replay? If not, it would wait for ever."""

import time

from ..guest.qmp import QmpClosed, QmpSilent
from ..util.errors import SvaError

# Seconds in which it has to answer, and to execute something. A guest that sleeps for its
# longest time-out, a minute, executes its timer interrupts meanwhile.
LIMIT = 90
# Between two looks.
PERIOD = 1
RUNNING = 'running'


class Progress:
    """Call it again and again; SvaError if QEMU hangs."""

    def __init__(self, guest, limit=LIMIT):
        self.guest = guest
        self.limit = limit
        self.icount = None
        self.since = time.monotonic()
        self.next = 0
        # It is busy for seconds when it goes back to a snapshot.
        guest.qmp.timeout = limit

    def __call__(self):
        now = time.monotonic()
        if now < self.next:
            return
        try:
            self._look(now)
        except QmpClosed:
            pass    # it has ended
        self.next = time.monotonic() + PERIOD

    def _look(self, now):
        execute = self.guest.qmp.execute
        try:
            runs = execute('query-status')['status'] == RUNNING
            icount = execute('query-replay')['icount']
        except QmpSilent:
            raise SvaError(f'QEMU hangs: it has not answered for {self.limit} s and is ended; '
                           'the record is as it was', self.guest.log('qemu.log')) from None
        if not runs or icount != self.icount:
            self.icount, self.since = icount, now
        elif now - self.since > self.limit:
            raise SvaError(f'the replay hangs at instruction {icount:,}: it has executed nothing '
                           f'for {self.limit} s, because what is next in the record does not '
                           'happen; QEMU is ended', self.guest.log('qemu.log'))
