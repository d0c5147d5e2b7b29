# SPDX-License-Identifier: GPL-2.0-or-later
"""driver-unbind: the driver leaves the device while processes are bound to it."""

from ..judge.verdict import BOUND, UNBOUND
from ..rules import removal, shared
from ..rules.rule import Rule


RULES = [
    Rule(BOUND, 'data', removal.data),
    Rule(UNBOUND, 'no-dma', removal.no_dma(bonds=False)),
    Rule(UNBOUND, 'errors', removal.errors(removal.ENODEV, doorbells=True)),
    Rule(UNBOUND, 'drain', shared.drain('bound', 'removed')),
    Rule(UNBOUND, 'silence', shared.quiet('bound', 'removed', 'recovered', 'again', 'done')),
    Rule(UNBOUND, 'bind-again', removal.bind_again),
    Rule(UNBOUND, 'nothing-lost', shared.nothing_lost),
]
# A driver that comes resets the device, which forgets its counters.
INTERVALS = ((None, 'removed'), ('recovered', None))
