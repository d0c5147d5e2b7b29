# SPDX-License-Identifier: GPL-2.0-or-later
"""stall-across-exit: a process dies while requests of its contexts are stalled."""

from ..judge import counters
from ..judge.verdict import GONE, KERNEL, SETUP, UNBOUND
from ..rules import blame, shared, stalls
from ..rules.facts import count, number, numbers, total
from ..rules.rule import Check, Result, Rule

ARCHES = ('aarch64',)


def aborted(run):
    """Requests that are stalled when the process dies are terminated."""
    contexts, (alive, before) = number(run, 'contexts'), numbers(run, 'kill', 'running', 'stalls')
    rested, refused = numbers(run, 'gone', 'rested', 'aborted')
    ended = total(run, counters.STALL_ABORTS, 'mm-gone')
    return Result(f'{count(before, "stall")} before the kill, {alive} of {contexts} contexts at '
                  f'work; {count(ended, "stalled request")} terminated', [
        Check(alive == contexts > 0, SETUP, f'only {alive} of {contexts} contexts were at work'),
        Check(ended > 0, SETUP, 'no request was stalled at the kill'),
        Check(rested == contexts, KERNEL, f'{contexts - rested} of {contexts} contexts wait for '
              'ever'),
        Check(refused == contexts, blame.work, f'{contexts - refused} of {contexts} jobs ended '
              'otherwise than by an abort')])


def nothing_left(run):
    """At the unbind no request waits, neither in the SMMU nor in the device."""
    running, status = numbers(run, 'unbind', 'running', 'status')
    unknown = total(run, counters.STALL_UNKNOWN, 'unbound')
    seen = total(run, counters.STALLS, 'unbound')
    return Result(f'{count(seen, "stalled request")}, all answered once', [
        Check(seen > 0, SETUP, 'no request stalled'),
        Check(not status, KERNEL, f'unbind failed with error {status}'),
        Check(not running, KERNEL, f'{count(running, "context")} still at work after the unbind'),
        *stalls.all_ended(run, 'unbound'), *stalls.answered_once(unknown)])


RULES = [
    Rule(GONE, 'abort', aborted),
    Rule(GONE, 'silence', shared.quiet('mm-gone', 'unbound')),
    Rule(UNBOUND, 'stalls', nothing_left),
]
