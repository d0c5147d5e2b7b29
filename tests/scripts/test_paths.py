# SPDX-License-Identifier: GPL-2.0-or-later
"""Places with commas, quotes and blanks in their names: they work, or are refused."""

import contextlib
import io
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

from fake_machine import END, FakeMachine, STAGE, START  # noqa: E402
from sva import cli  # noqa: E402
from sva.guest import machine  # noqa: E402
from sva.runs import report, runner  # noqa: E402
from sva.scenarios import dma  # noqa: E402
from sva.setup import artifacts, steps, tools  # noqa: E402
from sva.util import files, paths  # noqa: E402

ODD = "a b, 'c' \"d\",e=f"


class Qemu(unittest.TestCase):

    def values(self, option, **more):
        """What QEMU makes of the values of an option: parts at single commas."""
        spec = machine.Spec('x86_64', Path('/k', ODD), Path('/i', ODD), Path('/l', ODD), **more)
        with mock.patch.object(artifacts, 'qemu', lambda *unused: Path('qemu')):
            words = machine.command(spec, Path('/s', ODD))
        values = [words[n + 1] for n, word in enumerate(words) if word == option]
        return [[part.replace('\0', ',') for part in value.replace(',,', '\0').split(',')]
                for value in values], words

    def test_options_with_paths(self):
        found, words = self.values('-chardev')
        self.assertEqual(sorted(part for parts in found for part in parts if '/' in part),
                         sorted([f'path=/l/{ODD}/console.log', f'path=/s/{ODD}/control',
                                 f'path=/s/{ODD}/qmp']))
        # These are taken as they are.
        for option, value in (('-kernel', f'/k/{ODD}'), ('-initrd', f'/i/{ODD}'),
                              ('-D', f'/l/{ODD}/events.log')):
            self.assertEqual(words[words.index(option) + 1], value)

    def test_disks(self):
        for devices in (dma.devices, dma.more_devices):
            found, _ = self.values('-drive', devices=devices(Path('/d', ODD)))
            self.assertEqual(found[0][0], f'file=/d/{ODD}')


class Machine(FakeMachine):

    def test_logs_in_an_odd_place(self):
        spec = self.spec(START + STAGE + END)
        spec.logs = self.dir / ODD / 'kill'
        run = runner.run_machine(spec, 'smoke')
        self.assertTrue(run.complete)
        self.assertIn(spec.token, (spec.logs / 'console.log').read_text('utf-8'))
        words = subprocess.run(['sh', '-c', 'eval "set -- $(cat "$0")"; printf "%s\\n" "$@"',
                                spec.logs / 'command'], text=True, capture_output=True, check=True)
        self.assertIn(str(spec.logs / 'console.log'), words.stdout)


class Files(unittest.TestCase):

    def setUp(self):
        temp = tempfile.TemporaryDirectory()
        self.addCleanup(temp.cleanup)
        self.dir = Path(temp.name, ODD)
        self.dir.mkdir()

    def test_where_verdicts_go(self):
        args = mock.Mock(json=str(self.dir / ODD), junit=str(self.dir / f'{ODD}.xml'))
        report.check_options(args)
        report.write_files(args, [])
        self.assertEqual({path.name for path in self.dir.iterdir()}, {ODD, f'{ODD}.xml'})

    def test_the_compiler_wrapper(self):
        files.write(self.dir / 'bin/ccache',
                    '#!/bin/sh\nprintf "%s\\n" "$CCACHE_DIR" "$CCACHE_BASEDIR" "$@"\n')
        os.chmod(self.dir / 'bin/ccache', 0o755)
        with mock.patch.dict(os.environ, XDG_CACHE_HOME=str(self.dir),
                             PATH=f'{self.dir}/bin:/usr/bin:/bin'):
            wrapper = tools.compiler_wrapper(self.dir / 'cc', self.dir / "base's")
            done = subprocess.run([wrapper, '-o', 'x y'], text=True, capture_output=True, check=True)
        self.assertEqual(done.stdout.splitlines(),
                         [f'{self.dir}/qemu-sva/ccache', f"{self.dir}/base's", 'cc', '-o', 'x y'])


class Places(unittest.TestCase):

    def ensure(self, root, cache='/var/cache'):
        with mock.patch.object(paths, 'ROOT', Path(root)), \
                mock.patch.dict(os.environ, XDG_CACHE_HOME=cache), \
                mock.patch.object(steps, 'run') as run, \
                mock.patch.object(files, 'locked', lambda *unused: contextlib.nullcontext()), \
                mock.patch('sys.stderr', io.StringIO()) as errors:
            status = cli.main(['setup', '--only', 'tools'])
        self.assertEqual(run.called, status == 0)
        return status, errors.getvalue()

    def test_what_the_builds_refuse_is_refused_before(self):
        for place in ('/home/me/my clone', '/home/a:b', "/home/it's", '/home/a$b', '/home/(a)',
                      '/home/a\tb', '/home/a#b'):
            status, words = self.ensure(place)
            self.assertEqual(status, 2, place)
            self.assertIn('move the clone to another place', words)
            status, words = self.ensure('/home/me', cache=place)
            self.assertEqual(status, 2, place)
            self.assertIn('set XDG_CACHE_HOME to another place', words)

    def test_what_they_take(self):
        for place in ('/home/me/a,b', '/home/me/a+b@c=d~1', '/home/mü'):
            with mock.patch('sys.stdout', io.StringIO()):
                self.assertEqual(self.ensure(place), (0, ''), place)


class BuildDirectory(unittest.TestCase):
    """--build-dir, or the variable in the environment."""

    def setUp(self):
        temp = tempfile.TemporaryDirectory()
        self.addCleanup(temp.cleanup)
        self.dir = Path(temp.name).resolve()

    def sva(self, *words, **more):
        """(status, output) of the command, from self.dir."""
        done = subprocess.run([sys.executable, paths.ROOT / 'scripts/sva', *map(str, words)],
                              cwd=self.dir, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, env={**os.environ, **more}, check=False)
        return done.returncode, done.stdout

    def test_all_goes_there(self):
        build = self.dir / 'new/one'
        for words, more in ((('--build-dir', 'new/one'), {}), ((), {paths.BUILD_DIR: str(build)})):
            self.assertIn(f'{build}/runs/latest', self.sva(*words, 'report', **more)[1])
            status, said = self.sva(*words, 'clean', **more)
            self.assertEqual((status, said), (0, f'removed {build}\n'))
            self.assertFalse(build.exists())

    def test_what_is_not_ours_stays(self):
        files.write(self.dir / 'thesis/chapter', '')
        for words, more in ((('--build-dir', 'thesis'), {}), ((), {paths.BUILD_DIR: 'thesis'})):
            status, said = self.sva(*words, 'clean', **more)
            self.assertEqual(status, 2)
            self.assertRegex(said, 'thesis holds something else')
        self.assertTrue((self.dir / 'thesis/chapter').is_file())

    def test_it_is_used_again(self):
        for _ in range(2):
            self.assertEqual(self.sva('--build-dir', 'again', 'list')[0], 0)

    def test_a_blank_in_it(self):
        status, said = self.sva('--build-dir', 'my build', 'setup', '--only', 'tools')
        self.assertEqual(status, 2)
        self.assertRegex(said, 'my build has a blank.*--build-dir')

    def test_paths_are_shown_from_where_the_user_is(self):
        with contextlib.chdir(self.dir):
            self.assertEqual(str(paths.shown(self.dir / 'a/b')), 'a/b')
            self.assertEqual(str(paths.shown('/a/b')), '/a/b')


if __name__ == '__main__':
    unittest.main()
