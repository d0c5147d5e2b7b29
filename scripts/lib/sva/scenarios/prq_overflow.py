# SPDX-License-Identifier: GPL-2.0-or-later
"""prq-overflow: more page requests than the queue of the IOMMU holds."""

from ..judge import counters
from ..judge.verdict import BOUND, KERNEL, SETUP, UNBOUND
from ..rules import blame, shared
from ..rules.claims import Check, Claim, Rule, count, judge as hold, moved, number, numbers

NAME = 'prq-overflow'
THOROUGH = ('rounds=100', 1800)

CONTEXTS = 128


def equip(spec, keys):
    """More contexts than usual: a group each must be more than the queue holds."""
    spec.extra = [*spec.extra, '-global', f'sva-accel.contexts={CONTEXTS}']


def no_hang(run):
    """Requests were lost, and yet every job ends: the unit answers them by itself."""
    rounds, jobs, ended, unserved = (number(run, key) for key in (
        'rounds', 'storm.jobs', 'storm.ended', 'storm.unserved'))
    lost = moved(run, 'iommu', counters.OVERFLOWS, 'bound', 'done')
    auto = moved(run, 'iommu', counters.AUTO_RESPONSES, 'bound', 'done')
    return Claim(f'{count(rounds, "storm")}, {count(lost, "page request")} lost, {auto:,} groups '
                 f'answered by the unit; all of {count(jobs, "job")} ended, {unserved} words not '
                 'written', [
        Check(lost > 0 and auto > 0, SETUP, 'the page request queue did not overflow'),
        Check(ended == jobs > 0, KERNEL, f'{jobs - ended} of {count(jobs, "job")} wait for ever')])


def page_requests(run):
    """No answer is wrong: what was asked for may be had."""
    requests, success, invalid, failure, unexpected = numbers(
        run, 'delta.storm.dev', 'page_reqs', 'prg_success', 'prg_invalid', 'prg_failure',
        'prg_unexpected')
    answers = (f'{count(requests, "page request")}; groups: {success:,} x Success, {invalid} x '
               f'Invalid Request, {failure} x Response Failure, {unexpected} unexpected')
    return Claim(answers, [
        Check(requests > 0, SETUP, 'no page request was sent'),
        Check(success > 0 and not invalid and not failure, KERNEL, answers),
        Check(not unexpected, blame.work, answers)])


def recovery(run):
    """When the storm is over, page requests are served as if nothing had been."""
    rounds, failed, wrong = (number(run, key) for key in ('rounds', 'after.failed',
                                                          'after.wrong'))
    return Claim(f'after each of {count(rounds, "storm")} all contexts work', [
        Check(rounds > 0, SETUP, 'there was no storm'),
        Check(not failed, KERNEL, f'{count(failed, "job")} failed after the storm'),
        Check(not wrong, blame.work, f'{count(wrong, "page")} without what the device wrote')])


RULES = [
    Rule(BOUND, 'no-hang', no_hang),
    Rule(BOUND, 'page-requests', page_requests),
    Rule(BOUND, 'recovery', recovery),
    Rule(BOUND, 'silence', shared.quiet('bound', 'done')),
    Rule(UNBOUND, 'drain', shared.drain('done', 'unbound')),
]


def judge(run):
    return hold(run, RULES)
