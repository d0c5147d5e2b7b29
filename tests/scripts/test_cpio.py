# SPDX-License-Identifier: GPL-2.0-or-later
"""The initramfs writer: the format, and the same bytes every time."""

import gzip
import shutil
import subprocess
import sys
import time
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

from sva.setup import cpio  # noqa: E402


def sample(order=1):
    archive = cpio.Archive()
    steps = [lambda: archive.file('bin/tool', b'#!/bin/sh\n', 0o755),
             lambda: archive.link('bin/alias', 'tool'),
             lambda: archive.file('init', b'x' * 5, 0o755),
             lambda: archive.character_device('dev/console', 5, 1)]
    for step in steps[::order]:
        step()
    return archive


class CpioTest(unittest.TestCase):
    def test_same_bytes_whatever_the_order_and_the_hour(self):
        first = sample().bytes()
        with mock.patch.object(time, 'time', return_value=2e9):
            second = sample(-1).bytes()
        self.assertEqual(first, second)

    def test_headers(self):
        raw = gzip.decompress(sample().bytes())
        self.assertEqual(raw[:6], b'070701')
        self.assertEqual(len(raw) % 4, 0)
        self.assertIn(b'TRAILER!!!', raw)
        at = raw.index(b'dev/console\0') - 110
        fields = [int(raw[at + 6 + 8 * i:at + 14 + 8 * i], 16) for i in range(13)]
        self.assertEqual(fields[1], 0o020600)
        self.assertEqual(fields[9:11], [5, 1])
        self.assertEqual(fields[11], len('dev/console') + 1)

    @unittest.skipUnless(shutil.which('cpio'), 'cpio is not installed')
    def test_cpio_reads_it(self):
        raw = gzip.decompress(sample().bytes())
        names = subprocess.run(['cpio', '-t', '--quiet'], input=raw, check=True,
                               stdout=subprocess.PIPE).stdout.decode().split()
        self.assertEqual(names, ['bin', 'bin/alias', 'bin/tool', 'dev', 'dev/console', 'init'])


if __name__ == '__main__':
    unittest.main()
