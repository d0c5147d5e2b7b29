# SPDX-License-Identifier: GPL-2.0-or-later
"""iommufd-nested: a first stage of a program's own over a second stage of the kernel's."""

from ..judge.verdict import BOUND, KERNEL, UNBOUND
from ..rules import iommufd, shared
from ..rules.facts import number
from ..rules.rule import Check, Result, Rule

NOT_OFFERED = 'needs a kernel with IOMMUFD, VFIO_DEVICE_CDEV and VFIO_PCI'
STEPS = ('parent', 'nested', 'attach')


def data(run):
    checks = []
    for step in STEPS:
        errno = number(run, f'{step}.errno')
        checks.append(Check(errno == 0, KERNEL, f'{step}: error {errno}'))
    return Result('copies through both stages, in both modes',
                  [*checks, *iommufd.copied(run, 'copy')])


def no_access(run):
    """Pages that the program unmaps in its own tables and flushes are out of reach."""
    errno, changed = number(run, 'invalidate.errno'), number(run, 'unmapped.changed')
    return Result('refused in both modes after the entry was cleared and flushed', [
        Check(errno == 0, KERNEL, f'the flush of the first stage: error {errno}'),
        *iommufd.refused(run, 'unmapped', changed, 'unmapped')])


RULES = [
    Rule(BOUND, 'data', data),
    Rule(BOUND, 'silence', shared.quiet('bound', 'mapped')),
    Rule(BOUND, 'no-access', no_access),
    Rule(UNBOUND, 'detach', iommufd.detach),
]
INTERVALS = (('bound', None),)
