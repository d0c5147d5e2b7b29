# SPDX-License-Identifier: GPL-2.0-or-later
"""evtq-full: more requests stall than the event queue of the SMMU holds."""

from ..judge import counters
from ..judge.verdict import BOUND, KERNEL, SETUP
from ..rules import machines, shared, stalls, storm
from ..rules.facts import count, delta, number, numbers
from ..rules.rule import Check, Result, Rule

ARCHES = ('aarch64',)
THOROUGH = ('rounds=100', 1800)

# Size of the event queue: far fewer entries than contexts that stall at a time.
QUEUE_BITS = 4


def equip(spec, keys):
    machines.many_contexts(spec, keys)
    spec.extra = [*spec.extra, '-global', f'sva-smmuv3.eventq-bits={QUEUE_BITS}']


def no_hang(run):
    """Requests wait for a free place in the queue, and every one is served."""
    rounds = number(run, 'rounds')
    jobs, ended, unserved = numbers(run, 'storm', 'jobs', 'ended', 'unserved')
    held = delta(run, 'iommu', counters.STALLS_UNRECORDED, 'bound', 'done')
    return Result(f'{count(rounds, "storm")}, {count(held, "stalled request")} waited for the '
                  f'queue; all of {count(jobs, "job")} ended', [
        Check(held > 0, SETUP, 'the event queue was never full'),
        Check(ended == jobs > 0, KERNEL, f'{jobs - ended} of {count(jobs, "job")} wait for ever'),
        Check(not unserved, KERNEL, f'{count(unserved, "word")} not written'),
        *stalls.none_lost(run, 'done')])


def answers(run):
    """Each request is resumed, once."""
    asked = number(run, 'delta.storm.dev.stalls')
    result = stalls.served('bound', 'done')(run)
    return result._replace(checks=[
        Check(asked > 0, SETUP, 'no request stalled'), *result.checks])


RULES = [
    Rule(BOUND, 'no-hang', no_hang),
    Rule(BOUND, 'page-requests', answers),
    Rule(BOUND, 'recovery', storm.recovery),
    Rule(BOUND, 'silence', shared.quiet('bound', 'done')),
]
