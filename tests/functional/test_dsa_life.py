# SPDX-License-Identifier: GPL-2.0-or-later
"""Faults and the life of processes on Intel DSA: Debian's kernel and its own driver."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness import ARCH, FunctionalTest  # noqa: E402
from sva.guest import specs  # noqa: E402
from sva.judge import verdict  # noqa: E402

# What every run with the device is held to.
COMMON = ('invalidated', 'forgotten', 'answers', 'models-agree', 'program', 'health', 'contract')


class DsaLife(FunctionalTest):

    def judge_dsa(self, scenario, **options):
        spec = specs.debian(ARCH)(self.logs)
        spec.extra = [*spec.extra, *options.pop('extra', ())]
        return self.judge(scenario, spec=spec, **options)

    def check_dsa(self, scenario, rules):
        self.check(scenario, (*rules, *COMMON), spec=specs.debian(ARCH)(self.logs))

    def test_kill(self):
        self.check_dsa('dsa-kill', ['data', 'mm-gone', 'abort', 'silence', 'ats-no-access',
                                    'invalid-request', 'pasid-kept', 'drain', 'late-dma',
                                    'pasid-reuse'])

    def test_exit(self):
        self.check_dsa('dsa-exit', ['data', 'mm-gone', 'silence', 'no-hang', 'drain',
                                    'pasid-reuse'])

    def test_faults(self):
        self.check_dsa('dsa-faults', ['data', 'completion', 'invalid-request', 'alive',
                                      'event-log', 'records', 'silence', 'drain'])

    def test_fork(self):
        self.check_dsa('dsa-fork', ['copy-on-write', 'page-requests', 'own-context', 'silence',
                                    'drain'])

    def test_drain(self):
        self.check_dsa('dsa-drain', ['retry', 'drained', 'aborted', 'other-works', 'silence',
                                     'drain'])

    def test_enqcmd(self):
        self.check_dsa('dsa-enqcmd', ['own-pasid', 'not-bound', 'own-bond', 'fixed-once',
                                      'silence', 'drain', 'late-dma', 'invalid-request',
                                      'stale-pasid'])

    def test_wrong_data_are_seen(self):
        """A device that corrupts what it writes is the models' fault, or nobody's."""
        found = {v.rule: v for v in self.judge_dsa(
            'dsa-fork', extra=('-global', 'sva-dsa.x-corrupt=on'))}
        self.assertEqual((found['copy-on-write'].result, found['own-context'].result),
                         (verdict.FAIL, verdict.FAIL))
        self.assertNotIn(verdict.KERNEL, {found['copy-on-write'].party,
                                          found['own-context'].party})


if __name__ == '__main__':
    unittest.main()
