# SPDX-License-Identifier: GPL-2.0-or-later
"""What scenarios want of their machine: see scenarios.equip()."""

from ..guest import machine

SECOND = 'accel1'
# A second slot for hot-plug, in which nothing has been.
EMPTY_PORT = 'port1'
MANY_CONTEXTS = 128
# Two nodes with half of the memory each; the processors are on the first.
NODES = ('-object', 'memory-backend-ram,id=node0,size=512M',
         '-object', 'memory-backend-ram,id=node1,size=512M',
         '-numa', 'node,nodeid=0,cpus=0-1,memdev=node0', '-numa', 'node,nodeid=1,memdev=node1')


def second_accelerator(spec, keys):
    spec.devices = [*spec.devices, ('-device', f'{machine.ACCEL_DEVICE},id={SECOND}')]


def many_contexts(spec, keys):
    """One page request from each overflows the queue of the IOMMU."""
    spec.extra = [*spec.extra, '-global', f'sva-accel.contexts={MANY_CONTEXTS}']


def two_nodes(spec, keys):
    spec.extra = [*spec.extra, *NODES]


def little_memory(spec, keys):
    """The guest soon runs out of memory."""
    spec.extra = [*spec.extra, '-m', '384M']


def hot_plug(spec, keys):
    """The accelerator is in a slot of its own."""
    spec.port = True
    if spec.arch == 'x86_64':
        # Hot-plug by the port itself, not by ACPI.
        spec.extra = [*spec.extra, '-global',
                      'ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off']
    # A kernel without ASPM does not ask the firmware for control of hot-plug.
    spec.cmdline += ' pcie_ports=native'


def empty_slot(spec, keys):
    """There is another slot."""
    hot_plug(spec, keys)
    spec.extra = [*spec.extra, '-device', f'pcie-root-port,id={EMPTY_PORT},chassis=2,slot=2']


def swap_accelerator(guest, stage, *slot):
    """At the stages that ask for it: unplugged, and another one in that slot or in the same."""
    if stage.name == 'unplug':
        guest.unplug_accel()
    elif stage.name == 'plug':
        guest.plug_accel(*slot)
