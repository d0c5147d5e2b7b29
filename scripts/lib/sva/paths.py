# SPDX-License-Identifier: GPL-2.0-or-later
"""Where things lie: the clone, its build directory, the user's cache."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def build(*parts):
    """A path below the clone's build directory."""
    return ROOT.joinpath('build', *parts)


def cache(*parts):
    """A path below the cache that all clones of this user share."""
    base = os.environ.get('XDG_CACHE_HOME') or os.path.expanduser('~/.cache')
    return Path(base).joinpath('qemu-sva', *parts)


def log(name):
    """The log file of a set-up step; its directory exists afterwards."""
    path = build('logs', name + '.log')
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
