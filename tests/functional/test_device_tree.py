# SPDX-License-Identifier: GPL-2.0-or-later
"""What the device tree of the virt machine says of sva-smmuv3 and what is behind it."""

import struct
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from test_options import BOARD, start  # noqa: E402

HOST = '/pcie@10000000'
PORT = ['-device', 'pcie-root-port,id=p1,addr=3,chassis=1']


def parse(blob):
    """{path: {property: bytes}} of a flattened device tree (Devicetree Specification 5)."""
    magic, _, at, names = struct.unpack_from('>4I', blob)
    assert magic == 0xd00dfeed
    tree, path = {}, []

    def name_at(offset):
        return blob[offset:blob.index(b'\0', offset)].decode()

    while True:
        token, = struct.unpack_from('>I', blob, at)
        at += 4
        if token == 1:
            name = name_at(at)
            at += len(name) + 1 + 3 & ~3
            path.append(name)
            tree['/'.join(path) or '/'] = {}
        elif token == 2:
            path.pop()
        elif token == 3:
            size, name = struct.unpack_from('>2I', blob, at)
            tree['/'.join(path) or '/'][name_at(names + name)] = blob[at + 8:at + 8 + size]
            at += 8 + size + 3 & ~3
        elif token == 9:
            return tree


class DeviceTree(unittest.TestCase):

    def tree(self, *options, machine=''):
        """The tree of a machine with these options."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / 'dtb'
            words = list(BOARD['aarch64'])
            words[1] += f'{machine},dumpdtb={file}'
            status, text = start('aarch64', *options, board=words)
            self.assertEqual(status, 0, text)
            return parse(file.read_bytes())

    def stalling(self, tree):
        return sorted(path for path, node in tree.items() if 'dma-can-stall' in node)

    def test_behind(self):
        tree = self.tree('-device', 'sva-smmuv3', '-device', 'sva-accel,addr=4')
        self.assertIn('iommu-map', tree[HOST])
        self.assertIn('ats-supported', tree[HOST])
        self.assertEqual(self.stalling(tree), [f'{HOST}/pci@4,0'])

    def test_without_ats(self):
        tree = self.tree('-device', 'sva-smmuv3,ats=off')
        self.assertIn('iommu-map', tree[HOST])
        self.assertNotIn('ats-supported', tree[HOST])

    def test_bypass(self):
        """A bus that bypasses the SMMU has no map to it, and nothing on it stalls."""
        tree = self.tree('-device', 'sva-smmuv3,stalling-slots=on', *PORT,
                         '-device', 'sva-accel,addr=4', machine=',default-bus-bypass-iommu=on')
        self.assertNotIn('iommu-map', tree[HOST])
        self.assertNotIn('ats-supported', tree[HOST])
        self.assertEqual(self.stalling(tree), [])

    def test_what_is_plugged_in_later(self):
        """A function of the command line is described, an empty port if that is wanted."""
        used = ['-device', 'pcie-root-port,id=p2,addr=5,chassis=2',
                '-device', 'sva-accel,bus=p2']
        fixed = ['-device', 'pcie-root-port,id=p3,addr=6,chassis=3,hotplug=off']
        tree = self.tree('-device', 'sva-smmuv3', *PORT, *used, *fixed)
        self.assertEqual(self.stalling(tree), [f'{HOST}/pci@5,0/pci@0,0'])
        tree = self.tree('-device', 'sva-smmuv3,stalling-slots=on', *PORT, *used, *fixed)
        self.assertEqual(self.stalling(tree),
                         [f'{HOST}/pci@3,0/pci@0,0', f'{HOST}/pci@5,0/pci@0,0'])
        self.assertEqual(tree[f'{HOST}/pci@3,0']['device_type'], b'pci\0')


if __name__ == '__main__':
    unittest.main()
