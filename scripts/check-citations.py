#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Check how specifications are cited, and what is said to be unverified.

    scripts/check-citations.py [ROOT]

Section and table numbers change with the issue of a specification. So "IHI
0070" carries its issue letter ("IHI 0070 G.b"), and what names a section,
chapter or table of VT-d the revision ("VT-d 5.10 section 9.3").

Decisions that the specifications leave to doubt are listed in docs/specs under
"Not verified", each with a number. The place in the code says "Unverified
(U14)"; each number has a place in a file that its entry names, and each place
an entry.

Exit status 0: nothing found, 1: something, 2: wrong use.
"""

import argparse
import re
import sys
from pathlib import Path

# The revision that the models follow: it looks like the number of a section.
VTD_REVISION = '5.10'
FOLDERS = ('docs', 'hw', 'include', 'scripts', 'tests')
SUFFIXES = {'.c', '.h', '.py', '.rst'}
# What cites wrongly on purpose.
EXEMPT = {'tests/scripts/test_check_citations.py', 'scripts/check-citations.py'}

# Between the words of a comment, which may go on in the next line.
GAP = r'[\s*#]+'
IHI = re.compile(rf'IHI{GAP}0070(?!{GAP}[A-Z]\.[a-z]\b)')
VTD = re.compile(rf'VT-d(?:{GAP}specification)?[,(]?{GAP}\(?'
                 rf'(sections?\b|chapters?\b|[Tt]ables?\b|\d+\.\d+(?:\.\d+)*)')

# The documents, with the folder whose decisions they list; core/ is in both.
LISTS = {'docs/specs/vtd-coverage.rst': 'vtd', 'docs/specs/smmuv3-coverage.rst': 'smmuv3'}
UNVERIFIED = re.compile(rf'unverified(?:{GAP}\((U\d+)\))?', re.I)
ENTRY = re.compile(r'^(U\d+)\n((?:[ ]+\S.*\n?|\n(?=[ ]))+)', re.M)
FILE = re.compile(r'``((?:core/)?[\w-]+\.[ch])``')


def sources(root):
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob('*')):
            name = path.relative_to(root).as_posix()
            if path.suffix in SUFFIXES and path.is_file() and name not in EXEMPT:
                yield name, path.read_text(encoding='utf-8')


def line_of(text, match):
    return text.count('\n', 0, match.start()) + 1


def check_citations(name, text):
    for match in IHI.finditer(text):
        yield name, line_of(text, match), 'IHI 0070 without its issue'
    for match in VTD.finditer(text):
        if match[1] != VTD_REVISION:
            yield name, line_of(text, match), \
                f'{match[1]} of VT-d without the revision ({VTD_REVISION})'


def entries(root):
    """{(folder, number): (document, line, files)} of the lists."""
    found = {}
    for name, folder in LISTS.items():
        text = (root / name).read_text(encoding='utf-8')
        head, _, listed = text.partition('\nNot verified\n')
        for match in ENTRY.finditer(listed):
            files = {file if '/' in file else f'{folder}/{file}'
                     for file in FILE.findall(match[2])}
            line = head.count('\n') + line_of(listed, match) + 2
            found[folder, match[1]] = name, line, files
    return found


def check_decisions(root, listed):
    """Ties the places in the code to the entries of the lists."""
    open_ends = {(key, file) for key, (_, _, files) in listed.items() for file in files}
    for name, text in sources(root):
        if not name.startswith('hw/'):
            continue
        file = name.removeprefix('hw/sva/')
        for match in UNVERIFIED.finditer(text):
            ends = [(key, where) for key, (_, _, files) in listed.items()
                    for where in files if key[1] == match[1] and where == file]
            if not match[1]:
                yield name, line_of(text, match), 'unverified, without a number: (U1)'
            elif not ends:
                yield name, line_of(text, match), \
                    f'no entry {match[1]} of docs/specs names this file'
            open_ends -= set(ends)
    for (folder, number), file in sorted(open_ends):
        document, line, _ = listed[folder, number]
        yield document, line, f'{number} has no "Unverified ({number})" in {file}'


def check(root):
    for name, text in sources(root):
        yield from check_citations(name, text)
    yield from check_decisions(root, entries(root))


def main():
    parser = argparse.ArgumentParser(description='Check citations of the specifications.')
    parser.add_argument('root', nargs='?', type=Path,
                        default=Path(__file__).resolve().parents[1],
                        help='top of the tree (default: the one of this script)')
    root = parser.parse_args().root.resolve()
    if not all((root / name).is_file() for name in LISTS):
        parser.error(f'{root} has no docs/specs')
    findings = list(check(root))
    for name, line, message in findings:
        print(f'{name}:{line}: {message}')
    return 1 if findings else 0


if __name__ == '__main__':
    sys.exit(main())
