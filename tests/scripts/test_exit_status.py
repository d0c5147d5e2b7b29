# SPDX-License-Identifier: GPL-2.0-or-later
"""Status 1 is for broken rules; other errors have another status."""

import contextlib
import io
import os
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

from own_root import OwnRoot  # noqa: E402
from sva import cli, scenarios  # noqa: E402
from sva.guest import machine  # noqa: E402
from sva.judge import verdict  # noqa: E402
from sva.runs import runner  # noqa: E402
from sva.util.errors import SvaError  # noqa: E402

# A command line whose command runs the given code.
COMMAND = '''
import sys, time
sys.path.insert(0, {lib!r})
from sva import cli
class Args:
    build_dir = None
    @staticmethod
    def run(args):
        {does}
cli.build_parser = lambda: type('Parser', (), {{'parse_args': lambda self, argv: Args}})()
sys.exit(cli.main([]))
'''


class Status(OwnRoot):

    def main(self, error):
        def fail(*unused):
            raise error
        args = mock.Mock(run=fail, build_dir=None)
        with mock.patch.object(cli, 'build_parser') as parser, \
                contextlib.redirect_stderr(io.StringIO()) as self.errors:
            parser.return_value.parse_args.return_value = args
            return cli.main([])

    def test_what_commands_raise(self):
        for error, words in ((SvaError('no disk'), 'error: no disk'),
                             (PermissionError(13, 'denied', 'x'), 'error: denied: x'),
                             (ValueError('odd'), 'internal error, ValueError: odd'),
                             (AssertionError('odd'), 'internal error, AssertionError: odd'),
                             (RecursionError('deep'), 'internal error, RecursionError: deep')):
            with self.subTest(error=error):
                self.assertEqual(self.main(error), 2)
                self.assertIn(words, self.errors.getvalue())
                self.assertNotIn('Traceback', self.errors.getvalue())

    def test_the_trace_is_kept(self):
        self.main(KeyError('lost'))
        log = self.dir / 'build/logs/internal-error.log'
        self.assertIn(str(log), self.errors.getvalue())
        self.assertRegex(log.read_text(encoding='utf-8'), r"Traceback[^$]*KeyError: 'lost'")

    def test_signals(self):
        code = self.command("print('ready', flush=True); time.sleep(60)")
        for number in (signal.SIGINT, signal.SIGTERM):
            # In the background of a shell all of this runs with SIGINT ignored.
            with subprocess.Popen([sys.executable, '-c', code], text=True, stderr=subprocess.PIPE,
                                  stdout=subprocess.PIPE, preexec_fn=lambda number=number:
                                  signal.signal(number, signal.SIG_DFL)) as child:
                self.assertEqual(child.stdout.readline(), 'ready\n')
                child.send_signal(number)
                words = child.stderr.read()
            self.assertEqual(child.returncode, 128 + number)
            self.assertEqual(words, 'sva: interrupted; what is built so far is kept\n')

    def command(self, does):
        return COMMAND.format(lib=str(Path(cli.__file__).parents[1]), does=does)

    def test_a_terminal_without_these_characters(self):
        done = subprocess.run([sys.executable, '-c', self.command("print('x86-64 · kill')")],
                              env={'PYTHONIOENCODING': 'ascii'}, capture_output=True, text=True,
                              check=False)
        self.assertEqual((done.stdout, done.stderr), ('x86-64 \\xb7 kill\n', ''))

    def test_nobody_reads_on(self):
        """`sva ... | head` neither is a broken rule nor prints a traceback."""
        read, write = os.pipe()
        os.close(read)
        with os.fdopen(write, 'w') as out:
            done = subprocess.run([sys.executable, Path(cli.__file__).parents[2] / 'sva', 'test',
                                   '--list', '--suite', 'style'], stdout=out, text=True,
                                  stderr=subprocess.PIPE, check=False)
        self.assertEqual((done.returncode, done.stderr), (2, ''))

    def test_a_tool_that_cannot_start(self):
        broken = self.dir / 'scripts/lib/sva'
        broken.mkdir(parents=True)
        start = self.dir / 'scripts/sva'
        start.write_bytes((Path(cli.__file__).parents[2] / 'sva').read_bytes())
        (broken / 'cli.py').write_text('import nothing_of_that_name\n', encoding='utf-8')
        done = subprocess.run([sys.executable, start], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, '^sva: error: cannot start .*nothing_of_that_name')


class Scenarios(unittest.TestCase):

    def test_a_judge_that_fails_is_an_error_of_its_scenario(self):
        with tempfile.TemporaryDirectory() as temp:
            spec = machine.Spec('x86_64', Path('k'), Path('i'), Path(temp, 'logs'))
            with mock.patch.object(runner, 'run_machine') as run, \
                    mock.patch.object(scenarios, 'judge', side_effect=ZeroDivisionError('oops')):
                run.return_value.setup = {}
                result = runner.run_scenario(spec, 'kill')
            [found] = result.verdicts
            self.assertEqual((found.rule, found.result, found.party),
                             ('complete', 'error', 'set-up'))
            self.assertIn('ZeroDivisionError: oops', found.evidence)
            self.assertIn('Traceback', (spec.logs / 'internal-error.log').read_text('utf-8'))
        self.assertEqual(verdict.exit_status(result.verdicts), 2)


if __name__ == '__main__':
    unittest.main()
