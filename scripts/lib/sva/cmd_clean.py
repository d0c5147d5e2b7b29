# SPDX-License-Identifier: GPL-2.0-or-later
"""sva clean: remove what the set-up has made."""

import argparse

from . import files, paths

EXAMPLES = """examples:
  sva clean          remove build/ of this clone
  sva clean --cache  also the downloads and kernels that all clones share
"""


def register(subparsers):
    parser = subparsers.add_parser(
        'clean', help='remove build results', epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--cache', action='store_true',
                        help='also remove the cache shared by all clones of this user')
    parser.set_defaults(run=run)


def run(args):
    for path in [paths.build()] + ([paths.cache()] if args.cache else []):
        if path.exists():
            files.remove(path)
            print(f'removed {path}')
    return 0
