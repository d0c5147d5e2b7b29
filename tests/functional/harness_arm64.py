# SPDX-License-Identifier: GPL-2.0-or-later
"""Base of the functional tests on arm64, behind sva-smmuv3."""

from harness import FunctionalTest
from sva.guest import specs


class Arm64Test(FunctionalTest):

    def run_arm64(self, scenario, rules, iommu=''):
        """iommu: options of the SMMU."""
        spec = specs.built('aarch64')(self.logs, iommu_options=iommu)
        verdicts = self.check(scenario, rules, spec=spec)
        # Leave out rules that do not apply to Linux behind an SMMUv3.
        self.assertNotIn('drain', {v.rule for v in verdicts})
        return verdicts
