# SPDX-License-Identifier: GPL-2.0-or-later
"""The firmware folder has what QEMU's own devices and ways to boot ask it for."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import harness  # noqa: F401,E402  (finds the library)
from sva.setup import artifacts  # noqa: E402
from sva.util import paths, proc  # noqa: E402
from test_options import start  # noqa: E402

SOURCE = paths.ROOT / 'tests/guest/boot/multiboot.S'
# isa-debug-exit makes it of the 1 that the image writes.
STATUS = 3
# Far above what the BIOS takes.
TIMEOUT = 120

# Devices of this build that bring an option ROM; a network card wants a network.
CARDS = ('virtio-net-pci,netdev=net0', 'e1000e,netdev=net0')
WITH_ROM = {'x86_64': (*CARDS, 'ramfb'), 'aarch64': CARDS}


def build(directory):
    """A 32-bit image without any library."""
    image = directory / 'multiboot'
    proc.output(['cc', '-m32', '-nostdlib', '-static', '-no-pie', '-Wl,--build-id=none',
                 '-Wl,-Ttext=0x100000', '-Wl,-N', '-o', image, SOURCE])
    return image


class Firmware(unittest.TestCase):

    def test_multiboot(self):
        with tempfile.TemporaryDirectory() as temp:
            command = [artifacts.qemu('x86_64'), '-L', artifacts.firmware_dir(), '-M', 'q35',
                       '-nodefaults', '-display', 'none', '-no-reboot', '-debugcon', 'stdio',
                       '-device', 'isa-debug-exit,iobase=0xf4,iosize=4',
                       '-device', 'sva-vtd', '-kernel', build(Path(temp))]
            done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL,
                                  capture_output=True, text=True, timeout=TIMEOUT, check=False)
        self.assertEqual((done.returncode, done.stderr), (STATUS, ''))
        self.assertIn('booted by multiboot', done.stdout.splitlines())

    def test_option_roms(self):
        for arch, devices in WITH_ROM.items():
            for device in devices:
                with self.subTest(arch=arch, device=device):
                    options = ['-device', device]
                    if 'netdev' in device:
                        options += ['-netdev', 'user,id=net0']
                    self.assertEqual(start(arch, *options), (0, ''))


if __name__ == '__main__':
    unittest.main()
