# SPDX-License-Identifier: GPL-2.0-or-later
"""Something happens at an event, at the same instruction each time."""

import filecmp
import os
import signal
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness import TIMEOUT, FunctionalTest  # noqa: E402
from sva.guest import exploring, specs  # noqa: E402
from sva.runs import exploration, findings  # noqa: E402
from sva.setup import linux  # noqa: E402

# It answers no stall of a process that has ended; in fault-in none ends with one.
VARIANT = 'no-answer-after-exit'
QUIET = 'fault-in'
RULE = 'contract:stall-unanswered'
# What the agent in the guest says.
SAID = {'kill': 'agent: processes killed: 1', 'flr': 'agent: reset: done',
        'loss': 'agent: the slot has no power'}


class Explore(FunctionalTest):

    def explorer(self, arch, scenario='kill', make=None):
        return exploration.Explorer(make or specs.built(arch), scenario, self.logs,
                                    findings.load())

    def said(self, point):
        return (self.logs / point.label / 'control.log').read_text(encoding='utf-8')

    def same_again(self, arch):
        explorer = self.explorer(arch)
        numbers = explorer.baseline()
        self.assertEqual(explorer.usual, set())
        console = self.logs / exploration.BASELINE / 'console.log'
        for fault in exploring.FAULTS:
            point = exploration.Point(fault, numbers[len(numbers) // 2])
            one = explorer.try_at(point, keep=True)
            self.assertEqual(one.rules, (), one.evidence)
            self.assertIn(SAID.get(fault, ''), self.said(point))
            self.assertFalse(filecmp.cmp(console, self.logs / point.label / 'console.log',
                                         shallow=False))
            again = explorer.try_at(point, keep=True)
            self.assertEqual((again.digest, again.known), (one.digest, one.known), point)

    def test_the_same_again_x86_64(self):
        self.same_again('x86_64')

    def test_the_same_again_arm64(self):
        self.same_again('aarch64')

    if os.environ.get('SVA_TIER') == 'thorough':
        def test_it_finds_what_the_scenario_does_not(self):
            self.finds_what_the_scenario_does_not()

    def finds_what_the_scenario_does_not(self):
        signal.alarm(0)     # the kernel may have to be built
        make = specs.appended(specs.set_up('aarch64', linux.VARIANTS), f'sva.variant={VARIANT}')
        signal.alarm(TIMEOUT)
        explorer = self.explorer('aarch64', QUIET, make)
        numbers = explorer.baseline()
        self.assertEqual(explorer.usual, set())
        outcomes = []
        exploration.run(explorer, exploration.plan(numbers, ('kill',), 4, 1), 2, outcomes.append)
        self.assertTrue(any(RULE in outcome.rules for outcome in outcomes), outcomes)


if __name__ == '__main__':
    unittest.main()
