# SPDX-License-Identifier: GPL-2.0-or-later
"""Rules about requests that an SMMU has stalled and their answers."""

from ..judge import counters
from ..judge.verdict import KERNEL, MODEL
from .facts import count, delta, total
from .rule import Check, Result


def served(first, last):
    """Every stall between two stages was answered once, and none was aborted."""
    def rule(run):
        stalls, retries, aborts, zeros, unknown = (
            delta(run, 'iommu', name, first, last) for name in
            (counters.STALLS, counters.STALL_RETRIES, counters.STALL_ABORTS,
             counters.STALL_RAZ_WI, counters.STALL_UNKNOWN))
        return Result(f'{count(stalls, "stalled request")}: {retries:,} resumed', [
            Check(not aborts and not zeros, KERNEL,
                  f'{count(aborts + zeros, "stalled request")} terminated'),
            *all_ended(run, last), *answered_once(unknown)])
    return rule


def all_ended(run, last):
    """Checks: no request has been waiting since power-on."""
    stalls, *ends = (total(run, name, last) for name in
                     (counters.STALLS, counters.STALL_RETRIES, counters.STALL_ABORTS,
                      counters.STALL_RAZ_WI))
    return [Check(stalls == sum(ends), KERNEL, f'{count(stalls, "stalled request")}, only '
                  f'{sum(ends):,} have ended')]


def answered_once(unknown):
    return [Check(not unknown, KERNEL, f'{count(unknown, "answer")} for requests that did not '
                  'wait')]


def none_lost(run, last):
    """Checks: the event queue never overflowed."""
    return [Check(not total(run, name, last), MODEL, f'{name}: {total(run, name, last):,}')
            for name in (counters.EVENTQ_OVERFLOWS, counters.FAULTS_LOST)]
