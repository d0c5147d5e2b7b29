# SPDX-License-Identifier: GPL-2.0-or-later
"""Broken rules of the checker, from the event stream and from the verdicts.

The stream has them at their place. The verdicts have all of them, also those that are
cut from the stream, and the findings that explain them.
"""

import json

from ..util.text import printable
from .stream import Event, number

KIND = 'VIOLATION'
# Of one scenario.
MOST = 1000
# What only the verdicts have.
MORE = ('sentence', 'source', 'finding', 'repeats')


def of_verdicts(verdicts):
    """The lists of the verdicts in one, as far as they are what they should be."""
    found = []
    for verdict in verdicts:
        more = verdict.get('violations')
        found += [v for v in more if isinstance(v, dict)] if isinstance(more, list) else []
    return found[:MOST]


def merge(events, verdicts):
    """Add what the verdicts know to the violations of a stream, and those that it lacks.

    The checker reports a rule once for each function and PASID.
    """
    there = {_key(event.data, event.data['violation']): event for event in events
             if event.kind == KIND and isinstance(event.get('violation'), dict)}
    end = max((event.time for event in events), default=0)
    for violation in of_verdicts(verdicts):
        event = there.get(_key(violation, violation))
        if event:
            more = {key: _clean(violation[key]) for key in MORE if violation.get(key)}
            event.data['violation'] = {**event.data['violation'], **more}
            event.line = json.dumps(event.data)
        else:
            events.append(_event(violation, end))


def _key(who, what):
    return str((what.get('rule'), who.get('rid'), who.get('pasid')))


def _event(violation, end):
    """Without a time it goes to the end of the run."""
    time = number(violation.get('time'))
    data = {'time': end if time is None or not 0 <= time < 1 << 62 else time, 'kind': KIND,
            'rid': number(violation.get('rid')), 'pasid': number(violation.get('pasid')),
            'violation': {key: _clean(value) for key, value in violation.items()
                          if key not in ('rid', 'pasid', 'time') and value is not None}}
    return Event(json.dumps(data), data)


def _clean(value):
    if isinstance(value, list):
        return [_clean(one) for one in value[:16]]
    return value if isinstance(value, (int, bool)) else printable(str(value))
