# SPDX-License-Identifier: GPL-2.0-or-later
"""What a boot takes behind one of our IOMMUs, and behind the stock one."""

import statistics
import time
from typing import NamedTuple

from ..guest import machine, specs
from ..guest.session import Session
from ..setup import arch as arches
from .bench import STOCK

ROUNDS = 9
TIMEOUT = 300
# The stock IOMMU of each board is not made in the same way.
STOCK_OPTIONS = {'x86_64': ('-device', 'intel-iommu'), 'aarch64': ('-machine', 'iommu=smmuv3')}
# Something to map memory for, where the kernel has the driver built in.
DISK = ('-blockdev', 'null-co,node-name=disk0,size=1073741824,read-zeroes=on',
        '-device', 'virtio-blk-pci,drive=disk0,iommu_platform=on,disable-legacy=on')


class BootRow(NamedTuple):
    """From power-on to the first program: processor time of QEMU, and the time it took."""
    arch: str
    config: str
    processor_s: float
    elapsed_s: float
    ratio_stock: float


def run(arch, make_spec, base, quick):
    """Boot each in turn; a row for the stock IOMMU, and one for ours."""
    configs = (STOCK[arch], arches.get(arch).iommu)
    times = {config: [] for config in configs}
    for n in range(1 if quick else ROUNDS):
        for config in configs:
            logs = base / arch / f'boot-{config}-{n + 1}'
            times[config].append(_boot(_spec(make_spec, config, arch, logs)))
    return rows(arch, times)


def rows(arch, times):
    """times: (processor, elapsed) of each round, by the name of the IOMMU."""
    stock = times[STOCK[arch]]
    return [BootRow(arch, config, round(statistics.median(p for p, _ in found), 2),
                    round(statistics.median(e for _, e in found), 2),
                    round(statistics.median(p / other for (p, _), (other, _)
                                            in zip(found, stock)), 3))
            for config, found in times.items()]


def _spec(make_spec, config, arch, logs):
    ours = config != STOCK[arch]
    # Nothing listens to events.
    return specs.changed(make_spec, accel=False, checker='', iommu=ours)(
        logs, extra=['-d', 'guest_errors', *(() if ours else STOCK_OPTIONS[arch]), *DISK])


def _boot(spec):
    began = time.monotonic()
    with machine.Machine(spec) as guest:
        Session(guest).hello(TIMEOUT)
        return _processor_s(guest.process.pid), time.monotonic() - began


def _processor_s(pid):
    """Of all threads of a process, so far."""
    # What clock_getcpuclockid(3) gives, which Python does not have.
    return time.clock_gettime(~pid << 3 | 2)
