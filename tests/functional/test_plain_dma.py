# SPDX-License-Identifier: GPL-2.0-or-later
"""The accelerator without PASIDs: without an IOMMU, and behind another one."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness import FunctionalTest  # noqa: E402
from sva.guest import specs  # noqa: E402


class PlainDma(FunctionalTest):

    RULES = ('driver', 'data', 'program', 'health')

    def run_plain(self, arch, cmdline='', devices=()):
        spec = specs.built(arch)(self.logs, iommu=False, devices=list(devices))
        spec.cmdline += f' {cmdline}'
        verdicts = self.check('plain-dma', self.RULES, spec=spec)
        self.assertEqual({v.arch for v in verdicts}, {arch})

    def test_plain_dma_x86_64(self):
        self.run_plain('x86_64')

    def test_plain_dma_aarch64(self):
        self.run_plain('aarch64')

    def test_plain_dma_aarch64_other_smmu(self):
        self.run_plain('aarch64', 'iommu.passthrough=1', [('-M', 'iommu=smmuv3')])
        console = (self.logs / 'console.log').read_text(encoding='utf-8')
        self.assertRegex(console, r'arm-smmu-v3 9050000.smmuv3: oas')

    def test_the_other_smmu_translates(self):
        """It does not map physical addresses; the rule must see that."""
        spec = specs.built('aarch64')(self.logs, iommu=False,
                                       devices=[('-M', 'iommu=smmuv3')])
        spec.cmdline += ' iommu.passthrough=0'
        found = {v.rule: v.result for v in self.judge('plain-dma', spec=spec)}
        self.assertEqual((found['driver'], found['data']), ('pass', 'fail'))


if __name__ == '__main__':
    unittest.main()
