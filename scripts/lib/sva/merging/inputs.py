# SPDX-License-Identifier: GPL-2.0-or-later
"""Results as the commands leave them: directories of runs, JSON, JUnit of `sva test`."""

import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from ..judge import published
from ..runs import explored, mutation, report
from ..setup import arch as arches
from ..testing import junit
from ..timeline import report as pages
from ..util import text
from ..util.errors import SvaError

# A directory with one of these is that of a run: what is below it is its evidence.
OF_RUN = ('verdicts.json', mutation.FILE, explored.FILE)
# What was merged before is read if it is named, and not beside what it was made of.
MERGED = 'merged.json'
LISTS = ('verdicts', 'mutants', 'controls', 'explored', 'tests', 'runs', 'problems')
# One of them is in each result; explore.json has what was asked for, and points beside it.
RESULTS = {'verdicts': list, 'mutants': list, 'asked': dict}
TEXTS = ('command', 'tool', 'began')
# What a file can be short of, or have of another kind.
DAMAGE = (KeyError, TypeError, ValueError, AttributeError)


@dataclass
class Source:
    """What a file says."""
    path: Path
    runs: list = field(default_factory=list)        # see runs/about.py
    verdicts: list = field(default_factory=list)
    outcomes: list = field(default_factory=list)    # mutation.Outcome
    points: list = field(default_factory=list)      # explored.Explored
    tests: list = field(default_factory=list)       # (suite, junit.Case)
    problems: list = field(default_factory=list)    # (kind, text), of what was merged before


def read(names):
    """The sources that files and directories are; each file once."""
    found = {}
    for name in names:
        for path in _files(Path(name)):
            found.setdefault(path.resolve(), path)
    return [_source(path) for path in found.values()]


def _files(path):
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise SvaError(f'{path}: no such file or directory')
    found = list(_below(path)) or [one for one in [path / MERGED] if one.is_file()]
    if not found:
        raise SvaError(f'{path} has no results: neither a directory of a run of `sva check` or '
                       '`sva mutants` or `sva explore`, nor what --json or --junit of '
                       '`sva test` wrote')
    return found


def _below(directory):
    here = [path for path in sorted(directory.iterdir())
            if path.suffix in ('.json', '.xml') and path.name != MERGED and path.is_file()
            and _is_result(path)]
    yield from here
    if not any(path.name in OF_RUN for path in here):
        for path in sorted(directory.iterdir()):
            if path.is_dir() and not path.is_symlink():
                yield from _below(path)


def _is_result(path):
    """Others leave JSON and JUnit, too; verdicts as JUnit are a copy of their JSON."""
    try:
        if path.suffix == '.json':
            record = json.loads(path.read_text(encoding='utf-8'))
            return isinstance(record, dict) and any(isinstance(record.get(key), kind)
                                                    for key, kind in RESULTS.items())
        return bool(junit.runs(path.read_text(encoding='utf-8')))
    except (OSError, ValueError, RecursionError, ElementTree.ParseError):
        # Cut off, perhaps: then it is told when it is read.
        return path.name in OF_RUN


def _source(path):
    try:
        content = path.read_text(encoding='utf-8')
        return _tests(path, content) if path.suffix == '.xml' else _record(path, content)
    except OSError as e:
        raise SvaError(f'{path}: {e.strerror}') from e
    except (*DAMAGE, ElementTree.ParseError, RecursionError) as e:
        raise SvaError(f'{path} is damaged, or not a result of sva: {type(e).__name__}: {e}') from e


def _tests(path, content):
    runs = junit.runs(content)
    if not runs:
        raise SvaError(f'{path} is not of `sva test`; of verdicts name the JSON or the directory of '
                       'the run')
    return Source(path, [_run({**run, 'command': 'test'}) for run in runs],
                  tests=[(suite, _case(case._asdict())) for suite, _, case in junit.cases(content)])


def _record(path, content):
    record = json.loads(content)
    if record['format'] != report.FORMAT:
        raise ValueError(f'format {record["format"]}, not {report.FORMAT}')
    lists = {key: list(record.get(key, [])) for key in LISTS}
    if not set(RESULTS) & set(record):
        raise ValueError('it has neither verdicts nor mutants')
    runs = lists['runs'] + ([record['run']] if 'run' in record else [])
    return Source(path, [_run(one) for one in runs],
                  [_verdict(one) for one in lists['verdicts']],
                  [_outcome(one) for one in lists['mutants'] + lists['controls']],
                  _points(path, record, lists),
                  [(text.printable(one['suite']), _case(one)) for one in lists['tests']],
                  [(text.printable(one['kind']), text.printable(one['text']))
                   for one in lists['problems']])


def _run(one):
    values = {key: text.printable(one.get(key) or '') for key in TEXTS}
    parts = {key: text.printable(one[key]) if one.get(key) else None for key in ('shard', 'whole')}
    return {**values, **parts,
            'cases': [text.printable(name) for name in one.get('cases', [])]}


def _verdict(one):
    if not pages.well_formed(one) or one['arch'] not in arches.ALL:
        raise ValueError('a verdict without architecture, scenario or state')
    _check_seconds(one)
    return published.read(one)


def _outcome(one):
    _check_seconds(one)
    return mutation.from_json(one)


def _points(path, record, lists):
    if 'asked' in record:
        lists['explored'] += [one.to_json() for one in explored.read(path.parent,
                                                                     record['asked'])]
    for one in lists['explored']:
        _check_seconds(one)
    return [explored.from_json(one) for one in lists['explored']]


def _check_seconds(one):
    """JSON of Python may have NaN, which XML has not."""
    if not math.isfinite(one['seconds']):
        raise ValueError(f'a time of {one["seconds"]} s')


def _case(one):
    _check_seconds(one)
    if one['result'] not in (junit.PASS, junit.FAIL, junit.SKIP):
        raise ValueError(f'a test with the result {one["result"]}')
    return junit.Case(text.printable(one['name']), one['result'], text.block(one['detail']),
                      float(one['seconds']))
