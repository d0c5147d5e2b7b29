# SPDX-License-Identifier: GPL-2.0-or-later
"""Files that are either complete or absent."""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path

from .errors import SvaError


def sha256(path):
    with open(path, 'rb') as f:
        return hashlib.file_digest(f, 'sha256').hexdigest()


def has_hash(path, algorithm, value):
    """Whether a file is there and is what a signed list says; MD5 proves nothing."""
    algorithm = algorithm.lower()
    if algorithm not in ('sha256', 'sha512') or not Path(path).is_file():
        return False
    with open(path, 'rb') as f:
        return hashlib.file_digest(f, algorithm).hexdigest() == value.lower()


def content_key(*parts):
    """A short hash over strings, bytes and the contents of Path arguments."""
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            data = part.read_bytes()
        else:
            data = part if isinstance(part, bytes) else str(part).encode()
        digest.update(b'%d:' % len(data) + data)
    return digest.hexdigest()[:20]


def write(path, data, mode=0o644):
    """Replace a file's content in one step; leave an equal one untouched."""
    path = Path(path)
    data = data if isinstance(data, bytes) else data.encode()
    if path.is_file() and path.read_bytes() == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    fd, temp = tempfile.mkstemp(dir=path.parent, prefix='.' + path.name)
    try:
        with os.fdopen(fd, 'wb') as f:
            f.write(data)
        os.chmod(temp, mode)
        os.replace(temp, path)
    except BaseException:
        os.unlink(temp)
        raise


def write_json(path, value, sort=True):
    write(path, json.dumps(value, indent=2, sort_keys=sort) + '\n')


def read_json(path):
    """The stored value, or None if there is no usable one."""
    try:
        return json.loads(Path(path).read_text(encoding='utf-8'))
    except (OSError, ValueError):
        return None


def remove(path):
    """Remove a file, a link or a whole directory, if it is there."""
    path = Path(path)
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


@contextlib.contextmanager
def new_dir(path):
    """A directory that gets its name only when the block has succeeded.

    The caller holds the lock, so leftovers of an interrupted run can be removed.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    for stale in path.parent.glob(f'.{path.name}.*'):
        remove(stale)
    temp = Path(tempfile.mkdtemp(dir=path.parent, prefix=f'.{path.name}.'))
    try:
        os.chmod(temp, 0o755)
        yield temp
        if path.exists():
            old = Path(tempfile.mkdtemp(dir=path.parent, prefix=f'.{path.name}.old.'))
            os.rename(path, old / 'old')
            os.rename(temp, path)
            shutil.rmtree(old, ignore_errors=True)
        else:
            os.rename(temp, path)
    except BaseException:
        shutil.rmtree(temp, ignore_errors=True)
        raise


@contextlib.contextmanager
def locked(path, on_wait=None):
    """Keep other runs (also of other clones) out of a directory."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, 'w', encoding='utf-8') as f:
        try:
            fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if on_wait:
                on_wait()
            fcntl.flock(f, fcntl.LOCK_EX)
        yield


def remove_unlocked(path, lock):
    """Remove a directory unless somebody holds its lock; whether it went."""
    with open(lock, 'w', encoding='utf-8') as f:
        try:
            fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        # Keep the lock file: processes that wait for it must not get another one.
        remove(path)
    return True


def need_space(directory, gib):
    """Raise if there is not enough space."""
    directory = Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(directory).free / (1 << 30)
    if free < gib:
        raise SvaError(f'not enough disk space: {directory} has {free:.1f} GiB free, '
                       f'{gib} GiB are needed')
