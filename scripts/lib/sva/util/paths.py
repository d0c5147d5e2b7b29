# SPDX-License-Identifier: GPL-2.0-or-later
"""Paths: the clone or what is installed, its build directory, the user's cache."""

import os
import re
from pathlib import Path

from .errors import SvaError

ROOT = Path(__file__).resolve().parents[4]


def prebuilt(*parts):
    """A path below what a package brings ready made; None in a clone, which builds it."""
    directory = ROOT / 'prebuilt'
    return directory.joinpath(*parts) if directory.is_dir() else None


def need_clone(what):
    """SvaError where a package is installed: it has no sources of emulators and tests."""
    if prebuilt():
        raise SvaError(f'{what} needs a clone of the project; the package has not what it takes')


# Where builds, logs and runs go, if not into the clone. In the environment, so that the
# programs that are started (tests, makes) know it, too.
BUILD_DIR = 'SVA_BUILD_DIR'
BUILD_MARK = '.sva-build'


def build(*parts):
    """A path below the build directory: the clone's own, or the user's if there is no clone."""
    usual = cache('build') if prebuilt() else ROOT / 'build'
    return Path(os.environ.get(BUILD_DIR) or usual).joinpath(*parts)


def use_build(directory):
    """Build, log and run in another directory from now on.

    It has to be our own, because `sva clean` removes it.
    """
    directory = Path(directory).absolute()
    mark = directory / BUILD_MARK
    if directory.is_dir() and any(directory.iterdir()) and not mark.is_file():
        raise SvaError(f'{directory} holds something else: name an empty or a new directory as '
                       'the build directory')
    directory.mkdir(parents=True, exist_ok=True)
    mark.touch()
    os.environ[BUILD_DIR] = str(directory)


def shown(path):
    """As a user writes it: from the current directory if it lies below that."""
    try:
        return Path(path).relative_to(Path.cwd())
    except (OSError, ValueError):   # the current directory may be gone
        return Path(path)


def cache(*parts):
    """A path below the cache that all clones of this user share."""
    base = os.environ.get('XDG_CACHE_HOME') or os.path.expanduser('~/.cache')
    return Path(base).joinpath('qemu-sva', *parts)


def check():
    """Check that the builds of QEMU and Linux accept these paths."""
    for path, what in ((ROOT, 'move the clone to another place'), (build(), 'name another with --build-dir'),
                       (cache(), 'set XDG_CACHE_HOME to another place')):
        if re.search(r'[\s:\'"`$&;<>()|*?#\\\[\]]', str(path)):
            raise SvaError(f'{path} has a blank, a colon or a character that means something to '
                           f'the shell in it, which the builds of QEMU and Linux do not take: '
                           f'{what}')


def log(name):
    """The log file of a set-up step; its directory exists afterwards."""
    path = build('logs', name + '.log')
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
