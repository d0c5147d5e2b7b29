# SPDX-License-Identifier: GPL-2.0-or-later
"""Verdicts of the published JSON, docs/specs/verdicts.schema.json, read again."""

from . import contract
from .verdict import JSON_KEYS, PARTIES, RESULTS, STATES, Verdict


def read(entry):
    """A verdict from an entry; KeyError, TypeError or ValueError if it cannot be one."""
    values = {key: entry[key] for key in JSON_KEYS}
    for key, known in (('result', RESULTS), ('party', PARTIES), ('state', STATES)):
        if values[key] not in known:
            raise ValueError(f'a verdict with the {key} {values[key]}')
    values['finding'] = values['finding'] or ''
    return Verdict(**values, configuration=entry.get('configuration') or '',
                   violations=tuple(map(_violation, entry.get('violations', ()))))


def _violation(entry):
    if entry['party'] not in contract.ORDER:
        raise ValueError(f'a violation with the party {entry["party"]}')
    details = {name: entry[name] for name in contract.DETAILS if name in entry}
    return contract.Violation(0, entry['rule'], entry['party'], entry['text'], entry['owed'] or '',
                              entry['rid'], entry['pasid'], details, entry['finding'] or '')
