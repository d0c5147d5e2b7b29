# SPDX-License-Identifier: GPL-2.0-or-later
"""arm64 with firmware: everything is found in ACPI tables.

The IORT table says that there is ATS. It cannot say that a PCI function may
stall, so only memory that is present can be used.
"""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness import FunctionalTest  # noqa: E402
from sva.guest import specs  # noqa: E402
from sva.setup import artifacts  # noqa: E402


class Acpi(FunctionalTest):

    def spec(self):
        spec = specs.built('aarch64')(self.logs)
        spec.extra += ['-bios', str(artifacts.firmware_dir() / 'QEMU_EFI.fd')]
        spec.cmdline += ' acpi=force'
        return spec

    def console(self):
        return (self.logs / 'console.log').read_text(encoding='utf-8', errors='replace')

    def test_acpi_ats(self):
        self.check('late,mode=ats', ['data', 'abort', 'late-dma'], spec=self.spec())
        self.assertIn('ACPI: IORT', self.console())
        self.assertIn('arm-smmu-v3 arm-smmu-v3.0.auto', self.console())

    def test_acpi_without_ats(self):
        """The attribute follows the SMMU: Linux leaves ATS off then."""
        spec = self.spec()
        spec.iommu_options = 'ats=off'
        self.assert_one_error(self.judge('late,mode=ats', spec=spec), '(?i)mode ats|enable')


if __name__ == '__main__':
    unittest.main()
