# SPDX-License-Identifier: GPL-2.0-or-later
"""sva demo: the story of the three states on a real kernel, with verdicts."""

import argparse

from .. import scenarios
from ..guest import specs
from ..runs import judging, report
from ..setup import arch as arches, artifacts, plan

EXAMPLES = """examples:
  sva demo                       on both architectures, a verdict per rule
  sva demo --arch aarch64        only on arm64
  sva demo --scenario kill       only this one; `sva list` names them
  sva demo --scenario 'kill*'    all with such a name; --scenario all: all there are
  sva demo --json verdicts.json  the verdicts for another program

Each scenario boots its own machine; console, kernel messages, events and
counters are kept in build/runs/<time>-demo/<arch>/<scenario>/, which
build/runs/latest leads to. What a rule proves is in docs/devel/verdicts.rst.
"""


def register(subparsers):
    parser = subparsers.add_parser(
        'demo', help='tell the story of a dying process, with a verdict per rule',
        epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--arch', choices=list(arches.ALL),
                        help='only on this guest architecture')
    add_arguments(parser)
    parser.set_defaults(run=run, boot_failure=2)


def add_arguments(parser):
    parser.add_argument('--scenario', action='extend', type=scenarios.matching, default=[],
                        metavar='NAME', help='only this scenario (may be repeated); * stands '
                        'for anything, `all` for all; `sva list` names them')
    parser.add_argument('--tier', choices=scenarios.TIERS, default=scenarios.TIERS[0],
                        help='thorough: scenarios that repeat something do so very often, '
                        'for hours (default: %(default)s)')
    report.add_options(parser)


def run(args):
    report.check_options(args)
    chosen = judging.having(args, [args.arch] if args.arch else list(arches.ALL))
    artifacts.ensure(options=plan.Options(chosen))
    return judging.run(args, {arch: specs.built(arch) for arch in chosen}, 'demo')
