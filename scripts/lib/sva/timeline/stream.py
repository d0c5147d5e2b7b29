# SPDX-License-Identifier: GPL-2.0-or-later
"""The recorded event stream of a scenario (docs/specs/event-stream.rst)."""

import gzip
import json
import re
import zlib
from dataclasses import dataclass, field

KIND = re.compile(r'"kind":"([A-Z_]{1,40})"')
NUMBER = re.compile(r'events-(\d+)\.jsonl')
CUT = re.compile(r'\[([\d,]+) lines, [\d,]+ bytes were cut here\]')
# Of one stream, far above what a recorder keeps (guest/logs.py).
MOST_BYTES = 256 << 20
LONGEST = 4096


class Event:
    """One line of a stream: the line, what it means, and which stream it is of."""

    def __init__(self, line, data, stream=0):
        self.line, self.data, self.stream = line, data, stream
        self.kind, self.time = data['kind'], data['time']
        self.rid, self.pasid = number(data.get('rid')), number(data.get('pasid'))

    def get(self, *names):
        """A member, or one within others; None if there is none."""
        value = self.data
        for name in names:
            value = value.get(name) if isinstance(value, dict) else None
        return value

    def number(self, *names):
        """The same as an integer, also of a string with a hexadecimal one."""
        return number(self.get(*names))

    def words(self, *names):
        value = self.get(*names)
        found = [number(word) for word in value] if isinstance(value, list) else []
        return [] if None in found else found


@dataclass
class Streams:
    """All events of a scenario, and what is not there.

    lost: events that QEMU left out; cut: lines that the recorder did; bad: lines that
    are no event.
    """
    events: list = field(default_factory=list)
    lost: int = 0
    cut: int = 0
    bad: int = 0


def number(value):
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    try:
        return int(value, 16) if isinstance(value, str) and value.startswith('0x') else None
    except ValueError:
        return None


def files(directory):
    """The streams of a scenario: one for each process of QEMU, in order."""
    found = [path for path in directory.glob('events*.jsonl*')
             if path.name.removesuffix('.gz').endswith('.jsonl')]

    def order(path):
        match = NUMBER.match(path.name)
        return int(match[1]) if match else 0
    return sorted(found, key=order)


def read(directory):
    """What was recorded; nothing if there is no stream."""
    streams = Streams()
    for index, path in enumerate(files(directory)):
        for line in _lines(path):
            add(streams, line, index)
    # Models run in several threads, and a neighbour may come first.
    streams.events.sort(key=lambda e: (e.stream, e.time))
    return streams


def _lines(path):
    opener = gzip.open if path.suffix == '.gz' else open
    try:
        with opener(path, 'rb') as file:
            data = file.read(MOST_BYTES)
    except (OSError, EOFError, zlib.error):     # of a run that was killed
        return []
    return data.decode('ascii', 'replace').split('\n')


def add(streams, line, stream=0):
    """Take one line of a stream."""
    match = CUT.fullmatch(line)
    if match:
        streams.cut += int(match[1].replace(',', ''))
        return
    if not line:
        return
    try:
        data = json.loads(line) if len(line) <= LONGEST else None
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict) or not KIND.fullmatch(f'"kind":"{data.get("kind")}"'):
        streams.bad += 1
    elif data['kind'] == 'LOST':
        streams.lost += number(data.get('count')) or 0
    elif data['kind'] != 'FORMAT':
        if isinstance(data.get('time'), int) and 0 <= data['time'] < 1 << 62:
            streams.events.append(Event(line, data, stream))
        else:
            streams.bad += 1
