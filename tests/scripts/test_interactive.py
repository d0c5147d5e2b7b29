# SPDX-License-Identifier: GPL-2.0-or-later
"""`sva run`: the user's files and commands in a guest, and how it ends."""

import gzip
import io
import shlex
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

from sva import cli  # noqa: E402
from sva.guest import gdb, interactive, machine, specs  # noqa: E402
from sva.runs import rundir  # noqa: E402
from sva.setup import artifacts, guest_files, linux  # noqa: E402
from sva.util import files, paths  # noqa: E402
from sva.util.errors import SvaError  # noqa: E402

# Stands for QEMU: CONTROL LINES STATUS
QEMU = '''
import os, sys
if sys.argv[1]:
    os.write(os.open(sys.argv[1], os.O_WRONLY), sys.argv[2].encode())
status = int(sys.argv[3])
os.kill(os.getpid(), -status) if status < 0 else sys.exit(status)
'''


class Directory(unittest.TestCase):

    def setUp(self):
        temp = tempfile.TemporaryDirectory()
        self.addCleanup(temp.cleanup)
        self.dir = Path(temp.name).resolve()

    def spec(self, arch='x86_64', **more):
        return machine.Spec(arch, self.dir / 'Image', self.dir / 'initrd', self.dir / 'logs',
                            interactive=True, **more)


class Ends(Directory):

    def status(self, lines, status=0, scripted=True):
        with mock.patch.object(machine, 'command', lambda spec, files, control: [
                sys.executable, '-c', QEMU, control or '', lines, str(status)]):
            return interactive.run(self.spec(), scripted=scripted)

    def test_with_the_status_of_the_script(self):
        for status in (0, 1, 2, 137, 255):
            self.assertEqual(self.status(f'@hello 1 x86_64 7.2\n@exit {status}\n@bye\n'), status)

    def test_before_the_script_has_ended(self):
        for lines in ('@hello 1 x86_64 7.2\n', '@exit 256\n', '@exit -1\n', '@exit\n', 'exit 0\n'):
            with self.assertRaisesRegex(SvaError, 'ended before its commands did'):
                self.status(lines)

    def test_with_the_failure_of_qemu(self):
        for scripted in (False, True):
            self.assertEqual(self.status('@exit 0\n', 3, scripted), 3)
            self.assertEqual(self.status('', -9, scripted), 137)

    def test_a_shell(self):
        self.assertEqual(self.status('', scripted=False), 0)


class Files(Directory):

    def test_what_the_user_adds(self):
        files.write(self.dir / 'prog', 'binary')
        (self.dir / 'prog').chmod(0o755)
        files.write(self.dir / 'data/deep/x', 'x')
        files.write(self.dir / 'data/y', 'y')
        self.assertEqual(interactive.files_for([self.dir / 'prog', f'{self.dir}/data/'],
                                               'exit 3', b'in'), [
            ('host/prog', b'binary', 0o755), ('host/data/deep/x', b'x', 0o644),
            ('host/data/y', b'y', 0o644), ('etc/sva-script', b'exit 3\n', 0o755),
            ('etc/sva-input', b'in', 0o644)])

    def test_what_cannot_be_added(self):
        with self.assertRaisesRegex(SvaError, 'none: no such file'):
            interactive.files_for([self.dir / 'none'])
        files.write(self.dir / 'big', 'x' * 100)
        with mock.patch.object(interactive, 'MOST_ADDED', 99), \
                self.assertRaisesRegex(SvaError, '--add is for up to 0 MiB'):
            interactive.files_for([self.dir / 'big'])

    def test_they_lie_behind_the_archive(self):
        files.write(self.dir / 'start', gzip.compress(b'first'))
        with mock.patch.object(guest_files, '_out', self.dir.joinpath):
            made = artifacts.extended(self.dir / 'start', 'x86_64', [('host/a', b'words', 0o755)])
        data = gzip.decompress(made.read_bytes())
        self.assertTrue(data.startswith(b'first070701'))
        for word in (b'host\0', b'host/a\0', b'words', b'TRAILER!!!'):
            self.assertIn(word, data)


class Command(Directory):

    def command(self, spec, **more):
        with mock.patch.object(artifacts, 'qemu', lambda *unused: Path('qemu')):
            return machine.command(spec, files=machine.usual_files(spec), **more)

    def test_the_channel(self):
        """It is the second serial line, or the guest would take it for its console."""
        words = self.command(self.spec(), control='/dev/fd/9')
        self.assertIn('file,id=control,path=/dev/fd/9', words)
        self.assertEqual([words[n + 1] for n, w in enumerate(words) if w == '-serial'],
                         ['mon:stdio', 'chardev:control'])
        self.assertNotIn('chardev:control', self.command(self.spec()))

    def kernel(self, arch, *names):
        for name in names:
            files.write(self.dir / name, '')
        return linux.Kernel(self.dir / 'Image', '7.2', 'test', kbuild=self.dir, arch=arch)

    def test_gdb(self):
        built = self.kernel('aarch64')
        self.assertEqual(gdb.command(self.spec('aarch64', built=built)),
                         "gdb-multiarch -ex 'target remote :1234'")
        built = self.kernel('x86_64', 'vmlinux')
        self.assertEqual(gdb.command(self.spec(built=built)),
                         f"gdb {self.dir}/vmlinux -ex 'target remote :1234'")
        built = self.kernel('x86_64', 'vmlinux-gdb.py')
        with mock.patch.object(artifacts, 'driver', lambda kernel: Path('/drv/sva_accel.ko')):
            words = shlex.split(gdb.command(self.spec(built=built)))
            self.assertEqual(words[-6:], ['-ex', 'hbreak start_kernel', '-ex', 'continue', '-ex',
                                          'lx-symbols /drv'])
            words = shlex.split(gdb.command(self.spec(built=built), running=True))
            self.assertEqual(words[-4:], ['-ex', 'target remote :1234', '-ex', 'lx-symbols /drv'])

    def test_nobody_knows_the_kernel(self):
        self.assertEqual(gdb.command(self.spec()), "gdb -ex 'target remote :1234'")


class Arguments(Directory):

    def run_with(self, *words, given=None):
        """(Spec, arguments of interactive.run, flavour) of the guest that is started."""
        seen = {}

        def set_up(arch, flavour):
            seen['flavour'] = flavour
            return lambda logs, **more: machine.Spec(arch, None, self.dir / 'initrd', logs, **more)

        def ran(spec, *more):
            seen.update(spec=spec, more=more)
            return 7
        stdin = mock.Mock(isatty=lambda: given is None, buffer=io.BytesIO(given or b''))
        with mock.patch.object(specs, 'set_up', set_up), \
                mock.patch.object(rundir, 'begin', lambda command: self.dir), \
                mock.patch.object(artifacts, 'extended', lambda initrd, arch, entries: seen.update(
                    entries={path: data for path, data, _ in entries})), \
                mock.patch.object(interactive, 'run', ran), mock.patch.object(sys, 'stdin', stdin):
            self.assertEqual(cli.main(['run', *map(str, words)]), 7)
        return seen

    def test_a_shell_on_a_terminal(self):
        seen = self.run_with('--gdb', '--', '-m', '2G')
        self.assertEqual(seen['spec'].cmdline, 'loglevel=4 sva.shell sva.nohost nokaslr')
        self.assertEqual((seen['more'], seen['flavour']), ((True, False), 'plain'))
        self.assertEqual(seen['spec'].extra, ['-m', '2G'])
        self.assertNotIn('entries', seen)

    def test_input_that_is_no_terminal(self):
        seen = self.run_with(given=b'ls\n')
        self.assertEqual(seen['spec'].cmdline, 'loglevel=4 sva.script sva.nohost')
        self.assertEqual(seen['entries'], {'etc/sva-input': b'ls\n'})
        self.assertEqual(seen['more'], (False, True))
        self.assertEqual(self.run_with(given=b'')['entries'], {'etc/sva-input': b''})

    def test_a_command(self):
        for given in (None, b'not read'):
            seen = self.run_with('--exec', 'false', given=given)
            self.assertEqual(seen['entries'], {'etc/sva-script': b'false\n', 'etc/sva-input': b''})
            self.assertEqual(seen['more'], (False, True))

    def test_what_makes_no_sense(self):
        for words, pattern in ((('--add', self.dir / 'none'), 'no such file'),
                               (('--exec', 'ls', '--scenario', 'kill'), 'goes without --exec'),
                               (('--tree', self.dir), 'neither a Linux source tree nor')):
            done = subprocess.run([sys.executable, paths.ROOT / 'scripts/sva', 'run',
                                   *map(str, words)], stdin=subprocess.DEVNULL, text=True,
                                  capture_output=True, check=False)
            self.assertEqual(done.returncode, 2, done)
            self.assertIn(pattern, done.stderr)


if __name__ == '__main__':
    unittest.main()
