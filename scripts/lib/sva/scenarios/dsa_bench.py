# SPDX-License-Identifier: GPL-2.0-or-later
"""dsa-bench: descriptors a second through Intel DSA; `sva bench --dsa` reads the facts."""

from ..guest import machine

NOT_OFFERED = 'for `sva bench --dsa`'
DEVICE = machine.DSA_DEVICE
ARCHES = ('x86_64',)
# It proves nothing but what every scenario has to keep.
RULES = []
