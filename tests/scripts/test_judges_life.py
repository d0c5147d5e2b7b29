# SPDX-License-Identifier: GPL-2.0-or-later
"""Verdicts about the life of processes must be seen to go red."""

import sys
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

import synthetic  # noqa: E402
import synthetic_arm  # noqa: E402
import synthetic_life as life  # noqa: E402
from judge_cases import JudgeCases, at, by_rule, fact  # noqa: E402
from sva import scenarios  # noqa: E402
from sva.guest.session import Stage  # noqa: E402
from sva.judge import iommus  # noqa: E402
from sva.scenarios import no_bind  # noqa: E402

# Rules of every exit when another process has the files.
HELD = [
    (fact('data.different', 1), 'data', 'fail', 'undecided'),
    (fact('reuse.changed', 1), 'abort', 'fail', 'undecided'),
    (fact('gone.running', 2), 'abort', 'error', 'set-up'),
    (at('mm-gone', synthetic.PASID_LINE), 'silence', 'fail', 'kernel'),
    (at('mm-gone', entry=synthetic.ZERO, faults_recorded=4), 'silence', 'fail', 'kernel'),
    (fact('delta.gone.ats.ats_granted', 1), 'ats-no-access', 'fail', 'undecided'),
    (fact('delta.gone.ats-pri.prg_success', 1), 'invalid-request', 'fail', 'undecided'),
    (at('unbound', waits_page_drain=0), 'drain', 'fail', 'kernel'),
    (at('late', faults_recorded=0), 'late-dma', 'fail', 'undecided'),
    (fact('reused.same', 0), 'pasid-reuse', 'fail', 'kernel'),
]
# The same if nobody has the files.
CLOSED = [
    (fact('data.different', 1), 'data', 'fail', 'undecided'),
    (fact('reuse.changed', 1), 'abort', 'fail', 'undecided'),
    (fact('reuse.changed-other', 1), 'abort', 'fail', 'undecided'),
    (fact('reuse.pages', 0), 'abort', 'error', 'set-up'),
    (fact('reuse.method', 'none'), 'abort', 'error', 'set-up'),
    (fact('gone.closing', 0), 'abort', 'error', 'set-up'),
    (fact('delta.gone.dev.accesses', 0), 'abort', 'error', 'set-up'),
    (fact('delta.gone.dev.aborts', 61000), 'abort', 'fail', 'undecided'),
    (fact('delta.gone.dev.bytes_written', 8), 'abort', 'fail', 'undecided'),
    (fact('probe.gone.write', 'ok - 2 0x0'), 'abort', 'fail', 'undecided'),
    (at('mm-gone', synthetic.PASID_LINE), 'silence', 'fail', 'kernel'),
    (at('mm-gone', faults_recorded=4), 'silence', 'fail', 'undecided'),
    (at('mm-gone', entry=synthetic.ZERO, faults_recorded=4), 'silence', 'fail', 'kernel'),
    (fact('delta.gone.dev.ats_granted', 1), 'ats-no-access', 'fail', 'undecided'),
    (fact('delta.gone.dev.ats_partial', 1), 'ats-no-access', 'fail', 'undecided'),
    (fact('delta.gone.dev.ats_error', 1), 'ats-no-access', 'fail', 'model'),
    (fact('delta.gone.dev.ats_no_access', 0), 'ats-no-access', 'error', 'set-up'),
    (fact('probe.gone.ats', 'ok rw 2 0x0'), 'ats-no-access', 'fail', 'undecided'),
    (fact('delta.gone.dev.prg_success', 1), 'invalid-request', 'fail', 'undecided'),
    (fact('delta.gone.dev.prg_failure', 1), 'invalid-request', 'fail', 'undecided'),
    (fact('delta.gone.dev.prg_invalid', 3), 'invalid-request', 'fail', 'undecided'),
    (fact('delta.gone.dev.page_reqs', 0), 'invalid-request', 'error', 'set-up'),
    (fact('probe.gone.prg', 'prg-success - 2 0x0'), 'invalid-request', 'fail', 'undecided'),
    (at('unbound', waits_page_drain=0), 'drain', 'fail', 'kernel'),
    (at('late', faults_recorded=0), 'late-dma', 'fail', 'undecided'),
    (fact('reused.same', 0), 'pasid-reuse', 'fail', 'kernel'),
]
OUTLIVED = [
    (fact('survivor.changed', 1), 'other-memory', 'fail', 'undecided'),
    (fact('survivor.pages', 0), 'other-memory', 'error', 'set-up'),
    (fact('kept.taken', 1), 'pasid-kept', 'fail', 'kernel'),
    (fact('kept.busy', 1), 'pasid-kept', 'fail', 'kernel'),
    (fact('kept.attempts', 0), 'pasid-kept', 'error', 'set-up'),
]
OOM = [
    (fact('oom.kills', 2), 'one-victim', 'fail', 'kernel'),
    (fact('oom.kills', 0), 'one-victim', 'error', 'set-up'),
    (fact('pid', 99), 'one-victim', 'fail', 'kernel'),
    (at('unbound', life.KILLED_LINE.replace('141', '142')), 'one-victim', 'fail', 'kernel'),
    (fact('tick.max-ms', 12000), 'responsive', 'fail', 'kernel'),
    (fact('tick.count', 0), 'responsive', 'error', 'set-up'),
    (fact('unbind.ms', 900), 'responsive', 'error', 'set-up'),
]
FILES_KEPT = [(fact('survivor.bound', 2), 'bond-kept', 'fail', 'undecided')]


def of(make, *lists):
    return [(make, *case) for cases in lists for case in cases]


# (scenario, what is broken, rule that must go red, its result, its party)
MUTATIONS = [
    *of(life.daemonise, HELD, OUTLIVED, FILES_KEPT),
    *of(life.exec_keep, HELD, OUTLIVED, FILES_KEPT),
    *of(life.exec_cloexec, CLOSED, OUTLIVED),
    *of(life.threads, HELD),
    *of(life.oom, CLOSED, OOM),
    *of(life.oom_reaper, OOM),
    (life.oom_reaper, fact('data.different', 1), 'data', 'fail', 'undecided'),
    (life.oom_reaper, lambda run: run.stages['reaped'].kmsg.pop(), 'reaper', 'fail', 'kernel'),
    (life.oom_reaper, at('reaped', life.REAPED_LINE.replace('141', '7')), 'reaper', 'fail',
     'kernel'),
    (life.oom_reaper, fact('reuse.changed', 1), 'no-access', 'fail', 'undecided'),
    (life.oom_reaper, fact('reuse.changed-other', 1), 'no-access', 'fail', 'undecided'),
    (life.oom_reaper, fact('reuse.pages', 0), 'no-access', 'error', 'set-up'),
    (life.oom_reaper, fact('reuse.method', 'none'), 'no-access', 'error', 'set-up'),
    (life.oom_reaper, fact('delta.gone.dev.bytes_written', 8), 'no-access', 'fail', 'undecided'),
    (life.oom_reaper, fact('delta.gone.dev.ats_granted', 1), 'no-access', 'fail', 'undecided'),
    (life.oom_reaper, fact('delta.gone.dev.ats_partial', 1), 'no-access', 'fail', 'undecided'),
    (life.oom_reaper, fact('delta.gone.dev.ats_error', 1), 'no-access', 'fail', 'undecided'),
    (life.oom_reaper, fact('delta.gone.dev.ats_no_access', 0), 'no-access', 'error', 'set-up'),
    (life.oom_reaper, fact('probe.gone.ats', 'ok w 2 0x0'), 'no-access', 'fail', 'undecided'),
    (life.oom_reaper, at('reaped', entry=synthetic.ZERO), 'no-access', 'error', 'set-up'),
    (life.oom_reaper, at('reaped', synthetic.PASID_LINE), 'silence', 'fail', 'kernel'),
    (life.oom_reaper, at('reaped', faults_recorded=1), 'silence', 'fail', 'undecided'),
    (life.oom_reaper, fact('delta.gone.dev.prg_success', 1), 'invalid-request', 'fail',
     'undecided'),
    (life.oom_reaper, at('unbound', waits_page_drain=0), 'drain', 'fail', 'kernel'),
    (life.oom_reaper, at('late', faults_recorded=0), 'late-dma', 'fail', 'undecided'),
    (life.oom_reaper, fact('reused.same', 0), 'pasid-reuse', 'fail', 'kernel'),
    (life.threads, fact('threads.stalled', 1), 'works-on', 'fail', 'kernel'),
    (life.threads, fact('threads.left', 0), 'works-on', 'error', 'set-up'),
    (life.threads, fact('leader.gone', 0), 'works-on', 'error', 'set-up'),
    (life.threads, fact('delta.threads.ats-pri.prg_invalid', 1), 'works-on', 'fail', 'kernel'),
    (life.threads, fact('delta.threads.untranslated.aborts', 1), 'works-on', 'fail', 'kernel'),
    (life.threads, at('last', faults_recorded=1), 'works-on', 'fail', 'kernel'),
    (life.threads, fact('last.status', '0x21'), 'works-on', 'fail', 'undecided'),
    (life.threads, fact('last.different', 4), 'works-on', 'fail', 'undecided'),
    (life.pasid_width, fact('binds', 14), 'all-pasids', 'fail', 'kernel'),
    (life.pasid_width, fact('pasid.highest', 16), 'all-pasids', 'fail', 'kernel'),
    (life.pasid_width, fact('pasid.double', 1), 'all-pasids', 'fail', 'kernel'),
    (life.pasid_width, fact('where', 'moon'), 'all-pasids', 'error', 'set-up'),
    (life.pasid_width, fact('copies.failed', 1), 'data', 'fail', 'undecided'),
    (life.pasid_width, fact('binds', 0), 'data', 'error', 'set-up'),
    (life.pasid_width, fact('bind.errno', 12), 'refused', 'fail', 'kernel'),
    (life.pasid_width, fact('bind.errno', 0), 'refused', 'fail', 'kernel'),
    (life.pasid_width, fact('bind.other-errno', 1), 'refused', 'fail', 'kernel'),
    (life.pasid_width, at('full', synthetic.PASID_LINE), 'silence', 'fail', 'kernel'),
    (life.pasid_width, at('unbound', faults_recorded=1), 'silence', 'fail', 'undecided'),
    (life.pasid_width, fact('recovered.errno', 28), 'recovers', 'fail', 'kernel'),
    (life.pasid_width, fact('recovered.pasid', 3), 'recovers', 'fail', 'kernel'),
    (life.pasid_width, fact('recovered.status', '0x24'), 'recovers', 'fail', 'undecided'),
    (life.pasid_width, fact('recovered.different', 1), 'recovers', 'fail', 'undecided'),
    (life.pasid_width, at('unbound', waits_page_drain=15), 'drain', 'fail', 'kernel'),
    (lambda: life.pasid_width(20), fact('bind.errno', 28), 'refused', 'fail', 'undecided'),
    (lambda: life.pasid_width(20), fact('binds', 63), 'all-pasids', 'fail', 'kernel'),
    (life.no_bind, fact('bind.errno', 0), 'refused', 'fail', 'kernel'),
    (life.no_bind, fact('bind.errno', 5), 'refused', 'fail', 'kernel'),
    (life.no_bind, fact('bind.other-errno', 1), 'refused', 'fail', 'kernel'),
    (life.no_bind, fact('attempts', 0), 'refused', 'error', 'set-up'),
    (life.no_bind, lambda run: run.stages['done'].kmsg.pop(), 'told', 'fail', 'undecided'),
    (life.no_bind, at('done', 'sva_accel: cannot bind x[40]: error -5'), 'told', 'fail',
     'undecided'),
    (life.no_bind, fact('enable.untranslated', 0), 'modes', 'fail', 'kernel'),
    (life.no_bind, at('done', synthetic.FAULT_LINE), 'silence', 'fail', 'kernel'),
    (life.no_bind, at('done', faults_recorded=1), 'silence', 'fail', 'undecided'),
    (life.no_bind_bound, fact('bind.errno', 22), 'refused', 'fail', 'kernel'),
    (life.no_bind_bound, fact('enable.ats-pri', 0), 'modes', 'fail', 'kernel'),
    (life.no_bind_bound, fact('enable.ats', 5), 'modes', 'fail', 'undecided'),
    (life.no_bind_bound, fact('copy.ats.status', '0x20'), 'modes', 'fail', 'undecided'),
    (life.no_bind_bound, fact('copy.untranslated.different', 2), 'modes', 'fail', 'undecided'),
    (life.kernel_pasid, fact('process.pasid', 2), 'isolation', 'fail', 'kernel'),
    (life.kernel_pasid, fact('probe.kernel.read', 'aborted - 2 0x0'), 'isolation', 'fail',
     'undecided'),
    (life.kernel_pasid, fact('probe.kernel.ats', 'ok r 2 0x0'), 'isolation', 'fail', 'undecided'),
    (life.kernel_pasid, fact('probe.process.write', 'aborted - 1 0x0'), 'isolation', 'fail',
     'undecided'),
    (life.kernel_pasid, fact('kernel.read', 0), 'isolation', 'fail', 'undecided'),
    (life.kernel_pasid, fact('kernel.written', 0), 'isolation', 'fail', 'undecided'),
    (life.kernel_pasid, fact('kernel.others', 1), 'isolation', 'fail', 'undecided'),
    (life.kernel_pasid, fact('process.written', 0), 'isolation', 'fail', 'undecided'),
    (life.kernel_pasid, fact('process.others', 1), 'isolation', 'fail', 'undecided'),
    (life.kernel_pasid, at('used', synthetic.PASID_LINE), 'silence', 'fail', 'kernel'),
    (life.kernel_pasid, at('used', faults_recorded=1), 'silence', 'fail', 'undecided'),
    (life.kernel_pasid, fact('unmapped.changed', 1), 'no-access', 'fail', 'undecided'),
    (life.kernel_pasid, fact('probe.unmapped.write', 'ok - 2 0x0'), 'no-access', 'fail',
     'undecided'),
    (life.kernel_pasid, fact('probe.unmapped.ats', 'ok rw 2 0x0'), 'no-access', 'fail',
     'undecided'),
    (life.kernel_pasid, at('unmapped', faults_recorded=0), 'no-access', 'fail', 'undecided'),
    (life.kernel_pasid, at('unmapped', entry=synthetic.ZERO), 'no-access', 'error', 'set-up'),
    (life.kernel_pasid, at('unbound', waits_page_drain=0), 'drain', 'fail', 'kernel'),
    (life.kernel_pasid, at('late', faults_recorded=1), 'late-dma', 'fail', 'undecided'),
    (life.kernel_pasid, fact('late.changed', 1), 'late-dma', 'fail', 'undecided'),
    (life.kernel_pasid, fact('kept.taken', 1), 'pasid-kept', 'fail', 'kernel'),
    (life.kernel_pasid, fact('kept.attempts', 0), 'pasid-kept', 'error', 'set-up'),
    (life.kernel_pasid, fact('reused.pasid', 3), 'pasid-kept', 'fail', 'kernel'),
    (life.kernel_tables, fact('tables.freed', 2), 'no-access', 'error', 'set-up'),
    (life.kernel_tables, fact('probes.served', 2), 'no-access', 'fail', 'undecided'),
    (life.kernel_tables, fact('probes.refused', 5), 'no-access', 'fail', 'undecided'),
    (life.kernel_tables, at('done', faults_recorded=5), 'no-access', 'fail', 'undecided'),
    (life.kernel_tables, at('unbound', waits_page_drain=0), 'drain', 'fail', 'kernel'),
    (life.two_devices, fact('delta.first.ats.bytes_written', 0), 'data', 'fail', 'kernel'),
    (life.two_devices, fact('delta.second.ats.aborts', 1), 'data', 'fail', 'kernel'),
    (life.two_devices, fact('bound.first.status', '0x21'), 'data', 'fail', 'undecided'),
    (life.two_devices, fact('bound.second.different', 4), 'data', 'fail', 'undecided'),
    (life.two_devices, fact('second.pasid', 2), 'one-pasid', 'fail', 'kernel'),
    (life.two_devices, fact('second.device', '0000:00:02.0'), 'one-pasid', 'error', 'set-up'),
    (life.two_devices, at('unbound', synthetic.PASID_LINE), 'silence', 'fail', 'kernel'),
    (life.two_devices, at('unbound', faults_recorded=1), 'silence', 'fail', 'undecided'),
    (life.two_devices, at('unbound', waits_page_drain=0), 'drain', 'fail', 'kernel'),
    (life.two_devices, fact('unbind.status', 5), 'drain', 'fail', 'kernel'),
    (life.two_devices, fact('delta.alone.untranslated.bytes_written', 0), 'other-works', 'fail',
     'kernel'),
    (life.two_devices, fact('delta.late.ats-pri.prg_invalid', 1), 'other-works', 'fail',
     'kernel'),
    (life.two_devices, fact('delta.alone.ats-pri.prg_failure', 1), 'other-works', 'fail',
     'kernel'),
    (life.two_devices, fact('probe.late.write', 'ok - 1 0x0'), 'late-dma', 'fail', 'undecided'),
    (life.two_devices, fact('late.changed', 1), 'late-dma', 'fail', 'undecided'),
    (life.two_devices, at('late', synthetic.PASID_LINE.replace('02.0', '03.0')), 'late-dma', 'fail',
     'undecided'),
    (life.two_devices, fact('reuse.changed', 1), 'no-access', 'fail', 'undecided'),
    (life.two_devices, fact('reuse.changed-other', 1), 'no-access', 'fail', 'undecided'),
    (life.two_devices, fact('revoked.refused', 0), 'no-access', 'fail', 'undecided'),
    (life.two_devices, fact('delta.revoked.ats.bytes_written', 8), 'no-access', 'fail', 'undecided'),
    (life.two_devices, fact('reuse.pages', 0), 'no-access', 'error', 'set-up'),
    (life.two_devices, fact('reuse.method', 'none'), 'no-access', 'error', 'set-up'),
    (life.two_devices, at('late', entry=synthetic.LIVE), 'no-access', 'fail', 'kernel'),
    (life.two_devices, fact('again.pasid', 2), 'bind-again', 'fail', 'kernel'),
    (life.two_devices, fact('again.first.status', '0x24'), 'bind-again', 'fail', 'undecided'),
]


class LifeJudges(JudgeCases, unittest.TestCase):

    MAKERS = life.ALL
    MUTATIONS = MUTATIONS

    def test_each_width_and_each_machine_is_judged(self):
        for bits in (1, 2, 4, 20):
            for verdict in scenarios.judge(life.pasid_width(bits)):
                self.assertEqual(verdict.result, 'pass', verdict.evidence)
        for arch, cases in no_bind.CASES.items():
            for case, (*_, errno, enable) in cases.items():
                run = life.no_bind(case, errno)
                run.setup['arch'] = arch
                if arch == 'aarch64':
                    synthetic_arm.arm(run)
                results = {v.rule: v.result for v in scenarios.judge(run) if v.result != 'pass'}
                self.assertEqual(results if errno else {}, {}, case)

    def test_an_invalidation_that_was_not_sent_is_the_kernels_fault(self):
        run = life.two_devices()
        synthetic.set_fact(run, 'reuse.changed', 3)
        run.stages['revoked'].accel['invalidations'] = run.stages['late'].accel['invalidations']
        self.assertEqual(by_rule(run)['no-access'].party, 'kernel')

    def test_memory_changed_through_a_present_entry_is_the_kernels_fault(self):
        run = life.daemonise()
        synthetic.set_fact(run, 'survivor.changed', 3)
        synthetic.mutate(run, 'mm-gone', entry=synthetic.LIVE)
        self.assertEqual(by_rule(run)['other-memory'].party, 'kernel')


class TwoDevices(unittest.TestCase):

    def seen(self, first, second):
        """The entry that is judged, of those that the two devices have at a stage."""
        run, stage = synthetic.kill_two_devices(), Stage('mm-gone', entry=first)
        both = {'accel1': second}
        table = iommus.of_arch('x86_64')._replace(
            read_entry=lambda guest, pasid, device: both[device])
        with mock.patch.dict(iommus.TABLE, x86_64=table):
            scenarios.act(None, stage, run)
        return stage.entry

    def test_the_device_that_was_forgotten_counts(self):
        quiet, live, zero = synthetic.QUIET, synthetic.LIVE, synthetic.ZERO
        self.assertEqual(self.seen(quiet, quiet), quiet)
        self.assertEqual(self.seen(quiet, live), live)
        self.assertEqual(self.seen(live, quiet), live)
        self.assertEqual(self.seen(zero, quiet), zero)
        self.assertIsNone(self.seen(None, live))


if __name__ == '__main__':
    unittest.main()
