# SPDX-License-Identifier: GPL-2.0-or-later
"""No failure may be lost when test output is read."""

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
from sva.testing import junit, slots, suites  # noqa: E402
from sva.util import files, paths  # noqa: E402
from sva.util.errors import SvaError  # noqa: E402


class Meson(unittest.TestCase):

    def test_each_kind_of_result(self):
        text = ('<testsuites><testsuite name="p.p:core / t"><testcase name="a" classname="a"/>'
                '<testcase name="b"><failure message="boom"/></testcase>'
                '<testcase name="c"><skipped/></testcase>'
                '<testcase name="d e"><error message="x"/></testcase></testsuite>'
                '<testsuite name="p"><testcase name="p:style / u" time="0.5"/></testsuite>'
                '</testsuites>')
        self.assertEqual([(c.name, c.result, c.detail) for c in junit.of_meson(text)],
                         [('t.a', 'pass', ''), ('t.b', 'fail', 'boom'), ('t.c', 'skip', ''),
                          ('t.d e', 'fail', 'x'), ('u', 'pass', '')])


class Runner(unittest.TestCase):
    """The runner is a program of Debian's Python."""

    def setUp(self):
        temp = tempfile.TemporaryDirectory()
        self.addCleanup(temp.cleanup)
        root = mock.patch.object(paths, 'ROOT', Path(temp.name))
        root.start()
        self.addCleanup(root.stop)

    def run_class(self, *lines, names=(), env=None):
        """The cases of a file of tests with a class A of these lines."""
        folder = paths.ROOT / 'tests'
        files.write(folder / 'test_a.py', '\n'.join([
            'import os, time, unittest', 'class A(unittest.TestCase):',
            *(f'    {line}' for line in lines)]) + '\n')
        return suites.run_python('selftest', folder, names, env)

    def results(self, *lines, **more):
        return {case.name: case.result for case in self.run_class(*lines, **more)}

    def test_good_bad_and_skipped(self):
        cases = self.run_class('def test_a(self): time.sleep(0.1)',
                               'def test_b(self): self.fail("no")',
                               'def test_c(self): self.skipTest("later")',
                               'def test_d(self): {}[1]')
        found = {case.name: case for case in cases}
        self.assertEqual({name: case.result for name, case in found.items()}, {
            'test_a.A.test_a': 'pass', 'test_a.A.test_b': 'fail', 'test_a.A.test_c': 'skip',
            'test_a.A.test_d': 'fail'})
        self.assertIn('AssertionError: no', found['test_a.A.test_b'].detail)
        self.assertIn('line 4', found['test_a.A.test_b'].detail)
        self.assertEqual(found['test_a.A.test_c'].detail, 'later')
        self.assertGreaterEqual(found['test_a.A.test_a'].seconds, 0.1)

    def test_sub_tests_make_one_case(self):
        cases = self.run_class('def test_a(self):',
                               '    for i in range(4):',
                               '        with self.subTest(i=i): self.assertNotEqual(i % 2, 1)',
                               '    self.fail("and then")',
                               'def test_b(self):',
                               '    for i in range(4):',
                               '        with self.subTest(i=i): pass')
        self.assertEqual([(c.name, c.result) for c in sorted(cases)],
                         [('test_a.A.test_a', 'fail'), ('test_a.A.test_b', 'pass')])
        detail = min(cases).detail
        for text in ('(i=1)', '(i=3)', 'and then'):
            self.assertIn(text, detail)
        self.assertNotIn('(i=2)', detail)

    def test_what_comes_before_the_tests_is_a_failure(self):
        cases = self.run_class('@classmethod', 'def setUpClass(cls): raise OSError("no QEMU")',
                               'def test_a(self): pass')
        self.assertEqual([case.result for case in cases], ['fail'])
        self.assertIn('no QEMU', cases[0].detail)
        files.write(paths.ROOT / 'tests/test_b.py', 'import nothing_of_that_name\n')
        self.assertEqual(sorted(self.results('def test_a(self): pass').values()),
                         ['fail', 'pass'])

    def test_an_unexpected_success_is_a_failure(self):
        self.assertEqual(self.results('@unittest.expectedFailure', 'def test_a(self): pass'),
                         {'test_a.A.test_a': 'fail'})

    def test_names_and_environment(self):
        lines = ('def test_a(self): pass', 'def test_b(self): self.fail(os.environ["WORD"])')
        self.assertEqual(self.results(*lines, names=['test_a.A.test_a']),
                         {'test_a.A.test_a': 'pass'})
        [case] = self.run_class(*lines, names=['test_a.A.test_b'], env={'WORD': 'xyzzy'})
        self.assertIn('AssertionError: xyzzy', case.detail)

    def test_a_runner_that_ends_before_it_is_done_is_an_error(self):
        with self.assertRaisesRegex(SvaError, 'failed with status 3'):
            self.run_class('def test_a(self): os._exit(3)', 'def test_b(self): pass')
        # Not what an earlier run left.
        self.run_class('def test_a(self): pass')
        with self.assertRaisesRegex(SvaError, 'no test of suite selftest was run'):
            self.run_class('def test_a(self): os._exit(0)')

    def test_a_bad_exit_status_is_a_failure(self):
        report = paths.ROOT / 'report.xml'
        cases = suites.run_reported(
            'selftest', ['sh', '-c', f'echo "<a><testsuite><testcase name=\'x\'/></testsuite></a>"'
                                     f' > {report}; exit 3'], report, junit.of_python)
        self.assertEqual([c.result for c in cases], ['pass', 'fail'])

    def test_odd_bytes_do_not_break_the_file(self):
        [case] = self.run_class(r'def test_a(self): print("\x00\x1b"); self.fail("a\x01<]]>b")')
        self.assertIn('<]]>b', case.detail)


class Command(unittest.TestCase):

    def suite(self, run):
        return suites.Suite('x', 'x', (), run, list)

    def cases(self, run):
        return cmd_test.run_suite(self.suite(run), slots.alone())

    def test_a_suite_that_cannot_run_is_a_failure(self):
        def broken(jobs):
            raise SvaError('no compiler')
        for run, why in ((broken, 'no compiler'), (lambda jobs: [], 'ran no test'),
                         (lambda jobs: {}[1], 'KeyError'), (lambda jobs: open('/no'), '/no')):
            [case] = self.cases(run)
            self.assertEqual(case.result, 'fail')
            self.assertIn(why, case.detail)

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
            self.assertEqual(junit.tally(cases), words)
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
