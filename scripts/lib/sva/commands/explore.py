# SPDX-License-Identifier: GPL-2.0-or-later
"""sva explore: a scenario again and again, with something happening at another event."""

import argparse
import contextlib
import time
from pathlib import Path

from .. import scenarios
from ..guest import exploring, machine
from ..runs import exploration, explored, findings, report, rundir
from ..runs.about import about
from ..setup import artifacts, tools
from ..util import files, paths, shard
from ..util.errors import SvaError
from ..util.live import Live
from . import check

EXAMPLES = """examples:
  sva explore kill --flavour plain --arch aarch64
  sva explore kill --flavour plain --points 500 --seed 7 --fault kill --fault flr
  sva explore fault-in --kernel bzImage --kbuild ~/linux --points all --fault kill
  sva explore kill --flavour plain --resume build/runs/20260101-120000-explore
  sva explore kill --flavour plain --fault flr --at 34567   one point, with all its files
  sva explore kill --flavour plain --points all --shard 2/5   for the second of five
                                           computers; `sva merge` puts them together

docs/system/explore.rst says what happens at an event, and what is judged.

exit status: 0 nothing is wrong at any point, 1 something is, 2 the set-up is at fault
"""
ALL = 'all'


def register(subparsers):
    parser = subparsers.add_parser(
        'explore', help='let a signal, a reset or a loss come at any event of a scenario',
        epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('scenario', metavar='SCENARIO', type=_scenario,
                        help='one scenario; `sva list` names them')
    check.add_kernel(parser)
    parser.add_argument('--fault', action='append', choices=list(exploring.FAULTS),
                        help='what happens (may be repeated; default: each of them): '
                        + '; '.join(f'{f.name}: {f.title}' for f in exploring.FAULTS.values()))
    parser.add_argument('--points', type=_points, default=25, metavar='N|all',
                        help='at how many events (default: %(default)s)')
    parser.add_argument('--seed', type=int, default=1, metavar='S',
                        help='which events these are (default: %(default)s)')
    parser.add_argument('--at', type=_number, metavar='EVENT',
                        help='only this event; its files are kept')
    parser.add_argument('--jobs', type=_number, default=tools.jobs(), metavar='N',
                        help='machines at the same time (default: %(default)s)')
    parser.add_argument('--resume', metavar='DIR', type=Path,
                        help='go on with a run that was interrupted')
    shard.add(parser, 'points')
    rundir.add_option(parser)
    # What check.choose() asks for, too.
    parser.set_defaults(run=run, gdb=False, stop_on='', record='', adversary=0)


def _scenario(word):
    found = scenarios.matching(word)
    if len(found) != 1:
        raise argparse.ArgumentTypeError('one scenario at a time')
    return found[0]


def _points(word):
    return None if word == ALL else _number(word)


def _number(word):
    if not word.isdecimal() or not int(word):
        raise argparse.ArgumentTypeError(f'{word} is no number from 1 on')
    return int(word)


def run(args):
    _check(args)
    _, device, set_up = check.choose(argparse.Namespace(
        **{**vars(args), 'scenario': [args.scenario], 'shard': None}))
    if device != machine.ACCEL_DEVICE:
        raise SvaError(f'{args.kernel} has no driver of {machine.ACCEL_DEVICE}')
    make_spec = set_up()
    faults = tuple(dict.fromkeys(args.fault or exploring.FAULTS))
    base = rundir.again(args.resume) if args.resume else rundir.begin('explore', args.results)
    explorer = exploration.Explorer(make_spec, args.scenario, base, findings.load())
    numbers = explorer.baseline()
    print(f'{len(numbers):,} events from the first work of the device on')
    if explorer.usual:
        print(f'broken anyway, and not counted: {", ".join(sorted(explorer.usual))}')
    if args.at:
        return _one(explorer, [exploration.Point(fault, args.at) for fault in faults])
    whole = exploration.plan(numbers, faults, args.points, args.seed)
    mine = exploration.of_shard(whole, args.shard)
    asked = _asked(args, make_spec, faults, explorer, numbers)
    record = explored.Record(base, asked, _about(args, asked['arch'], mine, whole), args.resume)
    _explore(args, explorer, record, mine)
    if not args.shard:
        _find_first(args, explorer, record, numbers, faults)
    _tell_all(record.outcomes)
    print(f'log: {paths.shown(base)}/')
    return 1 if any(o.rules for o in record.outcomes) else 0


def _check(args):
    """What is wrong with the arguments, before anything is built."""
    why = scenarios.not_recorded(args.scenario)
    if scenarios.device_of(args.scenario) != machine.ACCEL_DEVICE:
        why = f'it does without {machine.ACCEL_DEVICE}'
    if why:
        raise SvaError(f'{args.scenario} cannot be explored: {why}')
    if args.at and (args.resume or args.shard):
        raise SvaError('--at is one point: there is nothing to resume or to divide')
    rundir.check(args.results)
    if args.resume and args.results:
        raise SvaError('--resume names the directory of the results: it goes without --results')
    if args.resume and not (args.resume / explored.FILE).is_file():
        raise SvaError(f'{args.resume} is no directory of a run of `sva explore`')


def _asked(args, make_spec, faults, explorer, numbers):
    """What has to be the same for a run that is resumed."""
    spec = make_spec(paths.build('explore'))
    program = artifacts.qemu(spec.arch, spec.build)
    return {'scenario': args.scenario, 'arch': spec.arch,
            'kernel': files.sha256(spec.kernel), 'archive': files.sha256(spec.initrd),
            'emulator': files.sha256(program), 'cmdline': spec.cmdline, 'faults': list(faults),
            'points': args.points, 'seed': args.seed, 'events': len(numbers),
            'baseline': explorer.digest, 'shard': str(args.shard) if args.shard else None}


def _about(args, arch, mine, whole):
    labels = [[explored.name(arch, args.scenario, point) for point in points]
              for points in (mine, whole)]
    return about('explore', labels[0], args.shard, labels[1])


def _one(explorer, points):
    """A few points, of which all files are kept."""
    outcomes = [explorer.try_at(point, keep=True) for point in points]
    for outcome in outcomes:
        print(row(outcome) if outcome.rules else f'  {outcome.fault}: nothing is wrong')
        print('\n'.join(['  ' + line for line in report.wrap(outcome.evidence, 90)]
                        + [f'  log: {paths.shown(explorer.base)}/{outcome.point.label}/']))
    return 1 if any(o.rules for o in outcomes) else 0


def _explore(args, explorer, record, points):
    """Try those that were not tried yet."""
    tried = {outcome.point for outcome in record.outcomes}
    todo = [point for point in points if point not in tried]
    print(f'{len(points):,} points; {len(todo):,} runs'
          + (f', {len(tried):,} before' if tried else ''), flush=True)
    began = time.monotonic()
    with _telling(record) as told:
        exploration.run(explorer, todo, args.jobs, told)
    if todo:
        print(f'{(time.monotonic() - began) / len(todo):.1f} s for each run, {args.jobs} at the '
              'same time')


def _find_first(args, explorer, record, numbers, faults):
    """Tell of each fault the first point that fails, as far as halves lead to it."""
    with _telling(record) as told:
        found = [exploration.minimal(explorer, record.outcomes, numbers, fault, told)
                 for fault in faults]
    for outcome in filter(None, found):
        _tell_first(args, explorer, outcome)


@contextlib.contextmanager
def _telling(record):
    """What keeps and tells an outcome."""
    live = Live()

    def told(outcome):
        record.add(outcome)
        live.say(f'{len(record.outcomes):,} runs, {_failed(record.outcomes)} fail')
        if outcome.rules:
            print(row(outcome), flush=True)
    live.begin('exploring')
    try:
        yield told
    finally:
        live.end()


def _tell_all(outcomes):
    print(f'{len(outcomes):,} runs, {_failed(outcomes)} fail')
    for label, number in exploration.known(outcomes).items():
        print(f'  {label}: in {number:,} of them')


def _failed(outcomes):
    return sum(bool(outcome.rules) for outcome in outcomes)


def _tell_first(args, explorer, outcome):
    """The first point of a fault that fails, and how to see it again."""
    again = explorer.try_at(outcome.point, keep=True)
    same = 'the same again' if again.digest == outcome.digest else 'NOT THE SAME when repeated'
    print(f'first with {outcome.fault}: event {outcome.event:,}, {same}\n  '
          + '\n  '.join(report.wrap(outcome.evidence, 90))
          + f'\n  again: sva explore {args.scenario} --fault {outcome.fault} --at {outcome.event}'
          f' and the options for the kernel\n  log: {paths.shown(explorer.base)}/'
          f'{outcome.point.label}/')


def row(outcome):
    return f'  {outcome.fault:<5}{outcome.event:>10,}  {", ".join(outcome.rules)}'
