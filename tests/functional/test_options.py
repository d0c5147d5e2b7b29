# SPDX-License-Identifier: GPL-2.0-or-later
"""Options that make no sense: QEMU ends at once and says what to change."""

import re
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import harness  # noqa: F401,E402  (finds the library)
from sva.setup import artifacts  # noqa: E402

BOARD = {
    'x86_64': ['-M', 'q35'],
    'aarch64': ['-M', 'virt,gic-version=3', '-cpu', 'neoverse-n1'],
}


def start(arch, *options, board=None):
    """QEMU's exit status and output; it keeps running if it accepts the options."""
    command = [artifacts.qemu(arch), '-L', artifacts.firmware_dir(), *(board or BOARD[arch]),
               '-nodefaults', '-display', 'none', '-accel', 'tcg', '-S',
               '-monitor', 'stdio', *options]
    done = subprocess.run([str(word) for word in command], input='quit\n', text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120,
                          check=False)
    return done.returncode, done.stderr


def machines(arch, prefix):
    """Names of the machine types of QEMU that begin with this."""
    said = subprocess.run([str(artifacts.qemu(arch)), '-M', 'help'], text=True, check=True,
                          stdout=subprocess.PIPE).stdout
    return [line.split()[0] for line in said.splitlines() if line.startswith(prefix)]


def devices(arch):
    """Names of the PCI devices of QEMU."""
    said = subprocess.run([str(artifacts.qemu(arch)), *BOARD[arch], '-device', 'help'], text=True,
                          check=True, stdout=subprocess.PIPE).stdout
    return re.findall(r'name "([^"]+)", bus PCI', said)


class Options(unittest.TestCase):

    def test_no_option_rom_is_missing(self):
        for arch in BOARD:
            for name in devices(arch):
                _, text = start(arch, '-device', name)
                self.assertNotIn('rom', text.lower(), f'{arch} {name}')

    def refused(self, arch, options, *words, board=None):
        status, text = start(arch, *options, board=board)
        self.assertEqual(status, 1, text)
        for word in words:
            self.assertIn(word, text)

    def device_refused(self, device, cases):
        arch = 'x86_64' if device == 'sva-vtd' else 'aarch64'
        for options, words in cases.items():
            with self.subTest(options):
                self.refused(arch, ['-device', f'{device},{options}'], *words)

    def test_defaults_are_taken(self):
        for arch, device in (('x86_64', 'sva-vtd'), ('aarch64', 'sva-smmuv3')):
            status, text = start(arch, '-device', device, '-device', 'sva-accel')
            self.assertEqual((status, text), (0, ''))

    def test_vtd(self):
        self.device_refused('sva-vtd', {
            'pasid-bits=21': ('pasid-bits',),
            'iotlb-size=1': ('iotlb-size',),
            'walk-cache=8': ('walk-cache',),
            'adversary-only=1': ('adversary=',),
            'pri=on,device-iotlb=off': ('device-iotlb',),
            'intremap=off,eim=on': ('intremap=on',),
            'fault-records=0': ('fault-records',),
        })

    def test_vtd_of_a_width_without_first_stage(self):
        self.device_refused('sva-vtd', {
            'aw-bits=39': ('aw-bits=48', 'scalable-mode=off'),
            'stale-tm=on': ('stale-tm=on', 'leave it out'),
        })
        status, text = start('x86_64', '-device', 'sva-vtd,aw-bits=39,scalable-mode=off')
        self.assertEqual((status, text), (0, ''))

    def test_vtd_on_machine_types_of_old(self):
        """They set options that only the stock device has."""
        for machine in machines('x86_64', 'pc-q35-'):
            with self.subTest(machine):
                status, text = start('x86_64', '-device', 'sva-vtd', '-device', 'sva-accel',
                                     board=['-M', machine])
                # Some of them are said to be deprecated.
                self.assertEqual(status, 0, text)
                self.assertNotIn('sva-vtd', text)

    def test_vtd_without_x2apic(self):
        status, text = start('x86_64', '-device', 'sva-vtd,eim=off,id=vtd')
        self.assertEqual((status, text), (0, ''))

    def test_smmuv3(self):
        self.device_refused('sva-smmuv3', {
            'ssid-bits=21': ('ssid-bits', '20'),
            'stall-model=3': ('stall-model', '0, 1 or 2'),
            'stall-max=0': ('stall-max', '4096'),
            'stall-model=1,dma-can-stall=on': ('dma-can-stall', 'stall-model'),
            'stall-model=1,stalling-slots=on': ('dma-can-stall', 'stall-model'),
            'dma-can-stall=off,stalling-slots=on': ('dma-can-stall=off',),
            'pri=on,ats=off': ('ats=on',),
            'oas=47': ('oas', '52'),
            'oas=52,gran64k=off': ('gran64k=on',),
            'gran4k=off,gran16k=off,gran64k=off': ('gran4k=on',),
            'stage1=off,stage2=off': ('stage1=on',),
            'stage1=off': ('ssid-bits=0',),
            'httu=3': ('httu',),
            'bbml=3': ('bbml',),
            'asid-bits=12': ('asid-bits', '8 or 16'),
            'cmdq-bits=20': ('cmdq-bits', '19'),
            'iotlb-size=8': ('iotlb-size',),
            'walk-cache=1': ('walk-cache',),
            'adversary-only=1': ('adversary=',),
            'inval-timeout=0': ('inval-timeout',),
        })

    def test_smmuv3_beside_another_iommu(self):
        board = ['-M', 'virt,gic-version=3,iommu=smmuv3', '-cpu', 'neoverse-n1']
        self.refused('aarch64', ['-device', 'sva-smmuv3'], 'iommu=smmuv3', board=board)
        self.refused('aarch64', ['-device', 'sva-smmuv3', '-device', 'sva-smmuv3'],
                     'has an IOMMU already')

    def test_smmuv3_on_another_board(self):
        self.refused('aarch64', ['-device', 'sva-smmuv3'], '-machine virt',
                     board=['-M', 'none'])

    def test_smmuv3_and_reports_of_memory_errors(self):
        """QEMU itself ends with a segmentation fault without firmware."""
        board = ['-M', 'virt,gic-version=3,ras=on', '-cpu', 'neoverse-n1']
        self.refused('aarch64', ['-device', 'sva-smmuv3'], '-bios', board=board)
        status, text = start('aarch64', '-bios', 'QEMU_EFI.fd', '-device', 'sva-smmuv3',
                             board=board)
        self.assertEqual((status, text), (0, ''))

    def test_machine_types(self):
        """Older machine types of virt work, or say what to do."""
        types = subprocess.run([artifacts.qemu('aarch64'), '-M', 'help'], text=True, check=True,
                               stdout=subprocess.PIPE).stdout
        versions = [tuple(map(int, found)) for found in re.findall(r'^virt-(\d+)\.(\d+) ',
                                                                   types, re.M)]
        self.assertGreater(len(versions), 8)
        for version in versions:
            board = ['-M', 'virt-{}.{},gic-version=3'.format(*version), '-cpu', 'cortex-a57']
            with self.subTest(version):
                status, text = start('aarch64', '-device', 'sva-smmuv3', board=board)
                self.assertEqual(status, 0, text)
                status, text = start('aarch64', '-device', 'sva-smmuv3', '-device', 'sva-accel',
                                     board=board)
                # There is no ITS before.
                self.assertEqual(status, 0 if version >= (6, 2) else 1, text)
                if status:
                    self.assertIn('virt-6.2', text)

    def test_smmuv3_that_addresses_less_than_the_processors(self):
        # neoverse-n1 has 48 bits.
        status, text = start('aarch64', '-device', 'sva-smmuv3,oas=44')
        self.assertEqual(status, 0)
        self.assertIn('oas=48', text)


if __name__ == '__main__':
    unittest.main()
