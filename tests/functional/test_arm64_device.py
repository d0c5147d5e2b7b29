# SPDX-License-Identifier: GPL-2.0-or-later
"""Things that happen to a device while processes are bound, on arm64."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness_arm64 import Arm64Test  # noqa: E402


class Arm64Device(Arm64Test):

    OUTAGE = ('data', 'no-dma', 'errors', 'silence', 'bind-again', 'nothing-lost')

    def test_arm64_flr(self):
        self.run_arm64('flr', self.OUTAGE)

    def test_arm64_flr_after_mm_exit(self):
        self.run_arm64('flr-after-exit', ['abort', 'ats-no-access', 'silence'])

    def test_arm64_driver_unbind(self):
        self.run_arm64('driver-unbind', self.OUTAGE)

    def test_arm64_hot_unplug(self):
        self.run_arm64('hot-unplug', self.OUTAGE)

    def test_arm64_surprise_removal(self):
        self.run_arm64('hot-unplug,how=surprise', self.OUTAGE)

    def test_arm64_uio(self):
        self.run_arm64('uio', ['data', 'abort', 'silence', 'ats-no-access', 'late-dma',
                               'pasid-reuse'])

    def test_arm64_uio_exit(self):
        self.run_arm64('uio-exit', ['data', 'stopped', 'pasid-reuse'])

    def test_arm64_uio_twice(self):
        self.run_arm64('uio-twice', ['own-bond', 'nothing-lost'])

    def test_arm64_page_request_denied(self):
        self.run_arm64('page-request-denied', ['denied', 'data'])


if __name__ == '__main__':
    unittest.main()
