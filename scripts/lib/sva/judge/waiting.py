# SPDX-License-Identifier: GPL-2.0-or-later
"""Requests that wait for an answer of the kernel, from the events.

A group of page requests waits from its last request to its response, which must name
its function, its PASID and its index; a stalled request from its record to the command
that ends it.
"""

import re
import time
from collections import Counter
from typing import NamedTuple

GROUP = re.compile(r'sva_prq (?P<seq>\d+) rid (?P<rid>0x[0-9a-f]+) pasid (?P<pasid>-?\d+) '
                   r'addr (?P<addr>0x[0-9a-f]+) \S+ prgi (?P<index>\d+) '
                   r'entry \S+ (?P<second>0x[0-9a-f]+)$')
RESPONSE = re.compile(r'sva_prg_response (?P<seq>\d+) rid (?P<rid>0x[0-9a-f]+) '
                      r'pasid (?P<pasid>-?\d+) prgi (?P<index>\d+) code (?P<code>\d+)$')
STALL = re.compile(r'sva_stall (?P<seq>\d+) rid (?P<rid>0x[0-9a-f]+) pasid (?P<pasid>-?\d+) '
                   r'addr (?P<addr>0x[0-9a-f]+) reason \S+ tag (?P<tag>\d+)$')
STALL_END = re.compile(r'sva_stall_end (?P<seq>\d+) rid (?P<rid>0x[0-9a-f]+) tag (?P<tag>\d+) '
                       r'action (?P<action>\d+)$')
# Answers that serve a request: the page is there, try again.
SUCCESS = RETRY = 0
# A stall without a record: the kernel does not know it.
HELD = (1 << 64) - 1
KNOWN = {'sva_prq': GROUP, 'sva_prg_response': RESPONSE, 'sva_stall': STALL,
         'sva_stall_end': STALL_END}


class Request(NamedTuple):
    """A waiting request; event and address are those of its last part."""
    event: int
    what: str
    address: int
    # When it was announced, by the host's clock.
    heard: float

    def __str__(self):
        return f'{self.what}, address {self.address:#x} (event {self.event})'


class Waiting:
    """Waiting requests, answers without a request, and requests that repeat for ever.

    last(second word of an entry of the page request queue): the request ends its group.
    """

    def __init__(self, last):
        self.last = last
        self.requests = {}
        self.strays = []
        # How often in a row an address was served, and asked for again.
        self.again = Counter()

    def feed(self, line):
        word = line.partition(' ')[0]
        if word == 'sva_reset':
            self.requests.clear()
            return
        match = KNOWN[word].match(line) if word in KNOWN else None
        if match:
            getattr(self, word.removeprefix('sva_'))(match)

    def prq(self, match):
        rid, pasid, index = int(match['rid'], 16), int(match['pasid']), int(match['index'])
        if self.last(int(match['second'], 16)):
            self.requests['group', rid, pasid, index] = Request(
                int(match['seq']), f'group {index} of PASID {pasid}', int(match['addr'], 16),
                time.monotonic())

    def prg_response(self, match):
        rid, pasid, index = int(match['rid'], 16), int(match['pasid']), int(match['index'])
        request = self.requests.pop(('group', rid, pasid, index), None)
        if request is None:
            self.strays.append(f'an answer to group {index} of PASID {pasid} '
                               f'(event {match["seq"]})')
        else:
            self._served(rid, pasid, request, int(match['code']) == SUCCESS)

    def stall(self, match):
        if int(match['tag']) != HELD:
            rid, pasid, tag = int(match['rid'], 16), int(match['pasid']), int(match['tag'])
            self.requests['stall', rid, tag] = Request(
                int(match['seq']), f'stalled request {tag} of PASID {pasid}',
                int(match['addr'], 16), time.monotonic())

    def stall_end(self, match):
        key = 'stall', int(match['rid'], 16), int(match['tag'])
        request = self.requests.pop(key, None)
        if request:
            self._served(key[1], 0, request, int(match['action']) == RETRY)

    def _served(self, rid, pasid, request, good):
        key = rid, pasid, request.address
        self.again[key] += 1
        if not good:
            del self.again[key]

    def since(self, seconds):
        """The requests that have waited for at least so long, oldest first."""
        before = time.monotonic() - seconds
        return sorted(request for request in self.requests.values() if request.heard <= before)

    def most(self):
        """(how often, address) of what was served most often."""
        [(key, number)] = self.again.most_common(1) or [((0, 0, 0), 0)]
        return number, key[2]
