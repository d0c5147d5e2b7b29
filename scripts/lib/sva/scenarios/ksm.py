# SPDX-License-Identifier: GPL-2.0-or-later
"""ksm: equal pages are merged, and the device writes to one of them."""

from ..judge.verdict import BOUND, SETUP, UNBOUND
from ..rules import page_migration, revocation, shared, sharing
from ..rules.facts import count, number
from ..rules.rule import Check, Result, Rule

THOROUGH = ('rounds=200', 1800)


def data(run):
    """The device reads shared pages, and writes to its own copies."""
    rounds, merged, unmerged, reads = (number(run, key) for key in (
        'rounds', 'pages.merged', 'pages.unmerged', 'reads'))
    return Result(f'{count(rounds, "round")}, {count(merged, "page")} merged, {unmerged} unmerged '
                  f'by the kernel, {count(reads, "copy", "copies")} of shared pages', [
        Check(merged > 0 and unmerged > 0, SETUP, f'{count(merged, "page")} merged, {unmerged} '
              'unmerged by the kernel'),
        *sharing.reads_and_writes(run)])


RULES = [
    Rule(BOUND, 'data', data),
    Rule(BOUND, 'copy-on-write', sharing.copy_on_write('twin')),
    Rule(BOUND, 'page-requests', page_migration.page_requests('shared', certain=('shared',))),
    # A page is taken away for a moment when its entry is changed.
    Rule(BOUND, 'silence', revocation.silence(revocation.REASON_NO_WRITE,
                                              reads=(revocation.REASON_NOT_PRESENT,))),
    Rule(UNBOUND, 'drain', shared.drain('done', 'unbound')),
]
