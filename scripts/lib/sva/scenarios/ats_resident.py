# SPDX-License-Identifier: GPL-2.0-or-later
"""ats-resident: locked memory for a device that cannot ask for pages."""

from ..judge.verdict import BOUND, SETUP, UNBOUND
from ..rules import blame, machines, page_migration, revocation, shared
from ..rules.facts import count, entry, modes, numbers
from ..rules.rule import Check, Result, Rule

THOROUGH = ('rounds=500', 1800)

EVENTS = ('there', 'back', 'discard')

equip = machines.two_nodes


def ats_no_access(run):
    """What is taken away is answered without rights, not with an error."""
    none = errors = aborts = 0
    for event in EVENTS:
        part = numbers(run, f'delta.{event}.ats', 'ats_no_access', 'ats_error', 'aborts')
        none, errors, aborts = (sum(pair) for pair in zip((none, errors, aborts), part))
    words = entry(run, 'bound')
    return Result(f'{count(none, "translation request")} completed with R=W=0', [
        Check(modes(run) == ['ats'], SETUP, f'modes {modes(run)} instead of ats alone'),
        Check(words.present, SETUP, f'the device is not bound: {words}'),
        Check(none > 0, SETUP, 'no translation was refused'),
        Check(errors == 0, blame.work, f'{count(errors, "translation request")} ended with UR or CA'),
        Check(aborts == 0, blame.work, f'{count(aborts, "translated access", "translated accesses")} '
              'aborted')])


RULES = [
    Rule(BOUND, 'data', page_migration.data(*EVENTS)),
    Rule(BOUND, 'no-access', page_migration.no_access(*EVENTS)),
    Rule(BOUND, 'ats-no-access', ats_no_access),
    Rule(BOUND, 'silence', revocation.silence(revocation.REASON_NOT_PRESENT, certain=False)),
    Rule(UNBOUND, 'drain', shared.drain('done', 'unbound')),
]
