# SPDX-License-Identifier: GPL-2.0-or-later
"""The scenarios on the kernel that the set-up builds."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness import FunctionalTest  # noqa: E402


class Scenarios(FunctionalTest):

    def test_smoke(self):
        self.check('smoke', ['operations'])

    def test_fault_in(self):
        self.check('fault-in', ['data', 'silence', 'drain'])

    def test_late(self):
        self.check('late', ['data', 'abort', 'late-dma', 'drain'])

    def test_late_ats(self):
        self.check('late,mode=ats', ['data', 'abort', 'late-dma', 'drain'])

    def test_late_driver_does_not_stop(self):
        self.check('late,how=no-stop', ['data', 'abort', 'late-dma', 'drain'])

    def test_late_driver_unbinds_first(self):
        self.check('late,how=unbind-first', ['data', 'abort', 'late-dma', 'drain'])

    def test_segfault(self):
        self.check('segfault', ['invalid-request', 'completion', 'alive', 'silence', 'drain'])

    def test_isolation(self):
        self.check('isolation', ['isolation', 'pasids', 'silence', 'drain'])

    def test_bind_storm(self):
        self.check('bind-storm', ['data', 'silence', 'drain', 'nothing-lost', 'memory'])

    def test_two_mms(self):
        self.check('two-mms', ['isolation', 'passed-file', 'silence', 'drain', 'bind-again'])


class Revocation(FunctionalTest):
    """Rights are taken away while the device writes."""

    RULES = ('data', 'no-access', 'invalid-request', 'silence', 'drain')

    def test_munmap_race(self):
        self.check('munmap-race', self.RULES)

    def test_munmap_race_silent_modes(self):
        self.check('munmap-race,modes=ats:ats-pri', self.RULES)

    def test_mprotect(self):
        self.check('mprotect', [*self.RULES, 'readable'])

    def test_mprotect_silent_modes(self):
        self.check('mprotect,modes=ats:ats-pri', [*self.RULES, 'readable'])

    def test_fork(self):
        self.check('fork', ['data', 'copy-on-write', 'page-requests', 'own-context', 'silence',
                            'drain'])


class Kill(FunctionalTest):

    RULES = ('data', 'abort', 'silence', 'ats-no-access', 'invalid-request', 'drain',
             'late-dma', 'pasid-reuse')

    def test_kill_all_modes(self):
        self.check('kill', self.RULES)

    def test_kill_untranslated(self):
        self.check('kill,modes=untranslated', self.RULES)

    def test_kill_ats(self):
        self.check('kill,modes=ats', self.RULES)

    def test_kill_ats_pri(self):
        self.check('kill,modes=ats-pri', self.RULES)


class KillWithRequests(FunctionalTest):

    RULES = ('invalid-request', 'no-hang', 'silence', 'drain', 'pasid-reuse')

    def test_kill_with_requests_held_in_group(self):
        self.check('kill-with-requests,break=in-prg', self.RULES)

    def test_kill_with_requests_held_after_response(self):
        self.check('kill-with-requests,break=after-prg', self.RULES)

    def test_kill_with_queued_requests(self):
        self.check('kill-with-queued-requests', self.RULES)

    def test_kill_with_requests_storm(self):
        self.check('kill-with-requests,break=storm', self.RULES)


if __name__ == '__main__':
    unittest.main()
