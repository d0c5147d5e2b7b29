# SPDX-License-Identifier: GPL-2.0-or-later
"""zero-page: the device writes where only the zero page stands."""

from ..judge.verdict import BOUND, SETUP, UNBOUND
from ..rules import page_migration, revocation, shared, sharing
from ..rules.facts import count, number
from ..rules.rule import Check, Result, Rule

THOROUGH = ('rounds=2000', 1800)


def data(run):
    """The device reads zeros; what it writes is in a page of its own."""
    pages, zero, reads = (number(run, key) for key in ('pages', 'pages.zero', 'reads'))
    return Result(f'the zero page behind {count(zero, "page")}, {count(reads, "copy", "copies")} '
                  'of it', [
        Check(zero == pages > 0, SETUP, f'the zero page stood behind {zero} of '
              f'{count(pages, "page")}'),
        *sharing.reads_and_writes(run)])


RULES = [
    Rule(BOUND, 'data', data),
    Rule(BOUND, 'copy-on-write', sharing.copy_on_write('witness')),
    Rule(BOUND, 'page-requests', page_migration.page_requests('shared', certain=('shared',))),
    # A page is taken away for a moment when its entry is changed.
    Rule(BOUND, 'silence', revocation.silence(revocation.REASON_NO_WRITE,
                                              reads=(revocation.REASON_NOT_PRESENT,))),
    Rule(UNBOUND, 'drain', shared.drain('done', 'unbound')),
]
