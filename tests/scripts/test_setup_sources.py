# SPDX-License-Identifier: GPL-2.0-or-later
"""Where sources and packages come from; kernel configuration fragments."""

import os
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

from sva import apt, debian_kernel, files, linux, proc, qemu  # noqa: E402
from sva.errors import SvaError  # noqa: E402


class MirrorTest(unittest.TestCase):
    def mirror(self, *lines):
        with mock.patch.object(proc, 'output', return_value='\n'.join(lines)):
            return apt.mirror()

    def test_the_archive_and_not_its_relatives(self):
        self.assertEqual(self.mirror('Debian|Debian-Security|http://m/debian-security/',
                                     'Elsewhere|Tools|http://t/apt/',
                                     'Debian|Debian|http://m/debian/'), 'http://m/debian/')

    def test_before_the_first_update(self):
        self.assertEqual(self.mirror('||http://m/debian-security/', '||http://m/debian/'),
                         'http://m/debian/')

    def test_none(self):
        with self.assertRaises(SvaError):
            self.mirror('Elsewhere|Tools|http://t/apt/')


class RecordTest(unittest.TestCase):
    def test_continuation_lines(self):
        record = apt.parse_record('Package: a\nDepends: b,\n c\nVersion: 1:2\n')
        self.assertEqual(record, {'Package': 'a', 'Depends': 'b,\nc', 'Version': '1:2'})


class PrivateRootTest(unittest.TestCase):
    def test_signatures_are_checked_and_nothing_of_the_machine_is_used(self):
        with tempfile.TemporaryDirectory() as temp, \
                mock.patch.dict(os.environ, XDG_CACHE_HOME=temp), \
                mock.patch.object(apt, 'mirror', return_value='http://m/debian/'):
            root = apt.PrivateRoot()
            sources, configuration = root._sources(), root._configuration()
        self.assertEqual(sources.count('Signed-By: /usr/share/keyrings/'), 2)
        self.assertNotIn('rusted', sources + configuration)
        self.assertNotIn('AllowUnauthenticated', configuration)
        for line in configuration.splitlines():
            if line.startswith('Dir::') and '/dev/null' not in line:
                self.assertIn(temp, line)


class InstallTest(unittest.TestCase):
    def test_without_root_the_exact_line_is_printed(self):
        with mock.patch.object(os, 'geteuid', return_value=1000), \
                mock.patch.object(apt.shutil, 'which', return_value=None), \
                mock.patch.object(proc, 'logged') as ran:
            with self.assertRaises(SvaError) as caught:
                apt.install(['flex', 'bison'], 'log')
        self.assertIn('apt-get install -y --no-install-recommends flex bison',
                      caught.exception.message)
        ran.assert_not_called()

    def test_unknown_names_are_missing(self):
        self.assertEqual(apt.missing_packages(['no-such-package-at-all', 'dpkg']),
                         ['no-such-package-at-all'])


class DownloadsTest(unittest.TestCase):
    def setUp(self):
        temp = tempfile.TemporaryDirectory()
        self.addCleanup(temp.cleanup)
        self.dir = Path(temp.name)
        self.archive = self.dir / 'qemu_10.2.9+ds.orig.tar.xz'
        self.archive.write_bytes(b'archive')
        environment = mock.patch.dict(os.environ, SVA_DOWNLOADS=temp.name)
        environment.start()
        self.addCleanup(environment.stop)

    def sums(self, digest):
        (self.dir / 'SHA256SUMS').write_text(f'{digest}  {self.archive.name}\n')

    def test_good(self):
        self.sums(files.sha256(self.archive))
        self.assertEqual(qemu._from_downloads('10.2'), self.archive)
        self.assertIsNone(qemu._from_downloads('10.0'))

    def test_damaged(self):
        self.sums('0' * 64)
        with self.assertRaises(SvaError):
            qemu._from_downloads('10.2')


class KernelTest(unittest.TestCase):
    def test_fragments_are_well_formed_and_say_what_sva_needs(self):
        wanted = {symbol: value for symbol, value, _ in linux._wanted('x86_64')}
        for symbol in ('INTEL_IOMMU_SVM', 'IOMMU_SVA', 'PCI_PASID', 'PCI_PRI', 'MODULES'):
            self.assertEqual(wanted[f'CONFIG_{symbol}'], 'y')
        self.assertIsNone(wanted['CONFIG_IPV6'])

    def test_newest_version(self):
        names = ['linux-source-7.2', 'linux-source-6.12', 'linux-source-7.10']
        self.assertEqual(max(names, key=linux.version_key), 'linux-source-7.10')

    def test_not_a_kernel_tree(self):
        with tempfile.TemporaryDirectory() as temp:
            with self.assertRaises(SvaError):
                linux._user_source(Path(temp))
            with self.assertRaises(SvaError):
                linux.user_kernel(Path(temp) / 'bzImage')
            (Path(temp) / 'bzImage').write_bytes(b'')
            with self.assertRaises(SvaError):
                linux.user_kernel(Path(temp) / 'bzImage', temp)

    def test_a_tree_built_in_place_is_refused(self):
        with tempfile.TemporaryDirectory() as temp:
            for name in ('Kbuild', '.config'):
                (Path(temp) / name).touch()
            (Path(temp) / 'arch').mkdir()
            with self.assertRaises(SvaError) as caught:
                linux._user_source(Path(temp))
        self.assertIn('mrproper', caught.exception.message)

    def test_modules_come_after_what_they_need(self):
        def module(name, depends):
            path = modules / f'kernel/{name}.ko'
            path.write_bytes(b'\0depends=' + depends + b'\0name=x\0')
        with tempfile.TemporaryDirectory() as temp:
            modules = Path(temp)
            (modules / 'kernel').mkdir()
            (modules / 'modules.builtin').write_text('kernel/drivers/virtio/virtio_pci.ko\n')
            module('virtio_net', b'net_failover,virtio')
            module('net_failover', b'failover')
            module('failover', b'')
            module('virtio', b'')
            order = debian_kernel.modules_in_order(modules, ('virtio_pci', 'virtio_net'))
        self.assertEqual([name for name, _ in order],
                         ['failover', 'net_failover', 'virtio', 'virtio_net'])


if __name__ == '__main__':
    unittest.main()
