# SPDX-License-Identifier: GPL-2.0-or-later
"""Ordinary devices behind sva-vtd, in the modes that a kernel can run it in."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness import ARCH, FunctionalTest  # noqa: E402
from sva import guests  # noqa: E402
from sva.scenarios import dma  # noqa: E402


class Matrix:
    """virtio, NVMe and e1000e in one machine, on one kernel."""

    SCENARIO = 'dma,disk=vda:nvme0n1,if=virtio_net:e1000e,net=ping'
    RULES = ('disk-data', 'net-data', 'translated', 'interrupts')

    def setUp(self):
        super().setUp()
        # Two kernels run the same tests.
        self.logs = self.logs.with_name(f'{self.logs.name}-{type(self).__name__.lower()}')

    def case(self, cmdline, options='', **expected):
        self.logs.mkdir(parents=True, exist_ok=True)
        disks = {name: self.logs / f'{name}.img' for name in ('vda', 'nvme0n1')}
        for image in disks.values():
            dma.make_disk(image)
            self.addCleanup(image.unlink)
        spec = self.make(self.logs, iommu_options=options)
        spec.accel = False
        spec.devices = dma.devices(disks['vda']) + dma.more_devices(disks['nvme0n1'])
        spec.cmdline += f' {cmdline}'
        self.check(self.SCENARIO, self.RULES, spec=spec, prepare=dma.look(disks, **expected))

    def test_legacy(self):
        self.case('intel_iommu=on,sm_off iommu.passthrough=0', mode='legacy')

    def test_scalable(self):
        self.case('iommu.passthrough=0 iommu.strict=1')

    def test_legacy_only_hardware(self):
        self.case('iommu.passthrough=0', options='scalable-mode=off', mode='legacy')

    def test_caching_mode(self):
        self.case('intel_iommu=on,sm_off iommu.passthrough=0', options='caching-mode=on',
                  mode='legacy')

    def test_pass_through(self):
        self.case('iommu=pt', domain='identity')

    def test_pass_through_legacy(self):
        self.case('intel_iommu=on,sm_off iommu=pt', mode='legacy', domain='identity')

    def test_intremap_off(self):
        self.case('iommu.passthrough=0 intremap=off', remapped=False)

    def test_intremap_not_there(self):
        self.case('intel_iommu=on,sm_off iommu.passthrough=0', options='intremap=off',
                  mode='legacy', remapped=False)


class Debian(Matrix, FunctionalTest):
    """Debian's kernel as it is, the drivers are modules."""

    def make(self, logs, **options):
        return guests.debian(ARCH)(logs, **options)


class Built(Matrix, FunctionalTest):
    """The kernel of the set-up, the drivers are built in."""

    def make(self, logs, **options):
        return guests.built(ARCH)(logs, **options)


if __name__ == '__main__':
    unittest.main()
