# SPDX-License-Identifier: GPL-2.0-or-later
"""A recorded scenario is the same when it is executed again, in all that we announce."""

import os
import signal
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness import TIMEOUT, FunctionalTest  # noqa: E402
from sva import scenarios  # noqa: E402
from sva.guest import specs  # noqa: E402
from sva.runs import replay  # noqa: E402

SCENARIO = 'kill'


class Replay(FunctionalTest):

    def record(self, arch, scenario=SCENARIO):
        spec = specs.recorded(specs.built(arch), 'all')(self.logs, stream=True)
        self.check(scenario, ['contract', 'health'], spec=spec)

    @staticmethod
    def can(scenario):
        return not scenarios.not_recorded(scenario)

    def again(self, arch, scenario=SCENARIO):
        self.record(arch, scenario)
        self.assertEqual(replay.run(self.logs), replay.Outcome(console=True, events=True))

    def test_x86_64(self):
        self.again('x86_64')

    def test_arm64(self):
        self.again('aarch64')

    def test_it_stops_at_an_event(self):
        self.record('aarch64')
        self.assertTrue(replay.run(self.logs, until='1000').stopped)

    @unittest.skipUnless(os.environ.get('SVA_TIER') == 'thorough', 'the thorough tier')
    def test_every_default_scenario(self):
        base = self.logs
        for arch in ('x86_64', 'aarch64'):
            for scenario in filter(self.can, scenarios.of_arch(scenarios.DEFAULT, arch)):
                with self.subTest(arch=arch, scenario=scenario):
                    self.logs = base / arch / scenario
                    signal.alarm(TIMEOUT)
                    self.again(arch, scenario)


if __name__ == '__main__':
    unittest.main()
