# SPDX-License-Identifier: GPL-2.0-or-later
"""hot-unplug: the device is unplugged while processes are bound to it."""

from ..rules import machines, removal

NOT_RECORDED = 'the host unplugs a device'
RULES = removal.UNPLUGGED
equip = machines.hot_plug


def act(guest, stage, _):
    machines.swap_accelerator(guest, stage)


# Another device, with counters of its own.
INTERVALS = (('recovered', None),)
