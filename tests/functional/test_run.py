# SPDX-License-Identifier: GPL-2.0-or-later
"""`sva run`: commands in a guest, files of the host."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import harness  # noqa: F401,E402  (finds the library)
from sva.util import paths  # noqa: E402

TIMEOUT = 400


class Guest(unittest.TestCase):

    def setUp(self):
        temp = tempfile.TemporaryDirectory()
        self.addCleanup(temp.cleanup)
        self.dir = Path(temp.name)

    def sva(self, *words, given=''):
        """(status, output) of sva run; input that is no terminal."""
        done = subprocess.run([sys.executable, paths.ROOT / 'scripts/sva', 'run',
                               *map(str, words)], cwd=self.dir, input=given, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=TIMEOUT,
                              check=False)
        return done.returncode, done.stdout


class Run(Guest):

    def test_a_command(self):
        (self.dir / 'words').write_text('from the host\n', encoding='utf-8')
        status, said = self.sva('--add', 'words', '--exec', 'cat /host/words; ls /dev/sva*; exit 7')
        self.assertEqual(status, 7, said)
        self.assertRegex(said, r'from the host\r?\n/dev/sva-accel0')

    def test_input(self):
        status, said = self.sva('--arch', 'aarch64', given='echo $((6 * 7)) & wait\nexit 3\n')
        self.assertEqual(status, 3, said)
        self.assertRegex(said, r'(?m)^42\r?$')

    def test_the_end_of_input(self):
        self.assertEqual(self.sva('--arch', 'aarch64')[0], 0)

    def test_a_failure_of_qemu(self):
        status, said = self.sva('--exec', 'true', '--', '-device', 'no-such-device')
        self.assertEqual(status, 1, said)
        self.assertIn('no-such-device', said)

    def test_a_guest_that_ends_early(self):
        status, said = self.sva('--exec', 'echo b > /proc/sysrq-trigger; sleep 60')
        self.assertEqual(status, 2, said)
        self.assertIn('ended before its commands did', said)


if __name__ == '__main__':
    unittest.main()
