# SPDX-License-Identifier: GPL-2.0-or-later
"""When things were seen, to bring the logs of a machine into one order.

There are three clocks: the models' virtual clock, the guest kernel's, and this host's,
which sees what the others say. docs/system/report.rst tells how they are compared.
"""

import re
import time

EVENT = re.compile(rb'"time":(\d+)')
KERNEL = re.compile(r'\[ *(\d+)\.(\d{6})\] ')
# Lines of the console, and of the control channel; far above what a scenario says.
MOST = 20000


class Times:
    """What one machine's logs are aligned by; other threads call the hear functions.

    All in nanoseconds of this host. control: for each line of control.log when it came.
    console: for lines of the console [microseconds of the kernel's clock, when it came].
    streams: for each event stream the smallest difference to the virtual clock, or None.
    """

    def __init__(self):
        self.control = []
        self.console = []
        self.streams = []

    def hear_control(self):
        if len(self.control) < MOST:
            self.control.append(time.monotonic_ns())

    def hear_console(self, lines):
        now = time.monotonic_ns()
        for line in lines:
            match = KERNEL.match(line)
            if match and len(self.console) < MOST:
                self.console.append([int(match[1] + match[2]), now])

    def new_stream(self):
        """The function that hears the lines of one more stream."""
        number = len(self.streams)
        self.streams.append(None)

        def hear(lines):
            # The last one has waited least.
            match = EVENT.search(lines[-1])
            if match:
                seen = time.monotonic_ns() - int(match[1])
                self.streams[number] = min(self.streams[number] or seen, seen)
        return hear

    def record(self):
        """For times.json."""
        return {'control': self.control, 'console': self.console, 'streams': self.streams}
