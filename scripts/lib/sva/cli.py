# SPDX-License-Identifier: GPL-2.0-or-later
"""The command line: sub-commands, errors, exit status."""

import argparse
import importlib
import io
import os
import signal
import sys
import traceback

from .util import paths, text, version
from .util.errors import SvaError

# Each is a module commands/<name>.py with register(subparsers) and run(args).
COMMANDS = ('setup', 'list', 'demo', 'config', 'build', 'check', 'run', 'replay', 'explore', 'report',
            'test', 'mutants', 'merge', 'bench', 'clean')

DESCRIPTION = 'Test shared virtual addressing (SVA) in Linux kernels, under QEMU.'

EXAMPLES = """examples:
  sva setup                   fetch and build everything (other commands do so on demand)
  sva --build-dir /var/tmp/sva demo   leave nothing in the clone
  sva COMMAND --help          options and examples of a command

exit status: 0 success, 1 a rule is broken, 2 the set-up or the input is at fault,
130 interrupted
"""


def build_parser():
    parser = argparse.ArgumentParser(
        prog='sva', description=DESCRIPTION, epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--version', action=_Version, nargs=0,
                        help='print the version and stop')
    parser.add_argument('--build-dir', metavar='DIR', help='where builds, logs and runs go '
                        f'(default: ${paths.BUILD_DIR}, else build/ in the clone)')
    subparsers = parser.add_subparsers(title='commands', metavar='COMMAND', required=True)
    for name in COMMANDS:
        importlib.import_module(f'{__package__}.commands.{name}').register(subparsers)
    return parser


class _Version(argparse.Action):
    """--version"""

    def __call__(self, parser, *unused):
        print(f'sva {version.text()}')
        parser.exit()


def main(argv=None):
    """The exit status; 1 is for broken rules alone, whatever goes wrong."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # print on any terminal
            stream.reconfigure(errors='backslashreplace')
    # Clean up after SIGTERM as after Ctrl-C.
    signal.signal(signal.SIGTERM, _terminated)
    try:
        args = build_parser().parse_args(argv)
        if directory := args.build_dir or os.environ.get(paths.BUILD_DIR):
            paths.use_build(directory)
        return args.run(args)
    except SvaError as e:
        _say(f'error: {e.message}')
        if e.log:
            _say(f'log: {e.log}')
    except KeyboardInterrupt as e:
        _say('interrupted; what is built so far is kept')
        return 128 + (e.args[0] if e.args else signal.SIGINT)
    except BrokenPipeError:
        # The reader is gone; Python would complain again when it exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as e:
        _say(f'error: {e.strerror or e}' + (f': {e.filename}' if e.filename else ''))
    except Exception as e:  # our own mistake; Python would end with status 1
        _say(f'error: internal error, {type(e).__name__}: {e}')
        _say(f'log: {_keep_trace()}')
    return 2


def _terminated(number, _frame):
    raise KeyboardInterrupt(number)


def _say(message):
    print(f'sva: {text.block(message)}', file=sys.stderr)


def _keep_trace():
    """Where the traceback is, for a report of the mistake."""
    try:
        log = paths.log('internal-error')
        log.write_text(traceback.format_exc(), encoding='utf-8', errors='backslashreplace')
        return log
    except OSError:
        traceback.print_exc()
        return 'above'
