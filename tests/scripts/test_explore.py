# SPDX-License-Identifier: GPL-2.0-or-later
"""Which points are explored, what is judged there, and what of it is kept."""

import io
import json
import os
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

from sva import cli, scenarios  # noqa: E402
from sva.guest.channel import Channel  # noqa: E402
from sva.guest import exploring, machine, replaying  # noqa: E402
from sva.guest.session import Run  # noqa: E402
from sva.runs import exploration, explored, rundir  # noqa: E402
from sva.runs.exploration import Outcome, Point  # noqa: E402
from sva.setup import artifacts, arch as arches  # noqa: E402
from sva.util.errors import SvaError  # noqa: E402
from sva.util.shard import Shard  # noqa: E402

WARNING = 'WARNING: CPU: 0 PID: 1 at mm/memory.c:1 unmap+0x1/0x2'


def outcome(event, fails=False, fault='kill'):
    return Outcome(fault, event, ('health',) if fails else (), 'health: a warning' * fails, (),
                   'digest', 1.0)


class Plan(unittest.TestCase):

    def test_all_events_with_each_fault(self):
        self.assertEqual(exploration.plan([3, 5], ('kill', 'flr'), None, 1),
                         [Point('kill', 3), Point('flr', 3), Point('kill', 5), Point('flr', 5)])

    def test_a_sample_is_the_same_for_a_seed(self):
        numbers = range(1000)
        one = exploration.plan(numbers, ('kill',), 20, 1)
        self.assertEqual(len(set(one)), 20)
        self.assertEqual(one, sorted(one))
        self.assertEqual(one, exploration.plan(numbers, ('kill',), 20, 1))
        self.assertNotEqual(one, exploration.plan(numbers, ('kill',), 20, 2))

    def test_more_than_there_are_is_all(self):
        self.assertEqual(len(exploration.plan([1, 2], ('kill',), 50, 1)), 2)


    def test_each_point_is_in_one_part(self):
        whole = exploration.plan(range(1000), ('kill', 'flr'), 11, 1)
        parts = [exploration.of_shard(whole, Shard(n, 3)) for n in (1, 2, 3)]
        self.assertEqual(sorted(sum(parts, [])), sorted(whole))
        self.assertEqual(exploration.of_shard(whole, None), whole)
        with self.assertRaisesRegex(SvaError, 'there are 22 points; use at most 22 parts'):
            exploration.of_shard(whole, Shard(23, 23))


class Arguments(unittest.TestCase):

    def refused(self, why, *words):
        with mock.patch('sys.stderr', io.StringIO()) as errors:
            try:
                self.assertEqual(cli.main(['explore', *map(str, words)]), 2, words)
            except SystemExit as e:     # the parser's
                self.assertEqual(e.code, 2)
        self.assertRegex(errors.getvalue(), why)

    def test_what_cannot_be_explored(self):
        kernel = ('--flavour', 'plain')
        directory = Path(self.enterContext(tempfile.TemporaryDirectory()))
        (directory / 'file').touch()
        for why, *words in (
                ('the host unplugs a device', 'hot-unplug', *kernel),
                ('the host plugs a device', 'other-slot', *kernel),
                ('it needs two processors', 'migrate', *kernel),
                ('does without sva-accel', 'dsa-kill', '--kernel', 'debian:'),
                ('no driver of sva-accel|no scenario kill for x86_64 guests with sva-dsa', 'kill',
                 '--kernel', 'debian:'),
                ('no scenario enqcmd for aarch64', 'enqcmd', *kernel, '--arch', 'aarch64'),
                ('nothing to resume or to divide', 'kill', *kernel, '--at', 3, '--shard', '1/2'),
                ('is no directory of a run of `sva explore`', 'kill', *kernel, '--resume',
                 directory),
                ('goes without --results', 'kill', *kernel, '--resume', directory, '--results',
                 directory / 'new'),
                ('a new or an empty directory', 'kill', *kernel, '--results', directory),
                ('one scenario at a time', 'kill*'), ('all is no number', 'kill', '--jobs', 'all'),
                ('0 is no number', 'kill', '--points', '0')):
            self.refused(why, *words)


class Minimal(unittest.TestCase):

    def minimal(self, first_bad, tried, numbers=tuple(range(100, 1100, 10))):
        asked = []

        class Explorer:
            @staticmethod
            def try_at(point):
                return outcome(point.event, point.event >= first_bad)
        outcomes = [outcome(event, event >= first_bad) for event in tried]
        found = exploration.minimal(Explorer, outcomes, list(numbers), 'kill', asked.append)
        return found and found.event, asked

    def test_the_first_one_is_found_by_halves(self):
        found, asked = self.minimal(470, (100, 400, 900))
        self.assertEqual(found, 470)
        self.assertLessEqual(len(asked), 6)

    def test_where_even_the_first_fails(self):
        self.assertEqual(self.minimal(0, (500,))[0], 100)

    def test_where_nothing_fails(self):
        self.assertEqual(self.minimal(5000, (500,)), (None, []))

    def test_neighbours_need_no_run(self):
        self.assertEqual(self.minimal(510, (500, 510)), (510, []))


class Judged(unittest.TestCase):

    def run_(self, **more):
        return Run('kill', setup={'arch': 'x86_64', 'kernel.release': '7.2.13'},
                   console=['Linux version 7.2.13'], **more)

    def rules(self, run):
        return [(v.rule, v.result) for v in scenarios.judge_always(run) if v.result != 'pass']

    def test_a_program_that_was_killed_is_no_fault(self):
        run = self.run_(status=2, error='a process of the test ended, status 0x9')
        run.checks.append((False, 'the data is there'))
        self.assertEqual(self.rules(run), [])

    def test_a_warning_is(self):
        run = self.run_(status=2, error='a process of the test ended')
        run.console.append(WARNING)
        self.assertEqual(self.rules(run), [('health', 'fail')])

    def test_so_is_a_dead_kernel(self):
        self.assertEqual(self.rules(self.run_(death=('kernel', 'panic'))), [('health', 'fail')])


class Machine(unittest.TestCase):

    def setUp(self):
        self.dir = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.enterContext(mock.patch.object(artifacts, 'qemu', lambda *unused: 'qemu'))
        self.enterContext(mock.patch.object(artifacts, 'firmware_dir', lambda: self.dir))

    def words(self, arch):
        spec = machine.Spec(arch, self.dir, self.dir, self.dir, 'tsc_early_khz=1 loglevel=7')
        exploring.prepare(spec)
        exploring.stop_at(spec, 77, exploring.FAULTS['kill'])
        return ' '.join(machine.command(spec, self.dir))

    def test_nothing_comes_from_outside(self):
        for arch in arches.ALL:
            words = self.words(arch)
            for word in ('-smp 1', f'-icount shift={replaying.SHIFT},sleep=off', '-seed 1',
                         'clock=vm', 'sva.nohost sva.agent', 'stop-at=77', 'stop-at=77'):
                self.assertIn(word, words)
            self.assertNotIn('rr=', words)
            self.assertNotIn('trace:', words)
            self.assertNotIn('-parallel', words)

    def test_the_agent_is_told_once(self):
        for name, fault in exploring.FAULTS.items():
            guest, there = mock.Mock(), exploring.Injection(fault)
            self.assertFalse(there(guest))
            self.assertFalse(there(guest))
            self.assertTrue(there.done)
            self.assertEqual([call.args for call in guest.send_line.mock_calls],
                             [(name,)] if fault.word else [])
            self.assertEqual(guest.qmp.execute.call_count, 0 if fault.word else 1)


class ControlChannel(unittest.TestCase):

    def test_both_ways(self):
        channel = Channel()
        fds = list(channel.open)
        write, read = map(os.dup, channel.theirs)
        channel.started()
        os.write(write, b'ok')
        self.assertEqual(channel.recv(10), b'ok')
        channel.settimeout(0.01)
        with self.assertRaises(TimeoutError):
            channel.recv(10)
        reader = threading.Timer(0.05, os.read, (read, 10))
        reader.start()
        began = time.monotonic()
        channel.sendall(b'kill')
        self.assertGreater(time.monotonic() - began, 0.04)    # it was taken
        reader.join()
        os.close(write)
        self.assertEqual(channel.recv(10), b'')
        channel.close()
        channel.close()
        os.close(read)
        for fd in fds:
            self.assertFalse(Path(f'/proc/self/fd/{fd}').exists())

    def test_nothing_stays_open_if_there_was_no_emulator(self):
        channel = Channel()
        fds = list(channel.open)
        channel.close()
        for fd in fds:
            self.assertFalse(Path(f'/proc/self/fd/{fd}').exists())


class Recorded(unittest.TestCase):

    def setUp(self):
        self.dir = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def test_a_run_is_resumed(self):
        record = explored.Record(self.dir, {'seed': 1}, {})
        for event in (3, 5):
            record.add(outcome(event, event == 5))
        with open(self.dir / explored.POINTS, 'a', encoding='utf-8') as file:
            file.write('{"fault": "ki')
        again = explored.Record(self.dir, {'seed': 1}, {}, True)
        self.assertEqual(again.outcomes, record.outcomes)
        again.add(outcome(7))
        self.assertEqual(explored.read_points(self.dir), [*record.outcomes, outcome(7)])

    def test_one_of_something_else_is_not(self):
        explored.Record(self.dir, {'seed': 1}, {})
        with self.assertRaisesRegex(SvaError, 'a run of something else'):
            explored.Record(self.dir, {'seed': 2}, {}, True)

    def test_nor_is_a_damaged_one(self):
        explored.Record(self.dir, {}, {})
        (self.dir / explored.POINTS).write_text('{"fault": "kill"}\n', encoding='utf-8')
        with self.assertRaisesRegex(SvaError, 'points.jsonl is damaged: KeyError'):
            explored.Record(self.dir, {}, {}, True)

    def test_it_is_resumed_by_one_alone(self):
        self.assertEqual(rundir.again(self.dir), self.dir)
        with self.assertRaisesRegex(SvaError, 'is in use'):
            rundir.again(self.dir)

    def test_a_point_is_a_line(self):
        explored.Record(self.dir, {}, {}).add(outcome(3))
        line = (self.dir / explored.POINTS).read_text(encoding='utf-8')
        self.assertEqual(json.loads(line)['event'], 3)


if __name__ == '__main__':
    unittest.main()
