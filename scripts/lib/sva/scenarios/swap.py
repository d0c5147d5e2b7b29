# SPDX-License-Identifier: GPL-2.0-or-later
"""swap: pages are swapped out while the device writes."""

from ..judge.verdict import BOUND, SETUP, UNBOUND
from ..rules import page_migration, revocation, shared
from ..rules.facts import count, number
from ..rules.rule import Check, Result, Rule

THOROUGH = ('rounds=300', 1800)

EVENT = 'pageout'


def data(run):
    """No write is lost; pages went to the swap device and came back."""
    result = page_migration.data(EVENT)(run)
    out, back = number(run, 'swapped.out'), number(run, 'swapped.in')
    return Result(f'{result.evidence}; {count(out, "page")} swapped out, {back:,} in', [
        *result.checks,
        Check(out > 0 and back > 0, SETUP, f'{count(out, "page")} swapped out, {back:,} in')])


RULES = [
    Rule(BOUND, 'data', data),
    Rule(BOUND, 'no-access', page_migration.no_access(EVENT)),
    Rule(BOUND, 'page-requests', page_migration.page_requests(EVENT, certain=(EVENT,))),
    Rule(BOUND, 'silence', revocation.silence(revocation.REASON_NOT_PRESENT, certain=False)),
    Rule(UNBOUND, 'drain', shared.drain('done', 'unbound')),
]


def rules(run):
    """Fewer with huge pages."""
    return page_migration.of_size(run, RULES)
