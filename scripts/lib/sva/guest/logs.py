# SPDX-License-Identifier: GPL-2.0-or-later
"""Logs that another program writes through a pipe: escaped, and bounded in size."""

import collections
import contextlib
import fcntl
import gzip
import os
import select
import shutil
import struct
import termios
import threading
import time

from ..util import text

# Bytes kept of one log: half of it from its begin, half from its end.
LIMIT = 32 << 20
# Longer lines are split.
LONGEST = 1 << 14
BLOCK = 1 << 16
# What fits into a pipe: a program waits when its reader is that far behind.
PIPE = 1 << 20
# Seconds in which a model announces some hundred events.
PAUSE = 0.005


class BoundedLog:
    """One log file. If it gets too long its middle is cut out, and a line says so.

    When something goes wrong the reason is at the begin or at the end. follower(lines)
    is called for every line, also for those that are cut. pause: seconds between reads, so
    that many short lines do not wake the reader one by one.
    """

    def __init__(self, path, limit=None, follower=None, pause=0):
        self.path = path
        self.pause = pause
        self.half = (limit or LIMIT) // 2
        self.written = 0
        self.tail = collections.deque()
        self.tail_size = 0
        self.cut_lines = self.cut_bytes = 0
        # What went wrong here; reading goes on, or the programs would block.
        self.error = None
        self.lock = threading.Lock()
        self.changed = threading.Condition(self.lock)
        self.readers = []
        self.follower = follower
        # Bytes that were read of each pipe that is open.
        self.taken = {}
        self.file = open(path, 'wb')  # closed by close()

    @contextlib.contextmanager
    def pipe(self):
        """A file descriptor for one program, to be started in the block."""
        read, write = os.pipe()
        # A user has a limit for all pipes together; beyond it this one stays small.
        with contextlib.suppress(PermissionError):
            fcntl.fcntl(write, fcntl.F_SETPIPE_SZ, PIPE)
        try:
            yield write
        finally:
            os.close(write)
            self.taken[read] = 0
            # Start the thread only now: forking with threads is not safe.
            reader = threading.Thread(target=self._pump, args=(read,), daemon=True)
            reader.start()
            self.readers.append(reader)

    def _pump(self, read):
        rest = b''
        with os.fdopen(read, 'rb', buffering=0) as stream:
            while True:
                select.select([read], [], [])
                # With the lock held, all that was read has been processed.
                with self.lock:
                    data = stream.read(BLOCK)
                    if not data:
                        break
                    *lines, rest = (rest + data).split(b'\n')
                    while len(rest) > LONGEST:
                        lines.append(rest[:LONGEST])
                        rest = rest[LONGEST:]
                    self._take(lines)
                    self.taken[read] += len(data)
                    self.changed.notify_all()
                if self.pause and len(data) < BLOCK:
                    time.sleep(self.pause)
            with self.lock:
                if rest:
                    self._take([rest])
                del self.taken[read]
                self.changed.notify_all()

    def _take(self, lines):
        lines, data = self._safe(lines)
        for line in data:
            self._add(line)
        self._try(self.file.flush)
        if self.follower and lines:
            self._try(self.follower, lines)

    @staticmethod
    def _safe(lines):
        """What the follower sees, and what goes into the file."""
        lines = [text.decoded(line.rstrip(b'\r')) for line in lines]
        return lines, [line.encode() + b'\n' for line in lines]

    def _try(self, do, *args):
        try:
            do(*args)
        except Exception as e:  # for raise_error(), in the thread that can report it
            self.error = self.error or e

    def raise_error(self):
        """Raise errors of the reader, such as a full disk: an incomplete log cannot be judged."""
        if self.error:
            raise self.error

    def _add(self, line):
        if not self.tail and self.written + len(line) <= self.half:
            self._try(self.file.write, line)
            self.written += len(line)
            return
        self.tail.append(line)
        self.tail_size += len(line)
        while self.tail_size > self.half:
            gone = self.tail.popleft()
            self.tail_size -= len(gone)
            self.cut_lines += 1
            self.cut_bytes += len(gone)

    def _end(self):
        """The part after the begin."""
        cut = [f'[{self.cut_lines:,} lines, {self.cut_bytes:,} bytes were cut here]\n'.encode()] \
            if self.cut_lines else []
        return b''.join([*cut, *self.tail])

    def settle(self, timeout=10):
        """Wait until everything written before the call has been read."""
        with self.changed:
            goals = {pipe: taken + _waiting(pipe) for pipe, taken in self.taken.items()}
            return self.changed.wait_for(
                lambda: all(self.taken.get(pipe, goal) >= goal for pipe, goal in goals.items()),
                timeout)

    def wait(self, timeout=5):
        """Wait until everything has been read; the programs have ended."""
        for reader in self.readers:
            reader.join(timeout)

    def text(self):
        """What there is so far."""
        with self.lock:
            data = self.path.read_bytes() + (b'' if self.file.closed else self._end())
        return data.decode('utf-8', 'replace')

    def close(self):
        self.wait()
        with self.lock:
            if not self.file.closed:
                self._try(self.file.write, self._end())
                self._try(self.file.flush)
                with contextlib.suppress(OSError):  # it tries to flush again
                    self.file.close()


class NumberLog(BoundedLog):
    """The same for lines in which QEMU writes what a guest chose as numbers only.

    There may be very many; they are kept as they are, in the end packed by gzip, and
    the follower sees bytes.
    """

    @staticmethod
    def _safe(lines):
        return lines, [line + b'\n' for line in lines]

    def close(self):
        super().close()
        if self.path.exists():
            self._try(self._pack)

    def _pack(self):
        packed = self.path.with_name(self.path.name + '.gz')
        with open(self.path, 'rb') as plain, gzip.open(packed, 'wb', compresslevel=1) as out:
            shutil.copyfileobj(plain, out)
        self.path.unlink()


def _waiting(pipe):
    """Bytes in a pipe that nobody has read."""
    return struct.unpack('i', fcntl.ioctl(pipe, termios.FIONREAD, b'\0' * 4))[0]
