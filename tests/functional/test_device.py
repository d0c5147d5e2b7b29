# SPDX-License-Identifier: GPL-2.0-or-later
"""Things that happen to a device, or to the machine, while processes are bound."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness import FunctionalTest  # noqa: E402


class Removal(FunctionalTest):
    """The device is removed or reset while in use."""

    RULES = ('data', 'no-dma', 'errors', 'silence', 'drain', 'bind-again', 'nothing-lost')

    def test_flr(self):
        self.check('flr', self.RULES)

    def test_flr_after_mm_exit(self):
        self.check('flr-after-exit', ['abort', 'ats-no-access', 'invalid-request', 'silence',
                                      'drain'])

    def test_driver_unbind(self):
        self.check('driver-unbind', self.RULES)

    def test_hot_unplug(self):
        self.check('hot-unplug', self.RULES)

    def test_surprise_removal(self):
        self.check('hot-unplug,how=surprise', self.RULES)

    def test_other_slot(self):
        self.check('other-slot', self.RULES)


class Uio(FunctionalTest):
    """The device under another driver."""

    def test_uio(self):
        self.check('uio', ['data', 'abort', 'silence', 'ats-no-access', 'invalid-request', 'drain',
                           'late-dma', 'pasid-reuse'])

    def test_uio_exit(self):
        self.check('uio-exit', ['data', 'stopped', 'pasid-reuse'])

    def test_uio_twice(self):
        self.check('uio-twice', ['own-bond', 'nothing-lost'])


if __name__ == '__main__':
    unittest.main()
