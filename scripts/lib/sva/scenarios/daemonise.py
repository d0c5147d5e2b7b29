# SPDX-License-Identifier: GPL-2.0-or-later
"""daemonise: the process that bound forks and exits; its child has the files."""

from ..judge.verdict import BOUND, GONE, UNBOUND
from ..rules import heir, shared
from ..rules.claims import Rule, judge as hold
from . import kill

NAME = 'daemonise'

RULES = [
    Rule(BOUND, 'data', shared.data),
    Rule(GONE, 'abort', kill.abort),
    Rule(GONE, 'silence', shared.silence('bound', 'mm-gone', kill.tried_dma)),
    Rule(GONE, 'ats-no-access', kill.ats_no_access),
    Rule(GONE, 'invalid-request', kill.invalid_request),
    Rule(GONE, 'other-memory', heir.memory),
    Rule(GONE, 'bond-kept', heir.bond_kept),
    Rule(GONE, 'pasid-kept', heir.pasid_kept),
    Rule(UNBOUND, 'drain', shared.drain('mm-gone', 'unbound')),
    Rule(UNBOUND, 'late-dma', shared.late_write('unbound', 'late', ('late',))),
    Rule(UNBOUND, 'pasid-reuse', shared.pasid_reuse),
]


def judge(run):
    return hold(run, RULES)
