# SPDX-License-Identifier: GPL-2.0-or-later
"""iommufd: address spaces that a program makes and attaches to PASIDs, under vfio-pci."""

from ..judge.verdict import BOUND, KERNEL, SETUP, UNBOUND
from ..rules import blame, shared
from ..rules.claims import Check, Claim, Rule, count, entry, judge as hold, more_faults, number, \
    numbers

NAME = 'iommufd'
MODES = ('untranslated', 'ats')


def copied(run, name, modes=MODES):
    """Checks of copies in each mode."""
    checks = []
    for mode in modes:
        status, different = numbers(run, f'{name}.{mode}', 'status', 'different')
        checks.append(Check(
            status == shared.STATUS_SUCCESS and not different, blame.work,
            f'{name}, {mode}: status {status:#x}, {"wrong" if different else "right"} data'))
    return checks


def refused(run, name, changed, stage, modes=MODES):
    """Checks that a write in each mode failed and changed nothing."""
    culprit, words = blame.revoked(stage), entry(run, stage)
    checks = [Check(words.present, SETUP, f'the PASID is not attached any more; {words}'),
              Check(not changed, culprit,
                    f'{count(changed, "page")} that must not be written changed')]
    for mode in modes:
        failed = number(run, f'{name}.{mode}.failed')
        checks.append(Check(failed == 1, culprit, f'{name}, {mode}: {failed} of 1 write failed'))
    return checks


def detach(run):
    """A PASID that is detached has nothing."""
    errno, left = number(run, 'detach.errno'), entry(run, 'detached')
    return Claim(f'detached: {left}', [
        Check(errno == 0, KERNEL, f'detaching a PASID: error {errno}'),
        Check(not left.present, KERNEL, f'after the detach: {left}')])


def data(run):
    return Claim('copies by PASID in both modes, and without PASID', [
        *copied(run, 'copy'), *copied(run, 'no-pasid', ('untranslated',))])


def isolation(run):
    """The PASID decides whose memory an address is, also when its space is replaced."""
    ours, other, moved_ours, moved_other = (number(run, key) for key in (
        'other.ours-changed', 'other.alias-changed', 'replaced.ours-changed',
        'replaced.alias-changed'))
    errno = number(run, 'replace.errno')
    return Claim('one address, two spaces: 1 page of the second and 0 of the first; after a '
                 'replacement 2 and 0', [
        Check(not ours and other == 1, blame.work, f'a write of the second PASID '
              f'changed {count(other, "page")} of its own and {ours} of the first'),
        Check(errno == 0, KERNEL, f'replacing the space of a PASID: error {errno}'),
        Check(not moved_ours and moved_other == len(MODES), blame.work,
              f'after the replacement {count(moved_other, "page")} of the new space and '
              f'{moved_ours} of the old one changed')])


def no_access(run):
    """What was unmapped is out of reach, and the attempt is reported."""
    changed = sum(numbers(run, 'unmapped', 'ours-changed', 'alias-changed'))
    recorded = more_faults(run, 'isolated', 'unmapped')
    return Claim('refused in both modes after unmap, the untranslated write reported', [
        *refused(run, 'unmapped', changed, 'unmapped'),
        Check(recorded > 0, blame.unrecorded('unmapped'), 'the write was not recorded')])


def late_dma(run):
    """A PASID without a space reaches nothing; its neighbour does not notice."""
    kept = number(run, 'kept.alias-changed')
    changed = sum(numbers(run, 'detached', 'ours-changed', 'alias-changed'))
    stopped = sum(number(run, f'detached.{mode}.error') for mode in MODES)
    recorded, gone = more_faults(run, 'replaced', 'detached'), blame.access('detached')
    return Claim(f'{count(stopped, "context")} stopped with an error, reported; the other PASID '
                 'works on', [
        Check(not changed, gone, f'{count(changed, "page")} changed after the detach'),
        Check(stopped == len(MODES), gone, f'{stopped} of {len(MODES)} contexts met an '
              'error'),
        Check(recorded > 0, blame.unrecorded('detached'), 'nothing was recorded'),
        Check(kept == 1, blame.work, 'the other PASID does not work any more')])


RULES = [
    Rule(BOUND, 'data', data),
    Rule(BOUND, 'isolation', isolation),
    Rule(BOUND, 'silence', shared.quiet('bound', 'mapped', 'isolated')),
    Rule(BOUND, 'no-access', no_access),
    Rule(UNBOUND, 'detach', detach),
    Rule(UNBOUND, 'late-dma', late_dma),
]


def judge(run):
    # vfio-pci resets the function when it is opened.
    return hold(run, RULES, spans=(('bound', None),))
