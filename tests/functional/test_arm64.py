# SPDX-License-Identifier: GPL-2.0-or-later
"""The scenarios on arm64, behind sva-smmuv3."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness import FunctionalTest  # noqa: E402
from sva import guests  # noqa: E402


class Arm64(FunctionalTest):

    def run_arm64(self, scenario, rules):
        spec = guests.built('aarch64')(self.logs)
        verdicts = self.check(scenario, rules, spec=spec)
        # What Linux does not do behind an SMMUv3 is not asked of it.
        self.assertNotIn('drain', {v.rule for v in verdicts})

    def test_arm64_smoke(self):
        self.run_arm64('smoke', ['operations'])

    def test_arm64_fault_in(self):
        self.run_arm64('fault-in', ['data', 'silence', 'models-agree'])

    KILL = ('data', 'abort', 'silence', 'ats-no-access', 'late-dma', 'pasid-reuse')

    def test_arm64_kill(self):
        self.run_arm64('kill', self.KILL)

    def test_arm64_kill_untranslated(self):
        self.run_arm64('kill,modes=untranslated', self.KILL)

    def test_arm64_kill_ats(self):
        self.run_arm64('kill,modes=ats', self.KILL)

    def test_arm64_late(self):
        self.run_arm64('late', ['data', 'abort', 'late-dma'])

    def test_arm64_late_ats(self):
        self.run_arm64('late,mode=ats', ['data', 'abort', 'late-dma'])

    def test_arm64_late_driver_does_not_stop(self):
        self.run_arm64('late,how=no-stop', ['data', 'abort', 'late-dma'])

    def test_arm64_late_driver_unbinds_first(self):
        self.run_arm64('late,how=unbind-first', ['data', 'abort', 'late-dma'])

    def test_arm64_segfault(self):
        self.run_arm64('segfault', ['invalid-request', 'completion', 'alive', 'silence'])

    REVOCATION = ('data', 'no-access', 'invalid-request', 'silence')

    def test_arm64_munmap_race(self):
        self.run_arm64('munmap-race', self.REVOCATION)

    def test_arm64_mprotect(self):
        self.run_arm64('mprotect', [*self.REVOCATION, 'readable'])

    def test_arm64_fork(self):
        self.run_arm64('fork', ['data', 'copy-on-write', 'page-requests', 'own-context',
                                'silence'])

    def test_arm64_isolation(self):
        self.run_arm64('isolation', ['isolation', 'pasids', 'silence'])

    def test_arm64_bind_storm(self):
        self.run_arm64('bind-storm', ['data', 'silence', 'nothing-lost', 'memory'])

    def test_arm64_two_mms(self):
        self.run_arm64('two-mms', ['isolation', 'passed-file', 'silence', 'bind-again'])

    def test_arm64_without_substreams(self):
        """There is nothing to judge, and that is said."""
        spec = guests.built('aarch64')(self.logs)
        spec.extra += ['-global', 'sva-smmuv3.ssid-bits=0']
        self.assert_one_error(self.judge('fault-in', spec=spec), '(?i)pasid|bind')


if __name__ == '__main__':
    unittest.main()
