# SPDX-License-Identifier: GPL-2.0-or-later
"""driver-unbind: the driver leaves the device while processes are bound to it."""

from ..judge.verdict import BOUND, UNBOUND
from ..rules import outage, shared
from ..rules.claims import Rule, judge as hold

NAME = 'driver-unbind'

RULES = [
    Rule(BOUND, 'data', outage.data),
    Rule(UNBOUND, 'no-dma', outage.no_dma(bonds=False)),
    Rule(UNBOUND, 'errors', outage.errors(outage.ENODEV, doorbells=True)),
    Rule(UNBOUND, 'drain', shared.drain('bound', 'struck')),
    Rule(UNBOUND, 'silence', shared.quiet('bound', 'struck', 'recovered', 'again', 'done')),
    Rule(UNBOUND, 'bind-again', outage.bind_again),
    Rule(UNBOUND, 'nothing-lost', shared.nothing_lost),
]


def judge(run):
    # A driver that comes resets the device, which forgets its counters.
    return hold(run, RULES, spans=((None, 'struck'), ('recovered', None)))
