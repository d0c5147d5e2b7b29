# SPDX-License-Identifier: GPL-2.0-or-later
"""Translations that the models handed out and the guest has not invalidated.

The models announce every answer and every command (events.log). These messages alone
tell what a device and an IOMMU may cache for a PASID: all that was granted and that no
invalidation has covered since. What invalidations
cover is in takings.py; neither shares anything with the caches of the models.
"""

import re
from collections import Counter
from typing import NamedTuple, Optional

from .waiting import Waiting

ATC, IOTLB, CONFIG = 'device-TLB', 'IOTLB', 'configuration cache'
PLACES = (ATC, IOTLB, CONFIG)

ANSWER = re.compile(
    r'sva_(?P<kind>ats|xlate) (?P<seq>\d+) rid (?P<rid>0x[0-9a-f]+) pasid (?P<pasid>\d+) '
    r'addr (?P<addr>0x[0-9a-f]+) \S+ -> (?P<pa>0x[0-9a-f]+) mask (?P<mask>0x[0-9a-f]+) '
    r'(?P<rights>[rwxp-]+) from (?P<source>cache|tables) (?:status|outcome) 0$')
ASKED = re.compile(r'sva_prq (?P<seq>\d+) rid (?P<rid>0x[0-9a-f]+) pasid (?P<pasid>\d+) '
                   r'addr (?P<addr>0x[0-9a-f]+) ')
COMMAND = re.compile(r'sva_command (?P<seq>\d+) type \d+ '
                     r'words (?P<first>0x[0-9a-f]+) (?P<second>0x[0-9a-f]+)$')
# An invalidation that was carried out later than its command was announced.
LATE = re.compile(r'sva_invalidated (?P<seq>\d+) type \d+ '
                  r'words (?P<first>0x[0-9a-f]+) (?P<second>0x[0-9a-f]+)$')
FILL = re.compile(
    r'sva_fill (?P<seq>\d+) rid (?P<rid>0x[0-9a-f]+) pasid (?P<pasid>-?\d+) '
    r'addr (?P<addr>0x[0-9a-f]+) -> (?P<pa>0x[0-9a-f]+) mask (?P<mask>0x[0-9a-f]+) ')
RESET = re.compile(r'sva_reset (?P<seq>\d+) ')
# What is only counted: faults that were recorded, and who answered page requests.
FAULT, BY_UNIT, BY_KERNEL, QUEUED = 'fault', 'by unit', 'by kernel', 'queued'
ASKED_FAULT = 'fault of a page request'
# The same of answers to translation requests: what was granted, or the error.
GRANTED, NO_ACCESS, ATS_ERROR = 'translation granted', 'translation without rights', \
    'translation request refused'
ATS_ANSWER = re.compile(r'.* (?P<rights>[rwxp-]+) from \S+ status (?P<code>\d+)$')
COUNTED = {'sva_fault': (FAULT, re.compile(r'.* reason (?P<code>0x[0-9a-f]+) '
                                          r'record \S+ (?P<record>0x[0-9a-f]+)$')),
           'sva_prq_auto': (BY_UNIT, re.compile(r'.* code (?P<code>\d+) reason 0x[0-9a-f]+$')),
           'sva_prg_response': (BY_KERNEL, re.compile(r'.* code (?P<code>\d+)$')),
           'sva_prq': (QUEUED, re.compile(r'.* prgi (?P<code>\d+) ')),
           'sva_ats': (GRANTED, ATS_ANSWER)}
WHOSE = re.compile(r'\S+ \d+ rid (?P<rid>0x[0-9a-f]+) pasid (?P<pasid>-?\d+) ')
PAGE = ~0xfff
# Most messages to keep; beyond that the ledger is incomplete.
MOST = 1 << 20


class Given(NamedTuple):
    """An answer that grants access to the range first..last."""
    seq: int
    ats: bool
    rid: int
    pasid: int
    page: int
    pa: int
    first: int
    last: int
    rights: str
    cached: bool


class Asked(NamedTuple):
    """A page request that was queued."""
    seq: int
    pasid: int
    page: int


class Command(NamedTuple):
    """late: it was announced before, and is carried out now."""
    seq: int
    first: int
    second: int
    late: bool = False


class Fill(NamedTuple):
    """A translation was put into the IOTLB, perhaps for nobody who asked."""
    seq: int
    rid: int
    pasid: int
    page: int
    first: int
    last: int

    def is_of(self, message):
        """Is the message the answer to who caused it, and no more than was put there?"""
        return (isinstance(message, Given) and not message.cached
                and message[2:5] == self[1:4]
                and (message.first, message.last) == (self.first, self.last))


class Reset(NamedTuple):
    """Reset of a device or an IOMMU, or the machine was migrated: the caches are empty."""
    seq: int


class Held(NamedTuple):
    """What may be cached for a PASID: translations by place, and a use of its entry.

    config: the first use of the entry since its last invalidation. broken: (answer,
    command) pairs, where the answer came from a cache that the command had emptied. sent:
    how many invalidations covered something of the PASID, by place, and the last of each.
    skipped: (answer, command) pairs, where the command took the answer from the device-TLB,
    and none has taken it from the IOTLB until now. others: functions that use the PASID
    and share the IOTLB, which need not be invalidated then.
    """
    translations: dict
    config: Optional[Given]
    broken: list
    sent: dict
    last: dict
    skipped: list = []
    others: frozenset = frozenset()


class Ledger:
    """The relevant messages since power-on."""

    def __init__(self, takings):
        self.takings = takings
        self.messages = []
        # False: the log ends before the run does.
        self.complete = True
        # The number of the last event that mattered.
        self.last = 0
        # How often, by (what, requester ID, PASID or -1, reason or code).
        self.tallies = Counter()
        self.waiting = Waiting(takings.last)
        self._recent = {}
        self._fill = None

    @property
    def position(self):
        return len(self.messages)

    def feed(self, lines):
        for line in lines:
            self._count(line)
            self.waiting.feed(line)
            message = parse(line)
            if isinstance(message, Given):
                # Skip repeated messages until something is invalidated.
                key = message[1:5]
                if self._recent.get(key) == message[5:]:
                    continue
                self._recent[key] = message[5:]
            elif message and not isinstance(message, Fill):
                self._recent.clear()
            message = self._after_fill(message)
            if message and len(self.messages) == MOST:
                self.complete = False
            elif message:
                self.messages.append(message)
                self.last = message.seq

    def _count(self, line):
        what, pattern = COUNTED.get(line.partition(' ')[0], (None, None))
        if what:
            whose, found = WHOSE.match(line), pattern.match(line)
            if whose and found:
                code = 0 if what == QUEUED else int(found['code'], 0)
                if what == GRANTED:
                    what = ATS_ERROR if code else \
                        NO_ACCESS if found['rights'][:2] == '--' else GRANTED
                key = int(whose['rid'], 16), int(whose['pasid']), code
                self.tallies[what, *key] += 1
                if what == FAULT and self.takings.asked_by(int(found['record'], 16)):
                    self.tallies[ASKED_FAULT, *key] += 1

    def _after_fill(self, message):
        """Keep a fill back until it is known not to be followed by its answer."""
        if isinstance(message, Fill) or (message and self._fill):
            fill, self._fill = self._fill, message if isinstance(message, Fill) else None
            if fill and not fill.is_of(message) and len(self.messages) < MOST:
                self.messages.append(fill)
            return None if isinstance(message, Fill) else message
        return message

    def seen(self):
        """Take repeated messages as new ones after an observation."""
        self._recent.clear()

    def moved(self):
        """Migration into another process drops all translations."""
        self._recent.clear()
        self.messages.append(Reset(0))

    def held(self, who, upto=None, since=0):
        """What may be cached for who (takings.Who); sent counts from message since on."""
        book = _Book(who, self.takings)
        for at, message in enumerate(self.messages[:upto]):
            book.counts = at >= since
            book.enter(message)
        return Held({ATC: book.atc.values(), IOTLB: book.iotlb.values()},
                    book.config, book.broken, book.sent, book.last,
                    list(book.skipped.values()), frozenset(book.others))


class _Entries:
    """Answers by page; an invalidation removes every range that it overlaps."""

    def __init__(self):
        self.pages, self.ranges = {}, {}

    def put(self, key, given):
        table = self.pages if given.last - given.first == 0xfff else self.ranges
        table[key] = given

    def drop(self, first, last):
        number = (last >> 12) - (first >> 12) + 1
        if number < len(self.pages):
            for page in range(first & PAGE, last + 1, 0x1000):
                self.pages.pop(page, None)
        else:
            self.pages = _rest(self.pages, first, last)
        self.ranges = _rest(self.ranges, first, last)

    def within(self, first, last):
        """Answers for pages in a range."""
        if last - first >> 12 < len(self.pages):
            return [self.pages[page] for page in range(first & PAGE, last + 1, 0x1000)
                    if page in self.pages]
        return [given for page, given in self.pages.items() if first <= page <= last]

    def values(self):
        return [*self.pages.values(), *self.ranges.values()]


def _rest(entries, first, last):
    return {key: given for key, given in entries.items()
            if given.last < first or given.first > last}


class _Book:
    """The account of one PASID of one function."""

    def __init__(self, who, takings):
        self.who, self.takings = who, takings
        self.atc, self.iotlb, self.config = _Entries(), _Entries(), None
        # Answers of any function that an answer from the cache may come from.
        self.sources = _Entries()
        self.broken, self.sent, self.last = [], dict.fromkeys(PLACES, 0), {}
        self.skipped, self.others = {}, set()
        # When commands were announced, by their words.
        self.announced = {}
        self.counts = True

    def enter(self, message):
        if isinstance(message, Given):
            if message.pasid == self.who.pasid:
                self.give(message)
        elif isinstance(message, Asked):
            if message.pasid == self.who.pasid and self.takings.asking_drops:
                self.drop(IOTLB, message.page, message.page | ~PAGE)
        elif isinstance(message, Fill):
            if message.pasid == self.who.pasid:
                self.sources.put(message.page if message.last - message.first == 0xfff
                                 else (message.first, message.last), message)
        elif isinstance(message, Command) and message.late:
            for place, first, last in self.takings.covers(message, self.who):
                if place == IOTLB:
                    self.excuse(self.announced.get(message[1:3], message.seq), first, last)
                self.drop(place, first, last)
        elif isinstance(message, Command):
            self.announced[message[1:3]] = message.seq
            self.others = {rid for rid in self.others if all(
                place != CONFIG for place, *_ in
                self.takings.covers(message, self.who._replace(rid=rid)))}
            for place, first, last in self.takings.covers(message, self.who):
                self.last[place] = message
                self.sent[place] += self.counts
                if place == ATC and self.counts:
                    self.skipped.update((given.page, (given, message))
                                        for given in self.iotlb.within(first, last))
                elif place == IOTLB and self.skipped:
                    self.skipped = {page: pair for page, pair in self.skipped.items()
                                    if not first <= page <= last}
                self.drop(place, first, last)
        else:
            self.atc, self.iotlb, self.config = _Entries(), _Entries(), None

    def give(self, given):
        source = self.source(given.page) if given.cached else None
        if given.cached and not source:
            self.broken.append((given, self.last.get(IOTLB)))
        if not source:
            small = given.last - given.first == 0xfff
            self.sources.put(given.page if small else (given.first, given.last), given)
        if given.rid != self.who.rid:
            if self.takings.by_tag:
                self.others.add(given.rid)
            return
        # The use that fetched it; one that the IOTLB answers may do without the entry.
        if not given.cached:
            self.config = self.config or given
        # An answer from a cache is as old as the one that filled it.
        given = given._replace(seq=source.seq) if source else given
        self.iotlb.put(given.page, given)
        if given.ats:
            self.atc.put(given.page, given)

    def excuse(self, since, first, last):
        """What an invalidation that is carried out now has left in force until now."""
        self.broken = [(given, command) for given, command in self.broken
                       if given.seq < since or not first <= given.page <= last]

    def source(self, page):
        found = self.sources.pages.get(page)
        return found or next((given for given in self.sources.ranges.values()
                              if given.first <= page <= given.last), None)

    def drop(self, place, first, last):
        if place == CONFIG:
            self.config = None
        elif place == ATC:
            self.atc.drop(first, last)
        else:
            self.iotlb.drop(first, last)
            self.sources.drop(first, last)


def parse(line):
    """The message of a line of the log, or None if it does not matter."""
    word = line.partition(' ')[0]
    if word in ('sva_ats', 'sva_xlate'):
        match = ANSWER.match(line)
        if not match or match['rights'][:3] == '---':
            return None
        addr, pa, mask = (int(match[name], 16) for name in ('addr', 'pa', 'mask'))
        page = addr & PAGE
        return Given(int(match['seq']), word == 'sva_ats', int(match['rid'], 16),
                     int(match['pasid']), page, (pa & ~mask | page & mask) & PAGE, page & ~mask,
                     page | mask, match['rights'], match['source'] == 'cache')
    if word == 'sva_command' and (match := COMMAND.match(line)):
        return Command(int(match['seq']), int(match['first'], 16), int(match['second'], 16))
    if word == 'sva_invalidated' and (match := LATE.match(line)):
        return Command(int(match['seq']), int(match['first'], 16), int(match['second'], 16),
                       late=True)
    if word == 'sva_fill' and (match := FILL.match(line)):
        addr, mask = int(match['addr'], 16), int(match['mask'], 16)
        return Fill(int(match['seq']), int(match['rid'], 16), int(match['pasid']), addr & PAGE,
                    addr & ~mask, addr | mask)
    if word == 'sva_prq' and (match := ASKED.match(line)):
        return Asked(int(match['seq']), int(match['pasid']), int(match['addr'], 16) & PAGE)
    if word == 'sva_reset' and (match := RESET.match(line)):
        return Reset(int(match['seq']))
    return None
