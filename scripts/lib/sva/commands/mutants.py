# SPDX-License-Identifier: GPL-2.0-or-later
"""sva mutants: do the rules name what is wrong with kernels that are broken on purpose?"""

import argparse

from .. import scenarios
from ..guest import specs
from ..runs import mutation, report, rundir
from ..runs.about import about
from ..setup import arch as arches, linux, tools, variants
from ..util import files, paths, shard
from ..util.errors import SvaError

EXAMPLES = """examples:
  sva mutants                       all of them; takes about ten minutes
  sva mutants --arch aarch64        only those for arm64 guests
  sva mutants unbind-no-drain       only this one, and its control
  sva mutants --keep unbind-no-drain  the same, with the report page of each run
  sva mutants --list                what is broken, and how
  sva mutants --controls 400        sound kernels only, on hardware that grows worse
  sva mutants --controls 20 --flavour debug --scenario kill
  sva mutants --controls 70 --first 11   another 70, with seeds that follow
  sva mutants --shard 2/5           the second of five machines; `sva merge` puts them together

Each is a semantic patch in tests/guest/kernel/variants. All of an architecture are
built into one kernel and chosen one at a time; a control run is the same kernel with
none chosen, or with --controls the one of the set-up. One is caught if the rule
that is expected accuses the kernel: a hang, a warning or another rule do not count.

Each run has a directory below build/runs/latest, as one of `sva check`. Of those that
do not go as expected, or all with --keep, the event stream stays and a report page is
written, whose place is printed; docs/system/report.rst says how to read it.

exit status: 0 all caught and no sound kernel accused, 1 otherwise, 2 the set-up is
at fault
"""


def register(subparsers):
    parser = subparsers.add_parser(
        'mutants', help='judge kernels that are broken on purpose', epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('variant', nargs='*', metavar='NAME', help='only these')
    parser.add_argument('--arch', action='append', choices=list(arches.ALL),
                        help='only for this guest architecture')
    parser.add_argument('--jobs', type=_number, default=tools.jobs(), metavar='N',
                        help='machines at the same time (default: %(default)s)')
    parser.add_argument('--json', metavar='FILE', help='write the outcomes as JSON')
    parser.add_argument('--keep', action='store_true', help='keep the event stream of each run '
                        'and write its report page, not only if it is not as expected')
    parser.add_argument('--list', action='store_true', help='name the variants and run none')
    parser.add_argument('--controls', type=_number, metavar='N', help='break nothing: N runs of '
                        'each architecture, round after round of the default scenarios, from '
                        'the second round on with `--adversary 1`, 2, ...')
    parser.add_argument('--first', type=_round, default=0, metavar='SEED', help='with '
                        '--controls: begin with the round of this seed')
    parser.add_argument('--scenario', action='extend', type=scenarios.matching, default=[],
                        metavar='NAME', help='with --controls: these instead')
    parser.add_argument('--flavour', choices=linux.FLAVOURS, default='plain',
                        help='with --controls: of the kernel (default: %(default)s)')
    shard.add(parser, 'kernels and control runs')
    rundir.add_option(parser)
    parser.set_defaults(run=run, junit=None)


def _number(word):
    number = int(word)
    if number < 1:
        raise argparse.ArgumentTypeError('at least one machine is needed')
    return number


def _round(word):
    number = int(word)
    if not 0 <= number < 1 << 32:
        raise argparse.ArgumentTypeError('a seed has 32 bits')
    return number


def run(args):
    if args.list:
        for v in variants.load().values():
            print(f'{v.name:31}{v.title} ({", ".join(v.shown)})')
        return 0
    report.check_options(args)
    rundir.check(args.results)
    archs, flavour = args.arch or list(arches.ALL), linux.VARIANTS
    if args.controls:
        if args.variant:
            raise SvaError('--controls breaks nothing: name no variant')
        flavour = args.flavour
        todo = mutation.controls(archs, args.controls, tuple(dict.fromkeys(args.scenario)),
                                 args.first)
    else:
        todo = mutation.plan(archs, args.variant)
    whole, todo = mutation.labels(todo), mutation.of_shard(todo, args.shard)
    makers = {arch: specs.set_up(arch, flavour)
              for arch in dict.fromkeys(words[0] for words in todo)}
    base = rundir.begin('mutants', args.results)
    record = about('mutants', mutation.labels(todo), args.shard, whole)
    kept = mutation.Kept(base / mutation.FILE, record)
    print(mutation.header(), flush=True)

    def told(outcome):
        kept.add(outcome)
        print(mutation.row(outcome), flush=True)
    outcomes = mutation.run(todo, makers, base, args.jobs, told, args.keep)
    print(f'{mutation.summary(outcomes)}.   log: {paths.shown(base)}/')
    if args.json:
        files.write(args.json, mutation.to_json(outcomes, record))
    return mutation.exit_status(outcomes)
