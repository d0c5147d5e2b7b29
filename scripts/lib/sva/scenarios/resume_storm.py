# SPDX-License-Identifier: GPL-2.0-or-later
"""resume-storm: thousands of requests of many contexts stall, each is resumed once."""

from ..judge import counters
from ..judge.verdict import BOUND, KERNEL, SETUP, UNBOUND
from ..rules import blame, shared, stalls
from ..rules.facts import count, number, total
from ..rules.rule import Check, Result, Rule

ARCHES = ('aarch64',)
THOROUGH = ('rounds=200', 1800)

# So many stalls make a storm.
LEAST = 1000


def data(run):
    """Each context has written into each of its pages."""
    pages, processes, contexts = (number(run, key) for key in ('pages', 'processes', 'contexts'))
    failed, wrong = number(run, 'jobs.failed'), number(run, 'pages.wrong')
    return Result(f'{count(pages, "page")} written by {contexts} contexts of {processes} processes',
                  [Check(pages > 0 and processes > 1, SETUP, 'nothing was written'),
                   Check(not failed, KERNEL, f'{count(failed, "job")} failed'),
                   Check(not wrong, blame.work, f'{count(wrong, "page")} wrong')])


def answers(run):
    """Every stall is answered once, and none is refused."""
    seen, retries, unknown = (total(run, name, 'done') for name in (
        counters.STALLS, counters.STALL_RETRIES, counters.STALL_UNKNOWN))
    return Result(f'{count(seen, "stalled request")}, {retries:,} resumed', [
        Check(seen >= LEAST, SETUP, f'only {count(seen, "stalled request")}'),
        Check(retries == seen, KERNEL, f'{retries:,} of {count(seen, "stalled request")} resumed'),
        *stalls.answered_once(unknown), *stalls.none_lost(run, 'done')])


def nothing_left(run):
    """At the end no request is waiting."""
    seen = total(run, counters.STALLS, 'unbound')
    return Result(f'{count(seen, "stalled request")}, all have ended',
                  stalls.all_ended(run, 'unbound'))


RULES = [
    Rule(BOUND, 'data', data),
    Rule(BOUND, 'page-requests', answers),
    Rule(BOUND, 'silence', shared.quiet('done')),
    Rule(UNBOUND, 'stalls', nothing_left),
]
