# SPDX-License-Identifier: GPL-2.0-or-later
"""One clock for all logs: the virtual one, in which the models give the time.

What another program says is seen by the host a little later, never earlier; so of
many differences of two clocks the smallest is the nearest to the truth.
"""

import bisect

# Lines before and after, among which one is taken to have come without delay. While it
# boots a kernel's clock does not count evenly, so not all lines.
NEAR = 8


class Clocks:
    """From times.json (guest/times.py): when things happened, in virtual nanoseconds.

    Each answer is None if it cannot be told.
    """

    def __init__(self, times):
        times = times if isinstance(times, dict) else {}
        streams = times.get('streams')
        known = [n for n in streams if isinstance(n, int)] if isinstance(streams, list) else []
        # Host - virtual. A machine that was moved goes on with the time it had.
        self.host = known[0] if known else None
        # Lines that the recorder left out (guest/recording.py).
        self.repeated = times.get('repeated') if isinstance(times.get('repeated'), int) else 0
        control = times.get('control')
        self.controls = control if isinstance(control, list) else []
        self.stamps, self.offsets = _offsets(times.get('console'))

    def control(self, line):
        """Of the line of control.log with this number, from 0."""
        if self.host is None or line >= len(self.controls):
            return None
        return max(0, self.controls[line] - self.host)

    def kernel(self, usec):
        """Of a moment of the kernel's clock."""
        if self.host is None or not self.stamps:
            return None
        at = min(bisect.bisect_left(self.stamps, usec), len(self.stamps) - 1)
        return max(0, usec * 1000 + self.offsets[at] - self.host)


def _offsets(console):
    """Sorted times of the kernel, and host - kernel for each."""
    pairs = sorted(tuple(pair) for pair in console if _is_pair(pair)) \
        if isinstance(console, list) else []
    raw = [host - usec * 1000 for usec, host in pairs]
    return ([usec for usec, _ in pairs],
            [min(raw[max(0, at - NEAR):at + NEAR + 1]) for at in range(len(raw))])


def _is_pair(value):
    return isinstance(value, list) and len(value) == 2 and all(isinstance(n, int) for n in value)
