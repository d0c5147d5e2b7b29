# SPDX-License-Identifier: GPL-2.0-or-later
"""sva demo: the default scenarios on the project's own kernels, with verdicts."""

import argparse

from .. import scenarios
from ..guest import specs
from ..runs import judging, report
from ..setup import arch as arches, artifacts, plan

EXAMPLES = """examples:
  sva demo                       on both architectures, a verdict per rule
  sva demo --arch aarch64        only on arm64
  sva demo --scenario kill       only this one; `sva list` names them
  sva demo --scenario 'kill*'    those whose names match; --scenario all runs all
  sva demo --json verdicts.json  the verdicts for other programs

Each scenario boots its own machine; console, kernel messages, events and
counters are kept in build/runs/<time>-demo/<arch>/<scenario>/; build/runs/latest
is a link to the last run. docs/devel/verdicts.rst says what each rule proves.
"""


def register(subparsers):
    parser = subparsers.add_parser(
        'demo', help='run scenarios on the kernels of the set-up, one verdict per rule',
        epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--arch', choices=list(arches.ALL),
                        help='only on this guest architecture')
    add_arguments(parser)
    parser.set_defaults(run=run, boot_failure=2)


def add_arguments(parser):
    parser.add_argument('--scenario', action='extend', type=scenarios.matching, default=[],
                        metavar='NAME', help='only this scenario (may be repeated); `*` '
                        'matches anything, `all` is all of them; see `sva list`')
    parser.add_argument('--tier', choices=scenarios.TIERS, default=scenarios.TIERS[0],
                        help='thorough: scenarios with many rounds run for hours '
                        '(default: %(default)s)')
    report.add_options(parser)


def run(args):
    report.check_options(args)
    chosen = judging.having(args, [args.arch] if args.arch else list(arches.ALL))
    artifacts.ensure(options=plan.Options(chosen))
    return judging.run(args, {arch: specs.built(arch) for arch in chosen}, 'demo')
