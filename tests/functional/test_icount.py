# SPDX-License-Identifier: GPL-2.0-or-later
"""x86_64 with -icount, which takes a unit without x2APIC destinations.

With them Linux uses x2APIC, and QEMU's emulation of it ends with "Bad icount read".
"""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness import FunctionalTest  # noqa: E402
from sva.guest import specs  # noqa: E402


class Icount(FunctionalTest):

    def test_icount_without_x2apic(self):
        spec = specs.built('x86_64')(self.logs, iommu_options='eim=off')
        spec.extra += ['-icount', 'shift=auto']
        self.check('late,mode=ats', ['data', 'abort', 'late-dma'], spec=spec)
        console = (self.logs / 'console.log').read_text(encoding='utf-8', errors='replace')
        self.assertIn("IRQ remapping doesn't support X2APIC mode", console)


if __name__ == '__main__':
    unittest.main()
