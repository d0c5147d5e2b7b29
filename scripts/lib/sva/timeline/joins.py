# SPDX-License-Identifier: GPL-2.0-or-later
"""What belongs together: a request and its response, a command and its wait.

Each function takes the events in order and gives Spans. A span that nothing ended has no
last event.
"""

import collections
from dataclasses import dataclass
from typing import Optional

from . import commands
from .stream import Event


@dataclass
class Span:
    """From one event to another; members: others that are part of it.

    since, until: when it began and ended, if the events came later than that.
    """
    first: Event
    last: Optional[Event] = None
    tone: str = 'neutral'
    label: str = ''
    members: int = 1
    since: Optional[int] = None
    until: Optional[int] = None

    @property
    def start(self):
        return self.first.time if self.since is None else self.since

    @property
    def end(self):
        return self.last and (self.last.time if self.until is None else self.until)


CODES = {'SUCCESS': 'good', 'INVALID': 'warn', 'FAILURE': 'bad'}
ACTIONS = {'RETRY': 'good', 'ABORT': 'warn', 'RAZ_WI': 'warn'}


class Open:
    """Spans that wait for their end, by key; the oldest of a key ends first."""

    def __init__(self):
        self.spans = []
        self.waiting = collections.defaultdict(collections.deque)

    def begin(self, key, event, tone, label):
        span = Span(event, None, tone, label)
        self.spans.append(span)
        self.waiting[key].append(span)
        return span

    def newest(self, key):
        return self.waiting[key][-1] if self.waiting.get(key) else None

    def end(self, key, event):
        """The span that ended, None if there was none."""
        if not self.waiting.get(key):
            return None
        span = self.waiting[key].popleft()
        if not self.waiting[key]:
            del self.waiting[key]
        span.last = event
        return span

    def forget(self):
        self.waiting.clear()


def of_kinds(events, *kinds):
    return [event for event in events if event.kind in kinds]


def page_requests(events):
    """Groups of page requests, from the first request to the response."""
    found = Open()
    for event in events:
        owner = (event.stream, event.rid, event.pasid)
        if event.kind == 'PRQ' and not is_stop_marker(event):
            key = (*owner, event.number('prq', 'prgi'))
            group = found.newest(key)
            if group:
                group.members += 1
                group.label = f'group {key[3]}, {group.members} page requests'
            else:
                found.begin(key, event, 'warn', f'group {key[3]}, 1 page request')
        elif event.kind == 'PRG_RESPONSE':
            code = event.get('response', 'code')
            group = found.end((*owner, event.number('response', 'prgi')), event)
            if group:
                group.tone = CODES.get(code, 'bad')
                group.label += f': {code}'
        elif event.kind == 'RESET':
            found.forget()
    return found.spans


def is_stop_marker(event):
    access = event.get('access')
    return event.pasid is not None and isinstance(access, str) and not {'r', 'w'} & set(access)


def atc_invalidations(events):
    """From the request to the function to its completion."""
    found = Open()
    for event in of_kinds(events, 'ATC_INV', 'ATC_INV_DONE'):
        key = (event.stream, event.rid, event.number('atc_inv', 'itag'))
        if event.kind == 'ATC_INV':
            mask = event.number('atc_inv', 'mask')
            if event.get('atc_inv', 'global'):
                where = 'global'
            elif mask is None or mask > 1 << 62:
                where = 'everything'
            else:
                start = (event.number('addr') or 0) & ~mask
                where = f'{start:#x}-{start + mask:#x}'
            found.begin(key, event, 'warn', f'invalidate {where}, itag {key[2]}')
        else:
            span = found.end(key, event)
            if span:
                span.tone = 'good'
    return found.spans


def stalls(events):
    """From the stall to what became of it."""
    found = Open()
    for event in of_kinds(events, 'STALL', 'STALL_END'):
        key = (event.stream, event.rid, event.number('stall', 'tag'))
        if event.kind == 'STALL':
            found.begin(key, event, 'warn', f'stall {key[2] or 0:#x}')
        else:
            span = found.end(key, event)
            if span:
                action = event.get('stall', 'action')
                span.tone = ACTIONS.get(action, 'bad')
                span.label += f': {action}'
    return found.spans


def jobs(events):
    """Work of the contexts, from the descriptor to its completion."""
    found = Open()
    for event in of_kinds(events, 'JOB_START', 'JOB_DONE', 'RESET'):
        key = (event.stream, event.rid, event.number('job', 'context'), event.number('job', 'id'))
        if event.kind == 'JOB_START':
            found.begin(key, event, 'busy',
                        f'job {key[3] or 0:#x}, opcode {event.number("job", "opcode")}')
        elif event.kind == 'JOB_DONE':
            span = found.end(key, event)
            if span:
                status = event.number('job', 'status') or 0
                span.tone = 'good' if status & 0x3f == 1 else 'bad'
                span.label += f': status {status:#x}'
        elif event.kind == 'RESET':
            found.forget()
    return found.spans


def waits(events, decode):
    """Waits, and for each invalidation how long it was open: to the wait that covers it.

    (waits, invalidations). decode: commands.of_arch(). A completion without a word is
    that of all before it.
    """
    open_waits, invalidations, fresh, covered = Open(), [], [], {}
    for event in events:
        if event.kind == 'COMMAND':
            words = event.words('command', 'words')
            if len(words) != 2:
                continue
            command = decode(words)
            if command.about == commands.WAIT:
                span = open_waits.begin((event.stream, words[0]), event, 'warn', command.name)
                covered[id(span)], fresh = fresh, []
            elif command.about in commands.INVALIDATIONS:
                fresh.append(Span(event, None, 'warn', command.name))
                invalidations.append(fresh[-1])
        elif event.kind == 'WAIT_DONE':
            word = event.number('wait', 'word')
            if word:
                span = open_waits.end((event.stream, word), event)
                done = covered.pop(id(span), []) if span else []
            else:
                span, done, fresh = None, fresh, []
            for one in [*done, *([span] if span else [])]:
                one.last, one.tone = event, 'good'
    return open_waits.spans, invalidations


def obligations(events):
    """What the checker says software owes, from the change to the wait that ends it.

    One that was reported is bad, and named by the rule.
    """
    found, spans = Open(), {}
    for event in of_kinds(events, 'OBLIGATION', 'OBLIGATION_DONE', 'VIOLATION'):
        key = (event.stream, event.number(*OBLIGATION[event.kind]))
        if event.kind == 'OBLIGATION':
            spans[key] = found.begin(key, event, 'warn', _owed(event))
            spans[key].since = _before(event, 'since')
        elif event.kind == 'OBLIGATION_DONE':
            span = found.end(key, event)
            if span:
                span.until = _before(event, 'until')
                span.tone = 'bad' if span.tone == 'bad' else ENDS.get(
                    event.get('obligation', 'end'), 'neutral')
        elif key[1] and key in spans:
            spans[key].tone = 'bad'
            spans[key].label = f'{event.get("violation", "rule")}, {spans[key].label}'
    return found.spans


def untold(events):
    """Begins and ends of obligations that the checker could not tell."""
    most = {}
    for event in of_kinds(events, 'OBLIGATION', 'OBLIGATION_DONE'):
        lost = event.number('obligation', 'lost') or 0
        most[event.stream] = max(most.get(event.stream, 0), lost)
    return sum(most.values())


# Where the number of an obligation is.
OBLIGATION = {'OBLIGATION': ('obligation', 'id'), 'OBLIGATION_DONE': ('obligation', 'id'),
              'VIOLATION': ('violation', 'obligation')}
ENDS = {'COMPLETE': 'good'}


def _before(event, name):
    """A time that the event names, if it is one before it."""
    time = event.number('obligation', name)
    return time if time is not None and 0 <= time <= event.time else None


def _owed(event):
    owed, entries = event.get('obligation', 'owed'), event.number('obligation', 'entries') or 1
    many = f', {entries} entries' if entries > 1 else ''
    return f'{event.get("obligation", "type") or "entry"}{many}, owed: {owed or "unknown"}'


def rows(spans, most=6):
    """[(start, end)] in order of start -> the row of each, so that none hide another.

    With more at a time than there are rows the last row takes them all.
    """
    ends, found = [], []
    for start, end in spans:
        row = next((n for n, busy in enumerate(ends) if busy <= start), len(ends))
        row = min(row, most - 1)
        if row == len(ends):
            ends.append(end)
        ends[row] = max(ends[row], end)
        found.append(row)
    return found
