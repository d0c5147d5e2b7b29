# SPDX-License-Identifier: GPL-2.0-or-later
"""threads: the threads of the bound process exit one by one, the leader first."""

from ..judge.verdict import BOUND, GONE, KERNEL, SETUP, UNBOUND
from ..rules import blame, shared
from ..rules.claims import Check, Claim, Rule, count, faults, judge as hold, modes, number, \
    numbers, stage
from . import kill

NAME = 'threads'


def works_on(run):
    """As long as one thread is left the bond works."""
    threads, left, stalled, leader, status, different = (number(run, key) for key in (
        'threads', 'threads.left', 'threads.stalled', 'leader.gone', 'last.status',
        'last.different'))
    written = aborted = refused = 0
    for mode in modes(run):
        part = numbers(run, f'delta.threads.{mode}', 'bytes_written', 'aborts', 'prg_invalid',
                       'prg_failure')
        written, aborted, refused = written + part[0], aborted + part[1], refused + sum(part[2:])
    stage(run, 'bound')
    recorded = faults(run, 'last')
    return Claim(f'{count(written // 8, "word")} written while {threads - left} of {threads} '
                 'threads exited, the leader first; a copy for the last one', [
        Check(threads > 1 and left == 1 and leader == 1, SETUP,
              f'{left} of {threads} threads left, leader gone: {leader}'),
        Check(stalled == 0, KERNEL, f'the device did not write on after {stalled} of '
              f'{threads - 1} exits'),
        Check(not refused, KERNEL, f'{count(refused, "page request")} refused while a thread '
              'was left'),
        Check(not aborted and not recorded, KERNEL, f'{count(aborted, "write")} aborted, '
              f'{count(recorded, "fault")} recorded while a thread was left'),
        Check(status == shared.STATUS_SUCCESS and not different, blame.work,
              f'a copy for the last thread: status {status:#x}, '
              f'{count(different, "byte")} wrong')])


RULES = [
    Rule(BOUND, 'data', shared.data),
    Rule(BOUND, 'works-on', works_on),
    Rule(GONE, 'abort', kill.abort),
    Rule(GONE, 'silence', shared.silence('last', 'mm-gone', kill.tried_dma)),
    Rule(GONE, 'ats-no-access', kill.ats_no_access),
    Rule(GONE, 'invalid-request', kill.invalid_request),
    Rule(UNBOUND, 'drain', shared.drain('mm-gone', 'unbound')),
    Rule(UNBOUND, 'late-dma', shared.late_write('unbound', 'late', ('late',))),
    Rule(UNBOUND, 'pasid-reuse', shared.pasid_reuse),
]


def judge(run):
    return hold(run, RULES)
