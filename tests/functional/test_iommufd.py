# SPDX-License-Identifier: GPL-2.0-or-later
"""The device under vfio-pci: address spaces, PASIDs and faults are the program's."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness import FunctionalTest  # noqa: E402


class Iommufd(FunctionalTest):

    def test_iommufd_spaces(self):
        self.check('iommufd', ['data', 'isolation', 'silence', 'no-access', 'detach',
                               'late-dma'])

    def test_iommufd_faults(self):
        self.check('iommufd-faults', ['data', 'invalid-request', 'silence', 'detach',
                                      'unanswered'])

    def test_iommufd_nested(self):
        self.check('iommufd-nested', ['data', 'silence', 'no-access', 'detach'])


if __name__ == '__main__':
    unittest.main()
