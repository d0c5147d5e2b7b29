# SPDX-License-Identifier: GPL-2.0-or-later
"""sva clean: remove what the set-up has made."""

import argparse

from ..runs import rundir
from ..setup import linux
from ..util import files, paths
from ..util.errors import SvaError

EXAMPLES = """examples:
  sva clean                 remove build/ of this clone
  sva clean --cache         also the downloads and kernels that all clones share
  sva clean --cache-unused  only kernels in there that this clone does not use;
                            another clone that does builds them again
"""


def register(subparsers):
    parser = subparsers.add_parser(
        'clean', help='remove build results', epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    which = parser.add_mutually_exclusive_group()
    which.add_argument('--cache', action='store_true',
                       help='also remove the cache shared by all clones of this user')
    which.add_argument('--cache-unused', action='store_true',
                       help='remove kernels from the cache that this clone does not use, '
                       'nothing else')
    parser.set_defaults(run=run)


def run(args):
    if args.cache_unused:
        return _remove_unused()
    running = rundir.going_on()
    if running:
        raise SvaError(f'a run goes on in {running[0]}: wait for it, or end it')
    for path in [paths.build()] + ([paths.cache()] if args.cache else []):
        if path.exists():
            files.remove(path)
            print(f'removed {path}')
    return 0


def _remove_unused():
    used = linux.used_directories()
    if not used:
        raise SvaError('this clone uses no kernel of the cache, so none can be told to be '
                       'unused: run `sva setup`, or remove all with `sva clean --cache`')
    for path in linux.cached_directories():
        # A build in progress may be the one that will be used.
        if path not in used and files.remove_unlocked(path, path.with_suffix('.lock')):
            print(f'removed {path}')
    return 0
