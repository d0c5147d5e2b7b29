# SPDX-License-Identifier: GPL-2.0-or-later
"""One result of several, and what does not fit together in them."""

from dataclasses import dataclass, field
from typing import NamedTuple

from ..judge import verdict
from ..runs import mutation
from ..runs.about import case
from ..testing import junit

CONFLICT, KERNELS, MACHINES = 'conflict', 'kernels', 'machines'
TOOLS, MISSING, NOT_RUN = 'tools', 'missing', 'not run'
# Merging again would not find these, because one of two results is left.
LASTING = (CONFLICT, KERNELS, MACHINES)
# How many names a line has.
NAMED = 8
# What a run does not say.
UNKNOWN = 'unknown'


class Problem(NamedTuple):
    """Why the result cannot be relied on as it is."""
    kind: str
    text: str


class Unit(NamedTuple):
    """Results that come together: of a scenario, a broken kernel, a point, a test."""
    name: str
    results: dict       # {part of it: result}
    rank: int           # the higher, the worse
    content: object
    path: object        # the file


@dataclass
class Merged:
    runs: list
    # Lists of units, each name once.
    scenarios: list
    kernels: list
    tests: list
    points: list = field(default_factory=list)
    problems: list = field(default_factory=list)
    repeated: int = 0

    @property
    def verdicts(self):
        return [item for unit in self.scenarios for item in unit.content]

    @property
    def outcomes(self):
        return [unit.content for unit in self.kernels]

    @property
    def explored(self):
        return [unit.content for unit in self.points]

    def cases(self):
        """{suite: cases}"""
        found = {}
        for unit in self.tests:
            suite, one = unit.content
            found.setdefault(suite, []).append(one)
        return found


def merge(sources):
    groups = [[unit for source in sources for unit in units(source)]
              for units in (_scenarios, _kernels, _tests, _points)]
    problems = [Problem(*one) for source in sources for one in source.problems
                if one[0] in LASTING]
    merged = Merged([run for source in sources for run in source.runs],
                    *(_each_once(units, problems) for units in groups))
    merged.repeated = sum(map(len, groups)) - sum(
        map(len, (merged.scenarios, merged.kernels, merged.tests, merged.points)))
    told = {_about(one) for one in problems}
    problems += [one for one in _kernels_differ(groups[0]) + _machines_differ(groups[3])
                 if _about(one) not in told]
    problems += _tools_differ(sources)
    problems += _parts_missing(merged.runs) + _not_run(merged)
    merged.problems = list(dict.fromkeys(problems))
    return merged


def _about(problem):
    return problem.kind, problem.text.partition(':')[0]


# -- units --

def _scenarios(source):
    found = {}
    for item in source.verdicts:
        found.setdefault(case(item.arch, item.scenario, item.configuration), []).append(item)
    for name, items in found.items():
        yield Unit(name, {f'{v.rule} ({v.state})': v.result for v in items},
                   (0, 2, 1)[verdict.exit_status(items)], items, source.path)


def _kernels(source):
    for one in source.outcomes:
        name = mutation.label(one.arch, one.name, one.scenario, one.adversary)
        yield Unit(name, {'it': mutation.told(one)}, 0 if one.caught else 1, one, source.path)


def _tests(source):
    for suite, one in source.tests:
        yield Unit(f'{suite}.{one.name}', {'it': one.result},
                   (junit.SKIP, junit.PASS, junit.FAIL).index(one.result), (suite, one),
                   source.path)


def _points(source):
    for one in source.points:
        found = one.outcome
        yield Unit(one.name, {'it': ', '.join(found.rules) or 'fine', 'its console': found.digest},
                   2 if found.rules else 0, one, source.path)


def _each_once(units, problems):
    """In order of their names, the worst of those with the same one; adds what they do not agree on."""
    found = {}
    for unit in units:
        other = found.setdefault(unit.name, unit)
        if other.results != unit.results:
            problems.append(Problem(CONFLICT, _difference(other, unit)))
        if unit.rank > other.rank:
            found[unit.name] = unit
    return [found[name] for name in sorted(found)]


def _difference(first, second):
    parts = dict.fromkeys([*first.results, *second.results])
    told = [f'{part} is {first.results.get(part, "absent")} in {first.path} and '
            f'{second.results.get(part, "absent")} in {second.path}' for part in parts
            if first.results.get(part) != second.results.get(part)]
    return f'{first.name} has different results: {told[0]}' + (
        f' ({len(told) - 1} more)' if told[1:] else '')


# -- what does not fit --

def _kernels_differ(units):
    """Releases: each build of one has another time in it, and may be the same all the same."""
    found, places = {}, {}
    for unit in units:
        first = unit.content[0]
        if first.kernel != UNKNOWN:
            of = ' of '.join(filter(None, (first.arch, first.configuration)))
            found.setdefault(of, {}).setdefault(first.kernel, unit.path)
            places[of] = None
    return [Problem(KERNELS, f'different kernels on {of}: ' + _placed(found[of]) +
                    '; a file for --matrix gives each a name')
            for of in places if len(found[of]) > 1]


def _machines_differ(units):
    """Those in which nothing happened did not do the same: events have other numbers."""
    found = {}
    for unit in units:
        one = unit.content
        found.setdefault(f'{one.arch}.{one.scenario}', {}).setdefault(one.baseline, unit.path)
    return [Problem(MACHINES, f'different machines explored with {of}: ' + _placed(places)
                    + '; kernel, emulator and programs have to be the same')
            for of, places in found.items() if len(places) > 1]


def _tools_differ(sources):
    found = {}
    for source in sources:
        for tool in [run['tool'] for run in source.runs] or ['']:
            found.setdefault(tool or UNKNOWN, source.path)
    return [Problem(TOOLS, 'different versions of sva, whose rules and parts differ: '
                    + _placed(found))] if len(found) > 1 else []


def _placed(found):
    return ', '.join(f'{what} in {path}' for what, path in found.items())


def _parts_missing(runs):
    """Of each run that was split; two of as many parts may have been of different things."""
    found = {}
    for run in runs:
        number, _, parts = (run['shard'] or '').partition('/')
        if number.isdecimal() and parts.isdecimal():
            found.setdefault((run['command'], int(parts), run['whole'] or ''), set()).add(
                int(number))
    return [Problem(MISSING, f'sva {command}: there is no result of part '
                    + _named([f'{n}/{parts}' for n in _absent(numbers, parts)]))
            for (command, parts, _), numbers in sorted(found.items()) if len(numbers) < parts]


def _absent(numbers, parts):
    """The first of those that are not there; parts is what a file says, and may be huge."""
    found = []
    for n in range(1, parts + 1):
        if n not in numbers:
            found.append(n)
        if len(found) > NAMED:
            break
    return found


def _not_run(merged):
    """What was to be done and was not, because a run ended early."""
    there = {unit.name for unit in (*merged.scenarios, *merged.kernels, *merged.points)}
    found = {}
    for run in merged.runs:
        for name in run['cases']:
            if name not in there:
                found.setdefault(run['command'], {})[name] = None
    return [Problem(NOT_RUN, f'sva {command}: not run: {_named(list(names))}')
            for command, names in found.items()]


def _named(names):
    return ', '.join(names[:NAMED]) + (' and more' if len(names) > NAMED else '')


def exit_status(merged):
    """As each command has it: 1 a rule is broken or a test failed, 2 part of it is not known."""
    verdicts, failed = merged.verdicts, any(
        unit.rank > 1 for unit in (*merged.tests, *merged.points))
    statuses = {verdict.exit_status(verdicts)} if verdicts else set()
    statuses |= {mutation.exit_status(merged.outcomes), 1 if failed else 0}
    if 1 in statuses:
        return 1
    nothing = not (merged.scenarios or merged.kernels or merged.tests or merged.points)
    return 2 if merged.problems or nothing or 2 in statuses else 0
