# SPDX-License-Identifier: GPL-2.0-or-later
"""sva build: what `sva check` needs of a kernel tree."""

import argparse
import subprocess

from ..setup import arch as arches, kernel_tree
from ..util import paths
from ..util.errors import SvaError
from . import tree_options

EXAMPLES = """examples:
  sva build                      in a kernel tree: image and modules, by its make
  sva build --jobs 16 O=../build
  sva build --tree ~/linux

The architecture is that of the configuration (`sva config`). What make says goes to the
terminal, and variables for it, like LLVM=1 or KCFLAGS, are taken from the environment.
"""


def register(subparsers):
    parser = subparsers.add_parser(
        'build', help='build a kernel tree for `sva check`', epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--jobs', type=_number, metavar='N', help='compilers at the same time')
    tree_options.add(parser)
    parser.set_defaults(run=run)


def _number(word):
    if not word.isdecimal() or not int(word):
        raise argparse.ArgumentTypeError(f'{word} is no number of compilers')
    return int(word)


def run(args):
    tree = tree_options.find(args)
    arch = kernel_tree.arch_of(tree)
    command = kernel_tree.build_command(tree, arch, args.jobs)
    print('$ ' + ' '.join(command), flush=True)
    try:
        status = subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode
    except OSError as e:
        raise SvaError(f'cannot run {command[0]}: {e.strerror}') from e
    if status:
        raise SvaError(f'the build of {tree.build} failed')
    print(f'{paths.shown(kernel_tree.image(tree, arch))} is for {arches.get(arch).title}; next is '
          '`sva check`')
    return 0
