# SPDX-License-Identifier: GPL-2.0-or-later
"""bind-storm: many processes, one after the other, bind and unbind."""

from .. import counters
from ..verdict import BOUND, KERNEL, MODEL, SETUP, UNBOUND
from . import shared
from .claims import Check, Claim, Rule, count, judge as hold, moved, number

NAME = 'bind-storm'


def data(run):
    """Each process has its copy made."""
    rounds, failed, different = (number(run, key) for key in
                                 ('rounds', 'copies.failed', 'data.different'))
    return Claim(f'{count(rounds, "process", "processes")}, a copy in each, all identical', [
        Check(rounds > 0, SETUP, 'no process was bound'),
        Check(not failed, MODEL, f'{failed} of {rounds} copies failed'),
        Check(not different, MODEL, f'{count(different, "byte")} of the copies wrong')])


def drain(run):
    """Each unbind drains page requests."""
    rounds, waits = number(run, 'rounds'), moved(run, 'iommu', counters.DRAINS, 'begin', 'unbound')
    return Claim(f'{count(waits, "wait descriptor")} with page drain in {rounds} rounds', [
        Check(waits >= rounds, KERNEL, f'only {waits} drains in {rounds} rounds')])


def nothing_lost(run):
    """PASIDs and contexts are free again."""
    first, highest, after, contexts, opened, errno = (number(run, key) for key in (
        'pasid', 'pasid.highest', 'pasid.after', 'contexts', 'contexts.open', 'contexts.errno'))
    return Claim(f'PASID {after} at the end, {first} at the begin, never above {highest}; '
                 f'{opened} of {contexts} contexts free', [
        Check(after <= first, KERNEL, f'PASID {after} at the end, {first} at the begin'),
        Check(opened == contexts > 0, MODEL,
              f'only {opened} of {contexts} contexts could be opened, errno {errno}')])


RULES = [
    Rule(BOUND, 'data', data),
    Rule(BOUND, 'silence', shared.quiet('begin', 'unbound', 'done')),
    Rule(UNBOUND, 'drain', drain),
    Rule(UNBOUND, 'nothing-lost', nothing_lost),
]


def judge(run):
    return hold(run, RULES)
