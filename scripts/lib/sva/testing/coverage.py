# SPDX-License-Identifier: GPL-2.0-or-later
"""Line coverage of the environment-free models by their unit tests."""

import json
from collections import defaultdict
from pathlib import Path

from ..util import files, paths, proc
from ..util.errors import SvaError

FOLDERS = ('core', 'vtd', 'smmuv3', 'accel')

# Per cent of the lines of a folder; the others are shown only.
REQUIRED = {'core': 95}


def forget(build):
    """Counts of earlier runs would be added to, or not fit new objects."""
    for path in build.rglob('*.gcda'):
        files.remove(path)


def measure(build):
    """{file below hw/sva: {line: executed at all?}}, of all objects together."""
    data = sorted(build.rglob('*.gcda'))
    if not data:
        raise SvaError('the unit tests left no coverage data')
    lines = defaultdict(dict)
    for start in range(0, len(data), 50):
        out = proc.output(['sh', '-c', 'cd "$1" && shift && exec gcov -t --json-format "$@"',
                           'sh', build, *data[start:start + 50]])
        for document in out.splitlines():
            collect(json.loads(document), lines)
    return lines


def collect(document, lines):
    top = paths.ROOT / 'hw/sva'
    for file in document['files']:
        path = Path(document['current_working_directory'], file['file']).resolve()
        if top not in path.parents:
            continue
        name = path.relative_to(top).as_posix()
        for line in file['lines']:
            number = line['line_number']
            lines[name][number] = lines[name].get(number, False) or line['count'] > 0


def percent(counts):
    return 100.0 * sum(counts) / len(counts) if counts else 0.0


def ranges(numbers):
    """[3, 4, 5, 9] as '3-5 9'."""
    parts = []
    for number in sorted(numbers):
        if parts and parts[-1][1] == number - 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ' '.join(str(a) if a == b else f'{a}-{b}' for a, b in parts)


def report(lines):
    """Lines to print and {folder: per cent}."""
    text, total = [], {}
    for folder in FOLDERS:
        counts = []
        for name in sorted(name for name in lines if name.startswith(folder + '/')):
            executed = lines[name]
            counts += executed.values()
            missing = ranges(n for n, done in executed.items() if not done)
            text.append(f'  {name:28} {len(executed):>5} lines '
                        f'{percent(list(executed.values())):6.1f} %'
                        + (f'  not run: {missing}' if missing else ''))
        total[folder] = percent(counts)
        text.append(f'  {"all of " + folder:28} {len(counts):>5} lines {total[folder]:6.1f} %')
    return text, total
