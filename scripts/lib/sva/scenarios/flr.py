# SPDX-License-Identifier: GPL-2.0-or-later
"""flr: the function is reset while processes are bound to it."""

from ..judge.verdict import BOUND, UNBOUND
from ..rules import outage, shared
from ..rules.claims import Rule, judge as hold

NAME = 'flr'

RULES = [
    Rule(BOUND, 'data', outage.data),
    Rule(BOUND, 'no-dma', outage.no_dma(bonds=True, forgets=True)),
    Rule(BOUND, 'errors', outage.errors(outage.EIO, doorbells=False)),
    Rule(BOUND, 'silence', shared.quiet('bound', 'struck', 'recovered', 'again', 'done')),
    Rule(BOUND, 'drain', shared.drain('bound', 'struck')),
    Rule(BOUND, 'bind-again', outage.bind_again),
    Rule(UNBOUND, 'nothing-lost', shared.nothing_lost),
]


def judge(run):
    # A reset forgets the counters of the device.
    return hold(run, RULES, spans=(('recovered', None),))
