# SPDX-License-Identifier: GPL-2.0-or-later
"""bind-storm: many processes, one after the other, bind and unbind."""

from ..judge import counters
from ..judge.verdict import BOUND, KERNEL, SETUP, UNBOUND
from ..rules import blame, shared
from ..rules.facts import count, delta, iommu, number
from ..rules.rule import Check, NotApplicable, Result, Rule

THOROUGH = ('rounds=100000', 4 * 3600)

# KiB that may be missing afterwards: several times what a run without a leak shows.
TOLERANCE = {'available': 1024, 'slab': 512}


def data(run):
    """Each process has its copy made."""
    rounds, failed, different = (number(run, key) for key in
                                 ('rounds', 'copies.failed', 'data.different'))
    return Result(f'{count(rounds, "process", "processes")}, a copy in each, all identical', [
        Check(rounds > 0, SETUP, 'no process was bound'),
        Check(not failed, blame.work, f'{failed} of {rounds} copies failed'),
        Check(not different, blame.work, f'{count(different, "byte")} of the copies wrong')])


def drain(run):
    """Each unbind drains page requests."""
    if not iommu(run).drains:
        raise NotApplicable
    rounds, waits = number(run, 'rounds'), delta(run, 'iommu', counters.DRAINS, 'begin', 'unbound')
    return Result(f'{count(waits, "wait descriptor")} with page drain in {rounds} rounds', [
        Check(waits >= rounds, KERNEL, f'only {waits} drains in {rounds} rounds')])


def nothing_lost(run):
    """PASIDs and contexts are free again."""
    highest, result = number(run, 'pasid.highest'), shared.nothing_lost(run)
    return result._replace(evidence=f'{result.evidence}, no PASID above {highest}')


def memory(run):
    """No memory of the kernel is lost."""
    rounds = number(run, 'rounds')
    free, slab = ([number(run, f'memory.{when}.{what}') for when in ('before', 'after')]
                  for what in ('available', 'slab'))
    less, more, left = free[0] - free[1], slab[1] - slab[0], number(run, 'requests.left')
    return Result(f'available memory {less:+,} KiB less, slab {more:+,} KiB after '
                  f'{count(rounds, "round")}, {count(left, "page request")} without the last of '
                  'its group', [
        Check(left > 0 or not iommu(run).page_requests, SETUP,
              'no page request was left without the last of its group'),
        Check(free[0] > 0 and slab[0] > 0, SETUP, 'the amount of memory is unknown'),
        Check(less <= TOLERANCE['available'], KERNEL, f'{less:,} KiB of memory missing after '
              f'{count(rounds, "round")}, {free[0]:,} KiB before'),
        Check(more <= TOLERANCE['slab'], KERNEL, f'{more:,} KiB more slab after '
              f'{count(rounds, "round")}, {slab[0]:,} KiB before')])


RULES = [
    Rule(BOUND, 'data', data),
    Rule(BOUND, 'silence', shared.quiet('begin', 'unbound', 'done')),
    Rule(UNBOUND, 'drain', drain),
    Rule(UNBOUND, 'nothing-lost', nothing_lost),
    Rule(UNBOUND, 'memory', memory),
]
