# SPDX-License-Identifier: GPL-2.0-or-later
"""exec: the process that bound executes another program."""

from ..judge.verdict import BOUND, GONE, UNBOUND
from ..rules import device, heir, shared
from ..rules.claims import Rule, judge as hold
from . import daemonise

NAME = 'exec'

# The new program has the files.
KEEP = daemonise.RULES

# exec closes the files, and the device stops late.
CLOEXEC = [
    Rule(BOUND, 'data', shared.data),
    Rule(GONE, 'abort', device.abort),
    Rule(GONE, 'silence', shared.silence('bound', 'mm-gone', device.tried_dma)),
    Rule(GONE, 'ats-no-access', device.ats_no_access),
    Rule(GONE, 'invalid-request', device.invalid_request),
    Rule(GONE, 'other-memory', heir.memory),
    Rule(GONE, 'pasid-kept', heir.pasid_kept),
    Rule(UNBOUND, 'drain', shared.drain('mm-gone', 'unbound')),
    Rule(UNBOUND, 'late-dma', shared.late_write('unbound', 'late', ('late',))),
    Rule(UNBOUND, 'pasid-reuse', shared.pasid_reuse),
]


def judge(run):
    return hold(run, CLOEXEC if 'files=cloexec' in run.scenario.split(',') else KEEP)
