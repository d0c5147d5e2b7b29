# SPDX-License-Identifier: GPL-2.0-or-later
"""Rules of the scenarios with more requests than a queue of the IOMMU holds."""

from ..judge.verdict import KERNEL, SETUP
from . import blame
from .facts import count, number
from .rule import Check, Result


def recovery(run):
    """After the storm page requests are served as before."""
    rounds, failed, wrong = (number(run, key) for key in ('rounds', 'after.failed',
                                                          'after.wrong'))
    return Result(f'after each of {count(rounds, "storm")} all contexts work', [
        Check(rounds > 0, SETUP, 'there was no storm'),
        Check(not failed, KERNEL, f'{count(failed, "job")} failed after the storm'),
        Check(not wrong, blame.work, f'{count(wrong, "page")} without what the device wrote')])
