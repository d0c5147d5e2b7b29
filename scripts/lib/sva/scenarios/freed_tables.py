# SPDX-License-Identifier: GPL-2.0-or-later
"""freed-tables: page tables go away with the memory that they map."""

from ..judge.verdict import BOUND, UNBOUND
from ..rules import blame, page_migration, shared
from ..rules.facts import count, number
from ..rules.rule import Check, Result, Rule


def no_access(run):
    """After munmap the device reaches nothing there."""
    pages, refused = number(run, 'pages'), number(run, 'pages.refused')
    return Result(f'{refused} of {count(pages, "write")} refused', [
        Check(refused == pages, blame.work,
              f'{pages - refused} of {count(pages, "write")} after munmap not refused')])


RULES = [
    Rule(BOUND, 'data', shared.pages_written),
    Rule(BOUND, 'no-access', no_access),
    Rule(BOUND, 'page-requests', page_migration.page_requests('mapped', certain=('mapped',))),
    Rule(BOUND, 'silence', shared.quiet('bound', 'done')),
    Rule(UNBOUND, 'drain', shared.drain('done', 'unbound')),
]
