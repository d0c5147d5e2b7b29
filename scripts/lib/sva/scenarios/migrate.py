# SPDX-License-Identifier: GPL-2.0-or-later
"""migrate: pages move to another node of memory, and back, while the device writes."""

from ..judge.verdict import BOUND, UNBOUND
from ..rules import machines, page_migration, revocation, shared
from ..rules.rule import Rule

THOROUGH = ('rounds=500', 1800)

equip = machines.two_nodes

EVENTS = ('there', 'back')

NOT_RECORDED = 'it needs two processors'
RULES = [
    Rule(BOUND, 'data', page_migration.data(*EVENTS)),
    Rule(BOUND, 'no-access', page_migration.no_access(*EVENTS)),
    Rule(BOUND, 'page-requests', page_migration.page_requests(*EVENTS)),
    Rule(BOUND, 'silence', revocation.silence(revocation.REASON_NOT_PRESENT, certain=False)),
    Rule(UNBOUND, 'drain', shared.drain('done', 'unbound')),
]


def rules(run):
    """Fewer with huge pages."""
    return page_migration.of_size(run, RULES)
