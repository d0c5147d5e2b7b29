# SPDX-License-Identifier: GPL-2.0-or-later
"""A kernel that does not boot is booted once, and the reason is told once."""

import io
import json
import sys
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

from fake_machine import END, FakeMachine, STAGE, START  # noqa: E402
from sva import cli  # noqa: E402
from sva.judge import verdict  # noqa: E402
from sva.runs import judging, runner  # noqa: E402
from sva.util import paths  # noqa: E402

PANIC = ['>boot', '>console [0.1] Linux version 6.19.0-rc3+ (gcc) #1 SMP',
         *(f'>console [0.5] line {n} before' for n in range(40)),
         '>console [1.0] Kernel panic - not syncing: VFS: Unable to mount root fs',
         '>console [1.1] Call Trace:', *(f'>console [1.2]  f{n}+0x1/0x2' for n in range(30)),
         '>exit 0']
HANG = ['>boot', '>console [0.1] Linux version 6.19.0-rc3+ (gcc)', '>sleep']
RESET = ['>boot', '>exit 0']
GOOD = [*START[:-2], '@begin NAME', *STAGE, *END]


class BootFailure(FakeMachine):

    def setUp(self):
        super().setUp()
        patch = mock.patch.object(paths, 'ROOT', self.dir)
        patch.start()
        self.addCleanup(patch.stop)

    def check(self, scripts, *words):
        """`sva check` of some scenarios, one script for each boot that there may be."""
        scripts, boots = list(scripts), []

        def make(logs, **unused):
            boots.append(logs.name)
            spec = self.spec([line.replace('NAME', logs.name) for line in scripts.pop(0)])
            spec.logs = logs
            return spec
        args = cli.build_parser().parse_args(
            ['check', '--kernel', 'x', *words, *(f'--scenario={name}' for name in
                                                 ('kill', 'late', 'segfault'))])
        with mock.patch('sys.stdout', io.StringIO()) as out, \
                mock.patch.object(runner, 'BOOT_TIMEOUT', 2):
            status = judging.run(args, {'x86_64': make}, 'check')
        self.out = out.getvalue()
        self.words = ' '.join(self.out.split())
        self.kept = json.loads(paths.build('runs/latest/verdicts.json').read_text('utf-8'))
        return status, boots

    def test_said_once(self):
        self.assertEqual(self.check([PANIC]), (2, ['kill']))
        self.assertEqual(self.out.count('does not boot'), 1)
        self.assertIn(' error Linux 6.19.0-rc3+ does not boot: the guest kernel panicked: VFS: ',
                      self.words)
        self.assertIn('x86-64 · Linux 6.19.0-rc3+ · ', self.out)
        self.assertIn('  not run: late, segfault\n', self.out)
        self.assertIn('\n1 verdict: 0 pass, 0 known, 0 fail, 1 error.', self.out)
        [only] = self.kept['verdicts']
        self.assertEqual((only['kernel'], only['rule'], only['result']),
                         ('6.19.0-rc3+', 'complete', 'error'))

    def test_its_last_lines(self):
        self.check([PANIC])
        shown = [line for line in self.out.splitlines() if line.startswith('    | ')]
        self.assertEqual(len(shown), runner.LAST_LINES)
        self.assertEqual(shown[0], '    | [0.5] line 30 before')
        self.assertIn('Kernel panic - not syncing', shown[10])
        self.assertEqual(shown[-1], '    | [1.2]  f2+0x1/0x2')
        self.check([HANG])
        self.assertTrue(self.out.splitlines()[-4].endswith('Linux version 6.19.0-rc3+ (gcc)'))

    def test_what_else_is_no_boot(self):
        for script, words in ((HANG, 'did not answer in time'), (RESET, 'powered off')):
            self.assertEqual(self.check([script], '--boot-failure=1'), (1, ['kill']))
            self.assertIn(words, self.words)
        self.assertIn('(no release on the console)', self.words)

    def test_bisect_can_count_it_as_bad(self):
        self.assertEqual(self.check([PANIC], '--boot-failure=1')[0], 1)
        self.assertEqual(self.check([PANIC], '--boot-failure=2')[0], 2)

    def test_in_ktap(self):
        self.assertEqual(self.check([PANIC], '--ktap')[0], 2)
        self.assertIn('  not ok 1 complete # ERROR Linux 6.19.0-rc3+ does not boot', self.out)
        self.assertTrue(all(line.lstrip().startswith(('KTAP', '1..', '#', 'ok', 'not ok'))
                            for line in self.out.splitlines()), self.out)

    def test_qemu_that_ends_is_no_boot_failure(self):
        for end in ('>exit 1', '>signal 6'):
            status, boots = self.check([[end]] * 3, '--boot-failure=1')
            self.assertEqual((status, len(boots)), (2, 3))
            self.assertNotIn('does not boot', self.out)

    def test_one_machine_that_does_not_boot_is_one_error(self):
        """The kernel has booted before, so the others may well boot."""
        good = verdict.Verdict('kill', verdict.BOUND, 'data', verdict.KERNEL, verdict.PASS, 'fine')
        with mock.patch.object(runner.scenarios, 'judge', return_value=[good]):
            status, boots = self.check([GOOD, PANIC, GOOD], '--boot-failure=1')
        self.assertEqual((status, boots), (2, ['kill', 'late', 'segfault']))
        self.assertEqual([v['result'] for v in self.kept['verdicts']], ['pass', 'error', 'pass'])

    def test_a_panic_of_a_scenario_is_something_else(self):
        panic = [*GOOD[:len(START) - 1], '>console Kernel panic - not syncing: Fatal exception', '>exit 0']
        with mock.patch.object(runner, 'SCENARIO_MARGIN', 0):
            status, boots = self.check([panic] * 3)
        self.assertEqual((status, len(boots)), (1, 3))
        self.assertEqual({v['party'] for v in self.kept['verdicts']}, {'kernel'})


if __name__ == '__main__':
    unittest.main()
