# SPDX-License-Identifier: GPL-2.0-or-later
"""The step runner, and files that are complete or absent."""

import io
import os
import signal
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

from sva.setup import steps  # noqa: E402
from sva.util import files, paths, proc, ui  # noqa: E402
from sva.util.errors import SvaError  # noqa: E402


class StepsTest(unittest.TestCase):
    def setUp(self):
        self.log = []
        self.out = io.StringIO()

    def step(self, name, pool, *needs, fail=None):
        def run(_bar):
            if fail:
                raise fail
            self.log.append(name)
            return f'{name} done'
        return steps.Step(name, name.upper(), pool, needs, run)

    def run_steps(self, *every):
        steps.run(every, ui.Progress(self.out))

    def test_needs_come_first(self):
        every = [self.step('c', 'build', 'b'), self.step('b', 'fetch', 'a'),
                 self.step('a', 'build')]
        self.run_steps(*every)
        self.assertEqual(self.log, ['a', 'b', 'c'])
        self.assertIn('3/3', self.out.getvalue())

    def test_closure_takes_only_what_is_needed(self):
        every = [self.step('a', 'fetch'), self.step('b', 'fetch'), self.step('c', 'build', 'b')]
        self.assertEqual([s.name for s in steps.closure(every, ['c'])], ['b', 'c'])
        with self.assertRaises(SvaError):
            steps.closure(every, ['no-such-step'])

    def test_pools_overlap(self):
        meet = threading.Barrier(len(steps.POOLS), timeout=10)
        every = [steps.Step(pool, pool, pool, (), lambda bar: meet.wait() and None)
                 for pool in steps.POOLS]
        steps.run(every, ui.Progress(self.out))

    def test_failure_stops_what_has_not_begun(self):
        with self.assertRaises(SvaError) as caught:
            self.run_steps(self.step('a', 'fetch', fail=SvaError('no network', 'a.log')),
                           self.step('b', 'build', 'a'))
        self.assertEqual((caught.exception.message, caught.exception.log),
                         ('no network', 'a.log'))
        self.assertEqual(self.log, [])

    def test_a_pool_runs_so_many_steps_at_a_time(self):
        for pool, workers in steps.POOLS.items():
            lock, running, most = threading.Lock(), [], []

            def one(_bar, lock=lock, running=running, most=most):
                with lock:
                    running.append(1)
                    most.append(len(running))
                time.sleep(0.1)
                with lock:
                    running.pop()
            self.run_steps(*(steps.Step(name, name, pool, (), one) for name in 'abcd'))
            self.assertEqual(max(most), workers, pool)

    def test_the_first_in_the_list_goes_first(self):
        # Those that have waited longer are behind it: what needs most time is listed early.
        self.run_steps(self.step('first', 'fetch', 'base'), self.step('long', 'fetch', 'first'),
                       self.step('base', 'install'), self.step('later', 'fetch', 'base'),
                       self.step('last', 'fetch', 'base'))
        self.assertEqual(self.log, ['base', 'first', 'long', 'later', 'last'])

    def test_whoever_asks_is_told_what_each_took(self):
        told = []
        steps.run([self.step('a', 'fetch'), self.step('b', 'build', 'a')], ui.Progress(self.out),
                  lambda step, seconds: told.append((step.name, seconds < 5)))
        self.assertEqual(told, [('a', True), ('b', True)])

    def test_what_runs_at_a_failure_is_waited_for(self):
        begun = threading.Event()

        def slow(_bar):
            begun.set()
            time.sleep(0.3)
            self.log.append('slow')

        def fail(_bar):
            begun.wait(10)
            raise SvaError('no network')
        with self.assertRaises(SvaError):
            self.run_steps(steps.Step('slow', 'slow', 'fetch', (), slow),
                           self.step('next', 'fetch'),
                           steps.Step('fail', 'fail', 'build', (), fail))
        self.assertEqual(self.log, ['slow'])
        self.assertIn('fail: FAILED', self.out.getvalue())

    def test_an_interrupt_ends_programs_and_starts_no_more(self):
        def slow(_bar):
            threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
            try:
                proc.logged(['sleep', '60'], Path(os.devnull))
            finally:
                self.log.append('cleaned up')
        # It is ignored where a shell runs the tests in the background.
        self.addCleanup(signal.signal, signal.SIGINT,
                        signal.signal(signal.SIGINT, signal.default_int_handler))
        with self.assertRaises(KeyboardInterrupt):
            self.run_steps(steps.Step('slow', 'slow', 'fetch', (), slow),
                           self.step('next', 'fetch'), self.step('last', 'build', 'slow'))
        self.assertEqual(self.log, ['cleaned up'])
        self.assertNotIn('FAILED', self.out.getvalue())

    def test_a_mistake_of_our_own_is_an_error_with_a_log(self):
        with tempfile.TemporaryDirectory() as temp, \
                mock.patch.object(paths, 'ROOT', Path(temp)):
            with self.assertRaises(SvaError) as caught:
                self.run_steps(self.step('a', 'fetch', fail=KeyError('x')))
            self.assertIn('KeyError', caught.exception.log.read_text(encoding='utf-8'))
        self.assertEqual(caught.exception.message, 'A: internal error')

    def test_system_errors_become_one_line(self):
        with self.assertRaises(SvaError) as caught:
            self.run_steps(self.step('a', 'fetch', fail=OSError(28, 'No space left on device')))
        self.assertIn('No space left', caught.exception.message)


class FilesTest(unittest.TestCase):
    def setUp(self):
        temp = tempfile.TemporaryDirectory()
        self.addCleanup(temp.cleanup)
        self.dir = Path(temp.name)

    def test_failed_directory_leaves_the_old_one(self):
        target = self.dir / 'thing'
        with files.new_dir(target) as new:
            (new / 'a').write_text('old')
        with self.assertRaises(RuntimeError):
            with files.new_dir(target) as new:
                (new / 'a').write_text('half')
                raise RuntimeError
        self.assertEqual((target / 'a').read_text(), 'old')
        self.assertEqual([p.name for p in self.dir.iterdir()], ['thing'])

    def test_leftovers_of_a_killed_run_go(self):
        (self.dir / '.thing.left').mkdir()
        with files.new_dir(self.dir / 'thing'):
            pass
        self.assertEqual([p.name for p in self.dir.iterdir()], ['thing'])

    def test_equal_content_is_not_written_again(self):
        path = self.dir / 'f'
        files.write(path, 'x')
        before = path.stat().st_mtime_ns, path.stat().st_ino
        files.write(path, 'x')
        self.assertEqual(before, (path.stat().st_mtime_ns, path.stat().st_ino))

    def test_damaged_record_counts_as_none(self):
        (self.dir / 'r.json').write_text('{"a": ')
        self.assertIsNone(files.read_json(self.dir / 'r.json'))


if __name__ == '__main__':
    unittest.main()
