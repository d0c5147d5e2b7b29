# SPDX-License-Identifier: GPL-2.0-or-later
"""dsa-exit: as dsa-kill, and nobody else has the files of the process."""

from ..guest import machine
from ..judge.verdict import BOUND, GONE, UNBOUND
from ..rules import dsa, shared
from ..rules.rule import Rule

DEVICE = machine.DSA_DEVICE
ARCHES = ('x86_64',)
act = dsa.act({'copied': ('copy', 'ats-pri'), 'unbound': ('exit', 'dev')})

RULES = [
    Rule(BOUND, 'data', shared.data),
    Rule(GONE, 'mm-gone', dsa.queued),
    Rule(GONE, 'silence', dsa.silence('bound', 'unbound')),
    Rule(UNBOUND, 'no-hang', dsa.released),
    Rule(UNBOUND, 'drain', shared.drain('bound', 'unbound')),
    Rule(UNBOUND, 'pasid-reuse', shared.pasid_reuse),
]
