# SPDX-License-Identifier: GPL-2.0-or-later
"""clean-pages: the device writes to clean pages of a large one, beside dirty ones."""

from ..judge.verdict import BOUND, KERNEL, SETUP, UNBOUND
from ..rules import blame, page_migration, shared
from ..rules.facts import count, number
from ..rules.rule import Check, Result, Rule

THOROUGH = ('rounds=1000', 1800)


def data(run):
    """Each write is done, and is there."""
    rounds, asked, pages, wrong, failed = (number(run, key) for key in (
        'rounds', 'rounds.asked', 'pages', 'pages.wrong', 'passes.failed'))
    return Result(f'{count(pages, "page")} written in {count(rounds, "round")}', [
        Check(not failed, KERNEL, f'{count(failed, "pass", "passes")} of the device failed'),
        Check(not wrong, blame.work, f'{count(wrong, "page")} without what the device wrote'),
        Check(rounds == asked, SETUP, f'{rounds} of {count(asked, "round")}')])


RULES = [
    Rule(BOUND, 'data', data),
    Rule(BOUND, 'page-requests', page_migration.page_requests('clean', certain=('clean',))),
    Rule(BOUND, 'silence', shared.quiet('bound', 'done')),
    Rule(UNBOUND, 'drain', shared.drain('done', 'unbound')),
]
