# SPDX-License-Identifier: GPL-2.0-or-later
"""Paths: the clone, its build directory, the user's cache."""

import os
import re
from pathlib import Path

from .errors import SvaError

ROOT = Path(__file__).resolve().parents[4]


def build(*parts):
    """A path below the clone's build directory."""
    return ROOT.joinpath('build', *parts)


def cache(*parts):
    """A path below the cache that all clones of this user share."""
    base = os.environ.get('XDG_CACHE_HOME') or os.path.expanduser('~/.cache')
    return Path(base).joinpath('qemu-sva', *parts)


def check():
    """Check that the builds of QEMU and Linux accept these paths."""
    for path, what in ((ROOT, 'move the clone'), (cache(), 'set XDG_CACHE_HOME')):
        if re.search(r'[\s:\'"`$&;<>()|*?#\\\[\]]', str(path)):
            raise SvaError(f'{path} has a blank, a colon or a character that means something to '
                           f'the shell in it, which the builds of QEMU and Linux do not take: '
                           f'{what} to another place')


def log(name):
    """The log file of a set-up step; its directory exists afterwards."""
    path = build('logs', name + '.log')
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
