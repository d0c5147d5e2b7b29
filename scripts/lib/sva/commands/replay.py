# SPDX-License-Identifier: GPL-2.0-or-later
"""sva replay: a recorded scenario again, instruction by instruction."""

import argparse

from ..guest import machine
from ..runs import replay
from ..util import paths

EXAMPLES = """examples:
  sva check --record --scenario kill   keep a replay if it fails
  sva replay                           the scenario that was recorded in the last run
  sva replay DIRECTORY/ARCH/NAME       that of an earlier one
  sva replay --until any               stop where the checker found the first broken rule
  sva replay --until 12345             stop at an event, as events.jsonl.gz numbers them
  sva replay --until any --gdb         and look around there; reverse-stepi and
                                       reverse-continue go backwards

docs/system/time-travel.rst leads from a broken rule to the instruction that broke it.

exit status: 0 the same console and the same events, or it was stopped; 1 other ones;
2 it cannot be replayed
"""


def register(subparsers):
    parser = subparsers.add_parser(
        'replay', help='execute a recorded scenario again, also backwards in gdb',
        epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('directory', nargs='?', metavar='RUN',
                        help='directory of a scenario, or of a run that recorded one '
                        '(default: build/runs/latest)')
    parser.add_argument('--until', metavar='EVENT|RULE', help='stop at this event: its number, '
                        'or a rule of the checker that is broken there, or `any`')
    parser.add_argument('--gdb', action='store_true',
                        help='let gdb attach: there, or at the first instruction')
    parser.add_argument('--port', type=int, default=machine.GDB_PORT, metavar='N',
                        help='with --gdb: the TCP port (default: %(default)s)')
    parser.set_defaults(run=run)


def run(args):
    directory = replay.find(args.directory or paths.build('runs/latest'))
    outcome = replay.run(directory, args.until, args.gdb, args.port)
    if outcome.stopped:
        return 0
    for what, same in (('console', outcome.console), ('events', outcome.events)):
        print(f'{what}: {"the same" if same else "DIFFERENT"}')
    return 0 if outcome.console and outcome.events else 1
