# SPDX-License-Identifier: GPL-2.0-or-later
"""The packages of the tool: each uses only those before it in this order."""

import ast
import unittest
from pathlib import Path

LIB = Path(__file__).resolve().parents[2] / 'scripts/lib/sva'
ORDER = ['util', 'setup', 'guest', 'packaging', 'judge', 'rules', 'scenarios', 'timeline', 'runs', 'testing',
         'merging', 'commands']


def imported(path):
    """The packages that a module uses."""
    for node in ast.walk(ast.parse(path.read_text(encoding='utf-8'))):
        if isinstance(node, ast.ImportFrom) and node.level == 2:
            yield from [node.module.split('.')[0]] if node.module else [a.name for a in node.names]


class Packages(unittest.TestCase):

    def test_all_have_a_place(self):
        self.assertEqual(sorted(path.parent.name for path in LIB.glob('*/__init__.py')),
                         sorted(ORDER))

    def test_no_scenario_is_a_library_of_another(self):
        for path in sorted((LIB / 'scenarios').glob('[!_]*.py')):
            with self.subTest(path.name):
                levels = [node.level for node in ast.walk(ast.parse(path.read_text('utf-8')))
                          if isinstance(node, ast.ImportFrom)]
                self.assertNotIn(1, levels)

    def test_uses_point_one_way(self):
        for place, package in enumerate(ORDER):
            for path in sorted((LIB / package).glob('*.py')):
                with self.subTest(f'{package}/{path.name}'):
                    self.assertLessEqual(set(imported(path)), set(ORDER[:place]))


if __name__ == '__main__':
    unittest.main()
