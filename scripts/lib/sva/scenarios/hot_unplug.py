# SPDX-License-Identifier: GPL-2.0-or-later
"""hot-unplug: the device is unplugged while processes are bound to it."""

from ..judge.verdict import BOUND, UNBOUND
from ..rules import removal, shared
from ..rules.rule import Rule

NOT_RECORDED = 'the host unplugs a device'
RULES = [
    Rule(BOUND, 'data', removal.data),
    Rule(UNBOUND, 'no-dma', removal.no_dma(bonds=False)),
    Rule(UNBOUND, 'errors', removal.errors(removal.ENODEV, doorbells=True)),
    Rule(UNBOUND, 'drain', shared.drain('bound', 'removed')),
    Rule(UNBOUND, 'silence', shared.quiet('bound', 'removed', 'recovered', 'again', 'done')),
    Rule(UNBOUND, 'bind-again', removal.bind_again),
    Rule(UNBOUND, 'nothing-lost', shared.nothing_lost),
]


def equip(spec, keys):
    spec.port = True
    if spec.arch == 'x86_64':
        # Hot-plug by the port itself, not by ACPI.
        spec.extra += ['-global', 'ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off']
    # A kernel without ASPM does not ask the firmware for control of hot-plug.
    spec.cmdline += ' pcie_ports=native'


def act(guest, stage, _):
    if stage.name == 'unplug':
        guest.unplug_accel()
    elif stage.name == 'plug':
        guest.plug_accel()
# Another device, with counters of its own.
INTERVALS = (('recovered', None),)
