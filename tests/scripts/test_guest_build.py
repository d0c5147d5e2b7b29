# SPDX-License-Identifier: GPL-2.0-or-later
"""The guest driver is always built for the kernel that is judged."""

import gzip
import os
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

from sva.setup import cpio, guest_files, linux  # noqa: E402
from sva.util import files, paths  # noqa: E402
from sva.util.errors import SvaError  # noqa: E402

# A stand-in for a kernel's build directory: it leaves an object, and the module says
# whether there was one of an earlier build.
MAKEFILE = '''
modules:
\t@if [ -e "$(M)/object" ]; then echo stale; else echo whole; fi > "$(M)/sva_accel.ko"
\t@touch "$(M)/object"
\t@printf 'vermagic=%s SMP \\n' "$$(cat include/config/kernel.release)" >> "$(M)/sva_accel.ko"
'''


class Driver(unittest.TestCase):

    def setUp(self):
        temp = tempfile.TemporaryDirectory()
        self.addCleanup(temp.cleanup)
        self.dir = Path(temp.name)
        self.kbuild = self.dir / 'linux'
        for name, text in (('Makefile', MAKEFILE), ('.config', 'CONFIG_PREEMPT=y\n'),
                           ('Module.symvers', '0x1 printk\n'),
                           ('include/config/kernel.release', '7.2.13\n'), ('bzImage', 'image')):
            files.write(self.kbuild / name, text)
        patch = mock.patch.object(guest_files, '_out', lambda *parts: self.dir.joinpath(
            'guest', *parts))
        patch.start()
        self.addCleanup(patch.stop)
        patch = mock.patch.object(paths, 'log', lambda name: self.dir / f'{name}.log')
        patch.start()
        self.addCleanup(patch.stop)

    def build(self, version='7.2.13'):
        module = guest_files.driver(linux.Kernel(self.kbuild / 'bzImage', version, 'test',
                                                 kbuild=self.kbuild))
        self.assertEqual(module.read_text('utf-8').splitlines()[0], 'whole')
        return module.stat().st_mtime_ns

    def test_built_once(self):
        self.assertEqual(self.build(), self.build())

    def test_an_archive_is_compressed_once(self):
        made = []

        def store(data):
            archive = cpio.Archive()
            archive.file('a', data)
            return guest_files._store('x86_64', files.content_key(archive.plain()),
                                      lambda: made.append(data) or archive.bytes())
        first, other = store(b'x'), store(b'y')
        os.utime(first, (0, 0))
        self.assertEqual(store(b'x'), first)
        self.assertEqual(made, [b'x', b'y'])
        # One that is in use is as young as those that are made.
        self.assertGreater(first.stat().st_mtime, 1)
        store(b'z')
        self.assertTrue(first.is_file() and other.is_file())
        self.assertIn(b'TRAILER!!!', gzip.decompress(first.read_bytes()))

    def test_whatever_changes_all_of_it_is_built_again(self):
        before = self.build()
        for name, text in (('.config', '# CONFIG_PREEMPT is not set\n'),
                           ('Module.symvers', '0x2 printk\n'), ('bzImage', 'another image')):
            files.write(self.kbuild / name, text)
            after = self.build()
            self.assertGreater(after, before, name)
            before = after

    def test_back_in_time(self):
        """The image of an older commit, linked again: same size, an older time is possible."""
        before = self.build()
        os.utime(self.kbuild / 'bzImage', (1, 1))
        self.assertGreater(self.build(), before)

    def test_another_version(self):
        before = self.build()
        files.write(self.kbuild / 'include/config/kernel.release', '7.1.0\n')
        self.assertGreater(self.build('7.1.0'), before)

    def test_a_directory_that_makes_modules_for_another_kernel(self):
        with self.assertRaisesRegex(SvaError, 'makes modules for Linux 7.2.13, but the kernel is '
                                              '7.3.0'):
            self.build('7.3.0')


class Image(unittest.TestCase):

    def setUp(self):
        temp = tempfile.TemporaryDirectory()
        self.addCleanup(temp.cleanup)
        self.kbuild = Path(temp.name)
        for name in ('.config', 'Module.symvers', 'include/config/kernel.release'):
            files.write(self.kbuild / name, '7.2.13\n')
        self.image = self.kbuild / 'image'

    def kernel(self, image):
        self.image.write_bytes(image)
        return linux.user_kernel(self.image, self.kbuild)

    @staticmethod
    def x86(release):
        return (bytes(0x202) + b'HdrS' + bytes(8) + (0x100).to_bytes(2, 'little') + bytes(0xf0)
                + release + b' (me@here) #1\0' + bytes(64))

    @staticmethod
    def arm64(release):
        return bytes(0x38) + b'ARM\x64' + bytes(64) + b'Linux version ' + release + b' (me) #1\0'

    def test_of_that_directory(self):
        for image in (self.x86(b'7.2.13'), self.arm64(b'7.2.13'), b'compressed'):
            self.assertEqual(self.kernel(image).version, '7.2.13')

    def test_of_another_one(self):
        for image in (self.x86(b'7.3.0-rc1'), self.arm64(b'7.3.0-rc1')):
            with self.assertRaisesRegex(SvaError, 'is Linux 7.3.0-rc1, but .* for 7.2.13'):
                self.kernel(image)


if __name__ == '__main__':
    unittest.main()
