# SPDX-License-Identifier: GPL-2.0-or-later
"""The command line: sub-commands, errors, exit status."""

import argparse
import importlib
import signal
import sys

from .errors import SvaError

# Each is a module cmd_<name>.py with register(subparsers) and run(args).
COMMANDS = ('setup', 'demo', 'check', 'run', 'test', 'bench', 'clean')

DESCRIPTION = 'Shared virtual addressing for Linux kernel developers, under QEMU.'

EXAMPLES = """examples:
  sva setup                   fetch and build everything (done on demand, too)
  sva COMMAND --help          options and examples of a command

exit status: 0 success, 1 a rule is broken, 2 the set-up or the input is at fault
"""


def build_parser():
    parser = argparse.ArgumentParser(
        prog='sva', description=DESCRIPTION, epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    subparsers = parser.add_subparsers(title='commands', metavar='COMMAND', required=True)
    for name in COMMANDS:
        importlib.import_module(f'{__package__}.cmd_{name}').register(subparsers)
    return parser


def main(argv=None):
    # A set-up that is terminated cleans up like one that is interrupted.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    args = build_parser().parse_args(argv)
    try:
        return args.run(args)
    except SvaError as e:
        print(f'sva: error: {e.message}', file=sys.stderr)
        if e.log:
            print(f'sva: log: {e.log}', file=sys.stderr)
    except KeyboardInterrupt:
        print('sva: interrupted; the next run continues', file=sys.stderr)
    except BrokenPipeError:
        sys.stderr.close()
    except OSError as e:
        print(f'sva: error: {e.strerror or e}' + (f': {e.filename}' if e.filename else ''),
              file=sys.stderr)
    return 2
