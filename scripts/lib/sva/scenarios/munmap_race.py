# SPDX-License-Identifier: GPL-2.0-or-later
"""munmap-race: memory is unmapped, and used again, while the device writes."""

from ..judge.verdict import BOUND, SETUP, UNBOUND
from ..rules import blame, revocation, shared
from ..rules.claims import Check, Claim, Rule, count, judge as hold, number, text

NAME = 'munmap-race'

def no_access(run):
    """After munmap returned nothing lands in the pages that were freed."""
    method, rounds, pages, changed, other = text(run, 'reuse.method'), *(
        number(run, key) for key in ('rounds', 'reuse.pages', 'reuse.changed',
                                     'reuse.changed-other'))
    found, checks = revocation.refused(run, 'unmapped')
    blamed = blame.revoked('broken', 'done')
    return Claim(f'{count(rounds, "round")}, {sum(found.values()):,} accesses refused, 0 of '
                 f'{pages:,} reused pages changed', [
        Check(not changed and not other, blamed,
              f'{changed} of {pages:,} reused pages changed, {other} others'),
        Check(method == 'pfn' and pages > 0, SETUP,
              f'no freed page was found again (method {method})'),
        *checks])


RULES = [
    Rule(BOUND, 'data', revocation.data('mapped')),
    Rule(BOUND, 'no-access', no_access),
    Rule(BOUND, 'invalid-request', revocation.invalid_request('unmapped')),
    # A page that is there again, and was only read, is the page of zeros.
    Rule(BOUND, 'silence', revocation.silence(revocation.REASON_NOT_PRESENT,
                                              also=(revocation.REASON_NO_WRITE,))),
    Rule(UNBOUND, 'drain', shared.drain('done', 'unbound')),
]


def judge(run):
    return hold(run, RULES)
