# SPDX-License-Identifier: GPL-2.0-or-later
"""evtq-full: more requests stall than the event queue of the SMMU holds."""

from ..judge import counters
from ..judge.verdict import BOUND, KERNEL, SETUP
from ..rules import shared, stalls
from ..rules.claims import Check, Claim, Rule, count, judge as hold, moved, number, numbers
from . import prq_overflow

NAME = 'evtq-full'
THOROUGH = ('rounds=100', 1800)

# Of the event queue: far fewer entries than contexts that stall at a time.
QUEUE_BITS = 4


def equip(spec, keys):
    prq_overflow.equip(spec, keys)
    spec.extra = [*spec.extra, '-global', f'sva-smmuv3.eventq-bits={QUEUE_BITS}']


def no_hang(run):
    """Requests wait for a place in the queue, and every one comes to its turn."""
    rounds = number(run, 'rounds')
    jobs, ended, unserved = numbers(run, 'storm', 'jobs', 'ended', 'unserved')
    held = moved(run, 'iommu', counters.STALLS_HELD, 'bound', 'done')
    return Claim(f'{count(rounds, "storm")}, {count(held, "stalled request")} waited for the '
                 f'queue; all of {count(jobs, "job")} ended', [
        Check(held > 0, SETUP, 'the event queue was never full'),
        Check(ended == jobs > 0, KERNEL, f'{jobs - ended} of {count(jobs, "job")} wait for ever'),
        Check(not unserved, KERNEL, f'{count(unserved, "word")} not written'),
        *stalls.none_lost(run, 'done')])


def answers(run):
    """Each request is resumed, once."""
    asked = number(run, 'delta.storm.dev.stalls')
    claim = stalls.served('bound', 'done')(run)
    return claim._replace(checks=[
        Check(asked > 0, SETUP, 'no request stalled'), *claim.checks])


RULES = [
    Rule(BOUND, 'no-hang', no_hang),
    Rule(BOUND, 'page-requests', answers),
    Rule(BOUND, 'recovery', prq_overflow.recovery),
    Rule(BOUND, 'silence', shared.quiet('bound', 'done')),
]


def judge(run):
    return hold(run, RULES)
