# SPDX-License-Identifier: GPL-2.0-or-later
"""Which events the page holds if there are more than it can."""

import bisect
import collections

# They come by the thousand and say much the same; the first to go.
COMMON = ('XLATE', 'ATS', 'ATC_HIT', 'FILL', 'FAULT_SILENT', 'PRQ_AUTO', 'ENTRY')
# They stay as long as there is room for any.
RARE = ('VIOLATION', 'OBLIGATION', 'OBLIGATION_DONE', 'RESET', 'REGS', 'DROP', 'FUNCTION',
        'CTX_STATE', 'BREAKPOINT')
# Events before and after a violation that stay with it.
AROUND = 300


def choose(events, most, always=frozenset()):
    """(events to keep, in order; {kind: how many are left out}).

    always: ids of events that are worth as much as the rare ones.
    """
    if len(events) <= most:
        return list(events), {}
    marks = [at for at, event in enumerate(events) if event.kind == 'VIOLATION']
    groups = ([], [], [])
    for at, event in enumerate(events):
        groups[_rank(event, at, marks, always)].append(at)
    kept = set()
    for group in groups:
        kept.update(_thin(group, most - len(kept)))
    left = collections.Counter(event.kind for at, event in enumerate(events) if at not in kept)
    return [events[at] for at in sorted(kept)], dict(sorted(left.items()))


def _rank(event, at, marks, always):
    near = bisect.bisect_left(marks, at - AROUND)
    if event.kind in RARE or id(event) in always or (near < len(marks)
                                                     and marks[near] <= at + AROUND):
        return 0
    return 2 if event.kind in COMMON else 1


def _thin(positions, room):
    """As many as there is room for, evenly."""
    if len(positions) <= room:
        return positions
    return [positions[n * len(positions) // room] for n in range(room)]
