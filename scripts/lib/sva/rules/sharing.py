# SPDX-License-Identifier: GPL-2.0-or-later
"""Rules of the scenarios in which the device writes to shared pages."""

from ..judge.verdict import KERNEL, SETUP
from . import blame
from .facts import count, iommu, modes, number
from .rule import Check, Result


def reads_and_writes(run):
    """Checks: shared pages can be read, and what the device writes goes to a copy."""
    reads, bad, wrong, failed = (number(run, key) for key in (
        'reads', 'reads.bad', 'pages.wrong', 'passes.failed'))
    return [
        Check(reads > 0, SETUP, 'nothing was read'),
        Check(not bad, KERNEL, f'{bad} of {count(reads, "copy", "copies")} failed'),
        Check(not wrong, blame.revoked('done'),
              f'{count(wrong, "page")} without what the device wrote'),
        Check(not failed, KERNEL, f'{count(failed, "pass", "passes")} of the device failed')]


def copy_on_write(whose):
    """What is written to a page that is shared never reaches the other owner.

    whose: names the other owner's pages, as in the fact WHOSE.changed.
    """
    def rule(run):
        changed, tried, refused = (number(run, key) for key in (
            f'{whose}.changed', 'writes.tried', 'writes.refused'))
        blamed = blame.revoked('done')
        asks_only = modes(run) == [iommu(run).asking]
        return Result(f'0 pages of the {whose} changed; {refused} writes refused in modes that '
                      'cannot ask', [
            Check(not changed, blamed, f'{count(changed, "page")} of the {whose} changed'),
            Check(tried > 0 or asks_only, SETUP, 'no shared page was written to'),
            Check(refused == tried, blamed, f'{refused} of {count(tried, "write")} to shared '
                  'pages refused')])
    return rule
