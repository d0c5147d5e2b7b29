# SPDX-License-Identifier: GPL-2.0-or-later
"""Invalidations that the kernel owes at a stage.

The ledger says which translations of a PASID may still be cached; the page tables in
guest memory say which are valid. A translation that may be cached and is not in the
tables (any more) is one that the kernel changed without an invalidation.
"""

import threading
import time
from typing import NamedTuple, Optional

from ..guest import machine
from . import iommus, memory
from .ledger import ATC, CONFIG, IOTLB, Ledger, PLACES
from .takings import Who
from .verdict import KERNEL, MODEL, UNDECIDED

# A change that is in progress is not seen in each of several looks.
LOOKS = 3
PAUSE = 0.1
# How many unexpected answers to record.
MOST_STRAYS = 20
# A request without an answer for so many seconds never gets one.
LONG = 5


class Debt(NamedTuple):
    """A stale translation: where, since which event, what is valid now, whose fault."""
    party: str
    place: str
    page: int
    event: int
    given: str
    now: str

    def __str__(self):
        return f'{self.page:#x} -> {self.given} (event {self.event}), now {self.now}'


class Look(NamedTuple):
    """What was found at one stage.

    sent: invalidations of the PASID since the stage before, by place. broken: texts
    about answers from a cache that had been emptied. tallies: counts since power-on, see
    ledger.Ledger. rid: the accelerator, None if there is none.
    complete: no events are missing. waiting: requests without an answer for a long time;
    strays: answers without a request; again: how often an address was served in a
    row, and which; skipped: texts about a device-TLB that was invalidated while the IOTLB
    was not.
    """
    debts: list
    sent: dict
    broken: list
    tallies: dict
    rid: Optional[int] = None
    complete: bool = True
    waiting: tuple = ()
    strays: tuple = ()
    again: tuple = (0, 0)
    skipped: tuple = ()

    @property
    def commands(self):
        return ', '.join(f'{self.sent.get(place, 0)} {place}' for place in PLACES)

    @property
    def owed(self):
        """The number of stale translations, as text."""
        where = ', '.join(f'{n} in the {place}' for place in PLACES
                          if (n := sum(debt.place == place for debt in self.debts)))
        return f'{where}, with {self.commands} invalidations; the first: {self.debts[0]}'

    def record(self):
        """For the file of the evidence."""
        return {'debts': [str(debt) for debt in self.debts], 'invalidations': self.sent,
                'broken': self.broken, 'complete': self.complete, 'waiting': self.waiting,
                'strays': self.strays[:MOST_STRAYS], 'again': self.again,
                'skipped': self.skipped[:MOST_STRAYS],
                'counted': [[*key, n] for key, n in sorted(self.tallies.items())]}


class Watch:
    """Follows the events of one machine; another thread calls hear()."""

    def __init__(self, arch, timeout_multiplier=1):
        self.timeout_multiplier = timeout_multiplier
        self.ledger = Ledger(iommus.of_arch(arch).takings)
        self.lock = threading.Lock()
        self.moves = 0
        # Of each PASID: the tags that its entry had, and the granules of its tables, where
        # its last look ended, and the first event after it was seen to lead nowhere.
        self.tags, self.granules, self.ends, self.absent = {}, {}, {}, {}

    def hear(self, lines):
        with self.lock:
            self.ledger.feed(lines)

    def look(self, guest, pasid=None, entry=None):
        """pasid: whose; entry: what leads to its page tables."""
        tallies = self._catch_up(guest)
        if pasid is None or entry is None:
            return self._with_requests(Look([], {}, [], tallies, None, self.ledger.complete))
        if entry.present:
            self.tags.setdefault(pasid, set()).add(entry.tag)
            self.granules.setdefault(pasid, set()).add(entry.granule)
            self.absent.pop(pasid, None)
        who = Who(guest.bdf(machine.ACCEL_ID), pasid, frozenset(self.tags.get(pasid, ())),
                  frozenset(self.granules.get(pasid, ())))
        held, debts = self._debts(guest, who, entry)
        for _ in range(LOOKS - 1):
            if not debts:
                break
            time.sleep(PAUSE)
            self._catch_up(guest)
            held, again = self._debts(guest, who, entry)
            debts = [debt for debt in debts if debt in again]
        tables = entry.tables(memory.reader(guest.qmp))
        skipped = tuple(f'{given.page:#x}: event {command.seq} invalidated the {ATC} only'
                        for given, command in held.skipped if _differs(given, tables))
        with self.lock:
            self.ends[pasid] = self.ledger.position
            if not entry.present:
                self.absent.setdefault(pasid, self.ledger.last)
            self.ledger.seen()
            found = Look(debts, held.sent, [broken(*pair) for pair in held.broken], tallies,
                         who.rid, self.ledger.complete,
                         skipped=skipped)
        return self._with_requests(found)

    def _with_requests(self, look):
        with self.lock:
            waiting = self.ledger.waiting
            late = waiting.since(LONG * self.timeout_multiplier)
            return look._replace(waiting=tuple(map(str, late)), strays=tuple(waiting.strays),
                                 again=waiting.most())

    def _catch_up(self, guest):
        """Feed all events so far into the ledger; return the counts."""
        settled = guest.events[-1].settle()
        with self.lock:
            self.ledger.complete = self.ledger.complete and settled
            if guest.moves != self.moves:
                self.moves = guest.moves
                self.ledger.moved()
            return dict(self.ledger.tallies)

    def _debts(self, guest, who, entry):
        # Without the lock: QEMU may wait for hear() before it answers.
        with self.lock:
            held = self.ledger.held(who, since=self.ends.get(who.pasid, 0))
        tables = entry.tables(memory.reader(guest.qmp))
        return held, owed(held, entry, tables, self.absent.get(who.pasid))


def owed(held, entry, tables, absent=None):
    """The stale ones of the translations that may be cached.

    tables: va -> leaf, None where the entry leads nowhere. absent: the last event before
    the entry was seen so for the first time, if it was seen before.
    """
    whose = _Parties(held, entry, absent)
    found = [Debt(whose(place, given.seq), place, given.page, given.seq,
                  f'{given.pa:#x} {given.rights}', now)
             for place in ((ATC,) if held.others and not entry.present else (ATC, IOTLB))
             for given in held.translations[place]
             if (now := _differs(given, tables))]
    if held.config and not entry.present:
        found.append(Debt(whose(CONFIG, held.config.seq), CONFIG, held.config.page,
                          held.config.seq, 'a page', str(entry)))
    return found


class _Parties:
    """Decides whose fault a stale translation is; see owed()."""

    def __init__(self, held, entry, absent):
        self.held, self.entry, self.absent = held, entry, absent

    def __call__(self, place, event):
        """event: that gave it out."""
        if self.entry.present:
            return KERNEL
        config = self.held.config
        # A unit that has the entry in its cache still uses it.
        if place != CONFIG and config and self(CONFIG, config.seq) == KERNEL:
            return KERNEL
        if self.absent is not None and self.absent < event:
            return MODEL
        # Invalidated, then handed out again: before or after the entry was cleared?
        taken = self.held.last.get(place)
        again = self.held.sent[place] and taken.seq < event
        return UNDECIDED if again else KERNEL


def _differs(given, tables):
    """What the tables say instead, '' if they still say what was given."""
    if tables is None:
        return 'no page table'
    leaf = tables(given.page)
    if leaf is None:
        return 'nothing'
    if leaf.pa != given.pa:
        return f'{leaf.pa:#x}'
    return 'read-only' if 'w' in given.rights and not leaf.write else ''


def broken(given, command):
    """Text: an answer came from a cache that an invalidation of its range had emptied."""
    return (f'event {given.seq} answered {given.page:#x} from the IOTLB'
            + (f' that the command of event {command.seq} had emptied' if command
               else ' and nobody had asked before'))
