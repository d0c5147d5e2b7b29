# SPDX-License-Identifier: GPL-2.0-or-later
"""The command line tool with real machines: two at once, and one that is killed."""

import json
import os
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness import FunctionalTest  # noqa: E402
from sva.util import paths  # noqa: E402

COMMAND = (sys.executable, paths.ROOT / 'scripts/sva', 'check', '--flavour', 'plain', '--arch',
           'aarch64', '--scenario')


def machines(parent):
    """The emulators that a process has started."""
    children = Path(f'/proc/{parent}/task/{parent}/children').read_text(encoding='utf-8').split()
    return [int(child) for child in children
            if b'qemu-system' in Path(f'/proc/{child}/cmdline').read_bytes()]


def alive(pid):
    try:
        state = Path(f'/proc/{pid}/stat').read_text(encoding='utf-8')
    except OSError:
        return False
    return state.rsplit(')', 1)[1].split()[0] != 'Z'


class Tool(FunctionalTest):

    def start(self, scenario, name):
        self.logs.mkdir(parents=True, exist_ok=True)
        report = self.logs / f'{name}.json'
        report.unlink(missing_ok=True)
        child = subprocess.Popen([*COMMAND, scenario, '--json', report], text=True,
                                 stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT)
        self.addCleanup(child.__exit__, None, None, None)
        self.addCleanup(child.kill)
        return child, report

    def test_two_at_once(self):
        places = set()
        for child, report in [self.start('fault-in', name) for name in ('one', 'two')]:
            words, _ = child.communicate()
            self.assertEqual(child.returncode, 0, words)
            verdicts = json.loads(report.read_text(encoding='utf-8'))['verdicts']
            self.assertEqual({v['result'] for v in verdicts}, {'pass'}, words)
            place = paths.ROOT / words.split('log: ')[-1].splitlines()[0]
            self.assertEqual((place.parent / 'verdicts.json').read_text('utf-8'),
                             report.read_text('utf-8'))
            places.add(place)
        self.assertEqual(len(places), 2)

    def test_killed(self):
        child, _ = self.start('kill', 'killed')
        while not (found := machines(child.pid)):
            self.assertIsNone(child.poll(), 'no machine was seen')
            time.sleep(0.05)
        # It is running.
        time.sleep(2)
        self.assertTrue(all(map(alive, found)))
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        for _ in range(100):
            if not any(map(alive, found)):
                return
            time.sleep(0.1)
        self.fail(f'QEMU runs on: {found}')


if __name__ == '__main__':
    unittest.main()
