# SPDX-License-Identifier: GPL-2.0-or-later
"""Ordinary devices behind sva-smmuv3; their DMA and their messages are translated."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness import FunctionalTest  # noqa: E402
from sva.guest import specs  # noqa: E402
from sva.scenarios import dma  # noqa: E402


class Arm64Matrix(FunctionalTest):
    """virtio, NVMe and e1000e in one machine."""

    SCENARIO = 'dma,disk=vda:nvme0n1,if=virtio_net:e1000e,net=ping'
    RULES = ('disk-data', 'net-data', 'translated', 'interrupts')

    def case(self, cmdline, options='', **expected):
        self.logs.mkdir(parents=True, exist_ok=True)
        disks = {name: self.logs / f'{name}.img' for name in ('vda', 'nvme0n1')}
        for image in disks.values():
            dma.make_disk(image)
            self.addCleanup(image.unlink)
        spec = specs.built('aarch64')(self.logs, iommu_options=options)
        spec.accel = False
        spec.devices = dma.devices(disks['vda']) + dma.more_devices(disks['nvme0n1'])
        spec.cmdline += f' {cmdline}'
        self.check(self.SCENARIO, self.RULES, spec=spec, prepare=dma.look(disks, **expected))

    def test_arm64_strict(self):
        self.case('iommu.passthrough=0 iommu.strict=1')

    def test_arm64_lazy(self):
        self.case('iommu.passthrough=0 iommu.strict=0')

    def test_arm64_pass_through(self):
        self.case('iommu.passthrough=1', domain='identity')

    def test_arm64_second_stage(self):
        """Without a first stage Linux uses the second one."""
        self.case('iommu.passthrough=0', options='stage1=off,ssid-bits=0')

    def test_arm64_first_stage_alone(self):
        self.case('iommu.passthrough=0', options='stage2=off')

    def test_arm64_without_ranges(self):
        self.case('iommu.passthrough=0 iommu.strict=1', options='ril=off,bbml=0')

    def test_arm64_forced_stalls(self):
        """These devices cannot stall; nothing may hang."""
        self.case('iommu.passthrough=0', options='stall-model=2')

    def test_arm64_without_substreams_ats_and_messages(self):
        self.case('iommu.passthrough=0', options='ssid-bits=0,ats=off,msi=off,httu=0')


if __name__ == '__main__':
    unittest.main()
