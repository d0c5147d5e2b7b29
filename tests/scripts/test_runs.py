# SPDX-License-Identifier: GPL-2.0-or-later
"""Several runs at once do not disturb each other, and none leaves anything behind."""

import io
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

from own_root import OwnRoot  # noqa: E402
from sva import cli  # noqa: E402
from sva.guest import logs, machine  # noqa: E402
from sva.judge import verdict  # noqa: E402
from sva.runs import judging, rundir, runner  # noqa: E402
from sva.util import paths  # noqa: E402
from sva.util.errors import SvaError  # noqa: E402
from fake_machine import FAKE, START  # noqa: E402

LIB = str(Path(judging.__file__).parents[2])

# A run in another process, which says where it is and waits for its end.
OTHER = '''
import sys
from pathlib import Path
sys.path.insert(0, {lib!r})
from sva.runs import rundir
from sva.util import paths
paths.ROOT = Path({root!r})
print(rundir.begin('demo'), flush=True)
with rundir.exclusive(paths.build('functional/kill')) as path:
    print(path, flush=True)
    sys.stdin.readline()
'''

# The tool with a machine in the middle of a scenario.
TOOL = '''
import sys
from pathlib import Path
sys.path.insert(0, {lib!r})
from sva.guest import machine
from sva.runs import runner
machine.command = lambda spec, sockets, files: [
    sys.executable, {fake!r}, str(sockets), *files, spec.token, {script!r}]
spec = machine.Spec('x86_64', Path('k'), Path('i'), Path({dir!r}))
def here(guest, stage):
    print(guest.process.pid, flush=True)
runner.run_machine(spec, 'smoke', at_stage=here)
'''


# The tool with a program of tests, which says its number and stays.
TESTS = '''
import sys
from pathlib import Path
from concurrent import futures
sys.path.insert(0, {lib!r})
from sva.testing import suites
from sva.util import paths, proc
paths.ROOT = Path({root!r})
command = [sys.executable, '-c', 'import os, sys, time; '
           'open(sys.argv[1] + "~", "w").write(str(os.getpid())); '
           'os.rename(sys.argv[1] + "~", sys.argv[1]); time.sleep(60)', {pid!r}]
with futures.ThreadPoolExecutor() as pool:
    pool.submit(lambda: {does}).result()
'''


class InDirectory(OwnRoot):

    def start(self, code, **values):
        child = subprocess.Popen([sys.executable, '-c', code.format(lib=LIB, **values)], text=True,
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                 # Who is killed leaves what is there.
                                 env={**os.environ, 'TMPDIR': str(self.dir)})
        self.addCleanup(child.__exit__, None, None, None)
        self.addCleanup(child.kill)
        return child


class Directories(InDirectory):

    def test_what_the_files_are(self):
        """The list says of each file what it is."""
        text = (rundir.begin('demo') / 'INDEX').read_text(encoding='utf-8')
        self.assertNotIn('SPDX', text)
        told = re.findall(r'(?m)^  (\S+) {2,}\S', text)
        for name in (*machine.LOGS, 'verdicts.json', 'verdicts.xml', 'verdicts.ktap',
                     'mutants.json', 'merged.json', 'merged.xml', 'report.html', 'events.jsonl.gz', 'internal-error.log'):
            self.assertIn(name, told)
        for path in re.findall(r'docs/\S+\w', text):
            self.assertTrue((Path(LIB).parents[1] / path).is_file(), path)

    def test_a_directory_of_the_users(self):
        wanted = self.dir / 'new/results'
        self.assertEqual(rundir.begin('check', wanted), wanted)
        self.assertTrue((wanted / 'INDEX').is_file())
        self.assertFalse((self.dir / 'build').exists())
        file = self.dir / 'file'
        file.touch()
        for path in (wanted, file):
            with self.assertRaisesRegex(SvaError, 'name a new or an empty directory'):
                rundir.begin('check', path)

    def test_runs_at_the_same_time(self):
        with mock.patch.object(rundir.time, 'strftime', return_value='19700101-000000'):
            found = [rundir.begin('demo') for _ in range(3)]
        self.assertEqual([path.name for path in found],
                         [f'19700101-000000-demo{more}' for more in ('', '-2', '-3')])
        self.assertEqual((self.dir / 'build/runs/latest').resolve(), found[2].resolve())

    def test_processes_at_the_same_time(self):
        others = [self.start(OTHER, root=str(self.dir)) for _ in range(3)]
        runs, tests = zip(*[[other.stdout.readline().strip() for _ in range(2)]
                            for other in others])
        self.assertEqual((len(set(runs)), len(set(tests))), (3, 3))
        self.assertIn(str((self.dir / 'build/runs/latest').resolve()),
                      [str(Path(run).resolve()) for run in runs])
        for other in others:
            other.communicate('\n')
        with rundir.exclusive(paths.build('functional/kill')) as path:
            self.assertEqual(path.name, 'kill')

    def test_old_runs_go_and_those_that_go_on_stay(self):
        other = self.start(OTHER, root=str(self.dir))
        running = Path(other.stdout.readline().strip())
        old = self.dir / 'build/runs/20200101-000000-check'
        old.mkdir()
        for path in (old, running):
            os.utime(path, (1, 1))
        with mock.patch.object(rundir, 'KEPT', 2):
            newest = [rundir.begin('check') for _ in range(2)]
        left = {path for path in (self.dir / 'build/runs').iterdir() if not path.is_symlink()}
        self.assertEqual(left, {running, *newest})

    def test_each_command_uses_one(self):
        args = cli.build_parser().parse_args(['demo', '--ktap', '--scenario', 'kill',
                                              '--scenario', 'kill'])
        seen = []

        def run(spec, scenario, *unused, **options):
            seen.append(spec)
            return runner.Result(scenario, [], '7.2.13', 1, None)
        with mock.patch.object(runner, 'run_scenario', run), \
                mock.patch('sys.stdout', io.StringIO()):
            for command in ('demo', 'check'):
                judging.run(args, {'x86_64': lambda path, **unused: path}, command)
        # Named twice, run once: the second one would overwrite what the first one kept.
        self.assertEqual([path.name for path in seen], ['kill', 'kill'])
        self.assertEqual([path.parents[1].name[15:] for path in seen], ['-demo', '-check'])
        self.assertTrue(all(path.parents[2] == paths.build('runs') for path in seen))


class BoundedLogs(unittest.TestCase):

    def setUp(self):
        temp = tempfile.TemporaryDirectory()
        self.addCleanup(temp.cleanup)
        self.path = Path(temp.name, 'x.log')

    def write(self, data, limit=1000):
        log = logs.BoundedLog(self.path, limit)
        with log.pipe() as fd:
            child = subprocess.Popen([sys.executable, '-c', 'import sys, pathlib; '
                                      f'pathlib.Path("/dev/fd/{fd}").write_bytes('
                                      'sys.stdin.buffer.read())'],
                                     stdin=subprocess.PIPE, pass_fds=(fd,))
        child.communicate(data)
        log.wait()
        before = log.text()
        log.close()
        self.assertEqual(self.path.read_text(encoding='utf-8'), before)
        self.assertEqual(log.text(), before)
        return before

    def test_what_fits_is_kept(self):
        self.assertEqual(self.write(b'one\r\ntwo\n\nlast'), 'one\ntwo\n\nlast\n')
        self.assertEqual(self.write(b''), '')
        exact = b'x' * 99 + b'\n'
        self.assertEqual(self.write(exact * 10), (exact * 10).decode())

    def test_what_was_cut_is_told(self):
        lines = [f'{n:09}' for n in range(200)]
        found = self.write('\n'.join(lines).encode()).splitlines()
        self.assertEqual(found, [*lines[:50], '[100 lines, 1,000 bytes were cut here]',
                                 *lines[150:]])

    def test_a_line_without_end(self):
        found = self.write(b'x' * 100000, limit=1 << 20).splitlines()
        self.assertEqual(max(map(len, found)), logs.LONGEST)
        self.assertEqual(sum(map(len, found)), 100000)

    def test_a_full_disk(self):
        """The program must not block because nobody reads what it writes."""
        self.path = Path('/dev/full')
        log = logs.BoundedLog(self.path)
        with log.pipe() as fd:
            child = subprocess.Popen([sys.executable, '-c', f'open("/dev/fd/{fd}", "w").write('
                                      '"line\\n" * 1000000)'], pass_fds=(fd,))
        self.assertEqual(child.wait(20), 0)
        log.close()
        with self.assertRaisesRegex(OSError, 'No space left'):
            log.raise_error()

    def test_a_program_goes_on_while_its_reader_is_busy(self):
        log = logs.BoundedLog(self.path)
        with log.pipe() as fd:
            os.set_blocking(fd, False)
            # The reader starts at the end of this block.
            self.assertEqual(os.write(fd, b'x\n' * (1 << 18)), 1 << 19)
        log.wait()
        log.close()

    def test_many_short_lines_wake_the_reader_seldom(self):
        heard = []
        log = logs.BoundedLog(self.path, follower=heard.append, pause=0.05)
        with log.pipe() as fd:
            writer = os.dup(fd)
        with os.fdopen(writer, 'wb', buffering=0) as stream:
            for number in range(200):
                stream.write(b'%d\n' % number)
                time.sleep(0.001)
            # Whoever has to know waits for all that was written.
            self.assertTrue(log.settle())
            self.assertEqual(sum(map(len, heard)), 200)
        log.close()
        self.assertEqual([line for lines in heard for line in lines], [str(n) for n in range(200)])
        self.assertLess(len(heard), 40)

    def test_a_follower_that_fails(self):
        log = logs.BoundedLog(self.path, follower=lambda lines: 1 // 0)
        with log.pipe() as fd:
            child = subprocess.Popen([sys.executable, '-c', f'open("/dev/fd/{fd}", "w").write('
                                      '"line\\n" * 100000)'], pass_fds=(fd,))
        self.assertEqual(child.wait(20), 0)
        log.close()
        self.assertEqual(self.path.stat().st_size, 500000)
        with self.assertRaises(ZeroDivisionError):
            log.raise_error()

    def test_escapes(self):
        self.assertEqual(self.write(b'\x1b[2J\xff\x00\xe2\x82\xac'), '\\x1b[2J\\xff\\x00€\n')


class Killed(InDirectory):

    def test_sigkill_of_the_tool_ends_the_machine(self):
        script = self.dir / 'script'
        script.write_text('\n'.join([*START, '@stage bound', '>sleep']) + '\n',
                          encoding='utf-8')
        tool = self.start(TOOL, fake=str(FAKE), script=str(script), dir=str(self.dir))
        machine = int(tool.stdout.readline())
        os.kill(machine, 0)
        self.assert_killed_with(tool, machine)

    def test_sigkill_of_the_tool_ends_its_tests(self):
        """They have machines of their own; both are started from threads."""
        for name, does in (('1', "suites.run_reported('x', command, Path({pid!r} + '.xml'), list)"),
                           ('2', "proc.logged(command, {pid!r} + '.log', tied=True)")):
            pid = str(self.dir / name)
            tool = self.start(TESTS, does=does.format(pid=pid), root=str(self.dir), pid=pid)
            for _ in range(200):
                if os.path.exists(pid):
                    break
                time.sleep(0.1)
            self.assert_killed_with(tool, int(Path(pid).read_text('utf-8')))

    def assert_killed_with(self, tool, machine):
        os.kill(machine, 0)
        tool.send_signal(signal.SIGKILL)
        tool.wait()
        for _ in range(100):
            try:
                os.kill(machine, 0)
            except ProcessLookupError:
                return
            # Adopted by whoever reaps orphans here.
            if Path(f'/proc/{machine}/stat').read_text('utf-8').rsplit(')', 1)[1].split()[0] == 'Z':
                return
            time.sleep(0.1)
        os.kill(machine, signal.SIGKILL)
        self.fail(f'process {machine} lives on')


if __name__ == '__main__':
    unittest.main()
