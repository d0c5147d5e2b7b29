# SPDX-License-Identifier: GPL-2.0-or-later
"""Fuzz and coverage suites: how they read the output of the tools."""

import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))
from sva.testing import coverage, fuzzing  # noqa: E402
from sva.util import paths  # noqa: E402
from sva.util.errors import SvaError  # noqa: E402


class Coverage(unittest.TestCase):
    """A header of core/ with two functions; each program runs one of four lines."""

    def setUp(self):
        temp = tempfile.TemporaryDirectory()
        self.addCleanup(temp.cleanup)
        # gcov has the path that symbolic links lead to.
        self.root = Path(temp.name).resolve()
        self.build = self.root / 'build'
        self.build.mkdir()
        self.write('hw/sva/core/x.h', 'static inline int f(int i)\n{\n    if (i) {\n'
                   '        return 1;\n    }\n    return 2;\n}\n')
        self.write('hw/sva/vtd/y.c', 'int y(void);\nint y(void)\n{\n    return 0;\n}\n')
        root = mock.patch.object(paths, 'ROOT', self.root)
        root.start()
        self.addCleanup(root.stop)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding='utf-8')

    def program(self, name, argument):
        """Compile and run what calls the function with that argument."""
        self.write(f'tests/{name}.c', '#include "../hw/sva/core/x.h"\n'
                   f'int main(void)\n{{\n    return !f({argument});\n}}\n')
        subprocess.run(['gcc', '--coverage', '-o', name, f'../tests/{name}.c',
                        '../hw/sva/vtd/y.c'], cwd=self.build, check=True)
        subprocess.run([self.build / name], check=True)

    def test_lines_of_a_folder(self):
        self.program('one', 1)
        counts = coverage.measure(self.build)
        table, percent = coverage.report(counts, 'core')
        self.assertEqual(percent, 75.0)     # the head of f() counts
        self.assertRegex(table, r'core/x\.h +4 +3 +75% +6\b')
        self.assertNotIn('tests/', table)
        self.assertEqual(coverage.report(counts, 'vtd')[1], 0.0)

    def test_a_line_counts_if_any_object_ran_it(self):
        self.program('one', 1)
        self.program('two', 0)
        self.assertEqual(coverage.report(coverage.measure(self.build), 'core')[1], 100.0)

    def test_counts_of_earlier_runs_do_not_count(self):
        self.program('one', 1)
        coverage.forget(self.build)
        self.program('two', 0)
        table, percent = coverage.report(coverage.measure(self.build), 'core')
        self.assertEqual(percent, 75.0)
        self.assertRegex(table, r'core/x\.h +4 +3 +75% +4\b')

    def test_nothing_measured_is_no_pass(self):
        with self.assertRaisesRegex(SvaError, 'left no coverage data'):
            coverage.measure(self.build)
        self.program('one', 1)
        with self.assertRaisesRegex(SvaError, 'no line of hw/sva/smmuv3'):
            coverage.report(coverage.measure(self.build), 'smmuv3')


class Fuzz(unittest.TestCase):
    def test_every_harness_has_cases(self):
        text = (paths.ROOT / 'tests/fuzz/meson.build').read_text(encoding='utf-8')
        for name in fuzzing.harnesses():
            self.assertIn(f"'{name}': files(", text)
        self.assertEqual(text.count(': files('), len(fuzzing.harnesses()))

    def test_advice_names_the_last_input(self):
        with tempfile.NamedTemporaryFile('w', suffix='.log') as log:
            log.write('x; Test unit written to /a/vtd-crash-1\nTest unit written to /a/vtd-2\n')
            log.flush()
            text = fuzzing.advice(Path(log.name), (paths.ROOT / 'build/replay-vtd', '--show', fuzzing.INPUT))
        self.assertEqual(text, 'input: build/replay-vtd --show /a/vtd-2')

    def test_every_device_is_fuzzed(self):
        text = (paths.ROOT / 'tests/fuzz/device/device.c').read_text(encoding='utf-8')
        self.assertEqual(re.findall(r'^    \{ "([\w-]+)", &board_', text, re.M),
                         list(fuzzing.DEVICES))

    def test_findings_in_a_device_are_told(self):
        with tempfile.TemporaryDirectory() as name:
            program = Path(name) / 'tests/fuzz/fuzz-device'
            program.parent.mkdir(parents=True)
            program.write_text('#!/bin/sh\necho "$@"\necho stat::peak_rss_mb: 7\n'
                               'echo Test unit written to /a/1.qtest\nexit 1\n')
            program.chmod(0o755)
            with mock.patch.object(paths, 'log', lambda _: Path(name) / 'log'):
                found, facts = fuzzing.run_device(Path(name), 'vtd', 5, ['/q', '-L', '/f'])
            self.assertIn(f'--seconds=60 --found={name}/found/ vtd -- /q -L /f\n',
                          (Path(name) / 'log').read_text())
        self.assertIn('fuzz-device-vtd failed with status 1', found)
        self.assertIn('fuzz-device --replay /a/1.qtest vtd -- /q -L /f', found)
        self.assertEqual(facts, {'peak_rss_mb': 7})

    def test_summary_without_statistics(self):
        self.assertIn('0 inputs', fuzzing.summary('vtd', {}))


if __name__ == '__main__':
    unittest.main()
