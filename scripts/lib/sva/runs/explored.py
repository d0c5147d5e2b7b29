# SPDX-License-Identifier: GPL-2.0-or-later
"""What an exploration has found, in its directory: for who goes on with it, or merges it."""

import json
import re
from dataclasses import asdict, dataclass

from ..setup import arch as arches
from ..util import files
from ..util.errors import SvaError
from ..util.text import printable
from . import exploration

# One more when something in it changes its meaning.
FORMAT = 1
# What was asked for, and a line for each point that was tried.
FILE = 'explore.json'
POINTS = 'points.jsonl'
# A part of the name of a point.
PLAIN = re.compile(r'[a-z0-9_][a-z0-9_,=-]*')


class Record:
    """What a run has found until now."""

    def __init__(self, base, asked, run, resumed=False):
        """asked: what has to be the same for a run that is resumed; run: see about.py."""
        self.path = base / POINTS
        self.outcomes = []
        if not resumed:
            files.write_json(base / FILE, {'format': FORMAT, 'run': run, 'asked': asked})
            return
        if (files.read_json(base / FILE) or {}).get('asked') != asked:
            raise SvaError(f'{base} is a run of something else: scenario, kernel, emulator, '
                           'faults, points, seed and part have to be the same')
        try:
            self.outcomes = read_points(base)
        except (KeyError, TypeError, ValueError) as e:
            raise SvaError(f'{self.path} is damaged: {type(e).__name__}: {e}') from e
        # The next line must not begin where the last one was cut off.
        files.write(self.path, ''.join(map(_line, self.outcomes)))

    def add(self, outcome):
        self.outcomes.append(outcome)
        with open(self.path, 'a', encoding='utf-8') as file:
            file.write(_line(outcome))


def _line(outcome):
    return json.dumps(asdict(outcome)) + '\n'


def read_points(base):
    """The outcomes. What follows the last end of a line was being written when the run ended."""
    path = base / POINTS
    lines = path.read_text(encoding='utf-8').split('\n') if path.is_file() else []
    return [_outcome(json.loads(line)) for line in lines[:-1]]


def _outcome(entry):
    if not (PLAIN.fullmatch(entry['fault']) and type(entry['event']) is int):
        raise ValueError(f'something that happens at {entry["fault"]}-{entry["event"]}')
    return exploration.Outcome(
        entry['fault'], entry['event'], tuple(map(printable, entry['rules'])),
        printable(entry['evidence']), tuple(map(printable, entry['known'])),
        printable(entry['digest']), float(entry['seconds']))


@dataclass(frozen=True)
class Explored:
    """An outcome among those of several explorations."""
    arch: str
    scenario: str
    # Of the run in which nothing happened: events have the same numbers if it is the same.
    baseline: str
    outcome: exploration.Outcome

    @property
    def name(self):
        return name(self.arch, self.scenario, self.outcome.point)

    def to_json(self):
        return {'arch': self.arch, 'scenario': self.scenario, 'baseline': self.baseline,
                **asdict(self.outcome)}


def name(arch, scenario, point):
    """A point among those of all explorations."""
    return f'{arch}.{scenario}.{point.label}'


def from_json(entry):
    """As to_json() has it; KeyError, TypeError or ValueError if it is none."""
    if not PLAIN.fullmatch(entry['scenario']) or entry['arch'] not in arches.ALL:
        raise ValueError(f'an exploration of {entry["arch"]}.{entry["scenario"]}')
    return Explored(entry['arch'], entry['scenario'], printable(entry['baseline']),
                    _outcome(entry))


def read(base, asked):
    """All that the exploration in a directory has found."""
    return [from_json({**asdict(outcome), **{key: asked[key] for key in
                                             ('arch', 'scenario', 'baseline')}})
            for outcome in read_points(base)]
