# SPDX-License-Identifier: GPL-2.0-or-later
"""Verdicts about Intel DSA must be seen to go red."""

import sys
import unittest
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

import synthetic  # noqa: E402
import synthetic_dsa as dsa  # noqa: E402
from judge_cases import JudgeCases, at, fact  # noqa: E402
from sva import scenarios  # noqa: E402
from sva.guest import machine  # noqa: E402
from sva.guest.session import Run, Stage  # noqa: E402
from sva.judge import debts, ledger  # noqa: E402
from sva.judge.takings import VTD  # noqa: E402
from sva.rules import dsa as rules  # noqa: E402


def of(make, *cases):
    return [(make, *case) for case in cases]


# A rule about a victim of both scenarios.
VICTIM = [
    (fact('data.different', 1), 'data', 'fail', 'undecided'),
    (fact('queued.dedicated', 0), 'mm-gone', 'error', 'set-up'),
    (fact('queued.shared', 0), 'mm-gone', 'error', 'set-up'),
    (fact('gone.wait-ms', -1), 'mm-gone', 'fail', 'kernel'),
    (at('unbound', waits_page_drain=0), 'drain', 'fail', 'kernel'),
    (fact('reused.same', 0), 'pasid-reuse', 'fail', 'kernel'),
    (fact('reused.changed', 1), 'pasid-reuse', 'fail', 'undecided'),
]
MUTATIONS = [
    *of(dsa.dsa_kill, *VICTIM,
        (fact('reuse.changed', 1), 'abort', 'fail', 'undecided'),
        (fact('reuse.changed-other', 1), 'abort', 'fail', 'undecided'),
        (fact('reuse.pages', 0), 'abort', 'error', 'set-up'),
        (fact('gone.submitted', 0), 'abort', 'error', 'set-up'),
        (fact('delta.gone.dev.accesses', 0), 'abort', 'error', 'set-up'),
        (fact('delta.gone.dev.aborts', 180), 'abort', 'fail', 'undecided'),
        (fact('delta.gone.dev.bytes_written', 64), 'abort', 'fail', 'undecided'),
        (at('mm-gone', synthetic.PASID_LINE), 'silence', 'fail', 'kernel'),
        (at('mm-gone', entry=synthetic.ZERO, faults_recorded=4), 'silence', 'fail', 'kernel'),
        (fact('delta.gone.dev.ats_granted', 1), 'ats-no-access', 'fail', 'undecided'),
        (fact('delta.gone.dev.ats_error', 1), 'ats-no-access', 'fail', 'model'),
        (fact('delta.gone.dev.ats_no_access', 0), 'ats-no-access', 'error', 'set-up'),
        (fact('delta.gone.dev.prg_success', 1), 'invalid-request', 'fail', 'undecided'),
        (fact('delta.gone.dev.prg_invalid', 3), 'invalid-request', 'fail', 'undecided'),
        (fact('delta.gone.dev.page_reqs', 0), 'invalid-request', 'error', 'set-up'),
        (fact('kept.taken', 1), 'pasid-kept', 'fail', 'kernel'),
        (fact('probe.late.write', 'ok - 2 0x0'), 'late-dma', 'fail', 'undecided'),
        (fact('late.changed', 1), 'late-dma', 'fail', 'undecided'),
        # The entry still says that faults are not to be reported.
        (at('late', entry=synthetic.QUIET, faults_recorded=0), 'late-dma', 'fail', 'kernel')),
    *of(dsa.dsa_exit, *VICTIM,
        (at('unbound', synthetic.PASID_LINE), 'silence', 'fail', 'kernel'),
        (at('unbound', faults_recorded=1), 'silence', 'fail', 'kernel'),
        (lambda run: [synthetic.set_fact(run, f'delta.exit.dev.{name}', 0)
                      for name in ('aborts', 'ats_no_access')], 'silence', 'error', 'set-up'),
        (fact('released.wait-ms', -1), 'no-hang', 'fail', 'kernel')),
    *of(dsa.dsa_faults_run,
        (fact('case.shared.untouched-blocking.different', 1), 'data', 'fail', 'undecided'),
        (fact('case.shared.untouched-blocking.status', '0x84'), 'data', 'fail', 'undecided'),
        (fact('delta.cases.dev.prg_success', 0), 'data', 'fail', 'kernel'),
        (fact('delta.cases.dev.prg_failure', 1), 'data', 'fail', 'kernel'),
        (fact('case.dedicated.untouched.status', '0x01'), 'completion', 'fail', 'undecided'),
        (fact('case.dedicated.munmap.address', '0x0'), 'completion', 'fail', 'model'),
        (fact('case.dedicated.half-touched.bytes', 1), 'completion', 'fail', 'model'),
        (fact('delta.cases.dev.prg_invalid', 7), 'invalid-request', 'fail', 'kernel'),
        (fact('delta.cases.dev.prg_invalid', 9), 'invalid-request', 'fail', 'model'),
        (fact('case.shared.read-only.alive', 0), 'alive', 'fail', 'kernel'),
        (fact('event.delivered.new', 0), 'event-log', 'fail', 'model'),
        *((fact(f'event.{case}.{key}', 9), 'event-log', 'fail', 'model')
          for case in ('delivered', 'read-only') for key in (
              'queue', 'error', 'write', 'opcode', 'pasid', 'address', 'status')),
        (fact('record.delivered.status', 0), 'records', 'fail', 'kernel'),
        (fact('record.delivered.different', 1), 'records', 'fail', 'undecided'),
        (fact('record.delivered.faults', 0), 'records', 'fail', 'kernel'),
        (fact('record.delivered.failures', 1), 'records', 'fail', 'kernel'),
        (lambda run: [synthetic.set_fact(run, key, 0) for key in (
            'record.delivered.status', 'event.delivered.pasid')], 'records', 'fail', 'model'),
        (fact('record.read-only.status', 1), 'records', 'fail', 'kernel'),
        (fact('record.read-only.failures', 0), 'records', 'fail', 'kernel'),
        (at('cases', synthetic.PASID_LINE), 'silence', 'fail', 'kernel'),
        (at('done', faults_recorded=1), 'silence', 'fail', 'undecided'),
        (at('unbound', waits_page_drain=0), 'drain', 'fail', 'kernel')),
    *of(dsa.dsa_fork,
        (fact('zero.shared.status', '0x84'), 'copy-on-write', 'fail', 'undecided'),
        (fact('zero.shared.wrong', 1), 'copy-on-write', 'fail', 'undecided'),
        (fact('zero.dedicated.others', 1), 'copy-on-write', 'fail', 'undecided'),
        (fact('fork.dedicated.wrong', 1), 'copy-on-write', 'fail', 'undecided'),
        (fact('child.shared.changed', 1), 'copy-on-write', 'fail', 'undecided'),
        (fact('delta.fork.dev.page_reqs', 63), 'page-requests', 'error', 'set-up'),
        (fact('delta.fork.dev.prg_invalid', 1), 'page-requests', 'fail', 'kernel'),
        (fact('delta.fork.dev.prg_success', 0), 'page-requests', 'fail', 'kernel'),
        (fact('child.shared.inherited', 1), 'own-context', 'fail', 'kernel'),
        (fact('child.shared.write-errno', 0), 'own-context', 'fail', 'kernel'),
        (fact('child.dedicated.mmap-errno', 0), 'own-context', 'fail', 'kernel'),
        (fact('child.shared.pasid', 2), 'own-context', 'fail', 'kernel'),
        (fact('child.shared.copy.status', '0x03'), 'own-context', 'fail', 'undecided'),
        (fact('child.shared.copy.different', 1), 'own-context', 'fail', 'undecided'),
        (at('done', synthetic.PASID_LINE), 'silence', 'fail', 'kernel'),
        (at('unbound', waits_page_drain=0), 'drain', 'fail', 'kernel')),
    *of(dsa.dsa_drain,
        (fact('full.retried', 0), 'retry', 'fail', 'model'),
        (fact('drain.early', 1), 'drained', 'fail', 'model'),
        (fact('drain.code', -1), 'drained', 'fail', 'model'),
        (fact('drain.completed', 31), 'drained', 'fail', 'model'),
        (fact('drain.wrong', 1), 'drained', 'fail', 'undecided'),
        (fact('drain.jobs', 0), 'drained', 'error', 'set-up'),
        (fact('abort.early', 1), 'aborted', 'fail', 'model'),
        (fact('abort.code', 2), 'aborted', 'fail', 'model'),
        (fact('abort.without-record', 15), 'aborted', 'fail', 'model'),
        (fact('abort.changed', 1), 'aborted', 'fail', 'model'),
        (fact('abort.jobs', 0), 'aborted', 'error', 'set-up'),
        (fact('other.done', 3), 'other-works', 'fail', 'undecided'),
        (fact('other.pasid', 2), 'other-works', 'fail', 'kernel'),
        (fact('again.status', '0x00'), 'other-works', 'fail', 'undecided'),
        (fact('again.different', 1), 'other-works', 'fail', 'undecided'),
        (at('drained', synthetic.PASID_LINE), 'silence', 'fail', 'kernel'),
        (at('done', faults_recorded=1), 'silence', 'fail', 'undecided'),
        (at('unbound', waits_page_drain=0), 'drain', 'fail', 'kernel')),
    *of(dsa.dsa_enqcmd,
        (fact('main.accepted', 0), 'own-pasid', 'fail', 'kernel'),
        (fact('thread.status', '0x83'), 'own-pasid', 'fail', 'undecided'),
        (fact('thread.right', 0), 'own-pasid', 'fail', 'model'),
        (fact('never.accepted', 1), 'not-bound', 'fail', 'kernel'),
        (fact('child.signal', 0), 'not-bound', 'fail', 'kernel'),
        (fact('own.bond', 2), 'own-bond', 'fail', 'kernel'),
        (fact('own.signal', 11), 'own-bond', 'fail', 'kernel'),
        (fact('own.status', '0x83'), 'own-bond', 'fail', 'undecided'),
        (fact('host.refused', 7), 'fixed-once', 'fail', 'kernel'),
        (fact('host.pasid-writes', 5), 'fixed-once', 'fail', 'kernel'),
        (at('submitted', synthetic.PASID_LINE), 'silence', 'fail', 'kernel'),
        (at('unbound', waits_page_drain=0), 'drain', 'fail', 'kernel'),
        (fact('probe.late.write', 'ok - 2 0x0'), 'late-dma', 'fail', 'undecided'),
        (fact('late.changed', 1), 'late-dma', 'fail', 'undecided'),
        (at('late', faults_recorded=0), 'late-dma', 'fail', 'undecided'),
        (fact('delta.late.dev.prg_success', 1), 'invalid-request', 'fail', 'kernel'),
        (fact('delta.late.dev.page_reqs', 0), 'invalid-request', 'error', 'set-up'),
        (fact('stale.accepted', 1), 'invalid-request', 'fail', 'model'),
        (fact('other.bond', 2), 'stale-pasid', 'fail', 'kernel'),
        (fact('other.signal', 11), 'stale-pasid', 'error', 'set-up'),
        (fact('other.right', 0), 'stale-pasid', 'fail', 'model')),
]


class Judges(JudgeCases, unittest.TestCase):
    MAKERS = dsa.ALL
    MUTATIONS = MUTATIONS
    UNJUDGED = (*JudgeCases.UNJUDGED, 'exited')


class Counting(unittest.TestCase):
    """What a device did under a PASID, from events and counters."""

    LINES = ('sva_ats 1 rid 0x0008 pasid 2 addr 0x7000 rw-- -> 0x1000 mask 0xfff rw-- from tables '
             'status 0',
             'sva_ats 2 rid 0x0008 pasid 2 addr 0x8000 rw-- -> 0x0 mask 0xfff ---- from tables '
             'status 0',
             'sva_ats 3 rid 0x0008 pasid 2 addr 0x8000 rw-- -> 0x0 mask 0xfff ---- from tables '
             'status 1',
             'sva_ats 4 rid 0x0008 pasid 3 addr 0x8000 rw-- -> 0x0 mask 0xfff ---- from tables '
             'status 0',
             'sva_ats 5 rid 0x0010 pasid 2 addr 0x8000 rw-- -> 0x0 mask 0xfff ---- from tables '
             'status 0',
             'sva_prq 6 rid 0x0008 pasid 2 addr 0x8000 rw-- prgi 4 entry 0x1 0x2',
             'sva_prg_response 7 rid 0x0008 pasid 2 prgi 4 code 1',
             'sva_prq_auto 8 rid 0x0008 pasid 2 addr 0x9000 code 1 reason 0x59')
    COUNTERS = {'aborts': 5, 'accesses': 8, 'events': 3, 'bytes-written': 192}

    def stage(self, name, lines, counters):
        seen = ledger.Ledger(VTD)
        seen.feed(lines)
        return Stage(name, accel=counters,
                     look=debts.Look([], {}, [], dict(seen.tallies), rid=8))

    def run_with(self, last):
        run = Run('dsa-kill')
        run.add(Stage(''), 'pasid', '2')
        run.stages['exited'] = self.stage('exited', (), dict.fromkeys(self.COUNTERS, 0))
        run.stages[last] = self.stage(last, self.LINES, self.COUNTERS)
        return run

    def test_by_pasid(self):
        run = self.run_with('mm-gone')
        rules.act({'mm-gone': ('gone', 'dev')})(None, run.stages['mm-gone'], run)
        found = {key.rpartition('.')[2]: int(value) for key, value in run.facts.items()
                 if key.startswith('delta.gone.dev.')}
        self.assertEqual(found, {
            'ats_granted': 1, 'ats_no_access': 1, 'ats_error': 1, 'ats_partial': 0,
            'page_reqs': 2, 'prg_success': 0, 'prg_invalid': 2, 'prg_failure': 0, 'aborts': 5,
            'accesses': 5, 'bytes_written': 0})

    def test_late(self):
        for written, result in ((192, 'aborted'), (200, 'ok')):
            run = self.run_with('late')
            run.stages['late'].accel = {**self.COUNTERS, 'bytes-written': written}
            rules.act({'late': ('late', 'dev')})(None, run.stages['late'], run)
            self.assertEqual(run.fact('probe.late.write').split()[0], result)

    def test_other_stages_add_nothing(self):
        run = self.run_with('mm-gone')
        rules.act({})(None, run.stages['mm-gone'], run)
        self.assertEqual(list(run.facts), ['pasid'])


class Machine(unittest.TestCase):

    def test_the_device_under_test(self):
        for name, device in (('dsa-kill', machine.DSA_DEVICE), ('kill', machine.ACCEL_DEVICE)):
            spec = SimpleNamespace(accel=device == machine.ACCEL_DEVICE,
                                   device=machine.ACCEL_DEVICE, extra=[])
            scenarios.equip(spec, name)
            self.assertEqual((spec.accel, spec.device), (True, device))


if __name__ == '__main__':
    unittest.main()
