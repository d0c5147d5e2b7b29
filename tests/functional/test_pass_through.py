# SPDX-License-Identifier: GPL-2.0-or-later
"""Requests without PASID pass the IOMMU by, those of processes do not."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness import ARCH, FunctionalTest  # noqa: E402
from sva.guest import specs  # noqa: E402


class PassThrough:
    """SVA of a function whose own domain is pass-through; the words of the command line."""

    def run_passed(self, scenario, rules):
        spec = specs.appended(specs.built(self.ARCH), self.CMDLINE)(self.logs)
        verdicts = self.check(scenario, rules, spec=spec)
        console = (self.logs / 'console.log').read_text(encoding='utf-8')
        self.assertRegex(console, 'iommu: Default domain type: Passthrough')
        return verdicts

    KILL = ('data', 'abort', 'silence', 'ats-no-access', 'late-dma', 'pasid-reuse', 'contract')
    DOMAIN_TYPE = ('pass-through', 'no-access', 'contract')


class X86(PassThrough, FunctionalTest):

    ARCH = ARCH
    CMDLINE = 'iommu=pt'

    def test_pass_through_kill(self):
        self.run_passed('kill', (*self.KILL, 'drain'))

    def test_pass_through_isolation(self):
        self.run_passed('isolation', ('isolation', 'pasids', 'silence', 'drain', 'contract'))

    def test_pass_through_two_devices(self):
        self.run_passed('two-devices', ('data', 'other-works', 'late-dma', 'contract'))

    def test_pass_through_iommufd(self):
        """The user's domain takes its place."""
        self.run_passed('iommufd', ('data', 'isolation', 'late-dma', 'contract'))

    def test_pass_through_domain_type(self):
        self.run_passed('domain-type', self.DOMAIN_TYPE)

    def test_domain_type(self):
        self.check('domain-type', self.DOMAIN_TYPE)


class Arm64(PassThrough, FunctionalTest):

    ARCH = 'aarch64'
    CMDLINE = 'iommu.passthrough=1'

    def test_pass_through_arm64_kill(self):
        self.run_passed('kill', self.KILL)

    def test_pass_through_arm64_isolation(self):
        self.run_passed('isolation', ('isolation', 'pasids', 'silence', 'contract'))

    def test_pass_through_arm64_domain_type(self):
        self.run_passed('domain-type', self.DOMAIN_TYPE)

    def test_domain_type_arm64(self):
        self.check('domain-type', self.DOMAIN_TYPE, spec=specs.built(self.ARCH)(self.logs))


if __name__ == '__main__':
    unittest.main()
