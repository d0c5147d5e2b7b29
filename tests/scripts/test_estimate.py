# SPDX-License-Identifier: GPL-2.0-or-later
"""The estimate of the rest, what it is learned from, and how progress is shown."""

import io
import math
import os
import pty
import sys
import tempfile
import time
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from own_root import OwnRoot  # noqa: E402
from sva.setup import artifacts, plan, steps, steptimes  # noqa: E402
from sva.util import estimate, files, history, paths, ui  # noqa: E402
from sva.util.errors import SvaError  # noqa: E402


class OwnCache(OwnRoot):
    """With a cache that is empty, too."""

    def setUp(self):
        super().setUp()
        patch = mock.patch.dict(os.environ, XDG_CACHE_HOME=str(self.dir / 'cache'))
        patch.start()
        self.addCleanup(patch.stop)


class Estimates(unittest.TestCase):

    def setUp(self):
        self.now = 0.0

    def made(self, workers=None, **jobs):
        found = estimate.Estimate(workers or {}, lambda: self.now)
        for name, (seconds, *more) in jobs.items():
            found.add(name, seconds, *more)
        return found

    def test_jobs_of_a_pool_share_its_lanes(self):
        one = self.made({'cpu': 1}, a=(10, (), 'cpu'), b=(20, (), 'cpu'))
        two = self.made({'cpu': 2}, a=(10, (), 'cpu'), b=(20, (), 'cpu'))
        self.assertEqual((one.rest(), two.rest()), (30, 20))
        wide = self.made({'cpu': 2}, a=(10, (), 'cpu', 2), b=(20, (), 'cpu', 2))
        self.assertEqual(wide.rest(), 30)

    def test_pools_run_side_by_side_and_needs_do_not(self):
        found = self.made({'net': 1, 'cpu': 1}, a=(10, (), 'net'), b=(5, ('a',), 'cpu'),
                          c=(12, (), 'cpu'))
        self.assertEqual(found.rest(), 17)
        found.end('a')
        self.assertEqual(found.rest(), 17)
        found.end('c')
        self.assertEqual(found.rest(), 5)

    def test_what_runs_gets_less(self):
        found = self.made(a=(10,))
        found.begin('a')
        self.now = 4
        self.assertEqual(found.rest(), 6)
        # Late: it is not taken to end at once.
        self.now = 20
        self.assertEqual(found.rest(), 2)
        found.end('a')
        self.assertEqual(found.rest(), 0)

    def test_the_part_that_is_done_corrects_the_expectation(self):
        found = self.made(a=(100,), b=(None,))
        self.assertIsNone(found.rest())     # nobody knows how long b takes
        found.begin('b')
        self.now = 10
        self.assertIsNone(found.rest())
        found.update('b', 0.5)              # now its own pace tells
        found.end('a')
        self.assertAlmostEqual(found.rest(), 10)
        found = self.made(a=(1000,))
        found.begin('a')
        self.now += 90
        found.update('a', 0.9)
        self.assertLess(found.rest(), 20)

    def test_a_job_that_nobody_knows_is_no_error(self):
        found = self.made(a=(10,))
        for what in (found.begin, found.end):
            what('b')
        found.update('b', 0.5)
        self.assertEqual(found.rest(), 10)

    def test_words(self):
        self.assertEqual([estimate.words(n) for n in (0, 3, 42, 56, 89, 91, 700)],
                         ['5 s', '5 s', '40 s', '1 min', '1 min', '2 min', '12 min'])


class History(OwnCache):

    def test_it_is_learned_from_each_run(self):
        self.assertEqual(history.load(), {})
        history.learn({'a': 10.0, 'b': 1})
        history.learn({'a': 20.0})
        self.assertEqual(history.load(), {'a': 15.0, 'b': 1.0})

    def test_what_is_damaged_counts_as_unknown(self):
        for text in ('{"a": ', '[1]', '7', '{"a": "x", "b": -1, "c": null}'):
            files.write(paths.cache('times.json'), text)
            self.assertEqual(history.load(), {}, text)
        history.learn({'a': 1})
        self.assertEqual(history.load(), {'a': 1})

    def test_the_oldest_names_go(self):
        with mock.patch.object(history, 'MOST', 3):
            for name in 'abcadx':
                history.learn({name: 1})
            self.assertEqual(set(history.load()), set('adx'))

    def test_a_cache_that_cannot_be_written_is_no_error(self):
        files.write(paths.cache(), 'a file')
        history.learn({'a': 1})


class SetUp(OwnCache):
    """The set-up keeps how long its steps took."""

    def ensure(self, *names, fail=()):
        def run(name):
            def inner(_bar):
                if name in fail:
                    raise SvaError('no')
                time.sleep(0.05)
            return inner
        every = [steps.Step(name, name.upper(), pool, needs, run(name)) for name, pool, needs in (
            ('get', 'fetch', ()), ('make', 'build', ('get',)))]
        with mock.patch.object(plan, 'steps', lambda options: every), \
                mock.patch.object(sys, 'stderr', io.StringIO()):
            return artifacts.ensure(*names)

    def test_the_first_time_in_a_clone_is_another_one(self):
        self.ensure()
        arches = '+'.join(plan.Options().arches)
        self.assertEqual(set(history.load()), {'setup/first/get', f'setup/first/make@{arches}'})
        self.ensure()
        self.assertLessEqual({'setup/again/get', f'setup/again/make@{arches}'},
                             set(history.load()))

    def test_also_of_a_set_up_that_fails(self):
        with self.assertRaises(SvaError):
            self.ensure(fail=['make'])
        self.assertEqual(set(history.load()), {'setup/first/get'})

    def test_what_is_expected(self):
        every = [steps.Step('get', 'GET', 'fetch', (), None),
                 steps.Step('make', 'MAKE', 'build', ('get',), None)]
        history.learn({'setup/first/get': 20, 'setup/first/make@x86_64': 100,
                       'setup/again/get': 1})
        self.assertEqual(steptimes.Past(['x86_64']).estimate(every).rest(), 120)
        self.assertIsNone(steptimes.Past(['x86_64', 'aarch64']).estimate(every).rest())
        past = steptimes.Past(['x86_64'])
        past.took(every[0], 20)
        past.keep()
        self.assertEqual(steptimes.Past(['x86_64']).estimate(every).rest(), 101)


class Shown(unittest.TestCase):

    def known(self):
        rest = estimate.Estimate({})
        rest.add('A', 600)
        return rest

    def test_off_a_terminal_a_line_now_and_then(self):
        out = io.StringIO()
        with mock.patch.object(ui, 'HEARTBEAT', 0.2), mock.patch.object(ui, 'TICK', 0.05):
            shown = ui.Progress(out, rest=self.known())
            shown.start('A')
            shown.update('A', 1, 100)
            time.sleep(0.6)
            shown.stop()
            count = out.getvalue().count('about 10 min left: A   1%\n')
            self.assertIn(count, (1, 2, 3), out.getvalue())
            time.sleep(0.4)
            self.assertEqual(out.getvalue().count('left'), count)   # it has ended
            shown.ticker.join(5)
            self.assertFalse(shown.ticker.is_alive())
        self.assertNotIn('\r', out.getvalue())

    def test_nothing_is_said_while_nobody_knows(self):
        out = io.StringIO()
        with mock.patch.object(ui, 'HEARTBEAT', 0), mock.patch.object(ui, 'TICK', 0.05):
            shown = ui.Progress(out)
            shown.start('A')
            time.sleep(0.2)
            shown.stop()
        self.assertRegex(out.getvalue(), r'(?m)^ +0 s: A$')
        self.assertNotIn('left', out.getvalue())

    def test_on_a_terminal_in_the_live_line(self):
        ours, theirs = pty.openpty()
        with os.fdopen(theirs, 'w', encoding='utf-8') as stream, \
                mock.patch.dict(os.environ, TERM='xterm'):
            shown = ui.Progress(stream, rest=self.known())
            shown.start('A')
            shown.say('one line')
            shown.stop()
            text = ''
            while not text.endswith('\r\033[K') or 'one line' not in text:
                text += os.read(ours, 65536).decode()
        os.close(ours)
        self.assertIn('\r\033[K   0 s, about 10 min left: A', text)
        # A line of its own takes the place of the live one, which comes back below it.
        self.assertRegex(text, r'\r\033\[Kone line\r\n\r\033\[K   0 s, ')
        self.assertTrue(text.endswith('\r\033[K'))

    def test_the_end_says_what_it_took(self):
        out = io.StringIO()
        shown = ui.Progress(out)
        shown.total = 2
        for name in 'AB':
            shown.start(name)
        self.assertLess(shown.finish('A', ''), 1)
        self.assertTrue(math.isclose(shown.leave('B'), 0, abs_tol=1))
        shown.stop()
        self.assertIn(' 1/2  A: done (0.0 s)\n', out.getvalue())
        self.assertNotIn('B', out.getvalue())


if __name__ == '__main__':
    unittest.main()
