# SPDX-License-Identifier: GPL-2.0-or-later
"""The verdicts on arm64, where requests stall, must be seen to go red."""

import unittest
from pathlib import Path

from judge_cases import UNJUDGED, JudgeCases, at, by_rule, fact
import synthetic
import synthetic_arm
import synthetic_device
import synthetic_memory as memory
from synthetic_arm import carried, page_request_denied, resume_storm, stall_across_exit
from sva import scenarios
from sva.guest.machine import Spec

swap, migrate, ksm, zero_page, mlock = (carried(make) for make in (
    memory.swap, memory.migrate, memory.ksm, memory.zero_page, memory.mlock))
userfaultfd = carried(memory.userfaultfd)

flr, driver_unbind, hot_unplug = (carried(make, ends='bound') for make in (
    synthetic_device.flr, synthetic_device.driver_unbind, synthetic_device.hot_unplug))
flr_after_exit = carried(synthetic_device.flr_after_exit, ends='bound')


def thp():
    made = carried(memory.thp)()
    # In two modes, not in three.
    made.facts['collapse.huge-kib'] = str(3 * 2 * 2048)
    return made


def kill_with_requests():
    made = carried(lambda: synthetic.kill_with_requests('storm'), ends='answered',
                     answered={'faults-silent': 2})()
    made.facts['job.error'] = '0x80000024'
    return made


def evtq_full():
    made = carried(memory.prq_overflow)()
    made.scenario = 'evtq-full'
    made.facts['storm.unserved'] = '0'
    for name in ('done', 'unbound'):
        synthetic.mutate(made, name, stalls_unrecorded=104, stall_retries=400, stall_aborts=0)
    return made


def stalls(window, number):
    return fact(f'delta.{window}.dev.stalls', number)


def aborted(window, number=1):
    return fact(f'delta.{window}.untranslated.aborts', number)


def replaced_mutations(make, *events, certain=()):
    for event in events:
        yield make, aborted(event), 'page-requests', 'fail', 'kernel'
        yield make, fact(f'{event}.wrong', 1), 'data', 'fail', 'undecided'
        if event in certain:
            yield make, stalls(event, 0), 'page-requests', 'error', 'set-up'
    yield make, at('done', faults_recorded=1), 'silence', 'fail', 'undecided'


def sharing_mutations(make, whose):
    yield make, fact('writes.refused', 1), 'copy-on-write', 'fail', 'undecided'
    yield make, fact(f'{whose}.changed', 1), 'copy-on-write', 'fail', 'undecided'
    yield make, fact('pages.wrong', 1), 'data', 'fail', 'undecided'
    yield make, stalls('shared', 0), 'page-requests', 'error', 'set-up'
    yield make, aborted('shared'), 'page-requests', 'fail', 'kernel'
    yield make, at('done', faults_recorded=1), 'silence', 'fail', 'undecided'


MUTATIONS = [
    *replaced_mutations(thp, 'collapse', 'split', certain=('split',)),
    (thp, fact('collapse.changed', 1), 'no-access', 'fail', 'undecided'),
    *replaced_mutations(swap, 'pageout', certain=('pageout',)),
    (swap, fact('pageout.changed', 1), 'no-access', 'fail', 'undecided'),
    *replaced_mutations(migrate, 'there', 'back'),
    (migrate, fact('there.changed', 1), 'no-access', 'fail', 'undecided'),
    *sharing_mutations(ksm, 'twin'),
    *sharing_mutations(zero_page, 'witness'),
    (mlock, fact('jobs.failed', 1), 'data', 'fail', 'undecided'),
    (mlock, stalls('locked', 1), 'locked', 'fail', 'kernel'),
    (mlock, fact('locked.ats.refused', 1), 'locked', 'fail', 'kernel'),
    (mlock, fact('unlocked.ats.refused', 63), 'no-access', 'fail', 'undecided'),
    (mlock, stalls('plain', 0), 'page-requests', 'error', 'set-up'),
    (mlock, aborted('plain'), 'page-requests', 'fail', 'kernel'),
    (mlock, at('done', faults_recorded=1), 'silence', 'fail', 'undecided'),
    (userfaultfd, fact('before.read', '0x24'), 'data', 'fail', 'kernel'),
    (userfaultfd, stalls('late', 0), 'user-fault', 'error', 'set-up'),
    (userfaultfd, fact('late.told', 0), 'user-fault', 'fail', 'kernel'),
    (userfaultfd, stalls('before', 0), 'invalid-request', 'error', 'set-up'),
    (userfaultfd, aborted('gone', 0), 'invalid-request', 'fail', 'kernel'),
    (userfaultfd, fact('delta.gone.untranslated.bytes_written', 8), 'invalid-request', 'fail',
     'undecided'),
    (userfaultfd, fact('unbind.running', 1), 'no-hang', 'fail', 'kernel'),
    (userfaultfd, at('done', faults_recorded=1), 'silence', 'fail', 'undecided'),
    (kill_with_requests, aborted('answer', 0), 'invalid-request', 'fail', 'kernel'),
    (kill_with_requests, fact('job.error', '0x80000021'), 'invalid-request', 'fail', 'undecided'),
    (kill_with_requests, fact('answer.done', 0), 'no-hang', 'fail', 'kernel'),
    (kill_with_requests, at('answered', faults_recorded=1), 'silence', 'fail', 'undecided'),
    (kill_with_requests, fact('reused.changed', 1), 'pasid-reuse', 'fail', 'undecided'),
    (kill_with_requests, at('reused', stall_unknown=1), 'answers', 'fail', 'kernel'),
    (evtq_full, at('done', stalls_unrecorded=0), 'no-hang', 'error', 'set-up'),
    (evtq_full, fact('storm.ended', 239), 'no-hang', 'fail', 'kernel'),
    (evtq_full, fact('storm.unserved', 1), 'no-hang', 'fail', 'kernel'),
    (evtq_full, at('done', eventq_overflows=1), 'no-hang', 'fail', 'model'),
    (evtq_full, at('done', faults_lost=1), 'no-hang', 'fail', 'model'),
    (evtq_full, stalls('storm', 0), 'page-requests', 'error', 'set-up'),
    (evtq_full, at('done', stall_aborts=1), 'page-requests', 'fail', 'kernel'),
    (evtq_full, at('done', stall_retries=399), 'page-requests', 'fail', 'kernel'),
    (evtq_full, at('done', stall_unknown=1), 'page-requests', 'fail', 'kernel'),
    (evtq_full, fact('after.failed', 1), 'recovery', 'fail', 'kernel'),
    (evtq_full, at('done', faults_recorded=1), 'silence', 'fail', 'undecided'),
    (stall_across_exit, fact('kill.running', 47), 'abort', 'error', 'set-up'),
    (stall_across_exit, at('mm-gone', stall_aborts=0), 'abort', 'error', 'set-up'),
    (stall_across_exit, fact('gone.rested', 47), 'abort', 'fail', 'kernel'),
    (stall_across_exit, fact('gone.aborted', 47), 'abort', 'fail', 'undecided'),
    (stall_across_exit, at('unbound', faults_recorded=1), 'silence', 'fail', 'undecided'),
    (stall_across_exit, at('unbound', stall_aborts=47), 'stalls', 'fail', 'kernel'),
    (stall_across_exit, at('unbound', stall_unknown=1), 'stalls', 'fail', 'kernel'),
    (stall_across_exit, fact('unbind.running', 1), 'stalls', 'fail', 'kernel'),
    (stall_across_exit, fact('unbind.status', 5), 'stalls', 'fail', 'kernel'),
    (resume_storm, fact('jobs.failed', 1), 'data', 'fail', 'kernel'),
    (resume_storm, fact('pages.wrong', 1), 'data', 'fail', 'undecided'),
    (resume_storm, fact('pages', 0), 'data', 'error', 'set-up'),
    (resume_storm, at('done', stalls=999), 'page-requests', 'error', 'set-up'),
    (resume_storm, at('done', stall_retries=6143), 'page-requests', 'fail', 'kernel'),
    (resume_storm, at('done', stall_unknown=1), 'page-requests', 'fail', 'kernel'),
    (resume_storm, at('done', faults_lost=1), 'page-requests', 'fail', 'model'),
    (resume_storm, at('done', faults_recorded=1), 'silence', 'fail', 'undecided'),
    (resume_storm, at('unbound', stall_retries=6143), 'stalls', 'fail', 'kernel'),
    (page_request_denied, fact('request.status', '0x10'), 'denied', 'fail', 'kernel'),
    (page_request_denied, fact('request.status', '0'), 'denied', 'fail', 'kernel'),
    (page_request_denied, fact('resident', 1), 'denied', 'fail', 'kernel'),
    (page_request_denied, at('done', 'unexpected PRI request'), 'denied', 'fail', 'kernel'),
    (page_request_denied, fact('request.again', '0x1f'), 'denied', 'fail', 'model'),
    (page_request_denied, fact('data.different', 1), 'data', 'fail', 'undecided'),
    *((make, *case) for make in (flr, driver_unbind, hot_unplug) for case in (
        (fact('delta.bound.ats.bytes_written', 0), 'data', 'error', 'set-up'),
        (fact('delta.bound.untranslated.aborts', 1), 'data', 'fail', 'undecided'),
        (fact('removed.changed', 1), 'no-dma', 'fail', 'undecided'),
        (fact('removed.errno', 0), 'errors', 'fail', 'undecided'),
        (at('done', faults_recorded=1), 'silence', 'fail', 'undecided'),
        (fact('again.different', 1), 'bind-again', 'fail', 'undecided'),
        (fact('contexts.open', 63), 'nothing-lost', 'fail', 'undecided'))),
    (flr_after_exit, fact('probe.gone.write', 'ok - 1 0x7f00'), 'abort', 'fail', 'undecided'),
    (flr_after_exit, fact('probe.gone.ats', 'ok rw 1 0x7f00'), 'ats-no-access', 'fail', 'undecided'),
    (flr_after_exit, at('removed', faults_recorded=1), 'silence', 'fail', 'undecided'),
]


class JudgesOnArm(JudgeCases, unittest.TestCase):
    MAKERS = (thp, swap, migrate, ksm, zero_page, mlock, userfaultfd, kill_with_requests,
              evtq_full, stall_across_exit, resume_storm, page_request_denied, flr, driver_unbind,
              hot_unplug, flr_after_exit)
    MUTATIONS = MUTATIONS
    # Linux does nothing there that would have to be looked at.
    UNJUDGED = (*UNJUDGED, 'unbound', 'closed')

    def test_a_reset_that_takes_the_descriptor_away_is_the_kernels_fault(self):
        run = flr_after_exit()
        synthetic.set_fact(run, 'probe.gone.ats', 'ca - 1 0x7f00')
        synthetic.mutate(run, 'removed', entry=synthetic_arm.CD_ZERO, faults_recorded=2)
        found = by_rule(run)
        for rule in ('ats-no-access', 'silence'):
            self.assertEqual((found[rule].result, found[rule].party), ('fail', 'kernel'))
        self.assertNotIn('invalid-request', found)

    def test_other_trouble_than_what_is_expected(self):
        run = page_request_denied()
        run.console.append('WARNING: drivers/iommu')
        self.assertEqual(by_rule(run)['health'].party, 'kernel')

    def test_nothing_is_said_of_drains(self):
        for make in self.MAKERS:
            self.assertNotIn('drain', by_rule(make()))


class Equipment(unittest.TestCase):

    def equipped(self, scenario):
        spec = Spec('aarch64', Path('kernel'), Path('initrd'), Path('logs'))
        scenarios.equip(spec, scenario)
        return spec.extra

    def test_a_small_event_queue(self):
        extra = self.equipped('evtq-full')
        self.assertIn('sva-smmuv3.eventq-bits=4', extra)
        self.assertIn('sva-accel.contexts=128', extra)

    def test_pasids_of_the_iommu(self):
        self.assertEqual(self.equipped('pasid-width,where=iommu'),
                         ['-global', 'sva-smmuv3.ssid-bits=4'])


if __name__ == '__main__':
    unittest.main()
