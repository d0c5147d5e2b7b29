# SPDX-License-Identifier: GPL-2.0-or-later
"""swap: pages are swapped out while the device writes."""

from ..judge.verdict import BOUND, SETUP, UNBOUND
from ..rules import replaced, revocation, shared
from ..rules.claims import Check, Claim, Rule, count, judge as hold, number

NAME = 'swap'
THOROUGH = ('rounds=300', 1800)

EVENT = 'pageout'


def data(run):
    """Nobody notices; pages went to the swap device and came back."""
    claim = replaced.data(EVENT)(run)
    out, back = number(run, 'swapped.out'), number(run, 'swapped.in')
    return Claim(f'{claim.evidence}; {count(out, "page")} swapped out, {back:,} in', [
        *claim.checks,
        Check(out > 0 and back > 0, SETUP, f'{count(out, "page")} swapped out, {back:,} in')])


RULES = [
    Rule(BOUND, 'data', data),
    Rule(BOUND, 'no-access', replaced.no_access(EVENT)),
    Rule(BOUND, 'page-requests', replaced.page_requests(EVENT, certain=(EVENT,))),
    Rule(BOUND, 'silence', revocation.silence(revocation.REASON_NOT_PRESENT, certain=False)),
    Rule(UNBOUND, 'drain', shared.drain('done', 'unbound')),
]


def judge(run):
    return hold(run, replaced.of_size(run, RULES))
