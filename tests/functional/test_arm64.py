# SPDX-License-Identifier: GPL-2.0-or-later
"""The scenarios on arm64, behind sva-smmuv3."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness_arm64 import Arm64Test  # noqa: E402
from sva.guest import specs  # noqa: E402


class Arm64(Arm64Test):

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

    def test_arm64_kill_with_requests(self):
        self.run_arm64('kill-with-requests', ['invalid-request', 'no-hang', 'silence',
                                              'pasid-reuse'])

    def test_arm64_stall_across_exit(self):
        self.run_arm64('stall-across-exit', ['abort', 'silence', 'stalls'])

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

    GONE = ('data', 'abort', 'silence', 'ats-no-access', 'late-dma', 'pasid-reuse')

    def test_arm64_daemonise(self):
        self.run_arm64('daemonise', [*self.GONE, 'other-memory', 'pasid-kept'])

    def test_arm64_exec(self):
        self.run_arm64('exec', [*self.GONE, 'other-memory', 'pasid-kept'])

    def test_arm64_threads(self):
        self.run_arm64('threads', [*self.GONE, 'works-on'])

    def test_arm64_kill_two_devices(self):
        self.run_arm64('kill-two-devices', [*self.GONE, 'pasid-kept'])

    def test_arm64_two_devices(self):
        self.run_arm64('two-devices', ['data', 'one-pasid', 'silence', 'other-works', 'late-dma',
                                       'no-access', 'bind-again'])

    def test_arm64_oom(self):
        self.run_arm64('oom', [*self.GONE, 'one-victim', 'responsive'])

    def test_arm64_oom_reaper(self):
        self.run_arm64('oom-reaper', ['data', 'reaper', 'no-access', 'silence',
                                      'invalid-request', 'one-victim', 'responsive'])

    PASIDS = ('all-pasids', 'data', 'refused', 'silence', 'recovers')

    def test_arm64_few_pasids_of_the_device(self):
        self.run_arm64('pasid-width', self.PASIDS)

    def test_arm64_few_pasids_of_the_smmu(self):
        self.run_arm64('pasid-width,where=iommu', self.PASIDS)

    def test_arm64_kernel_pasid(self):
        self.run_arm64('kernel-pasid', ['isolation', 'silence', 'no-access', 'late-dma',
                                        'pasid-kept'])

    def test_arm64_without_substreams(self):
        """There is nothing to judge, and the error says so."""
        spec = specs.built('aarch64')(self.logs)
        spec.extra += ['-global', 'sva-smmuv3.ssid-bits=0']
        self.assert_one_error(self.judge('fault-in', spec=spec), '(?i)pasid|bind')


if __name__ == '__main__':
    unittest.main()
