# SPDX-License-Identifier: GPL-2.0-or-later
"""Synthetic runs of the scenarios with Intel DSA, all rules kept."""

from sva.scenarios import dsa_faults
from synthetic import COPY, KEPT, LIVE, PASID_LINE, QUIET, REUSED, ZERO, delta, run

QUEUES = ('dedicated', 'shared')
VICTIM = {'mode': 'untranslated+ats+ats-pri', 'pasid': 2, 'pid': 141, **COPY, **REUSED,
          'queued.dedicated': 23, 'queued.shared': 23, 'gone.wait-ms': 54}
DRAINED = {'waits-page-drain': 1}
LATE_LINE = PASID_LINE.replace('0x1]', '0x2]')


def dsa_kill():
    hidden = {'faults-silent': 300}
    return run('dsa-kill', {
        **VICTIM, **KEPT, 'reuse.method': 'pfn', 'reuse.pages': 512, 'reuse.changed': 0,
        'reuse.changed-other': 0, 'gone.submitted': 300,
        **delta('gone', 'dev', accesses=190, aborts=190, ats_no_access=380, page_reqs=190,
                prg_invalid=190),
        'probe.late.write': 'aborted - 2 0x0', 'late.changed': 0}, {
            'bound': (LIVE, {}, []), 'exited': (QUIET, {}, []), 'mm-gone': (QUIET, hidden, []),
            'unbound': (ZERO, {**hidden, **DRAINED}, []),
            'late': (ZERO, {**hidden, **DRAINED, 'faults-recorded': 1}, [LATE_LINE]),
            'reused': (LIVE, {**hidden, **DRAINED, 'faults-recorded': 1}, [])})


def dsa_exit():
    return run('dsa-exit', {**VICTIM, 'released.wait-ms': 58,
                            **delta('exit', 'dev', aborts=12, ats_no_access=60)}, {
        'bound': (LIVE, {}, []), 'unbound': (ZERO, DRAINED, []), 'reused': (LIVE, DRAINED, [])})


def dsa_faults_run():
    facts = {'mode': 'ats-pri', 'pasid': 2,
             **delta('cases', 'dev', page_reqs=170, prg_success=162, prg_invalid=8)}
    for queue in QUEUES:
        for case, status in dsa_faults.CASES.items():
            facts.update({f'case.{queue}.{case}.{key}': value for key, value in (
                ('status', f'{status:#04x}'), ('address', '0x7f00'),
                ('address-expected', '0x7f00'), ('bytes', 0), ('bytes-expected', 0),
                ('alive', 1))})
        facts[f'case.{queue}.{dsa_faults.GOOD}.different'] = 0
    for case, status, failures, queue in (('delivered', 1, 0, 1), ('read-only', 0, 1, 3)):
        facts.update({f'record.{case}.status': status, f'record.{case}.different': 0,
                      f'record.{case}.faults': 1, f'record.{case}.failures': failures})
        facts.update({f'event.{case}.{key}': value for key, value in (
            ('new', 1), ('queue', queue), ('queue-expected', queue), ('error', '0x1a'),
            ('write', 1), ('opcode', 3), ('pasid', 2), ('address', '0x8f00'),
            ('address-expected', '0x8f00'), ('status', '0x01'))})
    return run('dsa-faults', facts, {
        'bound': (LIVE, {}, []), 'cases': (LIVE, {}, []), 'done': (LIVE, {}, []),
        'unbound': (ZERO, DRAINED, [])})


def dsa_fork():
    facts = {'mode': 'ats-pri', 'pasid': 2, 'pages': 16,
             **delta('fork', 'dev', page_reqs=112, prg_success=112)}
    for queue in QUEUES:
        facts.update({f'{what}.{queue}.{key}': value for what in ('zero', 'fork')
                      for key, value in (('status', '0x01'), ('wrong', 0))})
        facts[f'zero.{queue}.others'] = 0
        facts.update({f'child.{queue}.{key}': value for key, value in (
            ('changed', 0), ('inherited', 0), ('write-errno', 1), ('mmap-errno', 1),
            ('pasid', 3), ('copy.status', '0x01'), ('copy.different', 0))})
    return run('dsa-fork', facts, {
        'bound': (LIVE, {}, []), 'done': (LIVE, {}, []), 'unbound': (ZERO, DRAINED, [])})


def dsa_drain():
    facts = {'mode': 'ats-pri', 'pasid': 2, 'other.pasid': 3, 'full.retried': 1,
             'drain.jobs': 32, 'drain.completed': 32, 'drain.wrong': 0, 'drain.early': 0,
             'drain.code': 0, 'abort.jobs': 16, 'abort.without-record': 16, 'abort.changed': 0,
             'abort.early': 0, 'abort.code': 0, 'other.jobs': 4, 'other.done': 4,
             'again.status': '0x01', 'again.different': 0}
    return run('dsa-drain', facts, {
        'bound': (LIVE, {}, []), 'drained': (LIVE, {}, []), 'done': (LIVE, {}, []),
        'unbound': (ZERO, DRAINED, [])})


def dsa_enqcmd():
    facts = {'mode': 'ats-pri+untranslated', 'pasid': 2, 'stale.accepted': 2, 'late.changed': 0,
             'own.bond': 3, 'other.bond': 3, 'host.refused': 6, 'host.pasid-writes': 4,
             'probe.late.write': 'aborted - 2 0x0',
             **delta('late', 'dev', aborts=1, page_reqs=2, prg_invalid=2)}
    for who in ('main', 'thread', 'own', 'other'):
        facts.update({f'{who}.accepted': 1, f'{who}.status': '0x01', f'{who}.right': 1})
    for who, signal in (('never', 11), ('child', 11), ('own', 0), ('other', 0)):
        facts[f'{who}.signal'] = signal
    facts.update({'never.accepted': 0, 'child.accepted': 0})
    return run('dsa-enqcmd', facts, {
        'bound': (LIVE, {}, []), 'submitted': (LIVE, {}, []), 'unbound': (ZERO, DRAINED, []),
        'late': (ZERO, {**DRAINED, 'faults-recorded': 1}, [LATE_LINE]),
        'done': (ZERO, {**DRAINED, 'faults-recorded': 1}, [])})


ALL = (dsa_kill, dsa_exit, dsa_faults_run, dsa_fork, dsa_drain, dsa_enqcmd)
