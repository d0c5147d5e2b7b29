# SPDX-License-Identifier: GPL-2.0-or-later
"""Who is blamed: for each path evidence that leads there, and some that nearly does."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

import synthetic  # noqa: E402
import synthetic_device  # noqa: E402
import synthetic_life  # noqa: E402
import synthetic_memory  # noqa: E402
from judge_cases import by_rule  # noqa: E402
from sva.guest.session import Stage  # noqa: E402
from sva.judge.debts import Debt, Look  # noqa: E402
from sva.judge.ledger import ASKED_FAULT, ATC, BY_KERNEL, BY_UNIT, CONFIG, FAULT, \
    IOTLB  # noqa: E402
from sva.judge.verdict import FAIL, KERNEL, MODEL, UNDECIDED  # noqa: E402
from sva.runs import report  # noqa: E402

RID = 0x10
SENT = {ATC: 3, IOTLB: 2, CONFIG: 1}


def looked(run):
    """The same run, with the events followed: nothing is owed."""
    for stage in run.stages.values():
        if stage.entry:
            count = stage.iommu.get('faults-recorded', 0)
            stage.look = Look([], dict(SENT), [], {(FAULT, RID, 1, 0x59): count}, RID)
    return run


def with_exit(run):
    """And with a look at the moment when the address space had gone."""
    stages, run.stages = run.stages, {}
    for name, stage in stages.items():
        if name == 'mm-gone':
            run.stages['exited'] = Stage('exited', iommu=dict(stages['bound'].iommu),
                                         accel=dict(stage.accel), entry=stage.entry)
        run.stages[name] = stage
    return looked(run)


def kill():
    return with_exit(synthetic.kill())


def owe(run, stage, *parties, place=ATC):
    """Put debts into a look."""
    debts = [Debt(party, place, 0x7000 + 0x1000 * n, 40 + n, '0x9000 rw--', 'nothing')
             for n, party in enumerate(parties)]
    run.stages[stage].look = run.stages[stage].look._replace(debts=debts)


def look(run, stage, **changes):
    run.stages[stage].look = run.stages[stage].look._replace(**changes)


def recorded(run, stage, number, reason=0x59, rid=RID, what=FAULT):
    tallies = {**run.stages[stage].look.tallies, (what, rid, 1, reason): number}
    look(run, stage, tallies=tallies)


class Case(unittest.TestCase):

    def assert_blamed(self, run, rule, party, pattern='.'):
        found = by_rule(run)[rule]
        self.assertEqual((found.result, found.party), (FAIL, party), found.evidence)
        self.assertRegex(found.evidence, pattern)

    def assert_kept(self, run, *rules):
        found = by_rule(run)
        for rule in rules or found:
            self.assertEqual(found[rule].result, 'pass', found[rule].evidence)


class Good(Case):

    def test_runs_with_nothing_owed(self):
        for run in (kill(), looked(synthetic.munmap_race()), looked(synthetic_life.two_devices()),
                    looked(synthetic.late()), looked(synthetic_device.flr_after_exit())):
            self.assert_kept(run)
            self.assertIn('invalidated', by_rule(run))

    def test_what_was_not_followed_is_not_judged(self):
        self.assertNotIn('invalidated', by_rule(synthetic.kill()))
        run = kill()
        look(run, 'late', complete=False)
        self.assertNotIn('invalidated', by_rule(run))


class Invalidated(Case):
    """The rule that checks this alone."""

    def test_a_debt_at_any_stage(self):
        for stage in ('bound', 'exited', 'mm-gone', 'unbound', 'reused'):
            for place in (ATC, IOTLB, CONFIG):
                run = kill()
                owe(run, stage, KERNEL, place=place)
                self.assert_blamed(run, 'invalidated', KERNEL,
                                   f'at {stage}: 1 in the {place}, with 3 device-TLB, 2 IOTLB')

    def test_the_kernel_comes_before_who_is_not_certain(self):
        run = kill()
        owe(run, 'exited', UNDECIDED)
        self.assert_blamed(run, 'invalidated', UNDECIDED)
        owe(run, 'mm-gone', UNDECIDED, KERNEL)
        self.assert_blamed(run, 'invalidated', KERNEL, 'at mm-gone: 1 in the device-TLB')

    def test_a_model_that_answers_from_an_empty_cache(self):
        run = kill()
        owe(run, 'mm-gone', KERNEL)
        look(run, 'exited', broken=['event 9 answered'])
        self.assert_blamed(run, 'invalidated', MODEL, 'event 9 answered')


class Abort(Case):
    """DMA after the end of the address space."""

    def landed(self, *debts, exited=True, entry=None):
        run = kill() if exited else looked(synthetic.kill())
        synthetic.set_fact(run, 'reuse.changed', 3)
        if debts:
            owe(run, 'mm-gone', *debts)
        if entry:
            synthetic.mutate(run, 'mm-gone', entry=entry)
        return run

    def test_a_translation_that_was_not_invalidated(self):
        self.assert_blamed(self.landed(KERNEL, KERNEL), 'abort', KERNEL,
                           '3 of 512 .*PASID entry 0x2; not invalidated at mm-gone: 2 in the '
                           r'device-TLB.*0x7000 -> 0x9000 rw-- \(event 40\), now nothing')

    def test_an_entry_that_is_present(self):
        self.assert_blamed(self.landed(entry=synthetic.LIVE), 'abort', KERNEL, 'PASID entry 0x49')

    def test_all_had_been_invalidated(self):
        self.assert_blamed(self.landed(), 'abort', MODEL, 'all had been invalidated at exited')

    def test_all_was_invalidated_sooner_or_later(self):
        self.assert_blamed(self.landed(exited=False), 'abort', UNDECIDED,
                           'all had been invalidated at mm-gone')

    def test_a_log_that_ends_early(self):
        run = self.landed()
        look(run, 'mm-gone', complete=False)
        self.assert_blamed(run, 'abort', UNDECIDED, 'what the caches held is not known')

    def test_answers_that_grant(self):
        run = kill()
        synthetic.set_fact(run, 'delta.gone.ats.ats_granted', 1)
        self.assert_blamed(run, 'ats-no-access', MODEL, 'all had been invalidated')
        owe(run, 'exited', KERNEL, place=IOTLB)
        self.assert_blamed(run, 'ats-no-access', KERNEL, '1 in the IOTLB')

    def test_what_a_survivor_has(self):
        run = with_exit(synthetic_life.daemonise())
        synthetic.set_fact(run, 'survivor.changed', 1)
        self.assert_blamed(run, 'other-memory', MODEL)
        owe(run, 'mm-gone', KERNEL)
        self.assert_blamed(run, 'other-memory', KERNEL)

    def test_a_round_that_went_wrong(self):
        """What was held then counts, and what was printed until then."""
        run = looked(synthetic.munmap_race())
        stages, run.stages = run.stages, {}
        for name, stage in stages.items():
            if name == 'done':
                broken = Stage('broken', iommu=stage.iommu, entry=stage.entry, kmsg=stage.kmsg)
                run.stages['broken'], stage.kmsg = broken, []
            run.stages[name] = stage
        looked(run)
        self.assert_kept(run, 'silence')
        synthetic.set_fact(run, 'reuse.changed', 1)
        self.assert_blamed(run, 'no-access', UNDECIDED)
        owe(run, 'broken', KERNEL)
        self.assert_blamed(run, 'no-access', KERNEL, 'not invalidated at broken: 1 in the device')

    def test_a_page_request_that_is_handed_on_after_unbind(self):
        """The unit still uses an entry from its cache."""
        run = looked(synthetic.late())
        run.stages['late'].iommu['page-requests-queued'] = 2
        self.assert_blamed(run, 'invalid-request', MODEL, '2 page requests.*no cache held')
        owe(run, 'unbound', KERNEL, place=CONFIG)
        self.assert_blamed(run, 'invalid-request', KERNEL, 'not invalidated at unbound: 1 in the '
                           'configuration cache')

    def test_after_the_unbind(self):
        run = looked(synthetic.late())
        synthetic.set_fact(run, 'late.changed', 1)
        self.assert_blamed(run, 'abort', UNDECIDED)
        owe(run, 'unbound', KERNEL, place=CONFIG)
        self.assert_blamed(run, 'abort', KERNEL, '1 in the configuration cache')


class Service(Case):
    """Translation requests that end with an error."""

    def ended(self, entry):
        run = kill()
        synthetic.set_fact(run, 'delta.gone.ats.ats_error', 1)
        synthetic.mutate(run, 'mm-gone', entry=entry)
        return run

    def test_by_the_entry(self):
        nowhere = synthetic.PasidEntry(level='context entry')
        self.assert_blamed(self.ended(nowhere), 'ats-no-access', KERNEL, 'context entry')
        self.assert_blamed(self.ended(synthetic.QUIET), 'ats-no-access', MODEL, 'PASID entry 0x2')


class Silence(Case):
    """Faults that were recorded, or were not."""

    def test_while_the_entry_became_silent(self):
        run = kill()
        for stage in ('exited', 'mm-gone'):
            recorded(run, stage, 4)
        self.assert_blamed(run, 'silence', KERNEL, '4 faults recorded in spite of FPD set.*all '
                           'before exited')

    def test_when_it_was_silent(self):
        run = kill()
        recorded(run, 'exited', 4)
        recorded(run, 'mm-gone', 6)
        self.assert_blamed(run, 'silence', MODEL, '2 of them when the entry had been so')
        # The entry that the kernel left in the cache is still in use, and is not silent.
        owe(run, 'exited', KERNEL, place=CONFIG)
        self.assert_blamed(run, 'silence', KERNEL, 'not invalidated at exited: 1 in the config')

    def test_lines_of_the_first_moment(self):
        run = kill()
        synthetic.mutate(run, 'exited', [synthetic.PASID_LINE])
        self.assert_blamed(run, 'silence', KERNEL, '1 DMAR fault line for PASID 1')

    def test_page_requests_are_named(self):
        run = kill()
        for stage in ('exited', 'mm-gone'):
            synthetic.mutate(run, stage, entry=synthetic.ZERO)
        recorded(run, 'mm-gone', 9)
        recorded(run, 'mm-gone', 5, what=ASKED_FAULT)
        self.assert_blamed(run, 'silence', KERNEL, '9 faults recorded, 5 recorded for page requests')

    def test_faults_of_interrupts_and_of_others_are_no_dma_of_the_device(self):
        for reason, rid in ((0x25, 0xff00), (0x25, RID), (0x59, 0x18)):
            run = kill()
            recorded(run, 'mm-gone', 2, reason, rid)
            self.assert_kept(run, 'silence')
            run = looked(synthetic.fault_in())
            for stage in run.stages.values():
                if stage.iommu:
                    stage.iommu['faults-recorded'] += 2
            recorded(run, 'done', 2, reason, rid)
            self.assert_kept(run, 'silence')
        run = looked(synthetic.fault_in())
        recorded(run, 'done', 1, 0x71)
        self.assert_blamed(run, 'silence', UNDECIDED, 'reason 0x71 of 0x0010')

    def test_a_fault_that_was_not_recorded(self):
        run = kill()
        for stage in ('exited', 'mm-gone'):
            synthetic.mutate(run, stage, entry=synthetic.ZERO)
        self.assert_blamed(run, 'silence', MODEL, 'exited: PASID entry 0x0')
        synthetic.mutate(run, 'exited', entry=synthetic.QUIET)
        self.assert_blamed(run, 'silence', UNDECIDED)


class Answers(Case):
    """Page requests after the end of an address space, and who answered them."""

    def answered(self, unit=(), kernel=(), fact=('delta.gone.ats-pri.prg_success', 1)):
        run = kill()
        synthetic.set_fact(run, *fact)
        look(run, 'mm-gone', tallies={
            **{(BY_UNIT, RID, 1, code): n for code, n in unit},
            **{(BY_KERNEL, RID, 1, code): n for code, n in kernel}})
        return run

    def test_both_are_named(self):
        run = self.answered([(1, 12)], [(1, 3)], ('delta.gone.ats-pri.prg_success', 0))
        self.assertTrue(by_rule(run)['invalid-request'].evidence.endswith(
            '12 x Invalid Request; 12 answered by the unit, 3 by the kernel'))

    def test_what_was_answered_before_the_end_does_not_count(self):
        run = self.answered([(1, 12)], [(0, 5), (1, 3)], ('delta.gone.ats-pri.prg_success', 0))
        look(run, 'exited', tallies={(BY_KERNEL, RID, 1, 0): 5})
        self.assertIn('3 by the kernel', by_rule(run)['invalid-request'].evidence)

    def test_by_whose_answer_is_wrong(self):
        self.assert_blamed(self.answered([(1, 12)], [(0, 1)]), 'invalid-request', KERNEL,
                           '1 x code 0x0 by the kernel')
        self.assert_blamed(self.answered([(15, 1)], [(1, 12)]), 'invalid-request', MODEL,
                           '1 x code 0xf by the unit')
        # Of a queue that was full.
        self.assert_blamed(self.answered([(0, 1)], [(1, 12)]), 'invalid-request', UNDECIDED,
                           '1 answered by the unit, 12 by the kernel')

    def test_the_kernel_must_have_answered_what_was_queued(self):
        for kernel, result in ((1, 'pass'), (0, 'fail')):
            run = looked(synthetic.kill_with_queued_requests())
            look(run, 'answered', tallies={(BY_UNIT, RID, 1, 1): 2, (BY_KERNEL, RID, 1, 1): kernel})
            found = by_rule(run)['invalid-request']
            self.assertEqual(found.result, result, found.evidence)
        self.assertIn('the kernel answered none of 8 page requests', found.evidence)
        self.assert_blamed(run, 'invalid-request', UNDECIDED)
        look(run, 'reused', waiting=('group 4 of PASID 1',))
        self.assert_blamed(run, 'invalid-request', KERNEL, 'group 4 of PASID 1')

    def test_by_who_does_not_answer(self):
        few = ('delta.gone.ats-pri.prg_invalid', 3)
        self.assert_blamed(self.answered(kernel=[(1, 3)], fact=few), 'invalid-request', UNDECIDED)
        run = self.answered(kernel=[(1, 3)], fact=few)
        look(run, 'mm-gone', strays=('an answer to group 3 of PASID 0',))
        self.assert_blamed(run, 'invalid-request', KERNEL, 'group 3 of PASID 0')
        run = self.answered(kernel=[(1, 3)], fact=few)
        look(run, 'reused', waiting=('group 4 of PASID 1',))
        self.assert_blamed(run, 'invalid-request', KERNEL, 'without an answer.*group 4')


class Revoked(Case):
    """Accesses to memory that was taken away from a living process."""

    RUNS = ((synthetic.munmap_race, 'reuse.changed', 'no-access'),
            (synthetic.mprotect, 'pages.changed', 'no-access'),
            (synthetic.fork, 'child.changed', 'copy-on-write'),
            (synthetic_memory.migrate, 'there.changed', 'no-access'))

    def test_by_what_is_held(self):
        for make, fact, rule in self.RUNS:
            run = looked(make())
            synthetic.set_fact(run, fact, 1)
            self.assert_blamed(run, rule, UNDECIDED, 'agrees with the page tables')
            owe(run, 'done', KERNEL)
            self.assert_blamed(run, rule, KERNEL, 'not invalidated at done: 1 in the device-TLB')

    def test_by_fewer_invalidations_than_rounds(self):
        run = looked(synthetic.munmap_race())
        synthetic.set_fact(run, 'reuse.changed', 1)
        run.stages['done'].accel['invalidations'] -= 1
        self.assert_blamed(run, 'no-access', KERNEL, '24 device-TLB invalidations in 25 rounds')

    def test_by_an_iotlb_that_was_left_out(self):
        run = looked(synthetic.munmap_race())
        synthetic.set_fact(run, 'reuse.changed', 1)
        look(run, 'done', skipped=('0x7000: event 9 invalidated the device-TLB only',))
        self.assert_blamed(run, 'no-access', KERNEL, 'left in the IOTLB: 1, the first 0x7000')
        self.assert_kept(looked(synthetic.munmap_race()), 'no-access')

    def test_by_a_device_that_kept_what_it_gave_back(self):
        for hits, party in ((3, MODEL), (0, UNDECIDED)):
            run = looked(synthetic.munmap_race())
            synthetic.set_fact(run, 'reuse.changed', 1)
            run.stages['bound'].accel['stale-hits'] = 2
            run.stages['done'].accel['stale-hits'] = 2 + hits
            self.assert_blamed(run, 'no-access', party,
                               f'translations {hits} times' if hits else 'agrees')
            # A missing invalidation explains it, too, and comes first.
            owe(run, 'done', KERNEL)
            self.assert_blamed(run, 'no-access', KERNEL)

    def test_faults_that_are_missing(self):
        run = looked(synthetic.munmap_race())
        recorded(run, 'done', 0)
        self.assert_blamed(run, 'silence', UNDECIDED)
        owe(run, 'done', KERNEL)
        self.assert_blamed(run, 'silence', KERNEL, 'not invalidated at done')

    def test_the_program_blames_whom_a_rule_blames(self):
        run = looked(synthetic.munmap_race())
        run.checks.append((False, 'memory does not change'))
        self.assert_blamed(run, 'program', UNDECIDED)
        synthetic.mutate(run, 'unbound', waits_page_drain=0)
        self.assert_blamed(run, 'program', KERNEL, 'see drain')

    def test_by_an_answer_that_cannot_be(self):
        run = looked(synthetic.munmap_race())
        synthetic.set_fact(run, 'reuse.changed', 1)
        look(run, 'done', broken=['event 7 answered'])
        self.assert_blamed(run, 'no-access', MODEL, 'event 7')


class Work(Case):
    """Work that failed, or whose result is wrong."""

    def test_by_what_was_out_of_date(self):
        run = looked(synthetic.segfault())
        synthetic.set_fact(run, 'case.write-unmapped.status', '0x01')
        self.assert_blamed(run, 'completion', UNDECIDED, 'no translation was out of date')
        owe(run, 'done', KERNEL)
        self.assert_blamed(run, 'completion', KERNEL, 'write-unmapped: status 0x1.*not invalidated')

    def test_by_an_entry_that_is_not_there(self):
        for stage, party in (('unbound', UNDECIDED), ('bound', KERNEL)):
            run = looked(synthetic.fault_in())
            synthetic.set_fact(run, 'copy.status', '0x21')
            synthetic.mutate(run, stage, entry=synthetic.ZERO)
            self.assert_blamed(run, 'data', party)

    def test_a_copy_that_failed_need_not_have_asked(self):
        run = looked(synthetic.fault_in())
        synthetic.set_fact(run, 'touched', 0)
        for key in ('page_reqs', 'prg_success'):
            synthetic.set_fact(run, f'delta.copy.ats-pri.{key}', 0)
        self.assertEqual(by_rule(run)['data'].result, 'error')
        synthetic.set_fact(run, 'copy.status', '0x21')
        synthetic.mutate(run, 'bound', entry=synthetic.ZERO)
        self.assert_blamed(run, 'data', KERNEL)

    def test_by_a_kernel_that_refused(self):
        run = looked(synthetic.fault_in())
        synthetic.set_fact(run, 'copy.status', '0x21')
        last = [name for name, stage in run.stages.items() if stage.look][-1]
        look(run, last, tallies={(BY_KERNEL, RID, 1, 0): 9})
        self.assert_blamed(run, 'data', UNDECIDED)
        look(run, last, tallies={(BY_KERNEL, RID, 1, 1): 2})
        self.assert_blamed(run, 'data', KERNEL, '2 page requests were refused by the kernel')

    def test_by_a_request_that_waits(self):
        run = looked(synthetic.fault_in())
        synthetic.set_fact(run, 'copy.status', '0x0')
        last = [name for name, stage in run.stages.items() if stage.look][-1]
        self.assert_blamed(run, 'data', UNDECIDED)
        look(run, last, waiting=('group 9 of PASID 1',))
        self.assert_blamed(run, 'data', KERNEL, '1 without an answer, the first: group 9')

    def test_the_next_process_with_the_pasid(self):
        run = kill()
        synthetic.set_fact(run, 'reused.changed', 1)
        self.assert_blamed(run, 'pasid-reuse', UNDECIDED)
        owe(run, 'unbound', KERNEL, place=IOTLB)
        self.assert_blamed(run, 'pasid-reuse', KERNEL, 'not invalidated at unbound')


class Shown(unittest.TestCase):

    def test_a_failing_line_begins_with_the_party(self):
        run = kill()
        owe(run, 'mm-gone', KERNEL)
        text = ' '.join(report.table([by_rule(run)['invalidated']]).split())
        self.assertIn('kernel: not invalidated at mm-gone', text)


if __name__ == '__main__':
    unittest.main()
