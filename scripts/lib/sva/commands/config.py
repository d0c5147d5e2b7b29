# SPDX-License-Identifier: GPL-2.0-or-later
"""sva config: let the configuration of a kernel tree have what the scenarios need."""

import argparse

from ..setup import arch as arches, kernel_tree
from ..util import files
from . import tree_options

EXAMPLES = """examples:
  sva config                     in a kernel tree: merge into its .config
  sva config --arch aarch64      the same for arm64
  sva config --tree ~/linux O=/var/tmp/b
  sva config --write sva.config  the fragment alone, `-` for the terminal

Without a .config the kernel's defconfig is where it begins. What is merged are
configs/linux/sva.config and the file of the architecture beside it, by the kernel's
scripts/kconfig/merge_config.sh. Then `sva build` and `sva check`.
"""


def register(subparsers):
    parser = subparsers.add_parser(
        'config', help='configure a kernel tree for the scenarios', epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--arch', choices=list(arches.ALL), help='for guests of this architecture '
                        f'(default: as the tree is configured, else {arches.DEFAULT})')
    parser.add_argument('--write', metavar='FILE',
                        help='write the fragment there and change nothing else')
    tree_options.add(parser)
    parser.set_defaults(run=run)


def run(args):
    if args.write:
        return _write(args)
    tree = tree_options.find(args)
    arch = args.arch
    if not arch and tree.config.is_file():
        arch = kernel_tree.arch_of(tree)
    arch = arch or arches.DEFAULT
    changed, refused = kernel_tree.configure(tree, arch)
    print(f'{tree.config}: {changed} symbols changed for {arches.get(arch).title} guests; '
          'next is `sva build`')
    if refused:
        print('this tree does not take: ' + ', '.join(f'CONFIG_{symbol}' for symbol in refused)
              + '; some scenarios need that')
    return 0


def _write(args):
    text = '\n'.join(path.read_text(encoding='utf-8')
                     for path in kernel_tree.fragments(args.arch or arches.DEFAULT))
    if args.write == '-':
        print(text, end='')
    else:
        files.write(args.write, text)
    return 0
