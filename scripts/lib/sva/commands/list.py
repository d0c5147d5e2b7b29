# SPDX-License-Identifier: GPL-2.0-or-later
"""sva list: the scenarios and the known findings, a line each."""

import argparse

from .. import scenarios
from ..guest import machine
from ..runs import findings
from ..setup import arch as arches

EXAMPLES = """examples:
  sva list                        what `sva demo` and `sva check` can run
  sva list 'kill*'                only these
  sva list --arch aarch64         only those for arm64 guests

Which rules a scenario proves, and on what evidence, is in
docs/devel/verdicts.rst; docs/findings/ tells more about each finding.
"""


def register(subparsers):
    parser = subparsers.add_parser(
        'list', help='list the scenarios and the known findings', epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('scenario', nargs='*', metavar='NAME', type=scenarios.matching,
                        help='only these; `*` matches anything, `all` is all of them')
    parser.add_argument('--arch', choices=list(arches.ALL), help='for this guest architecture')
    parser.set_defaults(run=run)


def run(args):
    named = [name for names in args.scenario for name in names]
    names = [name for name in scenarios.ALL if name in named or not named]
    names = scenarios.of_arch(names, args.arch) if args.arch else names
    print('Scenarios (* runs if none is named and the kernel has a driver of the device):')
    width = max(map(len, names), default=0)
    for name in names:
        usual = '*' if name in scenarios.default(scenarios.device_of(name)) else ' '
        print(f'{usual} {name:{width}} {scenarios.title(name)}{_only(name)}')
    if not named:
        print('\nKnown findings:')
        for finding in findings.load():
            if not args.arch or args.arch in finding.archs:
                print(f'{finding.id:3}  {finding.title}: {", ".join(finding.rules)} '
                      f'({", ".join(finding.archs)})')
    return 0


def _only(name):
    """What a scenario needs beside the usual."""
    having, device = scenarios.arches_of(name), scenarios.device_of(name)
    words = [] if len(having) == len(arches.ALL) else [f'{", ".join(having)} only']
    words += [] if device == machine.ACCEL_DEVICE else [device]
    return f' ({"; ".join(words)})' if words else ''
