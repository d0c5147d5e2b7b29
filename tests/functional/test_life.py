# SPDX-License-Identifier: GPL-2.0-or-later
"""The life of processes that use the device."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness import FunctionalTest  # noqa: E402


class Life(FunctionalTest):
    """Ways for an address space to exit while the device writes."""

    RULES = ('data', 'abort', 'silence', 'ats-no-access', 'invalid-request', 'drain',
             'late-dma', 'pasid-reuse')

    def test_daemonise(self):
        self.check('daemonise', [*self.RULES, 'other-memory', 'bond-kept', 'pasid-kept'])

    def test_exec_files_kept(self):
        self.check('exec', [*self.RULES, 'other-memory', 'bond-kept', 'pasid-kept'])

    def test_exec_files_closed(self):
        self.check('exec,files=cloexec', [*self.RULES, 'other-memory', 'pasid-kept'])

    def test_threads(self):
        self.check('threads', [*self.RULES, 'works-on'])

    def test_oom(self):
        self.check('oom', [*self.RULES, 'one-victim', 'responsive'])

    def test_oom_reaper(self):
        self.check('oom-reaper',
                   ['data', 'one-victim', 'responsive', 'reaper', 'no-access', 'silence',
                    'invalid-request', 'drain', 'late-dma', 'pasid-reuse'])


class Devices(FunctionalTest):

    def test_kill_two_devices(self):
        self.check('kill-two-devices', ['data', 'abort', 'silence', 'ats-no-access',
                                        'invalid-request', 'pasid-kept', 'drain', 'late-dma',
                                        'pasid-reuse'])

    def test_two_devices(self):
        self.check('two-devices', ['data', 'one-pasid', 'silence', 'drain', 'other-works',
                                   'late-dma', 'no-access', 'bind-again'])

    def test_kernel_pasid(self):
        self.check('kernel-pasid', ['isolation', 'silence', 'no-access', 'drain', 'late-dma',
                                    'pasid-kept'])

    def test_kernel_tables(self):
        self.check('kernel-tables', ['no-access', 'drain'])


class Width(FunctionalTest):
    """Few PASIDs, in the device or in the IOMMU."""

    RULES = ('all-pasids', 'data', 'refused', 'silence', 'recovers', 'drain')

    def test_width_device_1(self):
        self.check('pasid-width,bits=1', self.RULES)

    def test_width_device_4(self):
        self.check('pasid-width,bits=4', self.RULES)

    def test_width_device_20(self):
        self.check('pasid-width,bits=20', self.RULES)

    def test_width_iommu_1(self):
        self.check('pasid-width,bits=1,where=iommu', self.RULES)

    def test_width_iommu_2(self):
        self.check('pasid-width,bits=2,where=iommu', self.RULES)


class NoBind(FunctionalTest):
    """Each machine that cannot do SVA, or not all of it."""

    def no_bind(self, case):
        self.check(f'no-bind,case={case}', ['refused', 'told', 'modes', 'silence'])

    def test_no_iommu(self):
        self.no_bind('no-iommu')

    def test_iommu_off(self):
        self.no_bind('iommu-off')

    def test_scalable_mode_off(self):
        self.no_bind('scalable-mode-off')

    def test_iommu_legacy(self):
        self.no_bind('iommu-legacy')

    def test_iommu_no_pasid(self):
        self.no_bind('iommu-no-pasid')

    def test_iommu_no_la57(self):
        self.no_bind('iommu-no-la57')

    def test_iommu_not_coherent(self):
        self.no_bind('iommu-not-coherent')

    def test_iommu_no_ats(self):
        self.no_bind('iommu-no-ats')

    def test_device_no_ats(self):
        self.no_bind('device-no-ats')

    def test_pci_noats(self):
        self.no_bind('pci-noats')

    def test_iommu_no_pri(self):
        self.no_bind('iommu-no-pri')

    def test_device_no_pri(self):
        self.no_bind('device-no-pri')


if __name__ == '__main__':
    unittest.main()
