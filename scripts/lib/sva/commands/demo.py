# SPDX-License-Identifier: GPL-2.0-or-later
"""sva demo: the default scenarios on the kernels of the set-up, with verdicts."""

import argparse
import difflib
import functools

from .. import scenarios
from ..guest import machine, replaying, specs
from ..judge import checker_rules
from ..runs import judging, report, rundir, stopping
from ..setup import arch as arches, artifacts, plan
from ..util import shard
from ..util.errors import SvaError
from . import stock

EXAMPLES = """examples:
  sva demo --stock               Debian's kernel as it is: the soonest verdict
  sva demo                       on both architectures, a verdict per rule
  sva demo --arch aarch64        only on arm64
  sva demo --scenario kill       only this one; `sva list` names them
  sva demo --scenario 'kill*'    those whose names match; --scenario all runs all
  sva demo --json verdicts.json  the verdicts for other programs
  sva demo --adversary 1         on the worst hardware that is legal

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
    parser.add_argument('--stock', action='store_true',
                        help="Debian's binary kernel, through its own driver of Intel DSA: no "
                        'kernel is built')
    add_arguments(parser)
    parser.set_defaults(run=run, boot_failure=2)


def add_arguments(parser):
    parser.add_argument('--scenario', action='extend', type=scenarios.matching, default=[],
                        metavar='NAME', help='only this scenario (may be repeated); `*` '
                        'matches anything, `all` is all of them; see `sva list`')
    parser.add_argument('--tier', choices=scenarios.TIERS, default=scenarios.TIERS[0],
                        help='thorough: scenarios with many rounds run for hours '
                        '(default: %(default)s)')
    add_adversary(parser)
    parser.add_argument('--stop-on', metavar='RULE', type=_checker_rule, help='stop the guest where it breaks this '
                        f'rule of the checker, or any with `{stopping.ANY}`; '
                        '`sva list` names them')
    parser.add_argument('--gdb', action='store_true', help='with --stop-on: let gdb attach '
                        f'there, on port {machine.GDB_PORT}')
    shard.add(parser, 'scenarios')
    rundir.add_option(parser)
    parser.add_argument('--record', nargs='?', choices=replaying.WHICH, const=replaying.FAILING,
                        help='keep a replay of each scenario that fails, or of all, for '
                        '`sva replay`')
    report.add_options(parser)


def add_adversary(parser):
    parser.add_argument('--adversary', type=_seed, default=0, metavar='SEED',
                        help='let the models do all that the architecture permits, chosen by a '
                        'generator with this seed')


def _checker_rule(word):
    if word != stopping.ANY and word not in checker_rules.load():
        near = difflib.get_close_matches(word, checker_rules.load())
        raise argparse.ArgumentTypeError(
            f'the checker has no rule {word}'
            + (f'; do you mean {" or ".join(near)}?' if near else '; `sva list` names them'))
    return word


def _seed(word):
    number = int(word) if word.isdecimal() else 0
    if not 0 < number < 1 << 32:
        raise argparse.ArgumentTypeError('a seed is from 1 to 4294967295')
    return number


def equipped(args, make_spec):
    """A kernel in the machine that the arguments ask for."""
    if args.gdb and not args.stop_on:
        raise SvaError('--gdb needs --stop-on; to start a guest under gdb use `sva run --gdb`')
    if args.record and args.stop_on:
        raise SvaError('--record goes without --stop-on: `sva replay --until` stops there')
    if args.adversary:
        make_spec = specs.changed(make_spec, adversary=args.adversary)
    if args.record:
        make_spec = specs.recorded(make_spec, args.record)
    if args.stop_on:
        make_spec = specs.stopped(make_spec, lambda: stopping.Stop(args.stop_on, args.gdb))
    return make_spec


def run(args):
    report.check_options(args)
    rundir.check(args.results)
    if args.stock:
        make_spec = stock.set_up(args)
        return judging.run(args, {stock.ARCH: equipped(args, make_spec)}, 'demo',
                           device=stock.DEVICE)
    chosen = judging.having(args, [args.arch] if args.arch else list(arches.ALL))
    # One after the other: the verdicts on the first do not wait for what the second takes.
    return judging.run(args, {arch: equipped(args, _when_built(arch)) for arch in chosen}, 'demo',
                       set_up=lambda arch: artifacts.ensure(*plan.FOR_SCENARIOS,
                                                             options=plan.Options((arch,))))


def _when_built(arch):
    """The kernel of the set-up, which need not be there yet."""
    built = functools.cache(lambda: specs.built(arch))
    return lambda logs, **more: built()(logs, **more)
