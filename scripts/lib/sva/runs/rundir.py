# SPDX-License-Identifier: GPL-2.0-or-later
"""A directory for each run, so that several can run at once."""

import contextlib
import fcntl
import os
import shutil
import time
from pathlib import Path

from ..util import paths
from ..util.errors import SvaError

# Runs that are kept, with those that are going on.
KEPT = 20
LATEST = 'latest'
LOCK = '.lock'
# What the files of a run are; a copy without its first line is in each.
FILES = paths.ROOT / 'docs/system/run-files.txt'
INDEX = 'INDEX'

# Locks of this process; the kernel releases them when it ends.
_held = []


def add_option(parser):
    parser.add_argument('--results', metavar='DIR', type=Path, help='where this run leaves its '
                        'files, a directory that is new or empty (default: a new one in '
                        'build/runs)')


def check(wanted):
    """Check the directory of --results before the work begins."""
    if wanted and wanted.exists() and (not wanted.is_dir() or any(wanted.iterdir())):
        raise SvaError(f'{wanted} is there already: name a new or an empty directory for the '
                       'results')


def begin(command, wanted=None):
    """A new directory below build/runs, which `latest` leads to from now on.

    wanted: another one, which is not removed by later runs.
    """
    if wanted:
        check(wanted)
        wanted.mkdir(parents=True, exist_ok=True)
        _write_index(wanted)
        return wanted
    runs = paths.build('runs')
    runs.mkdir(parents=True, exist_ok=True)
    directory = _unique(runs / f'{time.strftime("%Y%m%d-%H%M%S")}-{command}')
    _held.append(_lock(directory))
    _write_index(directory)
    _link(runs, directory.name)
    _forget_old(runs)
    return directory


def again(directory):
    """The directory of a run that goes on, which no other process has meanwhile."""
    lock = _lock(directory)
    if not lock:
        raise SvaError(f'{directory} is in use: that run has not ended')
    _held.append(lock)
    return directory


def _write_index(directory):
    (directory / INDEX).write_text(FILES.read_text(encoding='utf-8').partition('\n')[2],
                                   encoding='utf-8')


def _unique(wanted):
    """The directory, made by nobody else."""
    number, path = 1, wanted
    while True:
        try:
            path.mkdir()
            return path
        except FileExistsError:
            number += 1
            path = wanted.with_name(f'{wanted.name}-{number}')


def _link(runs, name):
    temp = runs / f'.{LATEST}-{os.getpid()}'
    temp.unlink(missing_ok=True)
    temp.symlink_to(name)
    os.replace(temp, runs / LATEST)


def _lock(directory):
    """An open file that keeps others away, or None if somebody has it."""
    file = open(directory / LOCK, 'w', encoding='utf-8')
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def _forget_old(runs):
    """Remove the oldest runs that have ended."""
    found = sorted((path for path in runs.iterdir() if path.is_dir() and not path.is_symlink()),
                   key=lambda path: (path.stat().st_mtime_ns, path.name))
    for path in found[:-KEPT]:
        with contextlib.suppress(OSError):  # another process removes it as well
            lock = _lock(path)
            if lock:
                with lock:
                    shutil.rmtree(path, ignore_errors=True)


def going_on():
    """Directories of runs that have not ended."""
    found = []
    for path in sorted(paths.build('runs').glob('*')):
        if path.is_dir() and not path.is_symlink():
            lock = _lock(path)
            if lock:
                lock.close()
            else:
                found.append(path)
    return found


@contextlib.contextmanager
def exclusive(wanted):
    """A directory that is always the same, or the next one if another process has it."""
    number, path = 1, wanted
    while True:
        path.mkdir(parents=True, exist_ok=True)
        lock = _lock(path)
        if lock:
            with lock:
                yield path
            return
        number += 1
        path = wanted.with_name(f'{wanted.name}-{number}')
