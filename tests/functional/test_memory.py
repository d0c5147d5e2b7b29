# SPDX-License-Identifier: GPL-2.0-or-later
"""What memory management does under the device, on the kernel that the set-up builds."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness import FunctionalTest  # noqa: E402
from sva.judge import verdict  # noqa: E402


class Replaced(FunctionalTest):
    """The kernel replaces pages that the device uses."""

    RULES = ('data', 'no-access', 'page-requests', 'silence', 'drain')
    HUGE_RULES = ('data', 'page-requests', 'silence', 'drain')

    def test_thp(self):
        self.check('thp', self.RULES)

    def test_swap(self):
        self.check('swap', self.RULES)

    def test_migrate(self):
        self.check('migrate', self.RULES)

    def test_swap_of_huge_pages(self):
        self.check('swap,huge=1', self.HUGE_RULES)

    def test_migrate_huge_pages(self):
        self.check('migrate,huge=1', self.HUGE_RULES)

    def test_ksm(self):
        self.check('ksm', ['data', 'copy-on-write', 'page-requests', 'silence', 'drain'])

    def test_clean_pages(self):
        self.check('clean-pages', ['data', 'page-requests', 'silence', 'drain'])

    def test_freed_tables(self):
        self.check('freed-tables', ['data', 'no-access', 'page-requests', 'silence', 'drain'])

    def test_zero_page(self):
        self.check('zero-page', ['data', 'copy-on-write', 'page-requests', 'silence', 'drain'])


class Taken(FunctionalTest):
    """Memory is taken away while the device writes."""

    RULES = ('data', 'no-access', 'invalid-request', 'silence', 'drain')

    def test_truncate(self):
        self.check('truncate', self.RULES)

    def test_hugetlb(self):
        self.check('hugetlb', self.RULES)

    def test_hugetlb_of_1_gib(self):
        self.check('hugetlb,gib=1', self.RULES)

    def test_munmap_race_in_a_huge_page(self):
        self.check('munmap-race,huge=1', self.RULES)

    def test_mprotect_of_one_of_two_huge_pages(self):
        self.check('mprotect,huge=1', [*self.RULES, 'readable'])


class UserFaults(FunctionalTest):

    def test_userfaultfd(self):
        self.check('userfaultfd', ['data', 'user-fault', 'silence', 'drain', 'invalid-request',
                                   'no-hang'])


class Overflow(FunctionalTest):

    def test_prq_overflow(self):
        self.check('prq-overflow', ['no-hang', 'page-requests', 'recovery', 'silence', 'drain'])


class Present(FunctionalTest):
    """Memory that is present when the device accesses it."""

    def test_mlock(self):
        self.check('mlock', ['data', 'locked', 'no-access', 'page-requests', 'silence', 'drain'])

    def test_ats_resident(self):
        self.check('ats-resident', ['data', 'no-access', 'ats-no-access', 'silence', 'drain'])

    def test_completion(self):
        self.check('completion', ['data', 'interrupts', 'silence', 'drain'])


class StaleTranslations(FunctionalTest):
    """The device keeps translations after it acknowledged their invalidation.

    The judges must see it, and blame the model: the kernel did its part.
    """

    # A stale write may hit memory that the guest or the program needs.
    ATTEMPTS = 5

    def expect_red(self, scenario, rule):
        for _ in range(self.ATTEMPTS):
            verdicts = {v.rule: v for v in self.judge(scenario)}
            if rule in verdicts:
                break
        self.assertIn(rule, verdicts)
        seen = verdicts[rule]
        self.assertEqual((seen.result, seen.party), (verdict.FAIL, verdict.MODEL),
                         f'{seen.evidence}; evidence: {self.logs}')

    def test_munmap_race_with_stale_translations(self):
        self.expect_red('munmap-race,modes=ats,stale=1', 'no-access')

    def test_mprotect_with_stale_translations(self):
        self.expect_red('mprotect,modes=ats,stale=1', 'no-access')

    def test_fork_with_stale_translations(self):
        self.expect_red('fork,modes=ats,rounds=1,stale=1', 'copy-on-write')

    def test_thp_with_stale_translations(self):
        self.expect_red('thp,modes=ats-pri,stale=1', 'no-access')

    def test_migrate_with_stale_translations(self):
        self.expect_red('migrate,modes=ats-pri,stale=1', 'no-access')

    def test_ats_resident_with_stale_translations(self):
        self.expect_red('ats-resident,stale=1', 'no-access')

    def test_ksm_with_stale_translations(self):
        self.expect_red('ksm,modes=ats-pri,stale=1', 'copy-on-write')

    def test_truncate_with_stale_translations(self):
        self.expect_red('truncate,modes=ats,stale=1', 'no-access')

    def test_munmap_race_in_a_huge_page_with_stale_translations(self):
        self.expect_red('munmap-race,huge=1,modes=ats,stale=1', 'no-access')

    def test_mprotect_of_a_huge_page_with_stale_translations(self):
        self.expect_red('mprotect,huge=1,modes=ats,stale=1', 'no-access')

    def test_hugetlb_with_stale_translations(self):
        self.expect_red('hugetlb,modes=ats,stale=1', 'no-access')


if __name__ == '__main__':
    unittest.main()
