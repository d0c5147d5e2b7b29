# SPDX-License-Identifier: GPL-2.0-or-later
"""threads: the threads of the bound process exit one by one, the leader first."""

from ..judge.verdict import BOUND, KERNEL, SETUP
from ..rules import blame, mm_gone, shared
from ..rules.facts import count, faults, modes, number, numbers, stage
from ..rules.rule import Check, Result, Rule


def works_on(run):
    """The bond works as long as one thread is left."""
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
    return Result(f'{count(written // 8, "word")} written while {threads - left} of {threads} '
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
    *mm_gone.refusals(mm_gone.contexts, first='last'),
    *mm_gone.UNBIND,
]
