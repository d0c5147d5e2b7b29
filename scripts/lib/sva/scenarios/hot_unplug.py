# SPDX-License-Identifier: GPL-2.0-or-later
"""hot-unplug: the device is unplugged while processes are bound to it."""

from ..judge.verdict import BOUND, UNBOUND
from ..rules import outage, shared
from ..rules.claims import Rule, judge as hold

NAME = 'hot-unplug'

RULES = [
    Rule(BOUND, 'data', outage.data),
    Rule(UNBOUND, 'no-dma', outage.no_dma(bonds=False)),
    Rule(UNBOUND, 'errors', outage.errors(outage.ENODEV, doorbells=True)),
    Rule(UNBOUND, 'drain', shared.drain('bound', 'struck')),
    Rule(UNBOUND, 'silence', shared.quiet('bound', 'struck', 'recovered', 'again', 'done')),
    Rule(UNBOUND, 'bind-again', outage.bind_again),
    Rule(UNBOUND, 'nothing-lost', shared.nothing_lost),
]


def equip(spec, keys):
    spec.port = True
    if spec.arch == 'x86_64':
        # By the port itself, not by ACPI.
        spec.extra += ['-global', 'ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off']
    # A kernel without ASPM asks the firmware for no control of hotplug.
    spec.cmdline += ' pcie_ports=native'


def act(guest, stage, _):
    if stage.name == 'unplug':
        guest.unplug_accel()
    elif stage.name == 'plug':
        guest.plug_accel()


def judge(run):
    # Another device, with counters of its own.
    return hold(run, RULES, spans=(('recovered', None),))
