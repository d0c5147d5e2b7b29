# SPDX-License-Identifier: GPL-2.0-or-later
"""isolation: many processes at once, each with its own data at the same addresses."""

from ..judge.verdict import BOUND, KERNEL, SETUP, UNBOUND
from ..rules import blame, shared
from ..rules.facts import count, number
from ..rules.rule import Check, Result, Rule

THOROUGH = ('rounds=1000', 1800)
# Of the checker, ms: a process may lose its processor to all the others between a change
# of its tables and the invalidation.
LIMIT = 1000


def equip(spec, keys):
    """A context for each process, and time for each of them."""
    spec.extra = [*spec.extra, '-global', f'sva-checker.limit={LIMIT}']
    processes = keys.get('processes', '')
    if processes.isdecimal() and int(processes) > 64:
        spec.extra = [*spec.extra, '-global', f'sva-accel.contexts={processes}']


def isolation(run):
    """No process sees or loses data because of another."""
    processes, at_once, copies, failed, different, changed = (number(run, key) for key in (
        'processes', 'processes.at-once', 'copies', 'copies.failed', 'data.different',
        'idle.changed'))
    return Result(f'{count(processes, "process", "processes")}, {at_once} at once: '
                  f'{count(copies, "copy", "copies")}, each with its own data', [
        Check(copies >= processes > 1 and at_once > 1, SETUP,
              f'{processes} processes, {at_once} at once, {copies} copies'),
        Check(not different, blame.work, f'{count(different, "byte")} of a copy or its source wrong'),
        Check(not changed, blame.work, f'{count(changed, "page")} changed that no job named'),
        Check(not failed, blame.work, f'{failed} of {count(copies, "copy", "copies")} failed')])


def pasids(run):
    """Each process has a PASID and a context of its own."""
    processes, double = number(run, 'processes'), number(run, 'processes.double')
    return Result(f'{processes} different PASIDs and contexts', [
        Check(not double, KERNEL, f'{double} of {processes} processes share a PASID or a context '
              'with another')])


RULES = [
    Rule(BOUND, 'isolation', isolation),
    Rule(BOUND, 'pasids', pasids),
    Rule(BOUND, 'silence', shared.quiet('bound', 'done')),
    Rule(UNBOUND, 'drain', shared.drain('done', 'unbound')),
]
