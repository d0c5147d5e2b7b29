# SPDX-License-Identifier: GPL-2.0-or-later
"""From the directory of a run to its report page."""

from pathlib import Path

from ..util import files
from ..util.errors import SvaError
from ..util.text import printable
from . import html, scenario

NAME = 'report.html'
# Events on a page, of one scenario, and of each at least.
MOST, MOST_OF_ONE, LEAST_OF_ONE = 600000, 100000, 5000
# A directory with one of these is that of a scenario.
LOGS = ('control.log', 'events.jsonl.gz', 'events.jsonl', 'console.log')
SHOWN = ('state', 'rule', 'party', 'result', 'evidence', 'finding')
STATES = ('bound', 'mm gone', 'unbound', 'overall')


def write(directory, most=MOST):
    """Write the page into the directory of a run, or of one scenario; its path."""
    directory = Path(directory)
    found = scenarios(directory)
    if not found:
        raise SvaError(f'{directory} is no directory of a run: it has neither verdicts nor logs')
    blocks, room = [], most
    for number, one in enumerate(found):
        share = max(LEAST_OF_ONE, min(MOST_OF_ONE, room // (len(found) - number)))
        block, facts = scenario.build(one.pop('directory'), one['arch'], share,
                                      one.pop('judged'))
        room -= min(share, facts['events'])
        blocks.append(block)
    path = directory / NAME
    files.write(path, html.page(printable(directory.resolve().name), found, blocks))
    return path


def scenarios(directory):
    """What the page says of each scenario, and where its logs are, in the order of the run."""
    verdicts = _verdicts(directory)
    if any((directory / name).is_file() for name in LOGS):
        return [_scenario(directory, directory.parent.name, directory.name, verdicts)]
    keys = list(dict.fromkeys((v['arch'], v['scenario']) for v in verdicts))
    there = [(path.parent.name, path.name) for path in sorted(directory.glob('*/*'))
             if any((path / name).is_file() for name in LOGS)]
    keys += [key for key in there if (key[0], key[1].split(',')[0]) not in keys]
    return [_scenario(directory / arch / name, arch, name, verdicts) for arch, name in keys]


def _scenario(directory, arch, name, verdicts):
    mine = [v for v in verdicts if (v['arch'], v['scenario']) == (arch, name.split(',')[0])]
    mine.sort(key=lambda v: STATES.index(v['state']) if v['state'] in STATES else len(STATES))
    first = mine[0] if mine else {}
    seconds = first.get('seconds')
    return {'directory': directory, 'judged': mine, 'arch': arch, 'name': name,
            'kernel': _text(first.get('kernel')) or 'unknown',
            'seconds': seconds if isinstance(seconds, (int, float)) else 0,
            'verdicts': [{key: _text(v.get(key)) for key in SHOWN} for v in mine]}


def _text(value):
    return printable(value) if isinstance(value, str) else ''


def _verdicts(directory):
    """Of the run; none if nothing was judged."""
    for place in (directory, directory.parent.parent):
        record = files.read_json(place / 'verdicts.json')
        found = record.get('verdicts') if isinstance(record, dict) else None
        if isinstance(found, list):
            return [v for v in found if isinstance(v, dict)
                    and all(isinstance(v.get(key), str) for key in ('arch', 'scenario', 'state'))
                    and not {'.', '..', ''} & {v['arch'], v['scenario']}
                    and '/' not in v['arch'] + v['scenario']]
    return []
