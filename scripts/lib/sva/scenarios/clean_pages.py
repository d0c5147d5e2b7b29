# SPDX-License-Identifier: GPL-2.0-or-later
"""clean-pages: the device writes to clean pages of a large one, beside dirty ones."""

from ..judge.verdict import BOUND, UNBOUND
from ..rules import page_migration, shared
from ..rules.rule import Rule

THOROUGH = ('rounds=1000', 1800)

RULES = [
    Rule(BOUND, 'data', shared.pages_written),
    Rule(BOUND, 'page-requests', page_migration.page_requests('clean', certain=('clean',))),
    Rule(BOUND, 'silence', shared.quiet('bound', 'done')),
    Rule(UNBOUND, 'drain', shared.drain('done', 'unbound')),
]
