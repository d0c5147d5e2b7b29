# SPDX-License-Identifier: GPL-2.0-or-later
"""`sva run`: commands in a guest, files of the host, the first program."""

import json
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import harness  # noqa: F401,E402  (finds the library)
from sva.util import paths  # noqa: E402

DOCUMENT = paths.ROOT / 'docs/system/first-program.rst'
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


class FirstProgram(Guest):
    """The page as it stands: its commands are run, from a directory like the clone."""

    def setUp(self):
        super().setUp()
        for name in ('docs', 'include', 'scripts', 'tests'):
            (self.dir / name).symlink_to(paths.ROOT / name)

    def commands(self, arch):
        text = DOCUMENT.read_text(encoding='utf-8').replace('\\\n', '')
        found = re.findall(r'(?m)^    ((?:gcc|\./scripts/sva|grep) .*)$', text)
        self.assertEqual([line.split()[0] for line in found],
                         ['gcc', './scripts/sva', './scripts/sva', 'grep'])
        if arch == 'aarch64':
            found[0] = 'aarch64-linux-gnu-' + found[0]
            found = [line.replace('sva run', f'sva run --arch {arch}') for line in found]
        return found

    def do(self, line):
        done = subprocess.run(['sh', '-c', line], cwd=self.dir, text=True, timeout=TIMEOUT,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout

    def follow(self, arch):
        """{kind: addresses} of the events, and the pages of the target."""
        build, _, run, grep = self.commands(arch)
        self.do(build)
        said = self.do(run)
        found = re.search(r'status 0x01, 16384 bytes, target at (0x[0-9a-f]+): identical', said)
        self.assertTrue(found, said)
        pages = {hex(int(found[1], 16) + 0x1000 * n) for n in range(4)}
        kinds = {}
        for line in (self.dir / 'events.jsonl').read_text(encoding='utf-8').splitlines():
            event = json.loads(line)
            kinds.setdefault(event['kind'], set()).add(event.get('addr'))
        return kinds, pages, grep

    def test_x86(self):
        kinds, pages, grep = self.follow('x86_64')
        self.assertLessEqual(pages, kinds['PRQ'])
        self.assertIn('"SUCCESS"', self.do(grep))

    def test_arm64(self):
        kinds, pages, _ = self.follow('aarch64')
        self.assertTrue(pages & kinds['STALL'], kinds['STALL'])
        self.assertIn('STALL_END', kinds)


if __name__ == '__main__':
    unittest.main()
