# SPDX-License-Identifier: GPL-2.0-or-later
"""The check of citations finds mistakes."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / 'scripts/check-citations.py'
LIST = '{0}\n\nNot verified\n------------\n\n{1}'

TREE = {
    'docs/specs/vtd-coverage.rst': LIST.format('Waits (VT-d 5.10 section 6.5.2).', (
        'U2\n  An event is lost (``irq.c``).\n'
        'U4\n  The first of several\n  conditions (``lookup.c``, ``core/walk.c``).\n')),
    'docs/specs/smmuv3-coverage.rst': LIST.format('Events (7.3).', (
        'U2\n  A reset ends stalls (``smmuv3.c``).\n')),
    'hw/sva/vtd/irq.c': '/* VT-d 5.10 chapter 5.  Unverified (U2): lost. */\n',
    'hw/sva/vtd/lookup.c': '/*\n * In this order.  Unverified\n * (U4): the first one.\n */\n',
    'hw/sva/core/walk.c': '/* unverified (U4); IHI 0070 G.b 3.4 */\n',
    'hw/sva/smmuv3/smmuv3.c': '/* Unverified (U2): as if power was lost, IHI\n * 0070 G.b 3.19 */\n',
    'scripts/sva.py': '# VT-d, 3 to 5 levels\n',
}


def run(changes):
    """Exit status and findings for the good tree with @changes."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in {**TREE, **changes}.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding='utf-8')
        done = subprocess.run([sys.executable, SCRIPT, folder], check=False, text=True,
                              capture_output=True)
    return done.returncode, done.stdout.splitlines()


class CheckCitationsTest(unittest.TestCase):
    def assert_found(self, changes, *found):
        self.assertEqual(run(changes), (1, list(found)))

    def test_good_tree_passes(self):
        self.assertEqual(run({}), (0, []))

    def test_this_tree_passes(self):
        done = subprocess.run([sys.executable, SCRIPT], check=False, text=True,
                              capture_output=True)
        self.assertEqual((done.returncode, done.stdout), (0, ''))

    def test_smmu_without_its_issue(self):
        for text in ('/*\n * IHI 0070 3.4 */\n', '/*\n * IHI\n * 0070, 3.4 */\n',
                     '/*\n * IHI 0070\n * 3.4 */\n', '/*\n * IHI 0070. */\n'):
            with self.subTest(text):
                self.assert_found({'hw/sva/smmuv3/ste.c': text},
                                  'hw/sva/smmuv3/ste.c:2: IHI 0070 without its issue')

    def test_vtd_without_its_revision(self):
        for text, what in (('# VT-d section 9.3', 'section'), ('# VT-d, Table 30', 'Table'),
                           ('# VT-d specification (chapter 9)', 'chapter'),
                           ('# VT-d 9.3 "Context Entry"', '9.3'), ('# VT-d\n# 3.6', '3.6')):
            with self.subTest(text):
                self.assert_found({'scripts/sva.py': f'{text}\n'},
                                  f'scripts/sva.py:1: {what} of VT-d without the revision (5.10)')

    def test_unverified_without_a_number(self):
        self.assert_found({'hw/sva/vtd/ats.c': '\n/* Unverified: R=W=0. */\n'},
                          'hw/sva/vtd/ats.c:2: unverified, without a number: (U1)')

    def test_unverified_that_is_not_listed(self):
        self.assert_found({'hw/sva/vtd/ats.c': '/* Unverified (U9): R=W=0. */\n'},
                          'hw/sva/vtd/ats.c:1: no entry U9 of docs/specs names this file')

    def test_number_of_another_unit(self):
        self.assert_found({'hw/sva/smmuv3/irq.c': '/* Unverified (U4): lost. */\n'},
                          'hw/sva/smmuv3/irq.c:1: no entry U4 of docs/specs names this file')

    def test_entry_without_a_place(self):
        self.assert_found({'hw/sva/smmuv3/smmuv3.c': ''},
                          'docs/specs/smmuv3-coverage.rst:6: U2 has no "Unverified (U2)" in '
                          'smmuv3/smmuv3.c')

    def test_entry_without_one_of_its_places(self):
        self.assert_found({'hw/sva/core/walk.c': ''},
                          'docs/specs/vtd-coverage.rst:8: U4 has no "Unverified (U4)" in '
                          'core/walk.c')


if __name__ == '__main__':
    unittest.main()
