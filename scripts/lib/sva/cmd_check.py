# SPDX-License-Identifier: GPL-2.0-or-later
"""sva check: does the user's own kernel keep the rules?"""

import argparse

from . import artifacts, cmd_demo, guests, judging, plan, report

EXAMPLES = """examples:
  sva check --kernel arch/x86/boot/bzImage --kbuild .
  sva check --kernel bzImage --kbuild ~/linux --scenario kill --junit result.xml
  git bisect run sh -c 'make -j8 bzImage modules || exit 125;
      /path/to/scripts/sva check --kernel arch/x86/boot/bzImage --kbuild .;
      s=$?; [ $s = 2 ] && exit 125; exit $s'

The kernel needs no change. The guest driver is built in its build directory;
the default is the tree that the image lies in.
A rule that the list of known findings expects to be broken counts as known and
not as broken; --no-findings judges without that list.
"""


def register(subparsers):
    parser = subparsers.add_parser(
        'check', help='judge a kernel of your own', epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--kernel', metavar='IMAGE', required=True,
                        help='kernel image, e.g. arch/x86/boot/bzImage')
    parser.add_argument('--kbuild', metavar='DIR',
                        help='build directory of that kernel, for the guest driver')
    parser.add_argument('--no-findings', action='store_true',
                        help='a known finding is a broken rule, too')
    cmd_demo.add_arguments(parser)
    parser.set_defaults(run=run)


# What a user's kernel needs of the set-up: not our own kernels.
STEPS = ('qemu', 'firmware')


def run(args):
    report.check_options(args)
    args.kbuild = guests.find_kbuild(args.arch, args.kernel, args.kbuild)
    artifacts.ensure(*STEPS, options=plan.Options((args.arch,)))
    return judging.run(args, guests.user(args.arch, args.kernel, args.kbuild), 'check',
                       use_findings=not args.no_findings)
