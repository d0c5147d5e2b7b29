# SPDX-License-Identifier: GPL-2.0-or-later
"""prq-overflow: more page requests than the queue of the IOMMU holds."""

from ..judge import counters
from ..judge.verdict import BOUND, KERNEL, SETUP, UNBOUND
from ..rules import blame, machines, shared, storm
from ..rules.facts import count, delta, number, numbers
from ..rules.rule import Check, Result, Rule

ARCHES = ('x86_64',)
THOROUGH = ('rounds=100', 1800)

equip = machines.many_contexts


def no_hang(run):
    """Requests are lost, but every job ends: the unit answers them by itself."""
    rounds, jobs, ended, unserved = (number(run, key) for key in (
        'rounds', 'storm.jobs', 'storm.ended', 'storm.unserved'))
    lost = delta(run, 'iommu', counters.OVERFLOWS, 'bound', 'done')
    auto = delta(run, 'iommu', counters.AUTO_RESPONSES, 'bound', 'done')
    return Result(f'{count(rounds, "storm")}, {count(lost, "page request")} lost, {auto:,} groups '
                  f'answered by the unit; all of {count(jobs, "job")} ended, {unserved} words not '
                  'written', [
        Check(lost > 0 and auto > 0, SETUP, 'the page request queue did not overflow'),
        Check(ended == jobs > 0, KERNEL, f'{jobs - ended} of {count(jobs, "job")} wait for ever')])


def page_requests(run):
    """No request is refused: all pages that are requested may be accessed."""
    requests, success, invalid, failure, unexpected = numbers(
        run, 'delta.storm.dev', 'page_reqs', 'prg_success', 'prg_invalid', 'prg_failure',
        'prg_unexpected')
    answers = (f'{count(requests, "page request")}; groups: {success:,} x Success, {invalid} x '
               f'Invalid Request, {failure} x Response Failure, {unexpected} unexpected')
    return Result(answers, [
        Check(requests > 0, SETUP, 'no page request was sent'),
        Check(success > 0 and not invalid and not failure, KERNEL, answers),
        Check(not unexpected, blame.work, answers)])


RULES = [
    Rule(BOUND, 'no-hang', no_hang),
    Rule(BOUND, 'page-requests', page_requests),
    Rule(BOUND, 'recovery', storm.recovery),
    Rule(BOUND, 'silence', shared.quiet('bound', 'done')),
    Rule(UNBOUND, 'drain', shared.drain('done', 'unbound')),
]
