# SPDX-License-Identifier: GPL-2.0-or-later
"""The options that name a kernel tree, as the commands have them that work in one."""

import argparse

from ..setup import kernel_tree


def add(parser):
    parser.add_argument('--tree', metavar='DIR', help='the kernel tree, or a build directory of '
                        'it (default: where you are)')
    parser.add_argument('output', nargs='?', type=_output, metavar='O=DIR',
                        help='its build directory, as for make (default: $KBUILD_OUTPUT, else '
                        'the tree itself)')


def _output(word):
    name, given, directory = word.partition('=')
    if name != 'O' or not given or not directory:
        raise argparse.ArgumentTypeError(f'{word} is not O=DIR')
    return directory


def find(args):
    return kernel_tree.find(args.tree, args.output)
