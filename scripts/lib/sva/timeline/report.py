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
    return write_page(directory / NAME, directory.resolve().name, found, most)


def write_page(path, title, found, most=MOST):
    """Write a page about entries, see entry()."""
    blocks, room = [], most
    for number, one in enumerate(found):
        share = max(LEAST_OF_ONE, min(MOST_OF_ONE, room // (len(found) - number)))
        logs, judged = one.pop('directory'), one.pop('judged')
        block, facts = (scenario.build(logs, one['arch'], share, judged) if logs
                        else scenario.nothing())
        room -= min(share, facts['events'])
        blocks.append(block)
    files.write(path, html.page(printable(title), found, blocks))
    return path


def scenarios(directory):
    """What the page says of each scenario, and where its logs are, in the order of the run."""
    verdicts = _verdicts(directory)
    if any((directory / name).is_file() for name in LOGS):
        which = ('', '', *directory.parts)[-3:]
        if not _of(verdicts, which):    # then that is the name of the run
            which = ('', *which[1:])
        return [_scenario(directory, which, verdicts)]
    keys = list(dict.fromkeys(key(v) for v in verdicts))
    there = [('', *path.relative_to(directory).parts)[-3:] for depth in ('*/*', '*/*/*')
             for path in sorted(directory.glob(depth))
             if any((path / name).is_file() for name in LOGS)]
    keys += [one for one in there if (*one[:2], one[2].split(',')[0]) not in keys]
    return [_scenario(directory.joinpath(*filter(None, one)), one, verdicts) for one in keys]


def key(item):
    """(configuration, architecture, scenario) of a verdict: where its logs are."""
    return item.get('configuration') or '', item['arch'], item['scenario']


def _of(verdicts, which):
    """Those of a scenario; its name may have keys."""
    wanted = (*which[:2], which[2].split(',')[0])
    return [v for v in verdicts if key(v) == wanted]


def _scenario(directory, which, verdicts):
    return entry(directory, *which, _of(verdicts, which))


def entry(directory, configuration, arch, name, verdicts):
    """What the page says of one scenario; verdicts: as the JSON has them.

    directory: where its logs are; None if it never had any.
    """
    mine = sorted(verdicts, key=lambda v: STATES.index(v['state']) if v['state'] in STATES
                  else len(STATES))
    first = mine[0] if mine else {}
    seconds = first.get('seconds')
    return {'directory': directory, 'judged': mine, 'arch': arch,
            'name': f'{name} of {configuration}' if configuration else name,
            'kernel': _text(first.get('kernel')) or 'unknown',
            'seconds': seconds if isinstance(seconds, (int, float)) else 0,
            'verdicts': [{one: _text(v.get(one)) for one in SHOWN} for v in mine]}


def _text(value):
    return printable(value) if isinstance(value, str) else ''


def _verdicts(directory):
    """Of the run; none if nothing was judged."""
    for place in (directory, *directory.parents[1:3]):
        record = files.read_json(place / 'verdicts.json')
        found = record.get('verdicts') if isinstance(record, dict) else None
        if isinstance(found, list):
            return [v for v in found if isinstance(v, dict) and well_formed(v)]
    return []


def well_formed(item):
    """Has it what the page needs, and names a directory below that of the run?"""
    names = item.get('arch'), item.get('scenario'), item.get('configuration') or 'none'
    return all(isinstance(name, str) and name not in ('', '.', '..') and '/' not in name
               for name in names) and isinstance(item.get('state'), str)
