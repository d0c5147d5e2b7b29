# SPDX-License-Identifier: GPL-2.0-or-later
"""Counts of instructions: what is read, compared and kept."""

import json
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

from sva.testing import instructions, slots, suites  # noqa: E402
from sva.util.errors import SvaError  # noqa: E402

DUMPS = 'part: 1\nsummary: 400\ntotals: 400\n\ntotals: 250\n\ntotals: 99\n'
LINES = ['nanoseconds\n', '1;hit;4\n', '1000;inv page;2\n', '==1== other\n']
GCC = 'gcc 12.2.0 x86_64-linux-gnu'


def counts(**by_program):
    return {name.replace('_', '-'): found for name, found in by_program.items()}


class Figures(unittest.TestCase):

    def test_dumps_belong_to_the_figures_in_order(self):
        self.assertEqual(instructions.figures(LINES, DUMPS),
                         {'1': {'hit': 100.0}, '1000': {'inv page': 125.0}})

    def test_a_dump_for_each_and_the_rest(self):
        for lines, dumps in ((LINES[:2], DUMPS), (LINES, DUMPS + 'totals: 1\n'), ([], ''),
                             (LINES, '')):
            with self.assertRaises(SvaError):
                instructions.figures(lines, dumps)

    def test_the_file_has_figures_of_every_program(self):
        for name, kept in instructions.kept().items():
            self.assertRegex(name, r'gcc \d+\.\d+\.\d+ \S+$')
            self.assertEqual(set(kept), set(instructions.PROGRAMS))
            for by_pasids in kept.values():
                self.assertEqual(len(by_pasids), 3)
        self.assertIn(GCC, instructions.kept())

    def test_writing_leaves_those_of_other_compilers(self):
        with tempfile.TemporaryDirectory() as temp:
            path = Path(temp) / 'kept.json'
            for name, count in (('a', 1), ('b', 2), ('a', 3)):
                instructions.write(path, name, counts(x={'1': {'hit': count}}))
            wanted = {'a': {'x': {'1': {'hit': 3}}}, 'b': {'x': {'1': {'hit': 2}}}}
            self.assertEqual(instructions.kept(path), wanted)
            self.assertEqual(json.loads(path.read_text(encoding='utf-8')),
                             {**instructions.LICENCE, **wanted})


class Compare(unittest.TestCase):

    def jobs(self):
        self.said = []
        return slots.Jobs(slots.Slots(2), say=self.said.append)

    def judge(self, old, new):
        with mock.patch.object(instructions, 'compiler', lambda: GCC), \
                mock.patch.object(instructions, 'kept', lambda: {GCC: old}), \
                mock.patch.object(suites, 'count_instructions', lambda jobs: new):
            cases = {case.name: case for case in suites.counted(self.jobs())}
        self.assertEqual(set(cases), set(instructions.PROGRAMS))
        self.printed = ' '.join(self.said)
        self.assertEqual({cases[name].result for name in instructions.PROGRAMS[1:]},
                         {suites.PASS})
        return cases['bench-core']

    def test_five_per_cent_are_too_much_more(self):
        old = counts(bench_core={'1': {'hit': 100.0}})
        self.assertEqual(self.judge(old, old), ('bench-core', suites.PASS, '', 0.0))
        self.assertEqual(self.judge(old, counts(bench_core={'1': {'hit': 105.0}})).result,
                         suites.PASS)
        case = self.judge(old, counts(bench_core={'1': {'hit': 105.1}}))
        self.assertEqual(case.result, suites.FAIL)
        self.assertIn('hit of 1: 105.1 instructions, 100.0 before (+5.1%)', case.detail)
        self.assertIn(instructions.KEEP, case.detail)

    def test_what_has_become_less_is_told(self):
        old = counts(bench_core={'1': {'hit': 100.0}})
        self.assertEqual(self.judge(old, counts(bench_core={'1': {'hit': 96.0}})).result,
                         suites.PASS)
        self.assertEqual(self.printed, '')
        self.assertEqual(self.judge(old, counts(bench_core={'1': {'hit': 90.0}})).result,
                         suites.PASS)
        self.assertIn('bench-core: hit of 1: 90.0 instructions, 100.0 before (-10.0%)',
                      self.printed)
        self.assertIn(instructions.KEEP, self.printed)

    def test_a_figure_that_only_one_has_fails(self):
        some = counts(bench_core={'1': {'hit': 100.0}})
        more = counts(bench_core={'1': {'hit': 100.0, 'walk': 9.0}})
        for old, new, said in ((some, more, 'none in the file'), (more, some, 'not counted'),
                               (some, {}, 'not counted'), ({}, some, 'none in the file')):
            case = self.judge(old, new)
            self.assertEqual(case.result, suites.FAIL)
            self.assertIn(said, case.detail)

    def test_counts_of_another_compiler_are_not_compared(self):
        with mock.patch.object(instructions, 'compiler', lambda: 'gcc 99.1.0 x86_64-linux-gnu'):
            cases = suites.counted(self.jobs())
        self.assertEqual([case.name for case in cases], list(instructions.PROGRAMS))
        for case in cases:
            self.assertEqual(case.result, suites.SKIP)
            self.assertIn('no counts of gcc 99.1.0', case.detail)


if __name__ == '__main__':
    unittest.main()
