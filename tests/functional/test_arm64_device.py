# SPDX-License-Identifier: GPL-2.0-or-later
"""Things that happen to a device while processes are bound, on arm64."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness_arm64 import Arm64Test  # noqa: E402
from sva.guest import specs  # noqa: E402


class Arm64Device(Arm64Test):

    REMOVAL = ('data', 'no-dma', 'errors', 'silence', 'bind-again', 'nothing-lost')

    def test_arm64_flr(self):
        self.run_arm64('flr', self.REMOVAL)

    def test_arm64_flr_after_mm_exit(self):
        self.run_arm64('flr-after-exit', ['abort', 'ats-no-access', 'silence'])

    def test_arm64_driver_unbind(self):
        self.run_arm64('driver-unbind', self.REMOVAL)

    def test_arm64_hot_unplug(self):
        self.run_arm64('hot-unplug', self.REMOVAL)

    def test_arm64_surprise_removal(self):
        self.run_arm64('hot-unplug,how=surprise', self.REMOVAL)

    def test_arm64_other_slot(self):
        self.run_arm64('other-slot', self.REMOVAL)

    def test_arm64_other_slot_read_early(self):
        """Finding 10: the unit has read the stream table's descriptor of the empty bus."""
        spec = specs.changed(specs.built('aarch64'), adversary=2)(
            self.logs, iommu_options='adversary-only=0x1')
        verdicts = self.check('other-slot', self.REMOVAL, spec=spec)
        contract = {v.rule: v for v in verdicts}['contract']
        self.assertEqual((contract.result, contract.finding.partition(':')[0]),
                         ('known', 'finding 10'), contract.evidence)

    def test_arm64_uio(self):
        self.run_arm64('uio', ['data', 'abort', 'silence', 'ats-no-access', 'late-dma',
                               'pasid-reuse'])

    def test_arm64_uio_exit(self):
        self.run_arm64('uio-exit', ['data', 'stopped', 'pasid-reuse'])

    def test_arm64_uio_twice(self):
        self.run_arm64('uio-twice', ['own-bond', 'nothing-lost'])

    def test_arm64_page_request_denied(self):
        self.run_arm64('page-request-denied', ['denied', 'data'])


class Arm64NoBind(Arm64Test):
    """The machine cannot do SVA, or not all of it."""

    def no_bind(self, case):
        self.run_arm64(f'no-bind,case={case}', ['refused', 'told', 'modes', 'silence'])

    def test_arm64_no_iommu(self):
        self.no_bind('no-iommu')

    def test_arm64_smmu_without_substreams(self):
        self.no_bind('iommu-no-substreams')

    def test_arm64_smmu_with_small_addresses(self):
        self.no_bind('iommu-small-addresses')

    def test_arm64_smmu_with_small_asids(self):
        self.no_bind('iommu-small-asids')

    def test_arm64_smmu_without_4k(self):
        self.no_bind('iommu-no-4k')

    def test_arm64_smmu_not_coherent(self):
        self.no_bind('iommu-not-coherent')

    def test_arm64_smmu_without_stalls(self):
        self.no_bind('iommu-no-stalls')

    def test_arm64_smmu_with_forced_stalls(self):
        self.no_bind('iommu-forced-stalls')

    def test_arm64_smmu_without_ats(self):
        self.no_bind('iommu-no-ats')

    def test_arm64_device_without_ats(self):
        self.no_bind('device-no-ats')

    def test_arm64_kernel_without_ats(self):
        self.no_bind('pci-noats')

    def test_arm64_smmu_without_pri(self):
        self.no_bind('iommu-no-pri')


if __name__ == '__main__':
    unittest.main()
