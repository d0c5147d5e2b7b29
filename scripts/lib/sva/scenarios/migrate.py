# SPDX-License-Identifier: GPL-2.0-or-later
"""migrate: pages move to another node of memory, and back, while the device writes."""

from ..judge.verdict import BOUND, UNBOUND
from ..rules import replaced, revocation, shared
from ..rules.claims import Rule, judge as hold

NAME = 'migrate'
THOROUGH = ('rounds=500', 1800)

EVENTS = ('there', 'back')
# Two nodes with half of the memory each; the processors are on the first.
NODES = ('-object', 'memory-backend-ram,id=node0,size=512M',
         '-object', 'memory-backend-ram,id=node1,size=512M',
         '-numa', 'node,nodeid=0,cpus=0-1,memdev=node0', '-numa', 'node,nodeid=1,memdev=node1')

RULES = [
    Rule(BOUND, 'data', replaced.data(*EVENTS)),
    Rule(BOUND, 'no-access', replaced.no_access(*EVENTS)),
    Rule(BOUND, 'page-requests', replaced.page_requests(*EVENTS)),
    Rule(BOUND, 'silence', revocation.silence(revocation.REASON_NOT_PRESENT, certain=False)),
    Rule(UNBOUND, 'drain', shared.drain('done', 'unbound')),
]


def equip(spec, keys):
    """A machine with two nodes of memory."""
    spec.extra = [*spec.extra, *NODES]


def judge(run):
    return hold(run, replaced.of_size(run, RULES))
