# SPDX-License-Identifier: GPL-2.0-or-later
"""The coverage tables of docs/specs are complete, and all that they name exists."""

import re
import unittest
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Document: folder of the files, prefix of the tests.
DOCUMENTS = {
    'vtd-coverage.rst': ('vtd', 'vtd-'),
    'smmuv3-coverage.rst': ('smmuv3', 'smmu-'),
}
# What implements no section: the whole, the side towards QEMU, evidence.
OTHERS = {'vtd.c', 'smmuv3.c', 'device.c', 'q35.c', 'virt.c', 'vmstate.c', 'counters.c', 'cached.c',
          'state.c'}
BORDER = re.compile(r'=+(?: +=+)+$')


def tables(text):
    """Each simple table: a list of rows, each a list of the columns' texts."""
    lines = text.splitlines()
    borders = [i for i, line in enumerate(lines) if BORDER.match(line)]
    for top, head, end in zip(borders[::3], borders[1::3], borders[2::3]):
        at = [m.start() for m in re.finditer('=+', lines[top])]
        ends = at[1:] + [None]
        yield [[line[a:b].strip() for a, b in zip(at, ends)]
               for line in lines[top + 1:head] + lines[head + 1:end]]


def column(text, title):
    """Words of every column that has this title."""
    words = []
    for head, *rows in tables(text):
        for i, name in enumerate(head):
            if name == title:
                cells = '\n'.join(row[i] for row in rows).replace('-\\\n', '-')
                words += [word for word in re.split(r'[,\s]+', cells) if word]
    return words


def documents():
    for name, (folder, prefix) in DOCUMENTS.items():
        text = (ROOT / 'docs/specs' / name).read_text(encoding='utf-8')
        yield name, text, ROOT / 'hw/sva' / folder, prefix


class CoverageTables(unittest.TestCase):

    def test_files_are_there_and_all_are_named(self):
        for name, text, folder, _ in documents():
            with self.subTest(name):
                named = {word for word in column(text, 'File') if word.endswith('.c')}
                have = {path.name for path in folder.glob('*.c')}
                self.assertGreater(len(named), 10)
                self.assertEqual(named - have, set())
                self.assertEqual(have - named - OTHERS, set())

    def test_tests_are_there_and_all_are_named(self):
        have = {path.stem for path in (ROOT / 'tests/unit').glob('test-*.c')}
        for name, text, _, prefix in documents():
            with self.subTest(name):
                named = set()
                for word in set(column(text, 'Test') + column(text, 'Tests')) - {'\\-'}:
                    # *-size*: explained below the table, of core/ in any case
                    found = {stem for stem in have if fnmatch(stem, f'test-{prefix}{word}') or
                             fnmatch(stem, f'test-core*{word.strip("*")}' if '*' in word
                                     else f'test-{word}')}
                    self.assertEqual(len(found), 1, f'{word} is no test')
                    named |= found
                # Saved state is no section of the specification.
                named |= {f'test-{prefix}{word}' for word in re.findall(r'Test: (\w+)', text)}
                own = {stem for stem in have if stem.startswith(f'test-{prefix}')}
                self.assertEqual(own - named, set())

    def test_what_is_not_verified_is_listed(self):
        for name, text, folder, _ in documents():
            with self.subTest(name):
                tables_part, list_part = text.split('\nNot verified\n')
                listed = re.findall(r'^(U\d+)$', list_part, re.M)
                self.assertEqual(len(listed), len(set(listed)))
                self.assertEqual(set(re.findall(r'\bU\d+\b', tables_part)), set(listed))
                for file in re.findall(r'``([\w-]+\.c)``', list_part):
                    self.assertTrue((folder / file).is_file(), file)


if __name__ == '__main__':
    unittest.main()
