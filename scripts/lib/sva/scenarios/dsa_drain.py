# SPDX-License-Identifier: GPL-2.0-or-later
"""dsa-drain: jobs of one PASID of two in a shared queue are drained, then aborted."""

from ..guest import machine
from ..judge.verdict import BOUND, KERNEL, MODEL, SETUP, UNBOUND
from ..rules import blame, dsa, shared
from ..rules.facts import count, number, numbers
from ..rules.rule import Check, Result, Rule

DEVICE = machine.DSA_DEVICE
ARCHES = ('x86_64',)
NOT_RECORDED = 'it needs two processors'


def retry(run):
    """A shared queue that is full says so, and takes no more."""
    jobs, retried = number(run, 'drain.jobs'), number(run, 'full.retried')
    return Result(f'ZF=1 after {count(jobs, "job")}', [
        Check(retried == 1, MODEL, f'{count(jobs, "job")} were accepted')])


def _ended(run, name):
    """Checks of a command that cannot end while a job waits for its page."""
    code, early = numbers(run, name, 'code', 'early')
    return [Check(not early, MODEL, f'the {name} was over while jobs were waiting for pages'),
            Check(code == 0, MODEL, f'the {name} ended with error code {code:#x}'
                  if code >= 0 else f'the {name} does not end')]


def drained(run):
    """Drain PASID ends when all jobs of the PASID are done, and not before."""
    jobs, done, wrong = numbers(run, 'drain', 'jobs', 'completed', 'wrong')
    return Result(f'{count(done, "job")} done when the drain was', [
        Check(jobs > 0, SETUP, 'there were no jobs to drain'), *_ended(run, 'drain'),
        Check(done == jobs, MODEL, f'{done} of {count(jobs, "job")} were done when the drain was'),
        Check(not wrong, blame.work, f'{count(wrong, "job")} with wrong data')])


def aborted(run):
    """Abort PASID gives up the jobs of the PASID: none has a record, or writes any more."""
    jobs, without, changed = numbers(run, 'abort', 'jobs', 'without-record', 'changed')
    return Result(f'{count(without, "job")} given up', [
        Check(jobs > 0, SETUP, 'there were no jobs to abort'), *_ended(run, 'abort'),
        Check(without == jobs, MODEL, f'{jobs - without} of {count(jobs, "job")} have a record'),
        Check(not changed, MODEL, f'{count(changed, "byte")} written by jobs that were aborted')])


def other_works(run):
    """Jobs of the other PASID are done all the same, and the queue can be used again."""
    jobs, done, status, different = (number(run, key) for key in (
        'other.jobs', 'other.done', 'again.status', 'again.different'))
    pasid, other = number(run, 'pasid'), number(run, 'other.pasid')
    return Result(f'{count(done, "job")} of PASID {other} done', [
        Check(pasid != other, KERNEL, f'both processes have PASID {pasid}'),
        Check(done == jobs > 0, blame.work, f'{done} of {count(jobs, "job")} of PASID {other} done'),
        Check(status == dsa.SUCCESS and not different, blame.work, f'a copy after the abort: '
              f'status {status:#x}, {count(different, "byte")} wrong')])


RULES = [
    Rule(BOUND, 'retry', retry),
    Rule(BOUND, 'drained', drained),
    Rule(BOUND, 'aborted', aborted),
    Rule(BOUND, 'other-works', other_works),
    Rule(BOUND, 'silence', shared.quiet('bound', 'drained', 'done')),
    Rule(UNBOUND, 'drain', shared.drain('done', 'unbound')),
]
