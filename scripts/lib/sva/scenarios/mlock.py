# SPDX-License-Identifier: GPL-2.0-or-later
"""mlock: locked memory needs no page requests."""

from ..judge.verdict import BOUND, KERNEL, SETUP, UNBOUND
from ..rules import blame, page_migration, revocation, shared
from ..rules.facts import count, iommu, modes, number, numbers
from ..rules.rule import Check, Result, Rule


EINVAL = 22
# Memory that is not present before the device accesses it.
MISSING = ('plain', 'onfault', 'unlocked')


def data(run):
    """What was written is there, and nothing else."""
    failed, wrong = number(run, 'jobs.failed'), number(run, 'pages.wrong')
    words = sum(number(run, f'delta.locked.{mode}.jobs') for mode in modes(run))
    return Result(f'{count(words, "job")} into locked memory, {wrong} pages wrong', [
        Check(words > 0, SETUP, 'the device wrote nothing'),
        Check(not failed, blame.work, f'{count(failed, "job")} failed'),
        Check(not wrong, blame.work, f'{count(wrong, "page")} wrong')])


def locked(run):
    """Locked memory is always present, for every mode."""
    pages, discard, checks = number(run, 'pages'), number(run, 'discard.errno'), []
    asked = shared.asked(run, 'locked')
    for mode in modes(run):
        refused = number(run, f'locked.{mode}.refused')
        aborts, requests, none, partial = numbers(
            run, f'delta.locked.{mode}', 'aborts', 'page_reqs', 'ats_no_access', 'ats_partial')
        checks.append(Check(not refused + aborts + requests + none + partial, KERNEL,
                            f'{mode}: {refused} of {count(pages, "page")} refused; '
                            f'{count(aborts, "abort")}, {none + partial} translations without '
                            f'the right, {count(requests, "page request")}'))
        if mode != iommu(run).asking:
            plain = number(run, f'plain.{mode}.refused')
            checks.append(Check(plain == pages, SETUP, f'{mode}: only {plain} of '
                                f'{count(pages, "page")} that are not locked refused'))
    return Result(f'{count(pages, "page")} in every mode: all written, none asked for', [
        *checks,
        Check(not asked.requests, KERNEL, f'locked pages were asked for: {asked.text}'),
        Check(discard == EINVAL, KERNEL, f'throwing locked memory away gave errno {discard}')])


def refused(run):
    """Pages that are not present are refused in modes without page requests, locked or not."""
    pages, total, checks = number(run, 'pages'), 0, []
    for phase in MISSING:
        for mode in [mode for mode in modes(run) if mode != iommu(run).asking]:
            denied = number(run, f'{phase}.{mode}.refused')
            total += denied
            checks.append(Check(denied == pages, KERNEL if phase == 'onfault' else blame.work,
                                f'{phase}, {mode}: {denied} of {count(pages, "page")} refused'))
    return Result(f'{count(total, "write")} to pages that were not there refused', checks)


RULES = [
    Rule(BOUND, 'data', data),
    Rule(BOUND, 'locked', locked),
    Rule(BOUND, 'no-access', refused),
    Rule(BOUND, 'page-requests', page_migration.page_requests(*MISSING, certain=MISSING)),
    Rule(BOUND, 'silence', revocation.silence(revocation.REASON_NOT_PRESENT)),
    Rule(UNBOUND, 'drain', shared.drain('done', 'unbound')),
]
