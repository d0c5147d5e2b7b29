# SPDX-License-Identifier: GPL-2.0-or-later
"""Boots that hang: boot one machine many times, and report where it stopped."""

import bisect
import os
import signal
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness import FunctionalTest, TIMEOUT  # noqa: E402
from sva.guest import machine, specs  # noqa: E402
from sva.setup import artifacts  # noqa: E402
from sva.util.errors import SvaError  # noqa: E402

BOOTS = {'quick': 2, 'thorough': 50}
# Seconds without a sign of life, on the console or on the channel. A whole boot
# takes five; a busy host makes it a minute.
STILL = 90
LOOK = ('info registers -a', 'info pic', 'info lapic')


class Boots(FunctionalTest):
    """Strict and caching mode, four processors, the clock that is not the processor's."""

    def setUp(self):
        super().setUp()
        self.boots = BOOTS[os.environ.get('SVA_TIER', 'quick')]
        # It has a limit of its own for each boot.
        signal.alarm(self.boots * TIMEOUT)
        self.kernel = artifacts.kernel('x86_64')
        self.make = specs.built('x86_64')

    def test_no_boot_stands_still(self):
        still = []
        for number in range(self.boots):
            where = self.boot(self.logs / str(number))
            if where:
                still.append(f'boot {number}: {where}')
        self.assertEqual(still, [], f'{len(still)} of {self.boots} boots stood still; '
                         f'evidence: {self.logs}')

    def boot(self, logs):
        """Where it hung, or None."""
        spec = self.make(logs, iommu_options='caching-mode=on',
                         extra=['-smp', '4'])
        spec.cmdline += ' iommu.strict=1 clocksource=acpi_pm'
        with machine.Machine(spec) as guest:
            if not self.stands_still(guest):
                return None
            (logs / 'still.txt').write_text(''.join(
                f'== {line}\n{guest.qmp.monitor(line)}\n' for line in LOOK), encoding='utf-8')
            counters = guest.counters(machine.IOMMU)
            return (f'{self.last_line(guest)}; processors at {self.places(guest)}; interrupts: '
                    f'{counters["interrupts-remapped"]} remapped, '
                    f'{counters["interrupts-blocked"]} blocked')

    def stands_still(self, guest):
        """Waits for the first line of the guest's own."""
        seen, alive = -1, time.monotonic()
        while time.monotonic() - alive < STILL:
            size = len(guest.console.text())
            if size != seen:
                seen, alive = size, time.monotonic()
            try:
                if guest.read_line(time.monotonic() + 1).startswith('@hello'):
                    return False
            except SvaError:
                if guest.process.poll() is not None:
                    raise
        return True

    def last_line(self, guest):
        lines = guest.console.text().strip().splitlines()
        return f'after "{lines[-1].strip()}"' if lines else 'nothing on the console'

    def places(self, guest):
        """Functions that the processors are in."""
        symbols = sorted((int(words[0], 16), words[2]) for words in map(str.split, (
            self.kernel.kbuild / 'System.map').read_text(encoding='utf-8').splitlines()))
        found = []
        for word in guest.qmp.monitor('info registers -a').split():
            if word.startswith('RIP='):
                at = bisect.bisect(symbols, (int(word[4:], 16), '\x7f')) - 1
                found.append(symbols[at][1] if at >= 0 else word)
        return ', '.join(found)


if __name__ == '__main__':
    unittest.main()
