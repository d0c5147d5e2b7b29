# SPDX-License-Identifier: GPL-2.0-or-later
"""freed-tables: page tables go away with the memory that they map."""

from ..judge.verdict import BOUND, KERNEL, SETUP, UNBOUND
from ..rules import blame, page_migration, shared
from ..rules.facts import count, number
from ..rules.rule import Check, Result, Rule


def data(run):
    """What is mapped can be written to."""
    rounds, asked, pages, wrong, failed = (number(run, key) for key in (
        'rounds', 'rounds.asked', 'pages', 'pages.wrong', 'passes.failed'))
    return Result(f'{count(pages, "page")} written in {count(rounds, "round")}', [
        Check(not failed, KERNEL, f'{count(failed, "pass", "passes")} of the device failed'),
        Check(not wrong, blame.work, f'{count(wrong, "page")} without what the device wrote'),
        Check(rounds == asked, SETUP, f'{rounds} of {count(asked, "round")}')])


def no_access(run):
    """After munmap the device reaches nothing there."""
    pages, refused = number(run, 'pages'), number(run, 'pages.refused')
    return Result(f'{refused} of {count(pages, "write")} refused', [
        Check(refused == pages, blame.work,
              f'{pages - refused} of {count(pages, "write")} after munmap not refused')])


RULES = [
    Rule(BOUND, 'data', data),
    Rule(BOUND, 'no-access', no_access),
    Rule(BOUND, 'page-requests', page_migration.page_requests('mapped', certain=('mapped',))),
    Rule(BOUND, 'silence', shared.quiet('bound', 'done')),
    Rule(UNBOUND, 'drain', shared.drain('done', 'unbound')),
]
