# SPDX-License-Identifier: GPL-2.0-or-later
"""One scenario as the page takes it: columns of items, spans and tracks.

An item is something at one moment, a span lasts. Both are on a track.
"""

import json

from . import joins

# What tracks there may be of PASIDs and of contexts; the others share one.
MOST_GROUPS = 48
# A number that JavaScript keeps exactly.
MOST_TIME = (1 << 53) - 1
NONE = -1


class Names(dict):
    """Numbers for texts, in order of their first use."""

    def __missing__(self, text):
        self[text] = len(self)
        return self[text]


class Tracks:
    """The tracks that there is something on, in the order in which they are shown."""

    def __init__(self):
        self.found = {}
        self.groups = {}

    def of(self, group, name, rank, owner=()):
        """rank: place of the group, and of the track in it; owner: (rid, pasid)."""
        if group not in self.groups:
            same = sum(other[:1] == rank[:1] for other in self.groups.values())
            if same >= MOST_GROUPS:
                group, owner = f'others like {group.split(" ")[0]}', ()
        self.groups.setdefault(group, rank)
        key = (rank[0], owner, group, rank[1], name)
        return self.found.setdefault(key, {'group': group, 'name': name, 'key': key})

    def ordered(self):
        """As the page wants them; sets the number of each."""
        # What has no PASID comes behind what has one.
        tracks = [self.found[key] for key in sorted(
            self.found, key=lambda k: (k[0], tuple(1 << 32 if n is None else n for n in k[1]), k[2],
                                       k[3], k[4]))]
        for number, track in enumerate(tracks):
            track['number'] = number
        return tracks


class Block:
    """Gathers what the page shows of one scenario."""

    def __init__(self):
        self.tracks = Tracks()
        self.items = []
        self.spans = []
        self.index = {}

    def add_item(self, time, kind, track, line, rid=None, pasid=None, tone='neutral', label='',
                 event=None):
        self.items.append((min(time, MOST_TIME), len(self.items), kind, track, line, rid, pasid,
                           tone, label, event))

    def add_span(self, track, start, end, tone, label, first=None, last=None, rid=None, pasid=None):
        """end: None if nothing ended it."""
        self.spans.append((min(start, MOST_TIME), None if end is None else min(end, MOST_TIME),
                           track, tone, label, first, last, rid, pasid))

    def record(self, **more):
        """(what describes it all, the lines of the items)."""
        names, tracks = Names(), self.tracks.ordered()
        self.items.sort(key=lambda item: item[:2])
        self.index = {id(item[9]): at for at, item in enumerate(self.items) if item[9]}
        times = [item[0] for item in self.items]
        record = {
            **more, 'time': [now - before for now, before in zip(times, [0, *times])],
            'kind': [names[item[2]] for item in self.items],
            'track': [item[3]['number'] for item in self.items],
            'rid': [_number(item[5]) for item in self.items],
            'pasid': [_number(item[6]) for item in self.items],
            'tone': [names[item[7]] for item in self.items],
            'label': [names[item[8]] for item in self.items],
            'spans': self._spans(names, tracks, times),
            'tracks': [{key: track[key] for key in ('group', 'name')} for track in tracks]}
        record['names'] = list(names)
        return record, [item[4] for item in self.items]

    def _spans(self, names, tracks, times):
        """By track and row, in order of their start."""
        end = max([*times, *(span[1] or span[0] for span in self.spans)], default=0)
        by_track = {}
        for span in sorted(self.spans, key=lambda s: s[0]):
            by_track.setdefault(span[2]['number'], []).append(span)
        found = []
        for number in sorted(by_track):
            spans = by_track[number]
            rows = joins.rows([(s[0], end if s[1] is None else s[1]) for s in spans])
            found += [(number, row, *span) for row, span in zip(rows, spans)]
        found.sort(key=lambda s: s[:3])
        return {'track': [s[0] for s in found], 'row': [s[1] for s in found],
                'start': [s[2] for s in found], 'end': [_number(s[3]) for s in found],
                'tone': [names[s[5]] for s in found], 'label': [names[s[6]] for s in found],
                'first': [self._at(s[7]) for s in found], 'last': [self._at(s[8]) for s in found],
                'rid': [_number(s[9]) for s in found], 'pasid': [_number(s[10]) for s in found]}

    def _at(self, event):
        return self.index.get(id(event), NONE) if event else NONE


def _number(value):
    return NONE if value is None else value


def text(record, lines):
    """The description is the first line, then a line for each item."""
    return '\n'.join([json.dumps(record, separators=(',', ':')), *lines])
