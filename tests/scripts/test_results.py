# SPDX-License-Identifier: GPL-2.0-or-later
"""Test output that is read must not lose a failure."""

import io
import sys
import tempfile
import threading
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

from sva import cli  # noqa: E402
from sva.commands import test as cmd_test  # noqa: E402
from sva.testing import suites, taprunner  # noqa: E402
from sva.util import files, paths  # noqa: E402
from sva.util.errors import SvaError  # noqa: E402


def results(text):
    return [case.result for case in suites.parse_tap(text)]


class Tap(unittest.TestCase):

    def test_each_kind_of_line(self):
        text = ('TAP version 13\nok 1 - a\n# why\n# it broke\nnot ok 2 - b\n'
                'ok 3 - c # SKIP no disk\nok 4 /path/name\n1..4\n')
        cases = suites.parse_tap(text)
        self.assertEqual([c.result for c in cases], ['pass', 'fail', 'skip', 'pass'])
        self.assertEqual([c.name for c in cases], ['a', 'b', 'c', '/path/name'])
        self.assertEqual(cases[1].detail, 'why\nit broke')
        self.assertEqual(cases[2].detail, 'no disk')

    def test_tests_that_did_not_run_are_a_failure(self):
        self.assertEqual(results('1..2\nok 1 - a\n'), ['pass', 'fail'])
        self.assertEqual(results('ok 1 - a\n'), ['pass', 'fail'])
        self.assertEqual(results(''), ['fail'])

    def test_a_bad_exit_status_is_a_failure(self):
        cases = suites.run_tap('selftest', ['sh', '-c', 'echo "ok 1 - a"; echo 1..1; exit 3'])
        self.assertEqual([c.result for c in cases], ['pass', 'fail'])

    def test_meson_results(self):
        text = ('<testsuites><testsuite name="p.p:core / t"><testcase name="a" classname="a"/>'
                '<testcase name="b"><failure message="boom"/></testcase>'
                '<testcase name="c"><skipped/></testcase>'
                '<testcase name="d"><error message="x"/></testcase></testsuite></testsuites>')
        self.assertEqual([(c.name, c.result) for c in suites.parse_junit(text)],
                         [('t.a', 'pass'), ('t.b', 'fail'), ('t.c', 'skip'),
                          ('t.d', 'fail')])


class Runner(unittest.TestCase):

    def run_class(self, cls):
        out = io.StringIO()
        unittest.defaultTestLoader.loadTestsFromTestCase(cls).run(taprunner.TapResult(out))
        return out.getvalue()

    def test_good_bad_and_skipped(self):
        class Sample(unittest.TestCase):
            def test_a(self):
                pass

            def test_b(self):
                self.fail('no')

            def test_c(self):
                self.skipTest('later')
        lines = [line for line in self.run_class(Sample).splitlines() if line[0] != '#']
        self.assertTrue(lines[0].startswith('ok 1 - '))
        self.assertTrue(lines[1].startswith('not ok 2 - '))
        self.assertTrue(lines[2].endswith('# SKIP later'))

    def test_a_failed_sub_test_fails_its_test(self):
        class Sample(unittest.TestCase):
            def test_a(self):
                for i in range(3):
                    with self.subTest(i=i):
                        self.assertNotEqual(i, 1)
        text = self.run_class(Sample)
        self.assertIn('not ok 1', text)
        self.assertIn('(i=1)', text)

    def test_a_failed_class_setup_is_a_failure(self):
        class Sample(unittest.TestCase):
            @classmethod
            def setUpClass(cls):
                raise SvaError('no QEMU')

            def test_a(self):
                pass
        text = self.run_class(Sample)
        self.assertIn('not ok', text)
        self.assertIn('no QEMU', text)


class Command(unittest.TestCase):

    def suite(self, run):
        return suites.Suite('x', 'x', (), run, list)

    def test_a_suite_that_cannot_run_is_a_failure(self):
        def broken():
            raise SvaError('no compiler')
        for run in (broken, list):
            [case] = cmd_test.run_suite(self.suite(run))
            self.assertEqual(case.result, 'fail')

    def test_one_after_the_other_in_a_clone(self):
        with tempfile.TemporaryDirectory() as temp, \
                mock.patch.object(paths, 'ROOT', Path(temp)), \
                mock.patch.object(suites, 'select', lambda *unused: []), \
                mock.patch.object(cmd_test, 'summary', lambda results: 0), \
                mock.patch('sys.stderr', io.StringIO()) as errors:
            other = threading.Thread(target=cli.build_parser().parse_args(['test']).run, args=(
                cli.build_parser().parse_args(['test']),))
            with files.locked(paths.build('test-lock')):
                other.start()
                other.join(0.5)
                self.assertTrue(other.is_alive())
            other.join(10)
            self.assertFalse(other.is_alive())
        self.assertEqual(errors.getvalue(), 'waiting for other tests in this clone\n')

    def test_the_last_line_and_the_status(self):
        case = suites.Case
        for cases, words, status in (
                ([case('a', 'pass')], '1 passed, 0 failed', 0),
                ([case('a', 'pass'), case('b', 'fail')], '1 passed, 1 failed', 1),
                ([case('a', 'skip')], '0 passed, 0 failed, 1 skipped', 0)):
            self.assertEqual(cmd_test.tally(cases), words)
            out, sys.stdout = sys.stdout, io.StringIO()
            try:
                self.assertEqual(cmd_test.summary({'x': cases}), status)
            finally:
                out, sys.stdout = sys.stdout, out

    def test_the_tests_of_a_build_folder(self):
        with tempfile.TemporaryDirectory() as name:
            build = Path(name)
            self.assertEqual(suites.meson_list(build)(), [])
            files.write_json(build / 'meson-info/intro-tests.json', [
                {'name': 'x86_64-sva-test', 'suite': ['qemu:sva', 'qemu:sva-x86_64']},
                {'name': 'pkcs7', 'suite': ['qemu:unit']}])
            self.assertEqual(suites.meson_list(build)(), ['x86_64-sva-test', 'pkcs7'])
            self.assertEqual(suites.meson_list(build, 'sva')(), ['x86_64-sva-test'])

    def test_unit_stands_for_both_compilers(self):
        self.assertEqual([s.name for s in suites.select(['unit'])], ['unit', 'unit-asan'])


if __name__ == '__main__':
    unittest.main()
