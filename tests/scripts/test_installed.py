# SPDX-License-Identifier: GPL-2.0-or-later
"""What is installed by a package: it builds nothing that came ready made, and all is in it."""

import json
import os
import re
import sys
import unittest
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'scripts/lib'))

from own_root import OwnRoot  # noqa: E402
from sva import cli  # noqa: E402
from sva.guest import specs, tsc  # noqa: E402
from sva.packaging import package  # noqa: E402
from sva.setup import apt, arch as arches, artifacts, busybox, guest_files, linux, plan, qemu, \
    tools  # noqa: E402
from sva.util import files, paths, proc, version  # noqa: E402
from sva.util.errors import SvaError  # noqa: E402

ELF = b'\x7fELF'


class Installed(OwnRoot):
    """A directory as package.collect() makes it, of a clone in which all is built."""

    def setUp(self):
        super().setUp()
        self.clone = self.dir / 'clone'
        for name in ('image', 'module', 'busybox', 'tsc', 'init',
                     *(f'qemu-system-{arch}' for arch in arches.ALL)):
            files.write(self.clone / name, ELF + name.encode())
            (self.clone / name).chmod(0o755)
        files.write(self.clone / 'firmware/QEMU_EFI.fd', b'firmware')
        for module, name, value in (
                (artifacts, 'qemu', lambda arch: self.clone / f'qemu-system-{arch}'),
                (artifacts, 'firmware_dir', lambda: self.clone / 'firmware'),
                (artifacts, 'guest_programs', lambda arch: {'init': self.clone / 'init'}),
                (artifacts, 'driver', lambda kernel: self.clone / 'module'),
                (artifacts, 'kernel', lambda arch: linux.Kernel(
                    self.clone / 'image', '7.2.13', 'here', self.clone, arch=arch)),
                (busybox, 'program', lambda arch: self.clone / 'busybox'),
                (tsc, 'program', lambda: self.clone / 'tsc')):
            patch = mock.patch.object(module, name, value)
            patch.start()
            self.addCleanup(patch.stop)
        package.collect(self.dir / 'prebuilt')
        mock.patch.stopall()
        for patch in (mock.patch.object(paths, 'ROOT', self.dir), mock.patch.dict(
                os.environ, {'XDG_CACHE_HOME': str(self.dir / 'home')})):
            patch.start()
            self.addCleanup(patch.stop)
        files.remove(self.clone)

    def test_what_is_written_is_the_users(self):
        self.assertEqual(paths.build('runs'), self.dir / 'home/qemu-sva/build/runs')
        with mock.patch.dict(os.environ, {paths.BUILD_DIR: '/elsewhere'}):
            self.assertEqual(paths.build('runs'), Path('/elsewhere/runs'))

    def test_nothing_is_built_or_installed(self):
        ready = self.dir / 'prebuilt'
        with mock.patch.object(proc, 'logged', side_effect=AssertionError('a program')), \
                mock.patch.object(apt, 'missing_packages', return_value=[]), \
                mock.patch.object(busybox, 'NATIVE', ready / 'guest/busybox-aarch64'), \
                mock.patch.object(busybox, 'applets', return_value=['sh']), \
                mock.patch.object(proc, 'output', return_value='2100000'):
            artifacts.ensure(*plan.FOR_SCENARIOS)
            for arch in arches.ALL:
                spec = specs.built(arch)(self.dir / 'logs')
                self.assertEqual((spec.kernel.read_bytes(), artifacts.qemu(arch).read_bytes()),
                                 (ELF + b'image', ELF + f'qemu-system-{arch}'.encode()))
                self.assertTrue(spec.initrd.is_relative_to(paths.cache('build')))
        self.assertEqual(artifacts.firmware_dir(), ready / 'firmware')
        self.assertEqual(tsc.program(), ready / 'tsc')

    def test_what_it_has_not_is_built_as_usual(self):
        steps = {step.name: step for step in plan.steps(plan.Options(flavour='debug'))}
        self.assertIn('linux-source', steps['kernel-x86_64-debug'].needs)
        self.assertEqual(qemu.binary('x86_64', qemu.SANITIZED).parent,
                         paths.build('qemu/asan'))
        with mock.patch.object(tools, 'install') as install:
            steps['packages'].run(None)
        install.assert_called_once_with(tools.DRIVER_PACKAGES)

    def test_the_driver_of_another_kernel_is_built(self):
        kernel = linux.Kernel(Path('image'), '7.0', 'mine', Path('kbuild'))
        with mock.patch.object(guest_files, 'driver', side_effect=SvaError('built')), \
                mock.patch.object(guest_files, '_add_busybox'), self.assertRaises(SvaError):
            guest_files.initramfs(kernel, 'x86_64')

    def test_what_takes_a_clone(self):
        for command in ('test', 'bench'):
            args = cli.build_parser().parse_args([command])
            with self.assertRaisesRegex(SvaError, f'sva {command} needs a clone'):
                args.run(args)

    def test_the_record_of_a_kernel_has_no_path_of_the_clone(self):
        for path in (self.dir / 'prebuilt/guest').glob('*.json'):
            self.assertNotIn(str(self.dir), path.read_text('utf-8'))
            self.assertIsNone(json.loads(path.read_text('utf-8'))['kbuild'])


class Debian(unittest.TestCase):
    """debian/"""

    def lines(self, name):
        return (ROOT / 'debian' / name).read_text('utf-8').splitlines()

    def test_all_that_the_tool_reads_is_in_it(self):
        taken = [line.split()[0] for line in self.lines('qemu-sva.install')]
        wanted = {found[1] for folder in ('commands', 'guest', 'judge', 'runs', 'setup', 'util',
                                          'timeline', 'merging', 'rules', 'scenarios')
                  for path in (ROOT / 'scripts/lib/sva' / folder).rglob('*.py')
                  for found in re.finditer(r"ROOT / '([^']+)'", path.read_text('utf-8'))}
        self.assertGreater(len(wanted), 5)
        wanted -= {'build', 'prebuilt'}
        for name in wanted:
            self.assertTrue(any(Path(name).is_relative_to(one) for one in taken), name)

    def test_what_it_names_is_there(self):
        for name in ('qemu-sva.install', 'qemu-sva.docs', 'qemu-sva.examples'):
            for line in self.lines(name):
                source = line.split()[0]
                if not source.startswith('prebuilt'):
                    self.assertTrue(list(ROOT.glob(source)), source)

    def test_version(self):
        self.assertRegex(self.lines('changelog')[0],
                         rf'^qemu-sva \({re.escape(version.VERSION)}\) ')


if __name__ == '__main__':
    unittest.main()
