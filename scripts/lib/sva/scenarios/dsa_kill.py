# SPDX-License-Identifier: GPL-2.0-or-later
"""dsa-kill: SIGKILL with faulting jobs in dedicated and shared queues of Intel DSA."""

from ..guest import machine
from ..judge.verdict import BOUND, GONE, UNBOUND
from ..rules import dsa, mm_gone, shared, survivor
from ..rules.rule import Rule

DEFAULT = True
DEVICE = machine.DSA_DEVICE
ARCHES = ('x86_64',)
act = dsa.act({'copied': ('copy', 'ats-pri'), 'mm-gone': ('gone', 'dev'),
               'late': ('late', 'dev')})

RULES = [
    Rule(BOUND, 'data', shared.data),
    Rule(GONE, 'mm-gone', dsa.queued),
    *mm_gone.refusals(dsa.window),
    Rule(GONE, 'pasid-kept', survivor.pasid_kept),
    Rule(UNBOUND, 'drain', shared.drain('mm-gone', 'unbound')),
    *mm_gone.LATE_AND_REUSE,
]
