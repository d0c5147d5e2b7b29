# SPDX-License-Identifier: GPL-2.0-or-later
"""hot-unplug: the device is unplugged while processes are bound to it."""

from ..rules import machines, removal

NOT_RECORDED = 'the host unplugs a device'
RULES = removal.UNPLUGGED
equip = machines.hot_plug


def act(guest, stage, _):
    if stage.name == 'unplug':
        guest.unplug_accel()
    elif stage.name == 'plug':
        guest.plug_accel()
# Another device, with counters of its own.
INTERVALS = (('recovered', None),)
