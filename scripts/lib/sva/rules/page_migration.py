# SPDX-License-Identifier: GPL-2.0-or-later
"""Rules of the scenarios in which the kernel replaces pages while the device writes.

An event is one way to replace them; its facts begin with its name.
"""

from ..judge.verdict import KERNEL, SETUP
from . import blame, shared
from .facts import count, iommu, number, numbers
from .rule import Check, Result


def data(*events):
    """No write is lost, and the device can write afterwards."""
    def rule(run):
        rounds, checks, total, pages = number(run, 'rounds'), [], 0, 0
        blamed = blame.revoked('done')
        for event in events:
            replaced, adds, refused, failed, wrong = numbers(
                run, event, 'replaced', 'adds', 'refused', 'failed', 'wrong')
            total, pages = total + adds, pages + replaced
            checks += [
                Check(not wrong, blamed, f'{event}: {count(wrong, "page")} with wrong contents'),
                Check(not failed, KERNEL, f'{event}: {failed} of '
                      f'{count(adds + refused + failed, "addition")} not done'),
                Check(adds > 0, SETUP, f'{event}: the device added nothing'),
            ]
        return Result(f'{count(rounds, "round")}, {count(pages, "page")} exchanged, '
                      f'{count(total, "addition")} of the device, none lost', checks)
    return rule


def no_access(*events):
    """No write reaches the old pages."""
    def rule(run):
        pages, checks = 0, []
        blamed = blame.revoked('done')
        for event in events:
            replaced, found, changed, other = numbers(run, event, 'replaced', 'found', 'changed',
                                                      'changed-other')
            pages += found
            checks += [
                Check(not changed and not other, blamed, f'{event}: {changed} of {found:,} reused '
                      f'pages changed, {other} others'),
                Check(replaced > 0, SETUP, f'{event}: no page was exchanged'),
                Check(found > 0, SETUP, f'{event}: no old page was found again'),
            ]
        return Result(f'0 of {pages:,} reused pages changed', checks)
    return rule


def page_requests(*events, certain=()):
    """Page requests succeed; in the events named by certain there must be some."""
    def rule(run):
        sums, checks = [0, 0], []
        for event in events:
            found = shared.asked(run, event)
            answers = f'{event}: {found.text}'
            sums = [sums[0] + found.requests, sums[1] + found.success]
            checks += [
                Check(not found.invalid and not found.failure, KERNEL, answers),
                Check(event not in certain or found.requests > 0, SETUP,
                      f'{event}: the device asked for no page'),
                Check(event not in certain or found.success > 0, KERNEL, answers),
            ]
        if iommu(run).page_requests:
            return Result(f'{count(sums[0], "page request")}, {sums[1]} x Success', checks)
        return Result(f'{count(sums[0], "stalled request")}, none terminated', checks)
    return rule


def of_size(run, rules):
    """The rules that a run can be held to, with small or huge pages.

    With huge=1 there is no rule no-access: a freed huge page is rarely found again
    among small ones. A write to an old page shows as a lost write there.
    """
    huge = 'huge=1' in run.scenario.split(',')[1:]
    return [rule for rule in rules if not (huge and rule.name == 'no-access')]
