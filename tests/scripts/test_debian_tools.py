# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's test suites for DSA: which packages, and what of them is in the guest."""

import gzip
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

from own_root import OwnRoot  # noqa: E402
from sva.setup import apt, cpio, debian_tools, guest_files, linux  # noqa: E402
from sva.util import files, paths, proc  # noqa: E402
from sva.util.errors import SvaError  # noqa: E402

SIMULATED = '''Reading package lists...
Inst gcc-16-base (16.2.0-4 Debian:unstable [amd64])
Inst libc6 (2.43-7 Debian:unstable [amd64]) []
Inst bash (5.3-4 Debian:unstable [amd64])
Conf bash (5.3-4 Debian:unstable [amd64])
'''


def listing(data):
    """Names in an archive, or in several one after the other."""
    names = []
    for part in gzip.decompress(data).split(b'TRAILER!!!'):
        if part.strip(b'\0'):
            names += subprocess.run(['cpio', '-t', '--quiet'], capture_output=True, check=False,
                                    input=part + b'TRAILER!!!' + bytes(512)).stdout.split()
    return [name.decode() for name in names]


class Closure(OwnRoot):
    """apt chooses the packages."""

    def setUp(self):
        super().setUp()
        self.root = apt.PrivateRoot()
        self.root.dir, self.root.ready = self.dir, True

    def closure(self, *args):
        def simulate(command, env):
            self.command = [str(word) for word in command]
            [status] = [word.partition('=')[2] for word in self.command
                        if word.startswith('Dir::State::status=')]
            self.status = Path(status).read_text(encoding='utf-8')
            return SIMULATED
        with mock.patch.object(proc, 'output', simulate):
            return self.root.closure(*args)

    def test_versions_of_all_that_is_needed(self):
        self.assertEqual(self.closure(('bash',)),
                         ['gcc-16-base=16.2.0-4', 'libc6=2.43-7', 'bash=5.3-4'])
        self.assertIn('--simulate', self.command)
        self.assertEqual((self.command[-1], self.status), ('bash', ''))

    def test_what_is_not_wanted_counts_as_installed(self):
        self.closure(('bash',), ('systemd', 'udev'))
        records = [apt.parse_record(text) for text in self.status.strip().split('\n\n')]
        self.assertEqual([record['Package'] for record in records], ['systemd', 'udev'])
        self.assertEqual({record['Status'] for record in records}, {'install ok installed'})

    def test_a_package_without_a_version(self):
        with self.assertRaisesRegex(SvaError, 'sed'):
            self.closure(('bash', 'sed'))


class Tree(unittest.TestCase):

    def test_a_directory_of_the_host(self):
        with tempfile.TemporaryDirectory() as temp:
            base = Path(temp)
            for name in ('usr/bin/tool', 'usr/share/doc/tool/README', 'usr/share/doctor'):
                files.write(base / name, name)
            (base / 'usr/bin/tool').chmod(0o755)
            (base / 'bin').symlink_to('usr/bin')
            (base / 'tmp').mkdir()
            (base / 'tmp').chmod(0o1777)
            made = cpio.Archive()
            made.tree('root', base, ('usr/share/doc',))
        self.assertEqual(set(made.entries), {
            'root', 'root/bin', 'root/tmp', 'root/usr', 'root/usr/bin', 'root/usr/bin/tool',
            'root/usr/share', 'root/usr/share/doctor'})
        self.assertEqual(made.entries['root/usr/bin/tool'],
                         cpio.Entry(0o100755, b'usr/bin/tool'))
        self.assertEqual(made.entries['root/bin'], cpio.Entry(0o120777, b'usr/bin'))
        self.assertEqual(made.entries['root/tmp'].mode, 0o041777)


class Tools(OwnRoot):

    def setUp(self):
        super().setUp()
        for patch in (mock.patch.object(paths, 'cache', lambda *parts: self.dir.joinpath(
                          'cache', *parts)),
                      mock.patch.object(files, 'need_space'),
                      mock.patch.object(apt, 'extract', self.extract)):
            patch.start()
            self.addCleanup(patch.stop)
        self.versions = {'accel-config-test': '4.1.9', 'dpdk-dev': '25.11', 'libc6': '2.43'}
        self.fetched = []
        self.private = mock.Mock()
        self.private.newest.return_value = {'Depends': 'libc6, librte-dmadev26 (>= 25.11~rc1)'}
        self.private.closure = self.closure
        self.private.download = self.download

    def closure(self, names, absent):
        self.asked = (names, absent)
        return [f'{name}={version}' for name, version in self.versions.items()]

    def download(self, *wanted):
        self.fetched.append(wanted)
        debs = [self.dir / name for name in wanted]
        for deb in debs:
            files.write(deb, deb.name)
        return debs

    @staticmethod
    def extract(deb, tree):
        files.write(tree / 'usr/bin' / deb.name if isinstance(tree, Path) else
                    Path(tree, 'usr/bin', deb.name), deb.name)
        files.write(Path(tree, 'usr/share/man', deb.name), 'long')

    def test_fetched_once(self):
        note = debian_tools.get(self.private)
        self.assertEqual(note, 'accel-config-test 4.1.9, dpdk-dev 25.11 and 1 more (Debian)')
        self.assertEqual(debian_tools.get(self.private), note)
        self.assertEqual(len(self.fetched), 1)
        self.assertEqual(list(self.dir.glob('*=*')), [])

    def test_plugins_of_the_abi_that_dpdk_has(self):
        debian_tools.get(self.private)
        self.assertLessEqual({'dpdk-dev', 'librte-dma-idxd26', 'accel-config-test'},
                             set(self.asked[0]))
        self.assertIn('libdpdk-dev', self.asked[1])
        self.private.newest.return_value = {'Depends': 'libc6'}
        with self.assertRaisesRegex(SvaError, 'names no librte-dmadev'):
            debian_tools.get(self.private, update=True)

    def test_fetched_again(self):
        debian_tools.get(self.private)
        self.versions['libc6'] = '2.44'
        debian_tools.get(self.private)
        self.assertEqual(len(self.fetched), 1)
        debian_tools.get(self.private, update=True)
        self.assertEqual(len(self.fetched), 2)
        debian_tools.archive().unlink()
        debian_tools.get(self.private)
        self.assertEqual(len(self.fetched), 3)
        with mock.patch.object(debian_tools, 'PACKAGES', ('bash',)):
            self.assertEqual(self.asked[0][0], 'accel-config')
            debian_tools.get(self.private)
        self.assertEqual(self.asked[0][0], 'bash')

    def test_a_package_that_is_gone_is_an_error(self):
        self.private.download = mock.Mock(side_effect=SvaError('the mirror no longer has it'))
        with self.assertRaisesRegex(SvaError, 'no longer'):
            debian_tools.get(self.private)
        with self.assertRaisesRegex(SvaError, 'setup --only debian-tools'):
            debian_tools.archive()

    def test_the_start_archive_has_both(self):
        debian_tools.get(self.private)
        modules = self.dir / 'modules'
        for name in ('builtin', 'builtin.modinfo', 'order'):
            files.write(modules / f'modules.{name}', '')
        for name in debian_tools.MODULES:
            files.write(modules / f'{name}.ko', 'name=x\0depends=\0')
        kernel = linux.Kernel(self.dir / 'bzImage', '7.2.13', 'test', modules_dir=modules)
        start = cpio.Archive()

        def initramfs(kernel, arch, extra):
            for path, data, mode in extra:
                start.file(path, data, mode)
            path = self.dir / 'start'
            path.write_bytes(start.bytes())
            return path
        with mock.patch.object(guest_files, 'initramfs', initramfs):
            made = guest_files.with_tools(kernel, 'x86_64')
        names = listing(made.read_bytes())
        self.assertIn('debian/usr/lib/modules/7.2.13/kernel/idxd.ko', names)
        self.assertIn('debian/usr/lib/modules/7.2.13/modules.builtin', names)
        self.assertIn('debian/usr/bin/libc6=2.43', names)
        self.assertNotIn('debian/usr/share/man', names)


if __name__ == '__main__':
    unittest.main()
