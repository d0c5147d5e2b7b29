# SPDX-License-Identifier: GPL-2.0-or-later
"""dsa-enqcmd: who can submit to a shared queue of Intel DSA, and under whose PASID."""

from ..guest import machine
from ..judge.verdict import BOUND, KERNEL, MODEL, SETUP, UNBOUND
from ..rules import dsa, pasid_register, shared
from ..rules.facts import count, number, numbers, stage
from ..rules.rule import Check, Result, Rule

DEVICE = machine.DSA_DEVICE
ARCHES = ('x86_64',)
TROUBLE = pasid_register.TROUBLE
# Threads of bound processes that submit: the main one, another, and two processes.
THREADS = 4

_count = dsa.act({'late': ('late', 'dev')})


def act(guest, stage, run):
    _count(guest, stage, run)
    if stage.name == 'done':
        pasid_register.read_counters(guest, stage, run)


def own_pasid(run):
    """Jobs of each thread of a bound process reach its memory."""
    return Result('jobs of the thread that bound and of one that did not are done', [
        *dsa.job_done(run, 'main', 'the thread that bound'),
        *dsa.job_done(run, 'thread', 'a thread that did not bind')])


def invalid_request(run):
    """A page request for a PASID that is not bound any more is refused."""
    requests, success, invalid, failure = numbers(
        run, 'delta.late.dev', 'page_reqs', 'prg_success', 'prg_invalid', 'prg_failure')
    answers = (f'{count(requests, "page request")}, {success} x Success, {invalid} x Invalid '
               f'Request, {failure} x Response Failure')
    return Result(answers, [
        Check(number(run, 'stale.accepted') == 2, MODEL, 'the portals did not take the jobs'),
        Check(requests > 0, SETUP, answers),
        Check(invalid > 0 and not success and not failure, KERNEL, answers)])


def stale(run):
    """The PASID that a thread still has in its register is given to nobody else."""
    stage(run, 'done')
    pasid, other = number(run, 'pasid'), number(run, 'other.bond')
    return Result(f'the thread has PASID {pasid}; another process got {other}', [
        Check(number(run, 'other.signal') == 0, SETUP, 'the other process was killed'),
        Check(other != pasid, KERNEL, f'another process was bound under PASID {pasid}'),
        *dsa.job_done(run, 'other', 'the other process')])


RULES = [
    Rule(BOUND, 'own-pasid', own_pasid),
    Rule(BOUND, 'not-bound', pasid_register.not_bound),
    Rule(BOUND, 'own-bond', pasid_register.own_bond(
        lambda run, _: dsa.job_done(run, 'own', 'the child'))),
    Rule(BOUND, 'fixed-once', pasid_register.fixed_once(lambda run: THREADS)),
    Rule(BOUND, 'silence', shared.quiet('bound', 'submitted')),
    Rule(UNBOUND, 'drain', shared.drain('submitted', 'unbound')),
    Rule(UNBOUND, 'late-dma', shared.late_write('unbound', 'late', ('late',))),
    Rule(UNBOUND, 'invalid-request', invalid_request),
    Rule(UNBOUND, 'stale-pasid', stale),
]
