# SPDX-License-Identifier: GPL-2.0-or-later
"""Suites side by side: who gets a processor, what is shown, and that no case is lost."""

import contextlib
import io
import os
import subprocess
import sys
import threading
import time
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from own_root import OwnRoot  # noqa: E402
from sva.commands import test as cmd_test  # noqa: E402
from sva.testing import junit, slots, suites  # noqa: E402
from sva.util import files, history, paths  # noqa: E402
from sva.util.errors import SvaError  # noqa: E402

TERMINATED = """
import os, signal, sys, threading
sys.path.insert(0, {lib!r})
from pathlib import Path
from sva import cli
from sva.commands import test
from sva.testing import suites
from sva.util import paths, proc
paths.ROOT = Path({root!r})

def sleep(jobs):
    with jobs.one():
        threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGTERM)).start()
        proc.logged(['sleep', '100'], {root!r} + '/log', tied=True)

def never(jobs):
    with jobs.one(2):
        print('NEVER')
every = [suites.Suite('a', 'A', (), sleep, list), suites.Suite('b', 'B', (), never, list)]
suites.select = lambda *unused: every
test.STOP_TIMEOUT = 50
sys.exit(cli.main(['test']))
"""


class Slots(unittest.TestCase):

    def test_no_more_at_a_time_than_there_are(self):
        pool, lock, running, most = slots.Slots(2), threading.Lock(), [], []

        def part(number):
            with lock:
                running.append(number)
                most.append(len(running))
            time.sleep(0.05)
            with lock:
                running.remove(number)
            return number * 10
        many = [slots.Jobs(pool, rank) for rank in range(3)]
        threads = [threading.Thread(target=jobs.each, args=(part, range(4))) for jobs in many]
        for thread in threads:
            thread.start()
        self.assertEqual(slots.Jobs(pool).each(part, [3, 1, 2]), [30, 10, 20])
        for thread in threads:
            thread.join()
        self.assertEqual(max(most), 2)
        self.assertEqual(pool.free, 2)

    def order(self, *wanted):
        """In which order parts (rank, processors) run that all wait for the same."""
        pool, order, threads = slots.Slots(2), [], []

        def part(rank, number):
            with slots.Jobs(pool, rank).one(number):
                order.append((rank, number))
                time.sleep(0.02)
        with slots.Jobs(pool).one(2):
            for words in wanted:
                threads.append(threading.Thread(target=part, args=words))
                threads[-1].start()
                while len(pool.waiting) < len(threads):
                    time.sleep(0.001)
        for thread in threads:
            thread.join()
        return order

    def test_the_first_in_the_order_goes_first(self):
        self.assertEqual(self.order((3, 2), (1, 2), (2, 2), (1, 2)),
                         [(1, 2), (1, 2), (2, 2), (3, 2)])

    def test_nobody_goes_ahead_of_one_who_waits_for_several(self):
        self.assertEqual(self.order((2, 1), (0, 1), (1, 2), (2, 1))[1], (1, 2))

    def test_machines_take_less_than_a_processor_each(self):
        pool, meet = slots.Slots(2), threading.Barrier(3, timeout=10)
        jobs = slots.Jobs(pool)
        self.assertEqual(jobs.at_once(slots.MACHINE), 3)
        jobs.each(lambda item: meet.wait(), range(6), slots.MACHINE)
        with jobs.one(2):       # and it is all there again
            self.assertEqual(pool.free, 0)
        self.assertEqual(pool.free, 2)
        self.assertEqual(jobs.at_once(5), 1)

    def test_what_fails_gives_back_what_it_had(self):
        pool = slots.Slots(2)
        with self.assertRaises(KeyError):
            slots.Jobs(pool).each(lambda item: {}[item], [1, 2, 3])
        self.assertEqual((pool.free, pool.waiting), (2, []))

    def test_after_the_end_nobody_gets_one(self):
        pool = slots.Slots(1)
        pool.close()
        with self.assertRaisesRegex(SvaError, 'interrupted'):
            with slots.Jobs(pool).one():
                self.fail('it got one')

    def test_the_work_of_a_suite(self):
        now = [0.0]
        pool = slots.Slots(2, lambda: now[0])
        jobs, begun = slots.Jobs(pool), []
        jobs.on_begin = lambda: begun.append(1)
        with jobs.one(2):
            now[0] = 3
            self.assertEqual(jobs.work(), 6)
        with jobs.one():
            now[0] = 5
        self.assertEqual((jobs.work(), begun), (8, [1]))
        rest = slots.Rest(2)
        rest.expect('a', 20, jobs)
        self.assertEqual((rest.rest(), rest.share('a')), (6, 0.4))
        rest.expect('b', None, slots.Jobs(pool))
        self.assertIsNone(rest.rest())
        self.assertIsNone(rest.share('b'))
        rest.end('b')
        rest.end('a')
        self.assertEqual(rest.rest(), 0)

    def test_groups(self):
        times = {'a': 30, 'b': 5, 'c': 90, 'd': 8}
        self.assertEqual(slots.grouped('abcdef', times, 20, 12),
                         [['c'], ['a'], ['e', 'f'], ['d', 'b']])
        self.assertEqual(slots.grouped('', {}, 20, 12), [])


class Together(OwnRoot):
    """sva test: the suites, their results, what is learned."""

    def setUp(self):
        super().setUp()
        patch = mock.patch.dict(os.environ, XDG_CACHE_HOME=str(self.dir / 'cache'))
        patch.start()
        self.addCleanup(patch.stop)

    def run_suites(self, **runs):
        every = [suites.Suite(name, name.upper(), (), run, list) for name, run in runs.items()]
        with contextlib.redirect_stdout(io.StringIO()) as out, \
                contextlib.redirect_stderr(io.StringIO()), \
                mock.patch.object(cmd_test.tools, 'jobs', lambda: 2):
            self.results, self.seconds = cmd_test.run_suites(every)
        self.assertEqual(list(self.results), list(runs))
        return out.getvalue()

    @staticmethod
    def good(seconds=0.0):
        def run(jobs):
            with jobs.one():
                time.sleep(seconds)
            jobs.say('two\nlines')
            return [suites.Case('x', suites.PASS, seconds=seconds)]
        return run

    def test_two_suites_that_take_one_processor_meet(self):
        meet = threading.Barrier(2, timeout=10)

        def run(jobs):
            with jobs.one():
                meet.wait()
            return [suites.Case('x', suites.PASS)]
        self.run_suites(a=run, b=run)
        for cases in self.results.values():
            self.assertEqual([case.result for case in cases], [suites.PASS])

    def test_all_results_come_whatever_one_does(self):
        def broken(jobs):
            raise KeyError('x')
        out = self.run_suites(a=self.good(0.2), b=broken, c=self.good(), d=lambda jobs: [])
        self.assertEqual([case.result for cases in self.results.values() for case in cases],
                         [suites.PASS, suites.FAIL, suites.PASS, suites.FAIL])
        self.assertEqual(out.count('two\nlines\n'), 2)
        for words in (r'\na            A +1 passed, 0 failed \(\d+\.\d s\)\n', r'\nc            C ',
                      '  FAILED run\n', "KeyError: 'x'\n"):
            self.assertRegex(out, words)

    def test_times_are_learned_of_what_passes(self):
        def fails(jobs):
            with jobs.one():
                return [suites.Case('x', suites.FAIL)]
        self.run_suites(functional=self.good(0.1), a=self.good(), b=fails)
        known = history.load()
        self.assertEqual(set(known), {'suite/quick/functional', 'test/quick/functional/x',
                                      'suite/quick/a'})
        self.assertGreaterEqual(known['suite/quick/functional'], 0.1)

    def test_interrupted(self):
        script = TERMINATED.format(lib=str(Path(__file__).resolve().parents[2] / 'scripts/lib'),
                                   root=str(self.dir))
        began = time.monotonic()
        done = subprocess.run([sys.executable, '-c', script], text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        self.assertEqual((done.returncode, 'NEVER' in done.stdout), (143, False), done)
        self.assertLess(time.monotonic() - began, 40)
        self.assertIn('interrupted', done.stderr)
        self.assertNotIn('FAILED', done.stdout)


class Programs(unittest.TestCase):
    """Those that run many tests by themselves."""


    def processes(self, name, alone):
        with mock.patch.object(suites.proc, 'logged'), \
                mock.patch.object(suites, 'configured'), \
                mock.patch.object(suites, 'run_reported') as ran:
            [suite] = suites.select([name]) if name != 'unit' else suites.select([name])[:1]
            suite.run(slots.Jobs(slots.Slots(3), alone=alone))
        words = list(map(str, ran.call_args.args[1]))
        return words[words.index('--num-processes') + 1]

    def test_all_processors_are_for_one_that_is_alone(self):
        for name, beside, alone in (('unit', '1', '3'), ('qtest', '2', '6'),
                                    ('qtest-asan', '2', '6')):
            self.assertEqual((self.processes(name, False), self.processes(name, True)),
                             (beside, alone), name)

    def test_devices_are_fuzzed_as_many_at_once_as_ever(self):
        """So that each gets as much of a processor, and none is left out."""
        lock, running, most = threading.Lock(), [], []

        def run(build, device, seconds, emulator):
            with lock:
                running.append(device)
                most.append(len(running))
            time.sleep(0.05)
            with lock:
                running.remove(device)
            return '', {}
        for number, at_once in ((1, 6), (2, 6), (4, 6), (8, 6)):
            most.clear()
            with mock.patch.object(suites.fuzzing, 'run_device', run):
                cases = suites.fuzz_devices(
                    slots.Jobs(slots.Slots(number), say=lambda text: None), Path('/build'))
            self.assertEqual(sorted(case.name for case in cases),
                             sorted(f'device-{name}' for name in suites.fuzzing.DEVICES))
            self.assertEqual(max(most), at_once)


class Functional(OwnRoot):
    """Tests in processes of their own."""

    def setUp(self):
        super().setUp()
        patch = mock.patch.dict(os.environ, XDG_CACHE_HOME=str(self.dir / 'cache'))
        patch.start()
        self.addCleanup(patch.stop)

    def run_all(self, **tests):
        lines = ['import os, unittest', 'class A(unittest.TestCase):']
        lines += [f'    def test_{name}(self): {does}' for name, does in tests.items()]
        files.write(paths.ROOT / 'tests/functional/test_a.py', '\n'.join(lines) + '\n')
        with mock.patch.object(suites, 'USUAL', suites.PROCESS):     # a process for each
            return {case.name.rpartition('.')[2]: case
                    for case in suites.functional(slots.alone())}

    def test_each_test_is_a_case_and_all_are_in_one_log(self):
        cases = self.run_all(a='pass', b='self.fail("no")', c='pass')
        self.assertEqual({name: case.result for name, case in cases.items()},
                         {'test_a': 'pass', 'test_b': 'fail', 'test_c': 'pass'})
        log = paths.log('test-functional').read_text(encoding='utf-8')
        self.assertEqual([log.count(f'test_{name} (') for name in 'ac'], [1, 1])
        self.assertEqual(list(paths.build('logs').glob('test-functional-*')), [])

    def test_a_process_that_ends_loses_only_its_own(self):
        cases = self.run_all(a='pass', b='os._exit(3)', c='pass')
        self.assertEqual({case.result for name, case in cases.items() if name != 'test_a'
                          and name != 'test_c'}, {'fail'})
        self.assertEqual({cases[name].result for name in ('test_a', 'test_c')}, {'pass'})

    def test_one_that_is_missing_is_a_failure(self):
        case = junit.Case('a', junit.PASS)
        self.assertEqual(suites.complete([case], ['a']), [case])
        found = suites.complete([case], ['a', 'b'])
        self.assertEqual([(one.name, one.result) for one in found], [('a', 'pass'), ('b', 'fail')])


if __name__ == '__main__':
    unittest.main()
