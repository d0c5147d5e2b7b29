# SPDX-License-Identifier: GPL-2.0-or-later
"""The properties that docs/system lists are those that the devices have."""

import contextlib
import re
import socket
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

from sva.guest.qmp import Qmp  # noqa: E402
from sva.setup import artifacts  # noqa: E402
from sva.util import paths, proc  # noqa: E402

# Device: architecture, machine, and a type whose properties are not its own.
DEVICES = {
    'sva-vtd': ('x86_64', 'q35', 'intel-iommu'),
    'sva-accel': ('x86_64', 'q35', 'edu'),
    'sva-smmuv3': ('aarch64', 'virt,gic-version=3', 'edu'),
    'sva-checker': ('x86_64', 'q35', 'edu'),
    'sva-dsa': ('x86_64', 'q35', 'edu'),
}
# Properties of the stock type that count as the device's.
INHERITED = {'sva-vtd': {'aw-bits', 'caching-mode', 'device-iotlb', 'pt', 'intremap', 'eim'}}
# 0 means that the device decides, and it says so when it has.
DECIDED = {('sva-smmuv3', 'oas'): {44, 48, 52}}
ROW = re.compile(r'``([\w-]+)`` +(\S+) {2,}\S')
LINE = re.compile(r'  ([\w-]+)=<(\w+)>.*?(?:\(default: (\S+)\))?$')


def text(device):
    return (paths.ROOT / f'docs/system/{device}.rst').read_text(encoding='utf-8')


def documented(device):
    """{property: default} of the table below the heading Properties."""
    lines = text(device).split('\nProperties\n', 1)[1].splitlines()
    borders = [i for i, line in enumerate(lines) if line.startswith('====')]
    rows = (ROW.match(line) for line in lines[borders[1]:borders[2]])
    return {row[1]: row[2] for row in rows if row}


def told(arch, device):
    """{property: (type, default or None)} as `-device DEVICE,help` says."""
    out = proc.output([artifacts.qemu(arch), '-device', f'{device},help'])
    found = (LINE.match(line) for line in out.splitlines())
    return {line[1]: (line[2], line[3]) for line in found if line}


def values(arch, machine, device, names):
    """Of a device that was given none of them."""
    ours, theirs = socket.socketpair()
    command = [artifacts.qemu(arch), '-L', artifacts.firmware_dir(), '-machine', machine,
               '-cpu', 'max', '-accel', 'tcg', '-S', '-display', 'none', '-nodefaults',
               '-chardev', f'socket,id=q,fd={theirs.fileno()}', '-mon', 'chardev=q,mode=control',
               '-device', f'{device},id=it']
    with subprocess.Popen([str(word) for word in command], pass_fds=[theirs.fileno()],
                          stdin=subprocess.DEVNULL) as process:
        theirs.close()
        try:
            with contextlib.closing(Qmp(ours)) as qmp:
                return {name: qmp.get('/machine/peripheral/it', name) for name in names}
        finally:
            process.kill()
            ours.close()


class Properties(unittest.TestCase):

    def check_defaults(self, device):
        arch, machine, _ = DEVICES[device]
        table, help_text = documented(device), told(arch, device)
        self.assertLessEqual(set(table), set(help_text))
        real = values(arch, machine, device, table)
        for name, default in table.items():
            kind, shown = help_text[name]
            if (device, name) in DECIDED:
                self.assertIn(real[name], DECIDED[device, name])
                continue
            # A realized device has decided what "auto" means.
            have = {'bool': {True: 'on', False: 'off'}.get(real[name]),
                    'OnOffAuto': shown}.get(kind, shown or str(real[name]))
            self.assertEqual(default, have, f'{device} {name}')

    def check_names(self, device):
        """Every property of its own is in the table, or named among the statistics."""
        arch, _, other = DEVICES[device]
        own = set(told(arch, device)) - set(told(arch, other)) | INHERITED.get(device, set())
        settable = set(documented(device))
        self.assertGreaterEqual(len(settable), 5)
        named = set(re.findall(r'``([\w-]+)``', text(device)))
        for name in sorted(own - settable):
            if not (name.startswith('count-') and 'count-<name>' in text(device)):
                stem = re.sub('-(base|prod|cons|bits)$', '', name)
                self.assertIn(stem if stem in named else name, named, f'{device} {name}')

    def test_sva_vtd(self):
        self.check_defaults('sva-vtd')
        self.check_names('sva-vtd')

    def test_sva_accel(self):
        self.check_defaults('sva-accel')
        self.check_names('sva-accel')

    def test_sva_smmuv3(self):
        self.check_defaults('sva-smmuv3')
        self.check_names('sva-smmuv3')

    def test_sva_checker(self):
        self.check_defaults('sva-checker')
        self.check_names('sva-checker')

    def test_sva_dsa(self):
        self.check_defaults('sva-dsa')
        self.check_names('sva-dsa')

    def test_every_device_has_its_document(self):
        found = {path.stem for path in (paths.ROOT / 'docs/system').glob('sva-*.rst')}
        self.assertEqual(found, set(DEVICES))


if __name__ == '__main__':
    unittest.main()
