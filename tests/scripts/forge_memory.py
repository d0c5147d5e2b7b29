# SPDX-License-Identifier: GPL-2.0-or-later
"""Forged runs of the scenarios about memory management, all rules kept."""

from forge import LIVE, REVOKED_LINE, ZERO, delta, revoked, run

MODES = ('untranslated', 'ats', 'ats-pri')


def stages(**more):
    """bound, done, unbound; what the untranslated writes left at done."""
    seen = {'faults-recorded': 80}
    return {'bound': (LIVE, {}, []), 'done': (LIVE, seen, [REVOKED_LINE]),
            'unbound': (ZERO, {**seen, 'waits-page-drain': 1}, []), **more}


def replaced(scenario, *events, **more):
    """Events that exchange pages, nobody noticed."""
    facts = {'mode': '+'.join(MODES), 'pasid': 1, 'pid': 141, 'rounds': 3, 'rounds.asked': 3,
             'range.address': '0x7000', 'range.bytes': 0x2000, **more}
    for event in events:
        facts.update({f'{event}.{key}': value for key, value in (
            ('replaced', 96), ('found', 90), ('changed', 0), ('changed-other', 0), ('adds', 400),
            ('refused', 20), ('failed', 0), ('wrong', 0))})
        for mode in MODES:
            pages = 12 if mode == 'ats-pri' else 0
            facts.update(delta(event, mode, accesses=900, page_reqs=pages, prg_success=pages))
    return revoked(run(scenario, facts, stages()))


def thp():
    return replaced('thp', 'collapse', 'split', **{'collapse.huge-kib': 3 * 3 * 2048,
                                                   'split.huge-kib': 0})


def swap():
    return replaced('swap', 'pageout', **{'swapped.out': 300, 'swapped.in': 280})


ALL = (thp, swap)
