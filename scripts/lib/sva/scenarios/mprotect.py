# SPDX-License-Identifier: GPL-2.0-or-later
"""mprotect: the right to write goes away while the device writes."""

from ..judge.verdict import BOUND, KERNEL, SETUP, UNBOUND
from ..rules import blame, revocation, shared
from ..rules.facts import count, number
from ..rules.rule import Check, Result, Rule


def no_access(run):
    """After mprotect returned no write reaches the pages."""
    rounds, changed = number(run, 'rounds'), number(run, 'pages.changed')
    found, checks = revocation.refused(run, 'readonly')
    return Result(f'{count(rounds, "round")}, {sum(found.values()):,} writes refused, 0 pages '
                  'changed while read-only', [
        Check(not changed, blame.revoked('done'), f'{count(changed, "page")} changed while '
              f'read-only, in {count(rounds, "round")}'),
        *checks])


def readable(run):
    """Read-only pages can still be read."""
    reads, bad = number(run, 'reads'), number(run, 'reads.bad')
    return Result(f'{count(reads, "copy", "copies")} out of read-only memory, all right', [
        Check(reads > 0, SETUP, 'nothing was read'),
        Check(not bad, KERNEL, f'{bad} of {count(reads, "copy", "copies")} failed')])


RULES = [
    Rule(BOUND, 'data', revocation.data('writable')),
    Rule(BOUND, 'no-access', no_access),
    Rule(BOUND, 'readable', readable),
    Rule(BOUND, 'invalid-request', revocation.invalid_request('readonly')),
    Rule(BOUND, 'silence', revocation.silence(revocation.REASON_NO_WRITE)),
    Rule(UNBOUND, 'drain', shared.drain('done', 'unbound')),
]
