# SPDX-License-Identifier: GPL-2.0-or-later
"""Ordinary DMA of the unmodified Debian kernel through sva-vtd."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness import ARCH, FunctionalTest  # noqa: E402
from sva.guest import specs  # noqa: E402
from sva.scenarios import dma  # noqa: E402


class Dma(FunctionalTest):

    RULES = ('disk-data', 'net-data', 'translated', 'interrupts')

    def run_dma(self, scenario, cmdline='', mode='scalable'):
        self.logs.mkdir(parents=True, exist_ok=True)
        disk = self.logs / 'disk.img'
        dma.make_disk(disk)
        self.addCleanup(disk.unlink)
        spec = specs.debian(ARCH)(self.logs, devices=dma.devices(disk))
        spec.cmdline += f' {cmdline}'
        self.check(scenario, self.RULES, spec=spec, prepare=dma.look({'vda': disk}, mode))

    def test_dma_scalable_mode(self):
        self.run_dma('dma', 'iommu.passthrough=0')

    def test_dma_strict(self):
        self.run_dma('dma', 'iommu.passthrough=0 iommu.strict=1')

    def test_dma_legacy_mode(self):
        self.run_dma('dma', 'intel_iommu=sm_off iommu.passthrough=0', 'legacy')


if __name__ == '__main__':
    unittest.main()
