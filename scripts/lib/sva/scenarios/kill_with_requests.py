# SPDX-License-Identifier: GPL-2.0-or-later
"""kill-with-requests: page requests held open across the SIGKILL."""

from ..judge.verdict import GONE, KERNEL, SETUP, UNBOUND
from ..rules import blame, open_requests, shared
from ..rules.facts import iommu, number
from ..rules.rule import Check, Result, Rule

DEFAULT = True

# A stalled request cannot be held at a point of the device.
DEFAULT = {'x86_64': 'in-prg', 'aarch64': 'storm'}
HELD_POINTS = {'in-prg': 0x8, 'after-prg': 0x10, 'storm': 0}
# Status of a job whose page request or stalled request was refused.
STATUS_REFUSED = {'x86_64': 0x21, 'aarch64': 0x24}


def breakpoint_of(run):
    """Value of the key break= of the scenario, or the guest's default."""
    keys = dict(word.partition('=')[::2] for word in run.scenario.split(',')[1:])
    return keys.get('break', DEFAULT[run.arch])


def invalid_request(run):
    """The request that was open when the process died is answered Invalid Request."""
    point = breakpoint_of(run)
    held = number(run, 'held.point')
    asked, wanted = shared.asked(run, 'answer'), STATUS_REFUSED[run.arch]
    error = number(run, 'job.error') & 0xff
    who = blame.who_answered(run, blame.EXITED, 'answered')
    culprit = blame.answer(blame.EXITED, 'answered') if iommu(run).page_requests else KERNEL
    return Result(f'requests open ({point}) across SIGKILL: {asked.text}{who}', [
        Check(held == HELD_POINTS[point], SETUP, f'no request was held at the kill: {held:#x}'),
        Check(asked.failure == 0, culprit, f'after the kill: {asked.text}'),
        # In a storm the kill comes between two requests of a living process.
        Check(point == 'storm' or asked.success == 0, culprit, f'after the kill: {asked.text}'),
        Check(asked.invalid > 0, culprit, f'nothing was refused after the kill: {asked.text}'),
        Check(error == wanted, blame.work,
              f'the job ended with status {error:#x} instead of {wanted:#x}'),
    ])


def silence(run):
    """From power-on for a storm, which is not stopped before the kill."""
    first = None if breakpoint_of(run) == 'storm' else 'mm-gone'
    return shared.silence(first, 'answered', open_requests.tried_dma)(run)


RULES = [
    Rule(GONE, 'invalid-request', invalid_request),
    Rule(GONE, 'no-hang', open_requests.no_hang),
    Rule(GONE, 'silence', silence),
    Rule(UNBOUND, 'drain', shared.drain('answered', 'unbound')),
    Rule(UNBOUND, 'pasid-reuse', shared.pasid_reuse),
]
