# SPDX-License-Identifier: GPL-2.0-or-later
"""What memory management does under the device, on arm64."""

import json
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness_arm64 import Arm64Test  # noqa: E402


class Arm64Memory(Arm64Test):

    REPLACED = ('data', 'no-access', 'page-requests', 'silence')
    SHARED = ('data', 'copy-on-write', 'page-requests', 'silence')
    TAKEN = ('data', 'no-access', 'invalid-request', 'silence')

    def test_arm64_thp(self):
        self.run_arm64('thp', self.REPLACED)

    def test_arm64_swap(self):
        self.run_arm64('swap', self.REPLACED)

    def test_arm64_migrate(self):
        self.run_arm64('migrate', self.REPLACED)

    def test_arm64_ksm(self):
        self.run_arm64('ksm', self.SHARED)

    def test_arm64_zero_page(self):
        self.run_arm64('zero-page', self.SHARED)

    def test_arm64_clean_pages(self):
        self.run_arm64('clean-pages', ['data', 'page-requests', 'silence'])

    def test_arm64_freed_tables(self):
        self.run_arm64('freed-tables', ['data', 'no-access', 'page-requests', 'silence'])

    def test_arm64_truncate(self):
        self.run_arm64('truncate', self.TAKEN)

    def test_arm64_hugetlb(self):
        self.run_arm64('hugetlb', self.TAKEN)

    def test_arm64_userfaultfd(self):
        self.run_arm64('userfaultfd', ['data', 'user-fault', 'silence', 'invalid-request',
                                       'no-hang'])

    def test_arm64_mlock(self):
        self.run_arm64('mlock', ['data', 'locked', 'no-access', 'page-requests', 'silence'])

    def test_arm64_completion(self):
        self.run_arm64('completion', ['data', 'interrupts', 'silence'])

    def test_arm64_evtq_full(self):
        self.run_arm64('evtq-full', ['no-hang', 'page-requests', 'recovery', 'silence'])

    def test_arm64_ats_resident(self):
        self.run_arm64('ats-resident', ['data', 'no-access', 'ats-no-access', 'silence'])

    def test_arm64_resume_storm(self):
        self.run_arm64('resume-storm', ['data', 'page-requests', 'silence', 'stalls'])


class Arm64Httu(Arm64Test):
    """An SMMU that leaves the access flag, or the dirty state, to the kernel.

    A page that was swapped out and read again is clean: a write of the device that
    does not make it dirty is lost when the page is swapped out the next time.
    """

    RULES = ('data', 'no-access', 'page-requests', 'silence')
    # HD and HA of the context descriptor.
    FLAGS = {'httu=0': 0, 'httu=1': 1 << 43}

    def run_arm64(self, scenario, rules, iommu=''):
        super().run_arm64(scenario, rules, iommu)
        evidence = json.loads((self.logs / 'evidence.json').read_text(encoding='utf-8'))
        word = evidence['stages']['bound']['entry']['words'][0]
        self.assertEqual(word & 3 << 42, self.FLAGS[iommu], hex(word))

    def test_arm64_swap_without_hardware_update(self):
        self.run_arm64('swap', self.RULES, iommu='httu=0')

    def test_arm64_swap_with_access_flag_alone(self):
        self.run_arm64('swap', self.RULES, iommu='httu=1')

    def test_arm64_thp_without_hardware_update(self):
        self.run_arm64('thp', self.RULES, iommu='httu=0')

    def test_arm64_zero_page_without_hardware_update(self):
        self.run_arm64('zero-page', ['data', 'copy-on-write', 'page-requests', 'silence'],
                       iommu='httu=0')

    def test_arm64_clean_pages_without_hardware_update(self):
        self.run_arm64('clean-pages', ['data', 'page-requests', 'silence'], iommu='httu=0')

    def test_arm64_kill_without_hardware_update(self):
        self.run_arm64('kill', ['data', 'abort', 'silence', 'ats-no-access', 'late-dma'],
                       iommu='httu=0')


if __name__ == '__main__':
    unittest.main()
