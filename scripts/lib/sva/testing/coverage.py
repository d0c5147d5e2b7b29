# SPDX-License-Identifier: GPL-2.0-or-later
"""Line coverage of the environment-free models by their unit tests, with gcovr."""

import re

from ..util import files, paths, proc
from ..util.errors import SvaError

# Per cent of the lines of a folder below hw/sva/.
REQUIRED = {'core': 95, 'vtd': 95, 'smmuv3': 95, 'endpoint': 95, 'accel': 95}


def forget(build):
    """Counts of earlier runs would be added to, or not fit new objects."""
    for path in build.rglob('*.gcda'):
        files.remove(path)


def measure(build):
    """Collect what all objects counted; returns gcovr's file of it."""
    if not any(build.rglob('*.gcda')):
        raise SvaError('the unit tests left no coverage data')
    counts = build / 'coverage.json'
    files.remove(counts)
    # With more than one thread it waits for ever if one of them fails.
    _gcovr('-j', '1', '--filter', _inside(), '--json', counts, build)
    return counts


def report(counts, folder):
    """gcovr's table of the files of a folder, and the per cent of its lines that ran."""
    summary = counts.with_name(f'coverage-{folder}.json')
    table = _gcovr('--add-tracefile', counts, '--filter', _inside(folder), '--txt', '-',
                   '--json-summary', summary)
    total = files.read_json(summary)
    if not total['line_total']:
        raise SvaError(f'no line of hw/sva/{folder} was counted')
    return table, 100.0 * total['line_covered'] / total['line_total']


def _inside(folder=''):
    # gcovr takes what is not absolute for something below the working directory.
    return re.escape(str(paths.ROOT / 'hw/sva' / folder)) + '/'


def _gcovr(*options):
    return proc.output(['gcovr', '--root', paths.ROOT, *options])
