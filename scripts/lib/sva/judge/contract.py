# SPDX-License-Identifier: GPL-2.0-or-later
"""What the checker (sva-checker) says that software, or a model, did against the rules.

It is asked at each stage. What it finds later, up to the power-off, it says on QEMU's
standard error, in one line each.
"""

import re
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from ..util.text import printable
from .verdict import KERNEL, MODEL, UNDECIDED

RULE = 'contract'
PARTIES = {'kernel': KERNEL, 'model': MODEL, 'unknown': UNDECIDED}
# Who is named first; a broken model makes everything else doubtful.
ORDER = (MODEL, KERNEL, UNDECIDED)

MESSAGE = re.compile(r'sva-checker: violation (?P<number>\d+) (?P<rule>[a-z0-9-]+) '
                     r'(?P<culprit>kernel|model|unknown) rid (?P<rid>-|0x[0-9a-f]{1,4}) '
                     r'pasid (?P<pasid>-|0x[0-9a-f]{1,5}): (?P<text>.*)')
OWED = ' Owed: '
# Of the JSON of the checker: what a report shows besides the members of Violation.
DETAILS = ('sentence', 'source', 'addr', 'last', 'pa', 'before', 'now', 'since', 'time', 'repeats')


@dataclass(frozen=True)
class Violation:
    """A broken rule of the checker; rid and pasid are None if it is about none."""
    number: int
    rule: str
    party: str
    text: str
    owed: str = ''
    rid: int = None
    pasid: int = None
    details: dict = field(default_factory=dict, compare=False)
    # Label of the known finding that explains it.
    finding: str = ''

    def __post_init__(self):
        for name in ('rule', 'text', 'owed', 'finding'):
            object.__setattr__(self, name, printable(getattr(self, name)))

    @property
    def line(self):
        """All on one line; what findings are compared with."""
        return f'{self.rule}: {self.text}' + (OWED + self.owed if self.owed else '')

    @property
    def where(self):
        """The function, the PASID and the table entry that it is about."""
        words = []
        if self.rid is not None:
            words.append(f'function {self.rid >> 8:02x}:{self.rid >> 3 & 31:02x}.{self.rid & 7}')
        if self.pasid is not None:
            words.append(f'PASID {self.pasid:#x}')
        for name, what in (('before', 'entry was'), ('now', 'entry is')):
            if self.details.get(name):
                words.append(f'{what} {" ".join(map(str, self.details[name]))}')
        return ', '.join(words)

    def lines(self):
        """For people: what was broken, where, and what the rule says."""
        rule = self.details.get('sentence', '')
        source = self.details.get('source', '')
        found = [self.line + (f' [{self.finding}]' if self.finding else '')]
        if self.where:
            found.append(f'  {self.where}')
        if rule:
            found.append(f'  rule: {rule}' + (f' ({source})' if source else ''))
        return [printable(line) for line in found]

    def to_json(self):
        return {'rule': self.rule, 'party': self.party, 'text': self.text,
                'owed': self.owed or None, 'rid': self.rid, 'pasid': self.pasid,
                'finding': self.finding or None, **self.details}


def parse(message):
    """The violation that a line of QEMU's messages reports, or None."""
    match = MESSAGE.search(message)
    if not match:
        return None
    text, _, owed = match['text'].partition(OWED)
    rid, pasid = (None if match[name] == '-' else int(match[name], 16)
                  for name in ('rid', 'pasid'))
    return Violation(int(match['number']), match['rule'], PARTIES[match['culprit']], text, owed,
                     rid, pasid)


def from_json(entry):
    """The same from an entry of the checker's list."""
    details = {name: entry[name] for name in DETAILS if entry.get(name) not in (None, [])}
    return Violation(entry['number'], entry['rule'], PARTIES[entry['culprit']], entry['text'],
                     entry.get('owed') or '', entry.get('rid'), entry.get('pasid'), details)


class Judged(NamedTuple):
    """What the checker of a run has seen and found."""
    events: int
    violations: tuple
    # No: the machine was moved, and a checker begins afresh with each process.
    whole: bool = True


class Watch:
    """What a checker has reported until now, through all processes of a machine."""

    def __init__(self):
        self.events = 0
        self.seen = {}
        self.raw = {}
        self.whole = True

    def look(self, guest):
        """Ask it. The last answer counts: it has the number of repetitions."""
        self.whole = not guest.moves
        self.events = max(self.events, guest.checked_events())
        for entry in guest.violations():
            found = from_json(entry)
            self.seen[found.number, found.rule, found.text] = found
            self.raw[found.number, found.rule, found.text] = entry

    def record(self):
        """All that it said, with the last events before each."""
        return list(self.raw.values())

    def all(self, messages):
        """A Judged: messages are the lines of QEMU's standard error."""
        said = [found for found in map(parse, messages) if found]
        found = [self.seen.get((v.number, v.rule, v.text), v) for v in said]
        # Those of which the message was cut.
        found += [v for v in self.seen.values() if v not in found]
        return Judged(self.events, tuple(found), self.whole)


def first(violations):
    """(party, evidence): who is accused by these violations, and of what first."""
    party = next(party for party in ORDER if any(v.party == party for v in violations))
    accused = next(v for v in violations if v.party == party)
    others = len(violations) - 1
    return party, accused.line + (f' ({others} more)' if others else '')


def explained(violations, explains):
    """The same with the findings: explains(violation) gives a label or ''."""
    return tuple(replace(v, finding=explains(v)) for v in violations)
