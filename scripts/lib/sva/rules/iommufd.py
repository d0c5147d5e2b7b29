# SPDX-License-Identifier: GPL-2.0-or-later
"""Rules about address spaces that a program makes and attaches to PASIDs."""

from ..judge.verdict import KERNEL, SETUP
from . import blame, shared
from .facts import count, entry, number, numbers
from .rule import Check, Result

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
    """A detached PASID has no entry."""
    errno, left = number(run, 'detach.errno'), entry(run, 'detached')
    return Result(f'detached: {left}', [
        Check(errno == 0, KERNEL, f'detaching a PASID: error {errno}'),
        Check(not left.present, KERNEL, f'after the detach: {left}')])
