# SPDX-License-Identifier: GPL-2.0-or-later
"""dontneed: pages that a process gave back."""

from ..judge.verdict import BOUND, KERNEL, SETUP, UNBOUND
from ..rules import shared
from ..rules.facts import number
from ..rules.rule import Check, Result, Rule

EQUAL, DIFFERENT = 0x01, 0x02


def fresh(run):
    """The device sees the page that is there now."""
    before, after, where = (number(run, key) for key in
                            ('before.status', 'after.status', 'after.different'))
    return Result('what was given back reads as zeros', [
        Check(before == DIFFERENT, SETUP,
              f'the device did not see the pattern: status {before:#x}'),
        Check(after in (EQUAL, DIFFERENT), KERNEL,
              f'the device could not read what was given back: status {after:#x}'),
        Check(after == EQUAL, KERNEL, f'old data at offset {where:#x}')])


RULES = [
    Rule(BOUND, 'fresh', fresh),
    Rule(BOUND, 'silence', shared.quiet('bound', 'done')),
    Rule(UNBOUND, 'drain', shared.drain('done', 'unbound')),
]
