# SPDX-License-Identifier: GPL-2.0-or-later
"""What memory management does under the device, on arm64."""

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


if __name__ == '__main__':
    unittest.main()
