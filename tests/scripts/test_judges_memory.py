# SPDX-License-Identifier: GPL-2.0-or-later
"""The verdicts about memory management must be seen to go red."""

import unittest
from pathlib import Path

from judge_cases import COMMON, JudgeCases, at, by_rule, fact
import synthetic
import synthetic_memory as memory
from sva import scenarios
from sva.guest.machine import Spec


def replaced_mutations(make, certain=(), frees=()):
    """What can go wrong when pages are replaced, for each event."""
    events = {key.split('.')[0] for key in make().facts if key.endswith('.replaced')}
    for event in sorted(events):
        pri = f'delta.{event}.ats-pri'
        yield from (
            (make, fact(f'{event}.wrong', 1), 'data', 'fail', 'undecided'),
            (make, fact(f'{event}.failed', 1), 'data', 'fail', 'kernel'),
            (make, fact(f'{event}.adds', 0), 'data', 'error', 'set-up'),
            (make, fact(f'{pri}.prg_invalid', 1), 'page-requests', 'fail', 'kernel'),
            (make, fact(f'{pri}.prg_failure', 1), 'page-requests', 'fail', 'kernel'))
        if event in certain:
            yield from (
                (make, fact(f'{pri}.prg_success', 0), 'page-requests', 'fail', 'kernel'),
                (make, fact(f'{pri}.page_reqs', 0), 'page-requests', 'error', 'set-up'))
        if event in frees:
            yield from (
                (make, fact(f'{event}.changed', 1), 'no-access', 'fail', 'undecided'),
                (make, fact(f'{event}.changed-other', 1), 'no-access', 'fail', 'undecided'),
                (make, fact(f'{event}.found', 0), 'no-access', 'error', 'set-up'),
                (make, fact(f'{event}.replaced', 0), 'no-access', 'error', 'set-up'))
    yield from (
        (make, at('done', synthetic.PASID_LINE), 'silence', 'fail', 'undecided'),
        (make, fact('range.bytes', 0x100), 'silence', 'fail', 'undecided'),
        (make, at('done', 'iopf with pasid 1: page request failed'), 'silence', 'fail', 'kernel'),
        (make, at('unbound', waits_page_drain=0), 'drain', 'fail', 'kernel'))


def taken_mutations(make):
    """What can go wrong when memory is taken away."""
    yield from (
        (make, fact('delta.mapped.ats.bytes_written', 0), 'data', 'error', 'set-up'),
        (make, fact('delta.mapped.ats-pri.prg_failure', 1), 'data', 'fail', 'kernel'),
        (make, fact('reuse.changed', 1), 'no-access', 'fail', 'undecided'),
        (make, fact('reuse.pages', 0), 'no-access', 'error', 'set-up'),
        (make, fact('delta.unmapped.ats.bytes_written', 8), 'no-access', 'fail', 'undecided'),
        (make, fact('delta.unmapped.ats-pri.prg_success', 1), 'invalid-request', 'fail',
         'kernel'),
        (make, at('done', synthetic.PASID_LINE), 'silence', 'fail', 'undecided'),
        (make, at('unbound', waits_page_drain=0), 'drain', 'fail', 'kernel'))


READ_LINE = synthetic.REVOKED_LINE.replace('DMA Write', 'DMA Read')


def only_reads(run):
    """Reads of pages that were not there, and no write that was refused."""
    run.stages['done'].kmsg = [READ_LINE]


def sharing_mutations(make, whose):
    """What can go wrong when the device writes to shared pages."""
    pri = 'delta.shared.ats-pri'
    yield from (
        (make, fact('reads', 0), 'data', 'error', 'set-up'),
        (make, fact('reads.bad', 1), 'data', 'fail', 'kernel'),
        (make, fact('pages.wrong', 1), 'data', 'fail', 'undecided'),
        (make, fact('passes.failed', 1), 'data', 'fail', 'kernel'),
        (make, fact(f'{whose}.changed', 1), 'copy-on-write', 'fail', 'undecided'),
        (make, fact('writes.refused', 1), 'copy-on-write', 'fail', 'undecided'),
        (make, fact('writes.tried', 0), 'copy-on-write', 'error', 'set-up'),
        (make, fact(f'{pri}.page_reqs', 0), 'page-requests', 'error', 'set-up'),
        (make, fact(f'{pri}.prg_success', 0), 'page-requests', 'fail', 'kernel'),
        (make, fact(f'{pri}.prg_invalid', 1), 'page-requests', 'fail', 'kernel'),
        (make, at('done', synthetic.REVOKED_LINE), 'silence', 'fail', 'undecided'),
        (make, only_reads, 'silence', 'fail', 'undecided'),
        (make, at('unbound', waits_page_drain=0), 'drain', 'fail', 'kernel'))


MUTATIONS = [
    *replaced_mutations(memory.thp, certain=('split',), frees=('collapse',)),
    (memory.thp, fact('collapse.huge-kib', 2048), 'data', 'error', 'set-up'),
    (memory.thp, fact('split.huge-kib', 2048), 'data', 'error', 'set-up'),
    *replaced_mutations(memory.swap, certain=('pageout',), frees=('pageout',)),
    (memory.swap, fact('swapped.in', 0), 'data', 'error', 'set-up'),
    (memory.swap, fact('swapped.out', 0), 'data', 'error', 'set-up'),
    *replaced_mutations(memory.migrate, frees=('there', 'back')),
    (memory.ats_resident, fact('there.wrong', 1), 'data', 'fail', 'undecided'),
    (memory.ats_resident, fact('back.failed', 1), 'data', 'fail', 'kernel'),
    (memory.ats_resident, fact('discard.changed', 1), 'no-access', 'fail', 'undecided'),
    (memory.ats_resident, fact('discard.found', 0), 'no-access', 'error', 'set-up'),
    *((memory.ats_resident, fact(f'delta.{event}.ats.ats_error', 1), 'ats-no-access', 'fail',
       'undecided') for event in ('there', 'back', 'discard')),
    (memory.ats_resident, fact('delta.back.ats.aborts', 1), 'ats-no-access', 'fail', 'undecided'),
    (memory.ats_resident, fact('mode', 'ats+untranslated'), 'ats-no-access', 'error', 'set-up'),
    (memory.ats_resident, at('done', faults_recorded=1), 'silence', 'fail', 'undecided'),
    (memory.ats_resident, at('unbound', waits_page_drain=0), 'drain', 'fail', 'kernel'),
    (memory.ksm, fact('pages.merged', 0), 'data', 'error', 'set-up'),
    (memory.ksm, fact('pages.unmerged', 0), 'data', 'error', 'set-up'),
    *sharing_mutations(memory.ksm, 'twin'),
    (memory.zero_page, fact('pages.zero', 479), 'data', 'error', 'set-up'),
    *sharing_mutations(memory.zero_page, 'witness'),
    (memory.clean_pages, fact('passes.failed', 1), 'data', 'fail', 'kernel'),
    (memory.clean_pages, fact('pages.wrong', 1), 'data', 'fail', 'undecided'),
    (memory.clean_pages, fact('rounds', 2), 'data', 'error', 'set-up'),
    (memory.clean_pages, fact('delta.clean.ats-pri.prg_invalid', 1), 'page-requests', 'fail',
     'kernel'),
    (memory.clean_pages, fact('delta.clean.ats-pri.page_reqs', 0), 'page-requests', 'error',
     'set-up'),
    (memory.clean_pages, at('done', faults_recorded=1), 'silence', 'fail', 'undecided'),
    (memory.clean_pages, at('unbound', waits_page_drain=0), 'drain', 'fail', 'kernel'),
    (memory.freed_tables, fact('passes.failed', 1), 'data', 'fail', 'kernel'),
    (memory.freed_tables, fact('pages.wrong', 1), 'data', 'fail', 'undecided'),
    (memory.freed_tables, fact('rounds', 2), 'data', 'error', 'set-up'),
    (memory.freed_tables, fact('pages.refused', 47), 'no-access', 'fail', 'undecided'),
    (memory.freed_tables, fact('delta.mapped.ats-pri.prg_invalid', 1), 'page-requests', 'fail',
     'kernel'),
    (memory.freed_tables, at('done', faults_recorded=1), 'silence', 'fail', 'undecided'),
    (memory.freed_tables, at('unbound', waits_page_drain=0), 'drain', 'fail', 'kernel'),
    (memory.userfaultfd, fact('before.read', '0x21'), 'data', 'fail', 'kernel'),
    (memory.userfaultfd, fact('before.write', '0x21'), 'data', 'fail', 'kernel'),
    (memory.userfaultfd, fact('before.different', 8), 'data', 'fail', 'undecided'),
    (memory.userfaultfd, fact('late.told', 0), 'user-fault', 'fail', 'kernel'),
    (memory.userfaultfd, fact('late.waited', 0), 'user-fault', 'fail', 'kernel'),
    (memory.userfaultfd, fact('late.status', '0x21'), 'user-fault', 'fail', 'kernel'),
    (memory.userfaultfd, fact('late.different', 8), 'user-fault', 'fail', 'undecided'),
    (memory.userfaultfd, fact('delta.late.ats-pri.page_reqs', 0), 'user-fault', 'error',
     'set-up'),
    (memory.userfaultfd, fact('delta.late.ats-pri.prg_failure', 1), 'user-fault', 'fail',
     'kernel'),
    (memory.userfaultfd, at('done', synthetic.PASID_LINE), 'silence', 'fail', 'kernel'),
    (memory.userfaultfd, at('closed', waits_page_drain=0), 'drain', 'fail', 'kernel'),
    (memory.userfaultfd, fact('delta.before.ats-pri.page_reqs', 0), 'invalid-request', 'error',
     'set-up'),
    (memory.userfaultfd, fact('delta.gone.ats-pri.prg_invalid', 0), 'invalid-request', 'fail',
     'kernel'),
    (memory.userfaultfd, fact('delta.gone.ats-pri.prg_success', 1), 'invalid-request', 'fail',
     'kernel'),
    (memory.userfaultfd, fact('delta.gone.ats-pri.prg_failure', 1), 'invalid-request', 'fail',
     'kernel'),
    (memory.userfaultfd, fact('delta.gone.ats-pri.bytes_written', 8), 'invalid-request', 'fail',
     'undecided'),
    (memory.userfaultfd, fact('unbind.status', 5), 'no-hang', 'fail', 'kernel'),
    (memory.userfaultfd, fact('unbind.running', 1), 'no-hang', 'fail', 'kernel'),
    (memory.prq_overflow, at('done', page_requests_overflow=0), 'no-hang', 'error', 'set-up'),
    (memory.prq_overflow, at('done', page_requests_auto=9), 'no-hang', 'error', 'set-up'),
    (memory.prq_overflow, fact('storm.ended', 239), 'no-hang', 'fail', 'kernel'),
    (memory.prq_overflow, fact('delta.storm.dev.page_reqs', 0), 'page-requests', 'error',
     'set-up'),
    (memory.prq_overflow, fact('delta.storm.dev.prg_success', 0), 'page-requests', 'fail',
     'kernel'),
    (memory.prq_overflow, fact('delta.storm.dev.prg_invalid', 1), 'page-requests', 'fail',
     'kernel'),
    (memory.prq_overflow, fact('delta.storm.dev.prg_failure', 1), 'page-requests', 'fail',
     'kernel'),
    (memory.prq_overflow, fact('delta.storm.dev.prg_unexpected', 1), 'page-requests', 'fail',
     'undecided'),
    (memory.prq_overflow, fact('rounds', 0), 'recovery', 'error', 'set-up'),
    (memory.prq_overflow, fact('after.failed', 1), 'recovery', 'fail', 'kernel'),
    (memory.prq_overflow, fact('after.wrong', 1), 'recovery', 'fail', 'undecided'),
    (memory.prq_overflow, at('done', synthetic.PASID_LINE), 'silence', 'fail', 'kernel'),
    (memory.prq_overflow, at('done', faults_recorded=1), 'silence', 'fail', 'undecided'),
    (memory.prq_overflow, at('unbound', waits_page_drain=0), 'drain', 'fail', 'kernel'),
    (memory.mlock, fact('jobs.failed', 1), 'data', 'fail', 'undecided'),
    (memory.mlock, fact('pages.wrong', 1), 'data', 'fail', 'undecided'),
    (memory.mlock, fact('locked.ats.refused', 1), 'locked', 'fail', 'kernel'),
    (memory.mlock, fact('delta.locked.untranslated.aborts', 1), 'locked', 'fail', 'kernel'),
    (memory.mlock, fact('delta.locked.ats.ats_no_access', 1), 'locked', 'fail', 'kernel'),
    (memory.mlock, fact('delta.locked.ats.ats_partial', 1), 'locked', 'fail', 'kernel'),
    (memory.mlock, fact('delta.locked.ats-pri.page_reqs', 1), 'locked', 'fail', 'kernel'),
    (memory.mlock, fact('discard.errno', 0), 'locked', 'fail', 'kernel'),
    (memory.mlock, fact('plain.ats.refused', 63), 'locked', 'error', 'set-up'),
    (memory.mlock, fact('onfault.ats.refused', 63), 'no-access', 'fail', 'kernel'),
    (memory.mlock, fact('unlocked.ats.refused', 63), 'no-access', 'fail', 'undecided'),
    (memory.mlock, fact('delta.unlocked.ats-pri.prg_invalid', 1), 'page-requests', 'fail',
     'kernel'),
    (memory.mlock, fact('delta.plain.ats-pri.page_reqs', 0), 'page-requests', 'error', 'set-up'),
    (memory.mlock, at('done', synthetic.PASID_LINE), 'silence', 'fail', 'undecided'),
    (memory.mlock, at('unbound', waits_page_drain=0), 'drain', 'fail', 'kernel'),
    (memory.completion, fact('records.bad', 1), 'data', 'fail', 'undecided'),
    (memory.completion, fact('data.different', 1), 'data', 'fail', 'undecided'),
    (memory.completion, fact('delta.load.ats.bytes_written', 0), 'data', 'error', 'set-up'),
    (memory.completion, fact('single.late', 1), 'interrupts', 'fail', 'kernel'),
    (memory.completion, fact('single.events', 149), 'interrupts', 'fail', 'kernel'),
    (memory.completion, fact('each.events', 9001), 'interrupts', 'fail', 'kernel'),
    (memory.completion, fact('each.events', 0), 'interrupts', 'fail', 'kernel'),
    (memory.completion, fact('last.sent', 149), 'interrupts', 'fail', 'undecided'),
    (memory.completion, fact('polled.sent', 1), 'interrupts', 'fail', 'undecided'),
    (memory.completion, fact('polled.events', 1), 'interrupts', 'fail', 'kernel'),
    (memory.completion, fact('single.wanted', 0), 'interrupts', 'error', 'set-up'),
    (memory.completion, at('done', synthetic.PASID_LINE), 'silence', 'fail', 'kernel'),
    (memory.completion, at('done', faults_recorded=1), 'silence', 'fail', 'undecided'),
    (memory.completion, at('unbound', waits_page_drain=0), 'drain', 'fail', 'kernel'),
    *taken_mutations(memory.truncate),
    *taken_mutations(memory.hugetlb),
]


class Judges(JudgeCases, unittest.TestCase):
    MAKERS = memory.ALL
    MUTATIONS = MUTATIONS

    def test_what_was_not_invalidated_is_the_kernels_fault(self):
        for make in (memory.thp,):
            for event in ('collapse',):
                run = make()
                synthetic.set_fact(run, f'{event}.changed', 3)
                run.stages['done'].accel['invalidations'] -= 23
                self.assertEqual(by_rule(run)['no-access'].party, 'kernel')

    def test_a_read_may_find_an_entry_while_it_is_changed(self):
        for make in (memory.ksm, memory.zero_page):
            made = make()
            made.stages['done'].kmsg.append(READ_LINE)
            [found] = [v for v in scenarios.judge(made) if v.rule == 'silence']
            self.assertEqual(found.result, 'pass', found.evidence)

    def test_old_frames_are_judged_with_small_pages_only(self):
        for make in (memory.swap, memory.migrate):
            run = make()
            self.assertIn('no-access', by_rule(run))
            run.scenario += ',huge=1'
            self.assertEqual({'data', 'page-requests', 'silence', 'drain'},
                             set(by_rule(run)) - COMMON)


class Equipment(unittest.TestCase):
    """The scenarios add the options of QEMU that they need."""

    @staticmethod
    def equipped(scenario):
        spec = Spec('x86_64', Path('kernel'), Path('initrd'), Path('logs'), cmdline='quiet')
        scenarios.equip(spec, scenario)
        return spec

    def test_two_nodes_to_migrate_between(self):
        nodes = [word for word in self.equipped('migrate').extra if word.startswith('node,')]
        self.assertEqual(len(nodes), 2)

    def test_contexts_for_more_requests_than_the_queue_holds(self):
        self.assertIn('sva-accel.contexts=128', self.equipped('prq-overflow').extra)

    def test_pages_of_1_gib_only_if_asked_for(self):
        with_gib, without = self.equipped('hugetlb,gib=1'), self.equipped('hugetlb')
        self.assertEqual(with_gib.extra, ['-m', '4G'])
        self.assertEqual(with_gib.cmdline, 'quiet hugepagesz=1G hugepages=1')
        self.assertEqual((without.extra, without.cmdline), ([], 'quiet'))


if __name__ == '__main__':
    unittest.main()
