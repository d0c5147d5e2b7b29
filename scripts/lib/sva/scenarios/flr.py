# SPDX-License-Identifier: GPL-2.0-or-later
"""flr: the function is reset while processes are bound to it."""

from ..judge.verdict import BOUND, UNBOUND
from ..rules import removal, shared
from ..rules.rule import Rule


RULES = [
    Rule(BOUND, 'data', removal.data),
    Rule(BOUND, 'no-dma', removal.no_dma(bonds=True, forgets=True)),
    Rule(BOUND, 'errors', removal.errors(removal.EIO, doorbells=False)),
    Rule(BOUND, 'silence', shared.quiet('bound', 'removed', 'recovered', 'again', 'done')),
    Rule(BOUND, 'drain', shared.drain('bound', 'removed')),
    Rule(BOUND, 'bind-again', removal.bind_again),
    Rule(UNBOUND, 'nothing-lost', shared.nothing_lost),
]
# A reset forgets the counters of the device.
INTERVALS = (('recovered', None),)
