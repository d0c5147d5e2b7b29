# SPDX-License-Identifier: GPL-2.0-or-later
"""sva run: a shell in the guest, with the accelerator ready."""

import argparse

from .. import scenarios
from ..guest import machine, specs
from ..runs import rundir
from ..setup import arch as arches, artifacts, linux, plan
from ..util.errors import SvaError
from . import demo

EXAMPLES = """examples:
  sva run                              a shell; leave it with `exit` or Ctrl-A X
  sva run --scenario kill              run a scenario by hand first
  sva run --arch aarch64               an arm64 guest
  sva run --gdb                        wait for gdb on port 1234
  sva run --kernel bzImage --kbuild .  a kernel of your own
  sva run -- -m 4G -smp 8              options after -- go to QEMU

In the shell: /dev/sva-accel0 is the device; the scenario programs are in /bin.
Events of the models go to build/runs/latest/<arch>/events.log; what the checker of the
models finds is said on the terminal.
"""


def register(subparsers):
    parser = subparsers.add_parser(
        'run', help='open a shell in the guest', epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--arch', choices=list(arches.ALL), help='guest architecture '
                        f'(default: what the image is for, else {arches.DEFAULT})')
    parser.add_argument('--kernel', metavar='IMAGE', help='a kernel of your own')
    parser.add_argument('--kbuild', metavar='DIR', help='its build directory')
    parser.add_argument('--flavour', choices=linux.FLAVOURS, default='plain',
                        help="of the project's own kernel: %(choices)s")
    parser.add_argument('--scenario', metavar='NAME', help='run this scenario first, without '
                        'judging it: ' + ', '.join(scenarios.MODULES))
    parser.add_argument('--append', metavar='TEXT', default='',
                        help='more words for the kernel command line')
    demo.add_adversary(parser)
    parser.add_argument('--gdb', action='store_true',
                        help='stop before the first instruction and wait for gdb')
    parser.add_argument('qemu', nargs='*', metavar='-- OPTION', help='options for QEMU')
    parser.set_defaults(run=run)


def run(args):
    if args.scenario and args.scenario.split(',')[0] not in scenarios.MODULES:
        raise SvaError(f'there is no scenario {args.scenario}; see `sva run --help`')
    if args.kernel:
        args.arch = specs.choose_arch(args.arch, args.kernel)
        args.kbuild = specs.find_kbuild(args.arch, args.kernel, args.kbuild)
        artifacts.user_kernel(args.arch, args.kernel, args.kbuild)  # can it be used at all?
        _check_arch(args)
        artifacts.ensure('qemu', 'firmware', 'busybox', 'cross-packages',
                         options=plan.Options((args.arch,)))
        make_spec = specs.user(args.arch, args.kernel, args.kbuild)
    else:
        args.arch = args.arch or arches.DEFAULT
        _check_arch(args)
        make_spec = specs.set_up(args.arch, args.flavour)
    make_spec = specs.appended(make_spec, _words(args))
    spec = make_spec(rundir.begin('run') / args.arch, interactive=True, extra=args.qemu,
                     adversary=args.adversary)
    return 2 if machine.run_interactive(spec, args.gdb) else 0


def _check_arch(args):
    if args.scenario and not scenarios.of_arch([args.scenario], args.arch):
        raise SvaError(f'there is no scenario {args.scenario} for {args.arch} guests')


def _words(args):
    """What to add to the kernel command line."""
    first = f'sva.run={args.scenario} ' if args.scenario else ''
    # Only what is urgent between the user's lines; --append loglevel=7 shows all.
    return f'{first}loglevel=4 sva.shell sva.nohost {args.append}'
