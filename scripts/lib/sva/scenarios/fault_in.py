# SPDX-License-Identifier: GPL-2.0-or-later
"""fault-in: a copy between never-touched buffers, fed by page requests."""

from ..judge.verdict import BOUND, UNBOUND
from ..rules import blame, shared
from ..rules.facts import number
from ..rules.rule import Check, Rule

DEFAULT = True


def data(run):
    """The copy; and writes that leave translations behind in each cache."""
    result, warm = shared.data(run), {mode: number(run, f'warm.{mode}.status')
                                     for mode in ('untranslated', 'ats')}
    return result._replace(checks=[*result.checks, *(
        Check(status == shared.STATUS_SUCCESS, blame.work, f'writes in mode {mode} ended with '
              f'status {status:#x}') for mode, status in warm.items())])


RULES = [
    Rule(BOUND, 'data', data),
    Rule(BOUND, 'silence', shared.quiet('bound', 'done')),
    Rule(UNBOUND, 'drain', shared.drain('done', 'unbound')),
]
