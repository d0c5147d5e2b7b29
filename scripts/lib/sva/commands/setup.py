# SPDX-License-Identifier: GPL-2.0-or-later
"""sva setup: fetch and build everything that the other commands use."""

import argparse
from pathlib import Path

from ..setup import arch as arches, artifacts, linux, plan
from ..util.errors import SvaError

EXAMPLES = """examples:
  sva setup                          everything, for guests of both architectures
  sva setup --arch aarch64           only what arm64 guests need
  sva setup --only qemu              just rebuild the emulators
  sva setup --qemu-src ~/qemu-10.2.2 use an unpacked QEMU release
  sva setup --kernel-src ~/linux     use another Linux tree for the guest
"""


def register(subparsers):
    parser = subparsers.add_parser(
        'setup', help='fetch and build what is missing', epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--arch', choices=list(arches.ALL),
                        help='only for this guest architecture')
    parser.add_argument('--flavour', choices=linux.FLAVOURS, default='plain',
                        help='guest kernel: %(choices)s (default: %(default)s)')
    parser.add_argument('--only', action='append', metavar='STEP', default=[],
                        help='only this step and what it needs (may be repeated)')
    parser.add_argument('--list', action='store_true', help='list the steps and stop')
    parser.add_argument('--qemu-src', metavar='DIR', help='an unpacked QEMU release')
    parser.add_argument('--kernel-src', metavar='DIR', help='a Linux source tree')
    parser.add_argument('--update', action='store_true',
                        help='look for newer sources than those in use')
    parser.set_defaults(run=run)


def run(args):
    for name in filter(None, (args.qemu_src, args.kernel_src)):
        if not Path(name).is_dir():
            raise SvaError(f'{name}: no such directory')
    chosen = (args.arch,) if args.arch else tuple(arches.ALL)
    options = plan.Options(chosen, args.qemu_src, args.kernel_src, args.update, args.flavour)
    every = plan.steps(options)
    if args.list:
        for step in every:
            print(f'{step.name:22} {step.title}')
        return 0
    progress = artifacts.ensure(*args.only, options=options, brief=False)
    print(f'set-up complete in {progress.elapsed():.1f} s')
    _summary(options)
    return 0


def _summary(options):
    record = artifacts.qemu_source()
    if record:
        print(f'  QEMU    {record["version"]} from {record["name"]}\n'
              f'          sha256 {record["sha256"]}')
    for arch in options.arches:
        for name, title in ((linux.record_name(arch, options.flavour), 'Linux'),
                            (f'debian-{arch}', 'Debian')):
            kernel = linux.load(name)
            if kernel:
                print(f'  {title:7} {kernel.version} for {arches.get(arch).title} from '
                      f'{kernel.origin}\n          {kernel.image}')
