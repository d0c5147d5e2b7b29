# SPDX-License-Identifier: GPL-2.0-or-later
"""Archives in the format of the kernel's initramfs, always the same bytes.

Names are sorted, owners and times are zero, inode numbers count up. Device
nodes are entries like others, so no root is needed.
"""

import gzip
import io
import os
import stat
from typing import NamedTuple


class Entry(NamedTuple):
    mode: int
    data: bytes = b''
    device: tuple = (0, 0)


class Archive:
    """Collects entries; bytes() gives the archive, compressed."""

    def __init__(self):
        self.entries = {}

    def file(self, path, data, mode=0o644):
        self._add(path, Entry(stat.S_IFREG | mode, data))

    def link(self, path, target):
        self._add(path, Entry(stat.S_IFLNK | 0o777, target.encode()))

    def directory(self, path, mode=0o755):
        self._add(path, Entry(stat.S_IFDIR | mode))

    def character_device(self, path, major, minor, mode=0o600):
        self._add(path, Entry(stat.S_IFCHR | mode, b'', (major, minor)))

    def tree(self, path, directory, left_out=()):
        """All that is in a directory of the host, but for what is below left_out."""
        for found in sorted(directory.rglob('*')):
            name = found.relative_to(directory)
            if any(name.is_relative_to(other) for other in left_out):
                continue
            where, mode = f'{path}/{name}', stat.S_IMODE(found.lstat().st_mode)
            if found.is_symlink():
                self.link(where, os.readlink(found))
            elif found.is_dir():
                self.directory(where, mode)
            else:
                self.file(where, found.read_bytes(), mode)

    def _add(self, path, entry):
        path = path.strip('/')
        parent = path.rpartition('/')[0]
        if parent and parent not in self.entries:
            self.directory(parent)
        self.entries[path] = entry

    def bytes(self):
        packed = io.BytesIO()
        with gzip.GzipFile('', 'wb', compresslevel=6, fileobj=packed, mtime=0) as f:
            f.write(self.plain())
        return packed.getvalue()

    def plain(self):
        """The archive as it is before it is compressed."""
        out = io.BytesIO()
        # A parent sorts before what is in it.
        for inode, path in enumerate(sorted(self.entries), 1):
            _write(out, inode, path, self.entries[path])
        _write(out, 0, 'TRAILER!!!', Entry(0))
        return out.getvalue()


def _write(out, inode, path, entry):
    name = path.encode() + b'\0'
    links = 2 if stat.S_ISDIR(entry.mode) else 1
    fields = (inode, entry.mode, 0, 0, links, 0, len(entry.data), 0, 0,
              *entry.device, len(name), 0)
    out.write(b'070701' + b''.join(b'%08X' % field for field in fields) + name)
    _pad(out)
    out.write(entry.data)
    _pad(out)


def _pad(out):
    out.write(b'\0' * (-out.tell() % 4))
