# SPDX-License-Identifier: GPL-2.0-or-later
"""The harness must not pass anything that it has not seen."""

import sys
import unittest
from dataclasses import replace
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness import ARCH, FunctionalTest  # noqa: E402
from sva.guest import specs  # noqa: E402
from sva.runs import findings, runner  # noqa: E402


class Harness(FunctionalTest):

    def spec(self, cmdline='', extra=()):
        spec = specs.built(ARCH)(self.logs, extra=list(extra))
        spec.cmdline += f' {cmdline}'
        return spec

    def test_a_guest_that_never_answers(self):
        # -S: the processors never start.
        with mock.patch.object(runner, 'BOOT_TIMEOUT', 3):
            verdicts = self.judge('fault-in', self.spec(extra=['-S']))
        self.assert_one_error(verdicts, 'did not answer in time')

    def test_a_guest_that_panics(self):
        verdicts = self.judge('fault-in', self.spec('rdinit=/missing root=/dev/none'))
        self.assert_one_error(verdicts, 'kernel panicked')

    def test_a_kernel_with_sva_switched_off(self):
        verdicts = self.judge('fault-in', self.spec('intel_iommu=off'))
        self.assert_one_error(verdicts, '(?i)iommu|pasid')

    def test_an_unknown_scenario_option(self):
        self.assert_one_error(self.judge('fault-in,size=nonsense'), 'size')

    def test_a_finding_that_is_not_there(self):
        """A listed kernel that keeps the rule fails: the list is wrong then."""
        release = {'kernels': (((0, 0, 0), None),), 'scenario': 'fault-in'}
        made = [replace(findings.load()[0], **release, rules={'silence': 'DMAR'})]
        found = {v.rule: v for v in self.judge('fault-in', known=made)}
        self.assertEqual(found['silence'].result, 'fail')
        self.assertIn('no longer appears', found['silence'].evidence)
        self.assertEqual(found['data'].result, 'pass')

    def test_a_finding_that_is_not_listed(self):
        """Without the list a broken rule is a broken rule."""
        found = {v.rule: v for v in self.judge('kill', known=[])}
        self.assertEqual((found['silence'].result, found['silence'].party), ('fail', 'kernel'))


if __name__ == '__main__':
    unittest.main()
