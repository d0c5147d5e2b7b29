# SPDX-License-Identifier: GPL-2.0-or-later
"""Fuzz and coverage suites: what they make of the tools' output."""

import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))
from sva.testing import coverage, fuzzing  # noqa: E402
from sva.util import paths  # noqa: E402


class Coverage(unittest.TestCase):
    def test_ranges(self):
        self.assertEqual(coverage.ranges([9, 3, 4, 5, 12]), '3-5 9 12')
        self.assertEqual(coverage.ranges([]), '')

    def test_a_line_counts_if_any_object_ran_it(self):
        lines = coverage.defaultdict(dict)
        for counts in ((1, 0), (0, 0)):
            coverage.collect({
                'current_working_directory': str(paths.ROOT / 'build'),
                'files': [
                    {'file': '../hw/sva/core/x.h',
                     'lines': [{'line_number': 1, 'count': counts[0]},
                               {'line_number': 2, 'count': counts[1]}]},
                    {'file': '/usr/include/glib.h', 'lines': [{'line_number': 1, 'count': 1}]},
                ]}, lines)
        self.assertEqual(lines, {'core/x.h': {1: True, 2: False}})
        text, total = coverage.report(lines)
        self.assertEqual(total['core'], 50.0)
        self.assertIn('not run: 2', text[0])

    def test_nothing_measured_is_not_enough(self):
        self.assertEqual(coverage.report({})[1]['core'], 0.0)


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
