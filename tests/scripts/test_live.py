# SPDX-License-Identifier: GPL-2.0-or-later
"""While a scenario runs somebody can see it, on a terminal and off it."""

import io
import os
import pty
import sys
import time
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

from fake_machine import END, FakeMachine, STAGE, START  # noqa: E402
from sva.runs import runner  # noqa: E402
from sva.util import live  # noqa: E402


def wait_for(condition):
    """The host may be busy."""
    end = time.monotonic() + 60
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)


class Live(unittest.TestCase):

    def test_off_a_terminal(self):
        """A line now and then, none if the work is short."""
        out = io.StringIO()
        with mock.patch.object(live, 'HEARTBEAT', 0.1):
            told = live.Live('arm64 ', out)
            told.begin('kill (1 of 2)')
            told.say('bound')
            wait_for(out.getvalue)
            told.end()
        seen = out.getvalue()
        told.begin('late (2 of 2)')
        told.end()
        self.assertEqual(out.getvalue(), seen)
        for line in seen.splitlines():
            self.assertRegex(line, r'^sva: arm64 kill \(1 of 2\): bound, \d+ s$')

    def test_on_a_terminal(self):
        """One line, not longer than the terminal, and nothing is left of it."""
        master, slave = pty.openpty()
        self.addCleanup(os.close, master)
        with open(slave, 'w', encoding='utf-8') as out, \
                mock.patch.dict(os.environ, TERM='xterm'), \
                mock.patch('os.get_terminal_size', return_value=os.terminal_size((20, 9))):
            told = live.Live('x86-64 ', out)
            told.begin('kill (1 of 2)')
            told.say('mm-gone')
            told.end()
            seen = ''
            while not seen.endswith('\r\x1b[K'):      # a busy host hands it over in pieces
                seen += os.read(master, 4096).decode()
        self.assertNotIn('\n', seen)
        drawn = [part.partition('\x1b[K')[2] for part in seen.split('\r')][1:]
        self.assertEqual(drawn.pop(), '')
        self.assertGreaterEqual(len(drawn), 2)
        for one in drawn:
            self.assertRegex(one, r'^ *\d+ s  x86-64 kill$')

    def test_nobody_looks(self):
        out = mock.Mock(isatty=lambda: False, write=mock.Mock(side_effect=BrokenPipeError))
        with mock.patch.object(live, 'HEARTBEAT', 0.01):
            told = live.Live('', out)
            told.begin('kill')
            wait_for(lambda: out.write.called)
            told.end()
        self.assertEqual(out.write.call_count, 1)


class Scenario(FakeMachine):

    def test_stages_are_told(self):
        told = mock.Mock()
        spec = self.spec(START + STAGE + END)
        runner.run_all(lambda name: spec, ['smoke'], (), lambda result: None, live=told)
        self.assertEqual(told.mock_calls, [mock.call.begin('smoke (1 of 1)'),
                                           mock.call.say('bound'), mock.call.end()])

    def test_the_end_of_a_run_that_fails(self):
        told = mock.Mock()
        with mock.patch.object(runner, 'run_scenario', side_effect=KeyboardInterrupt), \
                self.assertRaises(KeyboardInterrupt):
            runner.run_all(lambda name: None, ['smoke'], (), lambda result: None, live=told)
        told.end.assert_called_once()


if __name__ == '__main__':
    unittest.main()
