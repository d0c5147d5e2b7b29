# SPDX-License-Identifier: GPL-2.0-or-later
"""Ordinary devices behind sva-vtd, in the modes that a kernel can run it in."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness import ARCH, FunctionalTest  # noqa: E402
from sva.guest import kmsg, specs  # noqa: E402
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
        return specs.debian(ARCH)(logs, **options)


class Built(Matrix, FunctionalTest):
    """The kernel of the set-up, the drivers are built in."""

    def make(self, logs, **options):
        return specs.built(ARCH)(logs, **options)


class StockIommu(FunctionalTest):
    """The accelerator behind QEMU's own intel-iommu, which has no SVA."""

    MODES = {'legacy': ('intel-iommu,intremap=on,device-iotlb=on', 'intel_iommu=on,sm_off'),
             'scalable': ('intel-iommu,intremap=on,x-scalable-mode=on,x-flts=on', ''),
             'pasid': ('intel-iommu,intremap=on,x-scalable-mode=on,x-flts=on,x-pasid-mode=on', '')}

    def stock(self, mode, cmdline):
        iommu, more = self.MODES[mode]
        spec = specs.built(ARCH)(self.logs, iommu=False, devices=[('-device', iommu)])
        spec.cmdline += f' {more} {cmdline}'
        return spec

    def pass_through(self, mode):
        self.check('plain-dma', ('driver', 'data', 'program', 'health'),
                   spec=self.stock(mode, 'iommu=pt'))
        self.assertRegex(self.console(), 'DMAR: Intel.R. Virtualization Technology for Directed')

    def refused(self, mode, reason):
        """No process can bind: an error with its reason, and no trouble in the kernel."""
        verdicts = self.judge('fault-in', spec=self.stock(mode, 'iommu=pt'))
        self.assert_one_error(verdicts, f'bind fails: {reason}')
        self.assertEqual(kmsg.splats(self.console().splitlines()), [])

    def translated(self, mode):
        """Addresses that were never mapped: refused, and reported."""
        verdicts = {v.rule: v for v in self.judge(
            'plain-dma', spec=self.stock(mode, 'iommu.passthrough=0'))}
        self.assertEqual((verdicts['data'].result, verdicts['data'].evidence),
                         ('fail', '0 of 16 writes carried out'))
        self.assertEqual(verdicts['health'].result, 'pass')
        self.assertTrue(kmsg.faults(self.console().splitlines()))

    def console(self):
        return (self.logs / 'console.log').read_text(encoding='utf-8')

    def test_stock_pass_through_legacy(self):
        self.pass_through('legacy')

    def test_stock_pass_through_scalable(self):
        self.pass_through('scalable')

    def test_stock_refuses_sva_legacy(self):
        self.refused('legacy', 'No space left on device .no PASID')

    def test_stock_refuses_sva_scalable(self):
        self.refused('scalable', 'No space left on device .no PASID')

    def test_stock_refuses_sva_with_pasids(self):
        self.refused('pasid', 'No such device .the IOMMU or its driver cannot do SVA')

    def test_stock_pass_through_with_pasids(self):
        self.pass_through('pasid')

    def test_stock_translated_legacy(self):
        self.translated('legacy')

    def test_stock_translated_scalable(self):
        self.translated('scalable')


if __name__ == '__main__':
    unittest.main()
