# SPDX-License-Identifier: GPL-2.0-or-later
"""oom: the OOM killer takes the bound process, the device stops late."""

from ..judge.verdict import BOUND, UNBOUND
from ..rules import machines, mm_gone, oom, shared
from ..rules.rule import Rule

equip = machines.little_memory

RULES = [
    Rule(BOUND, 'data', shared.data),
    *mm_gone.refusals(mm_gone.device),
    Rule(UNBOUND, 'drain', shared.drain('mm-gone', 'unbound')),
    *oom.RULES,
]
