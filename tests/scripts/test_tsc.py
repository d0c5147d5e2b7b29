# SPDX-License-Identifier: GPL-2.0-or-later
"""The frequency of the time stamp counter that is passed to x86 guests."""

import os
import platform
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

from sva.guest import tsc  # noqa: E402
from sva.util import paths  # noqa: E402


class Tsc(unittest.TestCase):

    def fresh(self):
        tsc.khz.cache_clear()
        self.addCleanup(tsc.khz.cache_clear)
        return tsc.khz()

    def test_measured_twice_it_is_the_same(self):
        first, second = self.fresh(), self.fresh()
        if platform.machine() == 'x86_64':
            # No x86-64 processor counts slower than this.
            self.assertGreater(first, 500000)
            self.assertLess(abs(first - second) * 100, first)
        else:
            self.assertEqual((first, second), (None, None))

    @unittest.skipUnless(platform.machine() == 'x86_64', 'compiles for x86')
    def test_compiled_once_and_when_the_source_is_newer(self):
        with tempfile.TemporaryDirectory() as temp, \
                mock.patch.object(paths, 'ROOT', Path(temp)):
            self.assertGreater(self.fresh(), 500000)
            [program] = Path(temp, 'build').iterdir()
            os.utime(program, (0, 2 ** 32))
            self.fresh()
            self.assertEqual(program.stat().st_mtime, 2 ** 32)
            os.utime(program, (0, 0))
            self.fresh()
            self.assertGreater(program.stat().st_mtime, 0)

    def test_the_guest_is_told(self):
        with mock.patch.object(tsc, 'khz', lambda: 2596000):
            self.assertEqual(tsc.cmdline(), 'tsc_early_khz=2596000')

    def test_a_host_of_another_kind(self):
        with mock.patch.object(platform, 'machine', lambda: 'aarch64'):
            self.assertIsNone(self.fresh())
            self.assertEqual(tsc.cmdline(), '')


if __name__ == '__main__':
    unittest.main()
