# SPDX-License-Identifier: GPL-2.0-or-later
"""Fuzz and coverage suites: what they make of the tools' output."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))
from sva import coverage, fuzzing, paths  # noqa: E402


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
            text = fuzzing.advice(Path(log.name), paths.ROOT / 'build/replay-vtd')
        self.assertEqual(text, 'input: build/replay-vtd --show /a/vtd-2')

    def test_summary_without_statistics(self):
        self.assertIn('0 inputs', fuzzing.summary('vtd', {}))


if __name__ == '__main__':
    unittest.main()
