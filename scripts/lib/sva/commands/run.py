# SPDX-License-Identifier: GPL-2.0-or-later
"""sva run: a guest with the accelerator ready, for a shell or for commands."""

import argparse
import sys

from .. import scenarios
from ..guest import gdb, interactive, specs
from ..runs import rundir
from ..setup import arch as arches, artifacts, linux, plan
from ..util.errors import SvaError
from . import check, demo

EXAMPLES = """examples:
  sva run                              a shell; leave it with `exit` or Ctrl-A X
  sva run --scenario kill              run a scenario by hand first
  sva run --exec 'sva-scenario kill'   run a command and leave with its status
  sva run <script                      the same for the shell's input, which is read first
  sva run --add prog data/ --exec /host/prog
  sva run --gdb                        wait for gdb on port 1234
  sva run --tree ~/linux               the kernel of a tree, see `sva check --help`
  sva run --kernel bzImage --kbuild .  a kernel of your own
  sva run -- -m 4G -smp 8              options after -- go to QEMU

In the guest: /dev/sva-accel0 is the device; the scenario programs are in /bin. There is no
C library: link what you bring with -static. Events of the models go to
build/runs/latest/<arch>/events.log; what the checker of the models finds is said on the
terminal.

exit status: that of the command or of the shell's input; else QEMU's; 2 if the guest ends
before them, or the set-up is at fault
"""


def register(subparsers):
    parser = subparsers.add_parser(
        'run', help='open a shell in the guest, or run a command there', epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--arch', choices=list(arches.ALL), help='guest architecture '
                        f'(default: what the image is for, else {arches.DEFAULT})')
    parser.add_argument('--kernel', metavar='IMAGE', help='a kernel of your own')
    parser.add_argument('--kbuild', metavar='DIR', help='its build directory')
    parser.add_argument('--tree', metavar='DIR', help='or the one that was built in this kernel '
                        'tree, or build directory')
    parser.add_argument('--flavour', choices=linux.FLAVOURS,
                        help="of the project's own kernel: %(choices)s (default: plain)")
    parser.add_argument('--scenario', metavar='NAME', help='run this scenario first, without '
                        'judging it: ' + ', '.join(scenarios.MODULES))
    parser.add_argument('--append', metavar='TEXT', default='',
                        help='more words for the kernel command line')
    parser.add_argument('--add', nargs='+', action='extend', default=[], metavar='FILE',
                        help=f'files and directories to put into /{interactive.ADDED} of the guest')
    parser.add_argument('--exec', metavar='CMD', dest='script',
                        help='run this in the shell of the guest, without input, and leave')
    demo.add_adversary(parser)
    parser.add_argument('--gdb', action='store_true',
                        help='stop before the first instruction and wait for gdb')
    parser.add_argument('qemu', nargs='*', metavar='-- OPTION', help='options for QEMU')
    parser.set_defaults(run=run, output=None)


def run(args):
    check_arguments(args)
    # Nobody types: what is to be done must be known before the guest starts.
    given = b'' if args.script else None if sys.stdin.isatty() else sys.stdin.buffer.read()
    scripted = bool(args.script) or given is not None
    entries = interactive.files_for(args.add, args.script, given)
    make_spec = specs.with_files(specs.appended(set_up(args), _words(args, scripted)), entries)
    spec = make_spec(rundir.begin('run') / args.arch, interactive=True, extra=args.qemu,
                     adversary=args.adversary)
    return interactive.run(spec, args.gdb, scripted)


def check_arguments(args):
    """Before anything is built."""
    if args.scenario and args.scenario.split(',')[0] not in scenarios.MODULES:
        raise SvaError(f'there is no scenario {args.scenario}; see `sva run --help`')
    if args.scenario and args.script:
        raise SvaError("--scenario goes without --exec: name `sva-scenario NAME` in the command")
    interactive.files_for(args.add)
    if args.tree:
        check.take_from_tree(args)
    elif args.kernel:
        args.arch = specs.choose_arch(args.arch, args.kernel)
        args.kbuild = specs.find_kbuild(args.arch, args.kernel, args.kbuild)
    args.arch = args.arch or arches.DEFAULT
    if args.kernel:
        artifacts.user_kernel(args.arch, args.kernel, args.kbuild)  # can it be used at all?
    if args.scenario and not scenarios.of_arch([args.scenario], args.arch):
        raise SvaError(f'there is no scenario {args.scenario} for {args.arch} guests')


def set_up(args):
    """Build what is missing; the kernel in a machine, as specs make it."""
    if not args.kernel:
        return specs.set_up(args.arch, args.flavour or 'plain')
    artifacts.ensure(*check.STEPS, options=plan.Options((args.arch,)))
    return specs.user(args.arch, args.kernel, args.kbuild)


def _words(args, scripted):
    """What to add to the kernel command line."""
    words = [f'sva.run={args.scenario}'] if args.scenario else []
    # Only what is urgent between the user's lines; --append loglevel=7 shows all.
    words += ['loglevel=4', 'sva.script' if scripted else 'sva.shell', 'sva.nohost']
    words += [gdb.CMDLINE] if args.gdb else []
    return ' '.join([*words, args.append])
