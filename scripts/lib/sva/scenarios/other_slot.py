# SPDX-License-Identifier: GPL-2.0-or-later
"""other-slot: the device is unplugged, and another one comes into a slot that was empty."""

from ..rules import machines, removal

NOT_RECORDED = 'the host plugs a device'
RULES = removal.UNPLUGGED
equip = machines.empty_slot


def act(guest, stage, _):
    machines.swap_accelerator(guest, stage, machines.EMPTY_PORT)


# Another device, with counters of its own.
INTERVALS = (('recovered', None),)
