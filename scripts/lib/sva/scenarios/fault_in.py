# SPDX-License-Identifier: GPL-2.0-or-later
"""fault-in: a copy between never-touched buffers, fed by page requests."""

from ..verdict import BOUND, UNBOUND
from . import shared
from .claims import Rule, judge as hold

NAME = 'fault-in'

RULES = [
    Rule(BOUND, 'data', shared.data),
    Rule(BOUND, 'silence', shared.quiet('bound', 'done')),
    Rule(UNBOUND, 'drain', shared.drain('done', 'unbound')),
]


def judge(run):
    return hold(run, RULES)
