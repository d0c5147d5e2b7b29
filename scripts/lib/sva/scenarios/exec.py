# SPDX-License-Identifier: GPL-2.0-or-later
"""exec: the process that bound executes another program."""

from ..judge.verdict import BOUND, GONE
from ..rules import mm_gone, shared, survivor
from ..rules.rule import Rule

# exec closes the files, and the device stops late.
CLOEXEC = [
    Rule(BOUND, 'data', shared.data),
    *mm_gone.refusals(mm_gone.device),
    Rule(GONE, 'other-memory', survivor.memory),
    Rule(GONE, 'pasid-kept', survivor.pasid_kept),
    *mm_gone.UNBIND,
]


def rules(run):
    """The new program has the files, or nobody."""
    return CLOEXEC if 'files=cloexec' in run.scenario.split(',') else mm_gone.INHERITED
