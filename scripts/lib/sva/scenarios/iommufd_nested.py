# SPDX-License-Identifier: GPL-2.0-or-later
"""iommufd-nested: a first stage of a program's own over a second stage of the kernel's."""

from ..judge.verdict import BOUND, KERNEL, UNBOUND
from ..rules import shared
from ..rules.claims import Check, Claim, Rule, judge as hold, number
from .iommufd import copied, detach, refused

NAME = 'iommufd-nested'
STEPS = ('parent', 'nested', 'attach')


def data(run):
    checks = []
    for step in STEPS:
        errno = number(run, f'{step}.errno')
        checks.append(Check(errno == 0, KERNEL, f'{step}: error {errno}'))
    return Claim('copies through both stages, in both modes',
                 [*checks, *copied(run, 'copy')])


def no_access(run):
    """What the program takes out of its own tables and flushes is out of reach."""
    errno, changed = number(run, 'invalidate.errno'), number(run, 'unmapped.changed')
    return Claim('refused in both modes after the entry was cleared and flushed', [
        Check(errno == 0, KERNEL, f'the flush of the first stage: error {errno}'),
        *refused(run, 'unmapped', changed, 'unmapped')])


RULES = [
    Rule(BOUND, 'data', data),
    Rule(BOUND, 'silence', shared.quiet('bound', 'mapped')),
    Rule(BOUND, 'no-access', no_access),
    Rule(UNBOUND, 'detach', detach),
]


def judge(run):
    return hold(run, RULES, spans=(('bound', None),))
