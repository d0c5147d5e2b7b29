#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Check that code, tests and documents use the field's terms.

    scripts/check-terms.py [ROOT]

Readers come from the specifications, from QEMU and from the kernel. Where
these have a word for something, the tree has no other one. The list holds
words that were the tree's own once; the name of a file counts like its text.

Exit status 0: nothing found, 1: something, 2: wrong use.
"""

import argparse
import re
import sys
from pathlib import Path
from typing import NamedTuple

FOLDERS = ('configs', 'docs', 'hw', 'include', 'scripts', 'tests')
FILES = ('Kconfig', 'README.rst', 'meson.build', 'meson_options.txt')
SUFFIXES = {'', '.S', '.build', '.c', '.config', '.h', '.json', '.mak', '.options', '.py', '.rst',
            '.txt'}
SKIPPED = {'__pycache__', 'build', 'corpus'}
# The list itself, and the test that each word on it is found.
EXEMPT = {'scripts/check-terms.py', 'tests/scripts/test_check_terms.py'}


class Term(NamedTuple):
    """A home-made word, the term to use, and where the word would mean that."""
    word: str
    pattern: str
    use: str
    where: tuple = ('',)


TERMS = (
    Term('front cache', r'(?i:front[-_ ]?cache)|\bsva_front_|\bSvaFront', 'micro-TLB, utlb'),
    Term('known, remember', r'\bsva_\w+_(?:known|remember)\b', 'micro-TLB lookup, insert'),
    Term('ticket', r'(?i:ticket)', 'outstanding invalidation; ITag where it is one'),
    Term('epoch', r'(?i:epoch)', 'generation'),
    Term('target', r'Sva(?:Vtd|Smmu)Target', 'translation config'),
    Term('space', r'SvaVtdSpace', 'PASID entry'),
    Term('client', r'SvaSmmuClient', 'transaction'),
    Term('owner of a group', r'SvaPrgOwner', 'page request group'),
    Term('held stall', r'(?i:held[-_ ]stall|stalls?[-_ ]held)', 'unrecorded stall'),
    # The registers of sva-accel have names of their own: guests know them.
    Term('hold', r'SVA_EV_HOLD|SVA_HOLD_|\bHOLD_MASK\b|\bsva_hold\b|(?i:\bhold[-_ ]points?\b)', 'breakpoint'),
    Term('evidence of a device', r'sva/evidence\.h|SvaEvidence|sva_evidence_', 'statistics',
         ('hw', 'include')),
    Term('nowhere', r'(?i:sva_nowhere)|\bnowhere\.[ch]', 'RAZ/WI region'),
    Term('pci-probe', r'(?i:pci[-_]probe)', 'sva-pci-testdev'),
    Term('visit', r'\bsva_visit|\bvisit\.h', 'flush of lazy mm; short-lived client'),
    Term('crew', r'(?i:\bcrew|_crew)', 'writers'),
    Term('heir', r'(?i:\bheir|_heir)', 'survivor'),
    Term('outage', r'(?i:outage)', 'device removal, reset in use'),
    Term('dying', r'(?i:\bdying|_dying)', 'exit workload', ('scripts', 'tests/guest/user')),
    Term('replace', r'sva[-_]replace|\breplace\.h', 'page migration'),
    Term('starve', r'(?i:starve)', 'RT hog', ('scripts', 'tests/guest')),
    Term('story', r'(?i:\bstory\b)', 'default scenarios'),
    Term('catalogue', r'CATALOGUE', 'all scenarios'),
    Term('claim', r'\bClaims?\b|\bclaims\.', 'rule result', ('scripts', 'tests/scripts')),
    Term('not owed', r'NotOwed', 'not applicable'),
    Term('lane', r'(?i:\blanes?\b)', 'worker pool', ('scripts', 'tests/scripts')),
    Term('patience', r'(?i:patience)', 'timeout multiplier'),
    Term('forge', r'(?i:(?:\b|_)forge(?!t))', 'synthetic run', ('scripts', 'tests/scripts')),
    Term('spoil', r'(?i:spoil)', 'mutate'),
    Term('bench of a test', r'(?:Smmu|Vtd)Bench|(?:smmu|vtd)_bench_|(?:accel|smmu|vtd)-bench\.[ch]',
         'fixture'),
)


def texts(root):
    """Name and text of what is looked at."""
    paths = [root / name for name in FILES]
    for folder in FOLDERS:
        paths += sorted((root / folder).rglob('*'))
    for path in paths:
        name = path.relative_to(root)
        if path.suffix in SUFFIXES and path.is_file() and not SKIPPED.intersection(name.parts) \
                and name.as_posix() not in EXEMPT:
            yield name.as_posix(), path.read_text(encoding='utf-8', errors='replace')


def applies(term, name):
    return any(not folder or name.startswith(f'{folder}/') for folder in term.where)


def check(root, terms=TERMS):
    for name, text in texts(root):
        for term in terms:
            if not applies(term, name):
                continue
            if re.search(term.pattern, name):
                yield f'{name}:1: the name says "{term.word}"; use: {term.use}'
            for found in re.finditer(term.pattern, text):
                line = text.count('\n', 0, found.start()) + 1
                yield f'{name}:{line}: "{found[0]}" ({term.word}); use: {term.use}'


def main():
    parser = argparse.ArgumentParser(description="Check for words that are the tree's own.")
    parser.add_argument('root', nargs='?', type=Path,
                        default=Path(__file__).resolve().parents[1],
                        help='top of the tree (default: the one of this script)')
    root = parser.parse_args().root.resolve()
    if not root.is_dir():
        parser.error(f'{root} is no directory')
    findings = list(check(root))
    for finding in findings:
        print(finding)
    return 1 if findings else 0


if __name__ == '__main__':
    sys.exit(main())
