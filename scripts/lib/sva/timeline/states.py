# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tables say of each PASID, as far as somebody read them.

Who read an entry knows what it said at that moment. It may have changed before: the
state holds from the read on. After a command for the PASID's entry the tables may say
something else, until the next read.
"""

from dataclasses import dataclass
from typing import Optional

from ..judge.context_descriptor import ContextDescriptor
from ..judge.memory import PasidEntry
from ..judge.verdict import BOUND, GONE, UNBOUND
from . import commands
from .stream import Event

# A command said that the entry changed, and nobody has read it since.
CHANGED = 'changed'
# Entries that lead to those of PASIDs.
DIRECTORIES = ('VTD_PASID_DIR', 'SMMU_L1CD')
ENTRIES = ('VTD_PASID', 'SMMU_CD')


@dataclass
class Period:
    """The state of one PASID of one function for a while; end: None if it lasts."""
    rid: int
    pasid: int
    state: str
    start: int
    end: Optional[int] = None
    words: tuple = ()
    event: Optional[Event] = None


def of_entry(kind, words):
    """The state that an entry gives to its PASID; None if it says nothing."""
    words = tuple(words)
    if kind in DIRECTORIES:
        return UNBOUND if words and not words[0] & 1 else None
    if kind not in ENTRIES or not words:
        return None
    if kind == 'VTD_PASID':
        entry = PasidEntry(words)
        return BOUND if entry.present else GONE if entry.fpd else UNBOUND
    entry = ContextDescriptor(words)
    return BOUND if entry.present else GONE if entry.valid else UNBOUND


def periods(events, decode, looks=()):
    """All Periods in order of their start.

    looks: [(time, rid, pasid, state, words)], what the host saw at the stages.
    """
    current, functions, found = {}, {}, []

    def change(key, state, time, words=(), event=None):
        last = current.get(key)
        if last and last.state == state and last.words == words:
            return
        if last:
            last.end = time
        current[key] = Period(*key, state, time, None, words, event)
        functions.setdefault(key[1], set()).add(key[0])
        found.append(current[key])

    looks = sorted(looks)
    for event in events:
        while looks and looks[0][0] <= event.time:
            _look(change, looks.pop(0))
        _hear(change, functions, event, decode)
    for look in looks:
        _look(change, look)
    return found


def _look(change, look):
    time, rid, pasid, state, words = look
    change((rid, pasid), state, time, tuple(words))


def _hear(change, functions, event, decode):
    if event.kind == 'ENTRY' and event.rid is not None and event.pasid is not None:
        words = tuple(event.words('entry', 'words'))
        state = of_entry(event.get('entry', 'type'), words)
        if state:
            change((event.rid, event.pasid), state, event.time, words, event)
    elif event.kind == 'COMMAND':
        words = event.words('command', 'words')
        command = decode(words) if len(words) == 2 else None
        if command and command.about == commands.CONFIG:
            for rid in functions.get(command.pasid, ()):
                if command.rid in (None, rid):
                    change((rid, command.pasid), CHANGED, event.time, (), event)
