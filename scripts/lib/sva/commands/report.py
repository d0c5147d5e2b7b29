# SPDX-License-Identifier: GPL-2.0-or-later
"""sva report: a run as one page for the browser."""

import argparse

from ..timeline import report
from ..util import paths
from ..util.errors import SvaError

EXAMPLES = """examples:
  sva report                       of the last run of `sva check` or `sva demo`
  sva report build/runs/DIRECTORY  of an earlier one
  sva report DIRECTORY/ARCH/NAME   of one scenario

The page is one file, report.html in that directory; it needs no network.
`sva check` and `sva demo` write it by themselves. docs/system/report.rst says how
to read it.
"""


def register(subparsers):
    parser = subparsers.add_parser(
        'report', help='write the verdicts and the timeline of a run as one HTML page',
        epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('directory', nargs='?', metavar='DIR',
                        help='directory of a run (default: build/runs/latest)')
    parser.set_defaults(run=run)


def run(args):
    directory = paths.build('runs/latest') if args.directory is None else args.directory
    try:
        print(report.write(directory))
    except FileNotFoundError as e:
        raise SvaError(f'{directory}: no such directory') from e
    return 0
