# SPDX-License-Identifier: GPL-2.0-or-later
"""sva demo: the story of the three states on a real kernel, with verdicts."""

import argparse

from . import artifacts, guests, judging, plan, report, scenarios

EXAMPLES = """examples:
  sva demo                       all scenarios, a verdict per rule
  sva demo --scenario kill       only this one
  sva demo --json verdicts.json  the verdicts for another program

Each scenario boots its own machine; console, kernel messages, events and
counters are kept in build/demo/<arch>/<scenario>/. What a rule proves is in
docs/devel/verdicts.rst.
"""


def register(subparsers):
    parser = subparsers.add_parser(
        'demo', help='tell the story of a dying process, with a verdict per rule',
        epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_arguments(parser)
    parser.set_defaults(run=run)


def add_arguments(parser):
    parser.add_argument('--arch', choices=['x86_64'], default='x86_64',
                        help='guest architecture (default: %(default)s)')
    parser.add_argument('--scenario', action='append', choices=sorted(scenarios.CATALOGUE),
                        metavar='NAME', help='only this scenario (may be repeated): '
                        + ', '.join(scenarios.CATALOGUE))
    report.add_options(parser)


def run(args):
    report.check_options(args)
    artifacts.ensure(options=plan.Options((args.arch,)))
    return judging.run(args, guests.built(args.arch), 'demo')
