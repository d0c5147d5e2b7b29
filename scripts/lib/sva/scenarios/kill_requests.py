# SPDX-License-Identifier: GPL-2.0-or-later
"""kill-with-requests: page requests held open across the SIGKILL."""

from ..verdict import GONE, KERNEL, MODEL, SETUP, UNBOUND
from . import shared
from .claims import Check, Claim, Rule, count, judge as hold, number, numbers, stage

NAME = 'kill-with-requests'

HELD_POINTS = {'in-prg': 0x8, 'after-prg': 0x10, 'storm': 0}
STATUS_INVALID_REQUEST = 0x21


def hold_point(run):
    """Value of the key hold= of the scenario; the guest's default else."""
    keys = dict(word.partition('=')[::2] for word in run.scenario.split(',')[1:])
    return keys.get('hold', 'in-prg')


def invalid_request(run):
    """The request that was open when the process died is answered so."""
    point = hold_point(run)
    held = number(run, 'held.point')
    requests, success, invalid, failure = numbers(
        run, 'delta.answer.ats-pri', 'page_reqs', 'prg_success', 'prg_invalid', 'prg_failure')
    error = number(run, 'job.error') & 0xff
    answers = f'{success} x Success, {invalid} x Invalid Request, {failure} x Response Failure'
    return Claim(f'request held ({point}) across SIGKILL: {invalid} x Invalid Request', [
        Check(held == HELD_POINTS[point], SETUP, f'no request was held at the kill: {held:#x}'),
        Check(failure == 0, KERNEL, f'{count(requests, "page request")} after the kill: {answers}'),
        # In a storm the kill comes between two requests of a living process.
        Check(point == 'storm' or success == 0, KERNEL,
              f'{count(requests, "page request")} after the kill: {answers}'),
        Check(invalid > 0, KERNEL, f'no Invalid Request after the kill: {answers}'),
        Check(error == STATUS_INVALID_REQUEST, MODEL,
              f'the job ended with status {error:#x} instead of {STATUS_INVALID_REQUEST:#x}'),
    ])


def no_hang(run):
    """Every open request is answered, and the unbind comes back."""
    done, took = number(run, 'answer.done'), number(run, 'answer.wait-ms')
    unbind = number(run, 'unbind.ms')
    return Claim(f'context at rest after {took} ms, unbind took {unbind} ms', [
        Check(done == 1, KERNEL, f'a page request had no answer within {took} ms'),
    ])


def silence(run):
    """A storm is not stopped before the kill; nothing was recorded then."""
    first = None if hold_point(run) == 'storm' else 'mm-gone'
    return shared.silence(first, 'answered', tried_dma)(run)


def tried_dma(run):
    stage(run, 'answered')
    return sum(numbers(run, 'delta.answer.ats-pri', 'xlate_reqs', 'page_reqs'))


RULES = [
    Rule(GONE, 'invalid-request', invalid_request),
    Rule(GONE, 'no-hang', no_hang),
    Rule(GONE, 'silence', silence),
    Rule(UNBOUND, 'drain', shared.drain('answered', 'unbound')),
    Rule(UNBOUND, 'pasid-reuse', shared.pasid_reuse),
]


def judge(run):
    return hold(run, RULES)
