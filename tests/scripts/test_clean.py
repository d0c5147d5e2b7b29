# SPDX-License-Identifier: GPL-2.0-or-later
"""What `sva clean` removes, and what it must leave."""

import contextlib
import io
import os
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

from sva import cli  # noqa: E402
from sva.runs import rundir  # noqa: E402
from sva.setup import linux  # noqa: E402
from sva.util import files, paths  # noqa: E402


class CleanTest(unittest.TestCase):

    def setUp(self):
        temp = tempfile.TemporaryDirectory()
        self.addCleanup(temp.cleanup)
        for patch in (mock.patch.dict(os.environ, XDG_CACHE_HOME=f'{temp.name}/cache'),
                      mock.patch.object(paths, 'ROOT', Path(temp.name, 'clone'))):
            patch.start()
            self.addCleanup(patch.stop)
        for name in ('x86_64-1', 'x86_64-2', 'x86_64-debug-3', 'aarch64-4'):
            files.write(paths.cache('kernel', name, 'bzImage'), name)
        files.write(paths.cache('downloads/x.deb'), 'x')
        files.write(paths.build('logs/x.log'), 'x')

    def use(self, record, name):
        kbuild = paths.cache('kernel', name)
        linux.save(record, linux.Kernel(kbuild / 'bzImage', '7.2', 'Debian', kbuild=kbuild))

    def clean(self, *args):
        with contextlib.redirect_stdout(io.StringIO()), \
                contextlib.redirect_stderr(io.StringIO()) as self.errors:
            return cli.main(['clean', *args])

    def kernels(self):
        return [path.name for path in linux.cached_directories()]

    def test_kernels_in_use_stay(self):
        self.use('kernel-x86_64', 'x86_64-2')
        self.use('kernel-x86_64-debug', 'x86_64-debug-3')
        self.assertEqual(self.clean('--cache-unused'), 0)
        self.assertEqual(self.kernels(), ['x86_64-2', 'x86_64-debug-3'])
        self.assertTrue(paths.cache('downloads/x.deb').is_file())
        self.assertTrue(paths.build('logs/x.log').is_file())

    def test_a_kernel_that_is_being_built_stays(self):
        self.use('kernel-x86_64', 'x86_64-2')
        with files.locked(paths.cache('kernel/aarch64-4.lock')):
            self.assertEqual(self.clean('--cache-unused'), 0)
        self.assertEqual(self.kernels(), ['aarch64-4', 'x86_64-2'])

    def test_a_clone_without_kernels_cannot_tell(self):
        self.assertEqual(self.clean('--cache-unused'), 2)
        self.assertIn('sva setup', self.errors.getvalue())
        self.assertEqual(len(self.kernels()), 4)

    def test_without_options_the_cache_stays(self):
        self.assertEqual(self.clean(), 0)
        self.assertFalse(paths.build().exists())
        self.assertEqual(len(self.kernels()), 4)

    def test_not_below_a_run_that_goes_on(self):
        run = rundir.begin('demo')
        self.assertEqual(self.clean(), 2)
        self.assertIn(f'a run goes on in {run}', self.errors.getvalue())
        self.assertTrue(paths.build('logs/x.log').is_file())
        rundir._held.pop().close()
        self.assertEqual(self.clean(), 0)
        self.assertFalse(paths.build().exists())

    def test_everything(self):
        self.assertEqual(self.clean('--cache'), 0)
        self.assertFalse(paths.build().exists() or paths.cache().exists())


if __name__ == '__main__':
    unittest.main()
