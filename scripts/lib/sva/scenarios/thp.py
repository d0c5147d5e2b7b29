# SPDX-License-Identifier: GPL-2.0-or-later
"""thp: small pages become a huge one, and the other way round, while the device writes."""

from ..judge.verdict import BOUND, SETUP, UNBOUND
from ..rules import page_migration, revocation, shared
from ..rules.facts import modes, number
from ..rules.rule import Check, Result, Rule

THOROUGH = ('rounds=300', 1800)

HUGE_KIB = 2048

EVENTS = ('collapse', 'split')


def data(run):
    """No write is lost; the pages were huge or small when they should be."""
    result = page_migration.data(*EVENTS)(run)
    rounds, collapsed, split = (number(run, key) for key in
                                ('rounds', 'collapse.huge-kib', 'split.huge-kib'))
    wanted = rounds * len(modes(run)) * HUGE_KIB
    return Result(f'{collapsed // HUGE_KIB} huge pages made and split; {result.evidence}', [
        *result.checks,
        Check(collapsed == wanted, SETUP, f'{collapsed:,} of {wanted:,} KiB were in huge pages'),
        Check(not split, SETUP, f'{split:,} KiB still were after a part was thrown away')])


RULES = [
    Rule(BOUND, 'data', data),
    Rule(BOUND, 'no-access', page_migration.no_access('collapse')),
    # There is a request for the page that was thrown away.
    Rule(BOUND, 'page-requests', page_migration.page_requests(*EVENTS, certain=('split',))),
    Rule(BOUND, 'silence', revocation.silence(revocation.REASON_NOT_PRESENT, certain=False)),
    Rule(UNBOUND, 'drain', shared.drain('done', 'unbound')),
]
