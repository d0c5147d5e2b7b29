# SPDX-License-Identifier: GPL-2.0-or-later
"""sva check: does a kernel of the user's, or of Debian's, keep the rules?"""

import argparse

from ..guest import machine, specs
from ..runs import judging, report, rundir
from ..setup import arch as arches, artifacts, kernel_tree, linux, plan
from ..util.errors import SvaError
from . import demo, matrix_jobs, stock, tree_options

EXAMPLES = """examples:
  sva check                   in a kernel tree: the kernel that was built there
  sva check --tree ~/linux O=~/build --scenario kill
  sva check --kernel arch/x86/boot/bzImage --kbuild .
  sva check --kernel bzImage --kbuild ~/linux --scenario kill --junit result.xml
  sva check --kernel arch/arm64/boot/Image
  sva check --kernel debian:6.12.57
  sva check --kernel bzImage --append 'slub_debug=FZP page_poison=1'
  sva check --flavour debug   the project's kernel with lockdep, KASAN and the like
  sva check --kernel bzImage --scenario kill --stop-on any --gdb
  sva check --kernel bzImage --shard 2/5   the second of five machines; see `sva merge`
  sva check --matrix kernels.toml          several kernels, docs/system/ci.rst
  git bisect run sh -c 'make -j8 bzImage modules || exit 125;
      /path/to/scripts/sva check --kernel arch/x86/boot/bzImage --kbuild .;
      s=$?; [ $s = 2 ] && exit 125; exit $s'
With --boot-failure=1 that counts a kernel that does not boot as bad.

The kernel needs no change; `sva config` and `sva build` make one in its tree. The guest
driver is built against its build directory; the default is the tree that the image lies in.
debian:VERSION, or debian: for the newest, is a binary kernel of Debian's for x86-64, as it
is, judged through its own driver of Intel DSA. Nothing is compiled for it.
A rule that the list of known findings expects to be broken counts as known and
not as broken; --no-findings judges without that list.
"""


def register(subparsers):
    parser = subparsers.add_parser(
        'check', help='test a kernel of your own', epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    add_kernel(parser)
    parser.add_argument('--boot-failure', type=int, choices=(1, 2), default=2,
                        help='exit status if the kernel does not boot (default: %(default)s); '
                        '1 lets git bisect count it as bad')
    parser.add_argument('--no-findings', action='store_true',
                        help='treat known findings as broken rules')
    parser.add_argument('--matrix', metavar='FILE', help='the kernels, architectures, scenarios '
                        'and options that this TOML file lists')
    demo.add_arguments(parser)
    parser.set_defaults(run=run)


def add_kernel(parser):
    """Options that say which kernel it is."""
    tree_options.add(parser)
    which = parser.add_mutually_exclusive_group()
    which.add_argument('--kernel', metavar='IMAGE',
                       help='kernel image, e.g. arch/x86/boot/bzImage, or debian:VERSION')
    which.add_argument('--flavour', choices=linux.FLAVOURS,
                       help="test the project's own guest kernel, built as %(choices)s")
    parser.add_argument('--arch', choices=list(arches.ALL), help='guest architecture '
                        f'(default: what the image is for, else {arches.DEFAULT})')
    parser.add_argument('--kbuild', metavar='DIR',
                        help='build directory of that kernel, for the guest driver')
    parser.add_argument('--append', metavar='TEXT', default='',
                        help='more words for the kernel command line')


def take_from_tree(args):
    """Let the arguments name image, build directory and architecture of a kernel tree."""
    if args.kernel or args.flavour or args.kbuild:
        raise SvaError('--tree and O=DIR say which kernel that is: they go without --kernel, '
                       '--kbuild and --flavour')
    tree = tree_options.find(args)
    args.arch = kernel_tree.arch_of(tree, args.arch)
    args.kernel, args.kbuild = str(kernel_tree.image(tree, args.arch)), str(tree.build)


# What a user's kernel needs of the set-up: not our own kernels.
STEPS = ('qemu', 'firmware', 'busybox', 'cross-packages')


def choose(args):
    """(architecture, device, function that sets up the kernel and gives what makes machines).

    The kernel is there and can be used; nothing is built yet.
    """
    if args.tree or args.output or not (args.kernel or args.flavour):
        take_from_tree(args)
    if stock.names_debian(args.kernel):
        if args.kbuild:
            raise SvaError(f'{args.kernel} needs no --kbuild: its driver comes with it')
        version = stock.version_of(args.kernel)
        return stock.ARCH, stock.DEVICE, lambda: _equipped(args, stock.set_up(args, version))
    if args.flavour:
        arch = args.arch or arches.DEFAULT
        judging.having(args, [arch])
        return arch, machine.ACCEL_DEVICE, lambda: _equipped(args, specs.set_up(arch, args.flavour))
    arch = specs.choose_arch(args.arch, args.kernel)
    kbuild = specs.find_kbuild(arch, args.kernel, args.kbuild)
    judging.having(args, [arch])
    artifacts.user_kernel(arch, args.kernel, kbuild)  # can it be used at all?

    def set_up():
        artifacts.ensure(*STEPS, options=plan.Options((arch,)))
        return _equipped(args, specs.user(arch, args.kernel, kbuild))
    return arch, machine.ACCEL_DEVICE, set_up


def _equipped(args, make_spec):
    return demo.equipped(args, specs.appended(make_spec, args.append))


def run(args):
    report.check_options(args)
    rundir.check(args.results)
    if args.matrix:
        return matrix_jobs.run(args, choose)
    arch, device, set_up = choose(args)
    return judging.run(args, {arch: set_up()}, 'check', use_findings=not args.no_findings,
                       device=device)
