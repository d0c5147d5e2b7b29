# SPDX-License-Identifier: GPL-2.0-or-later
"""iommufd: address spaces that a program makes and attaches to PASIDs, under vfio-pci."""

from ..judge.verdict import BOUND, KERNEL, UNBOUND
from ..rules import blame, iommufd, shared
from ..rules.facts import count, more_faults, number, numbers
from ..rules.rule import Check, Result, Rule

NOT_OFFERED = 'needs a kernel with IOMMUFD, VFIO_DEVICE_CDEV and VFIO_PCI'


def data(run):
    return Result('copies by PASID in both modes, and without PASID', [
        *iommufd.copied(run, 'copy'), *iommufd.copied(run, 'no-pasid', ('untranslated',))])


def isolation(run):
    """The PASID decides whose memory an address is, also when its space is replaced."""
    ours, other, moved_ours, moved_other = (number(run, key) for key in (
        'other.ours-changed', 'other.alias-changed', 'replaced.ours-changed',
        'replaced.alias-changed'))
    errno = number(run, 'replace.errno')
    return Result('one address, two spaces: 1 page of the second and 0 of the first; after a '
                  'replacement 2 and 0', [
        Check(not ours and other == 1, blame.work, f'a write of the second PASID '
              f'changed {count(other, "page")} of its own and {ours} of the first'),
        Check(errno == 0, KERNEL, f'replacing the space of a PASID: error {errno}'),
        Check(not moved_ours and moved_other == len(iommufd.MODES), blame.work,
              f'after the replacement {count(moved_other, "page")} of the new space and '
              f'{moved_ours} of the old one changed')])


def no_access(run):
    """What was unmapped is out of reach, and the attempt is reported."""
    changed = sum(numbers(run, 'unmapped', 'ours-changed', 'alias-changed'))
    recorded = more_faults(run, 'isolated', 'unmapped')
    return Result('refused in both modes after unmap, the untranslated write reported', [
        *iommufd.refused(run, 'unmapped', changed, 'unmapped'),
        Check(recorded > 0, blame.unrecorded('unmapped'), 'the write was not recorded')])


def late_dma(run):
    """A detached PASID reaches no memory; the other PASID still works."""
    kept = number(run, 'kept.alias-changed')
    changed = sum(numbers(run, 'detached', 'ours-changed', 'alias-changed'))
    stopped = sum(number(run, f'detached.{mode}.error') for mode in iommufd.MODES)
    recorded, gone = more_faults(run, 'replaced', 'detached'), blame.access('detached')
    return Result(f'{count(stopped, "context")} stopped with an error, reported; the other PASID '
                  'works on', [
        Check(not changed, gone, f'{count(changed, "page")} changed after the detach'),
        Check(stopped == len(iommufd.MODES), gone, f'{stopped} of {len(iommufd.MODES)} contexts met an '
              'error'),
        Check(recorded > 0, blame.unrecorded('detached'), 'nothing was recorded'),
        Check(kept == 1, blame.work, 'the other PASID does not work any more')])


RULES = [
    Rule(BOUND, 'data', data),
    Rule(BOUND, 'isolation', isolation),
    Rule(BOUND, 'silence', shared.quiet('bound', 'mapped', 'isolated')),
    Rule(BOUND, 'no-access', no_access),
    Rule(UNBOUND, 'detach', iommufd.detach),
    Rule(UNBOUND, 'late-dma', late_dma),
]
# vfio-pci resets the function when it is opened.
INTERVALS = (('bound', None),)
