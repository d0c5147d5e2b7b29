# SPDX-License-Identifier: GPL-2.0-or-later
"""The step runner, and files that are complete or absent."""

import io
import sys
import tempfile
import threading
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

from sva.setup import steps  # noqa: E402
from sva.util import files, ui  # noqa: E402
from sva.util.errors import SvaError  # noqa: E402


class StepsTest(unittest.TestCase):
    def setUp(self):
        self.log = []
        self.out = io.StringIO()

    def step(self, name, lane, *needs, fail=None):
        def run(_bar):
            if fail:
                raise fail
            self.log.append(name)
            return f'{name} done'
        return steps.Step(name, name.upper(), lane, needs, run)

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

    def test_lanes_overlap(self):
        meet = threading.Barrier(2, timeout=10)
        every = [steps.Step(lane, lane, lane, (), lambda bar: meet.wait() and None)
                 for lane in steps.LANES]
        steps.run(every, ui.Progress(self.out))

    def test_failure_stops_what_has_not_begun(self):
        with self.assertRaises(SvaError) as caught:
            self.run_steps(self.step('a', 'fetch', fail=SvaError('no network', 'a.log')),
                           self.step('b', 'build', 'a'))
        self.assertEqual((caught.exception.message, caught.exception.log),
                         ('no network', 'a.log'))
        self.assertEqual(self.log, [])

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
