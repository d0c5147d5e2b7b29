# SPDX-License-Identifier: GPL-2.0-or-later
"""Where sources and packages come from; kernel configuration fragments."""

import hashlib
import os
import re
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

from sva.setup import apt, debian_kernel, linux, qemu  # noqa: E402
from sva.util import files, paths, proc  # noqa: E402
from sva.util.errors import SvaError  # noqa: E402


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

    def test_apt_before_the_first_update(self):
        with tempfile.TemporaryDirectory() as temp:
            sources = Path(temp, 'sources.list')
            sources.write_text('deb http://m/debian-security bookworm-security main\n'
                               'deb http://m/debian bookworm main\n')
            config = Path(temp, 'apt.conf')
            config.write_text(f'Dir::Etc::sourcelist "{sources}";\nDir::Etc::sourceparts "/none";\n'
                              f'Dir::State::lists "{temp}";\n')
            with mock.patch.dict(os.environ, {'APT_CONFIG': str(config)}):
                self.assertEqual(apt.mirror(), 'http://m/debian/')

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


    def test_a_root_beside_has_its_suites_alone(self):
        with tempfile.TemporaryDirectory() as temp, \
                mock.patch.dict(os.environ, XDG_CACHE_HOME=temp), \
                mock.patch.object(apt, 'mirror', return_value='http://m/debian/'):
            root = apt.PrivateRoot(suites=('old',), beside='older')
            self.assertNotEqual(root.dir, apt.PrivateRoot().dir)
            self.assertEqual([line for line in root._sources().splitlines()
                              if line.startswith(('Types', 'Suites'))],
                             ['Types: deb', 'Suites: old'])


class DownloadTest(unittest.TestCase):
    """A package in the cache is used again only if it is what the lists say."""

    GOOD = b'a package'
    NAME = 'seabios_1%3a2_all.deb'

    def setUp(self):
        temp = tempfile.TemporaryDirectory()
        self.addCleanup(temp.cleanup)
        self.fetched, self.digest = [], hashlib.sha256(self.GOOD).hexdigest()
        for patch in (mock.patch.dict(os.environ, XDG_CACHE_HOME=temp.name),
                      mock.patch.object(paths, 'ROOT', Path(temp.name, 'clone')),
                      mock.patch.object(apt.PrivateRoot, 'prepare'),
                      mock.patch.object(proc, 'output', self.print_uris),
                      mock.patch.object(proc, 'logged', self.fetch)):
            patch.start()
            self.addCleanup(patch.stop)
        self.root = apt.PrivateRoot()
        self.root.dir.mkdir(parents=True)
        self.file = paths.cache('downloads', self.NAME)
        self.algorithm = 'SHA256'

    def print_uris(self, command, env=None):
        self.assertIn('--print-uris', command)
        return (f"'http://m/{self.NAME}' {self.NAME} {len(self.GOOD)} "
                f'{self.algorithm}:{self.digest}\n')

    def fetch(self, command, log, env, cwd, append, what):
        self.fetched.append(command[2:])
        Path(cwd, self.NAME).write_bytes(self.GOOD)

    def download(self):
        self.assertEqual(self.root.download('seabios/trixie'), [self.file])
        self.assertEqual(self.file.read_bytes(), self.GOOD)
        return len(self.fetched)

    def test_fetched_once(self):
        self.assertEqual([self.download(), self.download()], [1, 1])
        self.assertEqual(self.fetched, [['seabios/trixie']])

    def test_damaged_at_the_same_size(self):
        self.download()
        self.file.write_bytes(b'A' + self.GOOD[1:])
        self.assertEqual([self.download(), self.download()], [2, 2])

    def test_a_hash_that_proves_nothing(self):
        self.algorithm, self.digest = 'MD5Sum', hashlib.md5(self.GOOD).hexdigest()
        self.assertEqual([self.download(), self.download()], [1, 2])

    def test_another_hash(self):
        self.algorithm, self.digest = 'SHA512', hashlib.sha512(self.GOOD).hexdigest()
        self.assertEqual([self.download(), self.download()], [1, 1])


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


class FakeArchive:
    """The private apt root, with these versions of the source package."""

    def __init__(self, *versions):
        self.versions = versions
        self.fetched = []

    def records(self, *_):
        if not self.versions:
            raise SvaError('no network')
        return [{'Version': version} for version in self.versions]

    def download_source(self, _, version, suffix):
        self.fetched.append(version)
        upstream = version.split(':')[-1].rpartition('-')[0]
        path = paths.cache('downloads', f'qemu_{upstream}{suffix}')
        files.write(path, version)
        return path


class QemuChoiceTest(unittest.TestCase):
    """10.2.x from the archive, then from $SVA_DOWNLOADS, then 10.0.x."""

    SID = '1:10.2.2+ds-1'
    TRIXIE = ('1:10.0.8+ds-0+deb13u1', '1:10.0.13+ds-0+deb13u1')

    def setUp(self):
        temp = tempfile.TemporaryDirectory()
        self.addCleanup(temp.cleanup)
        self.downloads = Path(temp.name, 'given')
        self.downloads.mkdir()
        environment = mock.patch.dict(os.environ, XDG_CACHE_HOME=temp.name)
        environment.start()
        self.addCleanup(environment.stop)
        os.environ.pop('SVA_DOWNLOADS', None)

    def give(self, *versions):
        os.environ['SVA_DOWNLOADS'] = str(self.downloads)
        sums = []
        for version in versions:
            archive = self.downloads / f'qemu_{version}+ds.orig.tar.xz'
            archive.write_bytes(version.encode())
            sums.append(f'{files.sha256(archive)}  {archive.name}\n')
        (self.downloads / 'SHA256SUMS').write_text(''.join(sums))

    def choose(self, *versions, update=False):
        return qemu._debian_source(FakeArchive(*versions), update)

    def test_archive_first(self):
        self.give('10.2.9', '10.0.9')
        self.assertEqual(self.choose(*self.TRIXIE, self.SID)['version'], '10.2.2')

    def test_given_file_before_an_older_series(self):
        self.give('10.2.9', '10.0.9')
        record = self.choose('1:11.0.1+ds-1', *self.TRIXIE)
        self.assertEqual(record['version'], '10.2.9')
        self.assertEqual(Path(record['file']).parent, self.downloads)

    def test_newest_of_the_older_series(self):
        record = self.choose('1:11.0.1+ds-1', *self.TRIXIE)
        self.assertEqual((record['version'], record['name']),
                         ('10.0.13', 'qemu_10.0.13+ds.orig.tar.xz'))
        self.assertEqual(files.sha256(record['file']), record['sha256'])

    def test_without_network(self):
        self.give('10.0.9')
        self.assertEqual(self.choose()['version'], '10.0.9')
        del os.environ['SVA_DOWNLOADS']
        with self.assertRaises(SvaError):
            self.choose()

    def test_a_fetched_one_is_used_again_but_never_the_older_series_first(self):
        self.choose(*self.TRIXIE)
        again = FakeArchive(*self.TRIXIE)
        self.assertEqual(qemu._debian_source(again, False)['version'], '10.0.13')
        self.assertEqual(again.fetched, [])
        self.assertEqual(self.choose(*self.TRIXIE, self.SID)['version'], '10.2.2')
        self.assertEqual(self.choose(*self.TRIXIE)['version'], '10.2.2')
        self.assertEqual(self.choose(*self.TRIXIE, update=True)['version'], '10.0.13')

    def test_a_damaged_one_is_fetched_again(self):
        Path(self.choose(self.SID)['file']).write_bytes(b'damaged')
        again = FakeArchive(self.SID)
        qemu._debian_source(again, False)
        self.assertEqual(again.fetched, [self.SID])

    def test_nothing_supported(self):
        with self.assertRaises(SvaError) as caught:
            self.choose('1:10.20.0+ds-1', '1:10.1.0+ds-1')
        self.assertIn('10.2.x or 10.0.x', caught.exception.message)

    def test_given_trees(self):
        tree = self.downloads
        for name in ('configure', 'meson.build'):
            (tree / name).touch()
        for version in ('10.2.2', '10.0.13'):
            (tree / 'VERSION').write_text(version + '\n')
            self.assertEqual(qemu._user_source(tree)['version'], version)
        for version in ('10.1.0', '10.20.0'):
            (tree / 'VERSION').write_text(version + '\n')
            with self.assertRaises(SvaError):
                qemu._user_source(tree)


class KernelTest(unittest.TestCase):
    def test_fragments_are_well_formed_and_say_what_sva_needs(self):
        for arch, driver in (('x86_64', 'INTEL_IOMMU_SVM'), ('aarch64', 'ARM_SMMU_V3_SVA')):
            wanted = linux._wanted(linux._fragments(arch))
            for symbol in (driver, 'IOMMU_SVA', 'PCI_PASID', 'PCI_PRI', 'MODULES'):
                self.assertEqual(wanted[f'CONFIG_{symbol}'], ('y', True))
            self.assertEqual(wanted['CONFIG_IPV6'], (None, True))

    def test_a_later_fragment_wins(self):
        with tempfile.TemporaryDirectory() as temp:
            first, second = Path(temp, 'base.config'), Path(temp, 'more.config')
            first.write_text('CONFIG_A=y\nCONFIG_B=y\n# CONFIG_C is not set\n')
            second.write_text('?CONFIG_C=y\n# CONFIG_B is not set\n')
            self.assertEqual(linux._wanted([first, second]), {
                'CONFIG_A': ('y', True), 'CONFIG_B': (None, True), 'CONFIG_C': ('y', False)})
            second.write_text('CONFIG_A\n')
            with self.assertRaisesRegex(SvaError, 'more.config:1: not a configuration line'):
                linux._wanted([first, second])

    def configure(self, version, *taken):
        """Configure a tree of a version that takes these symbols."""
        with tempfile.TemporaryDirectory() as temp:
            fragment, out = Path(temp, 'a.config'), Path(temp, 'out')
            out.mkdir()
            fragment.write_text('CONFIG_IOMMUFD=y\nCONFIG_PCI=y\n')

            def make(cmd, *unused, **more):
                (out / '.config').write_text(''.join(f'CONFIG_{name}=y\n' for name in taken))
            with mock.patch.object(linux.proc, 'logged', make), \
                    mock.patch.object(linux.paths, 'log', lambda name: Path(temp, name)):
                linux._configure('x86_64', ['make'], out, [fragment], version)

    def test_symbols_that_a_kernel_is_too_old_for(self):
        self.configure((6, 1), 'PCI')
        self.configure((6, 2), 'PCI', 'IOMMUFD')
        for version, taken in (((6, 2), 'PCI'), ((7, 0), 'PCI'), ((6, 1), 'IOMMUFD')):
            with self.assertRaisesRegex(SvaError, 'does not take'):
                self.configure(version, taken)
        every = {symbol for arch in ('x86_64', 'aarch64')
                 for symbol in linux._wanted(linux._fragments(arch))}
        self.assertLessEqual(set(linux.SINCE), every)

    def test_the_version_of_a_tree(self):
        with tempfile.TemporaryDirectory() as temp:
            Path(temp, 'Makefile').write_text('VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 3\n')
            self.assertEqual(linux.tree_version(temp), (6, 12))
            Path(temp, 'Makefile').write_text('all:\n')
            with self.assertRaisesRegex(SvaError, 'does not say which Linux'):
                linux.tree_version(temp)

    def test_what_an_image_is_for(self):
        with tempfile.TemporaryDirectory() as temp:
            image = Path(temp, 'Image')
            for head, arch in ((bytes(0x202) + b'HdrS', 'x86_64'),
                               (bytes(0x38) + b'ARM\x64', 'aarch64'), (b'', None)):
                image.write_bytes(head + bytes(64))
                self.assertEqual(linux.image_arch(image), arch)

    def test_cross_builds_name_their_compiler(self):
        self.assertEqual(linux.make_words('x86_64'), ['ARCH=x86_64'])
        self.assertEqual(linux.make_words('aarch64'),
                         ['ARCH=arm64', 'CROSS_COMPILE=aarch64-linux-gnu-'])

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

    def test_an_older_kernel_of_debian(self):
        class Root:
            suites = ('old',)

            def __init__(self, *versions):
                self.all = [f'linux-image-{version}{kind}' for version in versions
                            for kind in ('-amd64', '-cloud-amd64', '-rt-amd64')]

            def names(self, form):
                return [name for name in self.all if re.search(form, name)]
        usual = Root('7.2.13+deb14')
        older = Root('6.12.5+deb12', '6.12.57+deb12', '6.12.90+deb12', '6.12.90+deb12.1')
        for version, root, name in (('6.12.57', older, '6.12.57+deb12'),
                                    ('6.12.90', older, '6.12.90+deb12.1'),
                                    ('7.2.13', usual, '7.2.13+deb14')):
            self.assertEqual(debian_kernel._choose('x86_64', (usual, older), version),
                             (root, f'linux-image-{name}-amd64'))
        with self.assertRaisesRegex(SvaError, 'no kernel 6.1 for x86_64 in old, old'):
            debian_kernel._choose('x86_64', (usual, older), '6.1')

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
