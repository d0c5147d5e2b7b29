# SPDX-License-Identifier: GPL-2.0-or-later
"""kill-with-queued-requests: SIGKILL while the kernel has yet to fetch page requests.

A VT-d unit answers page requests by itself once the PASID entry is not present, so the
kernel's own answers to a dead process are seen for requests that were queued before.
"""

from ..judge.verdict import GONE, KERNEL, SETUP, UNBOUND
from ..rules import blame, open_requests, shared
from ..rules.facts import count, entry, number, numbers, register
from ..rules.rule import Check, Result, Rule

DEFAULT = True
ARCHES = ('x86_64',)
NOT_RECORDED = 'it needs two processors'

REFUSED = 0x21


def waiting(run, name):
    """Whether the queue of the unit holds requests that the kernel has not fetched."""
    return register(run, name, 'pqh') != register(run, name, 'pqt')


def invalid_request(run):
    """The kernel answers what was queued when the process died: Invalid Request."""
    requests, before = numbers(run, 'queued', 'requests', 'answers')
    asked, error = shared.asked(run, 'answer'), number(run, 'job.error') & 0xff
    answers = blame.answered_by(run, blame.EXITED, 'answered')
    kernel = sum(answers[1].values()) if answers else asked.success + asked.invalid + asked.failure
    who = blame.who_answered(run, blame.EXITED, 'answered')
    culprit, words = blame.answer(blame.EXITED, 'answered'), entry(run, blame.EXITED)
    return Result(f'{count(requests, "page request")} in the queue across SIGKILL, '
                  f'{asked.invalid} x Invalid Request{who}', [
        Check(requests > 0 and before == 0 and waiting(run, 'queued'), SETUP,
              f'the kernel could not be kept from {count(requests, "page request")}: {before} '
              'answered before the kill'),
        Check(waiting(run, blame.EXITED), SETUP, 'the kernel fetched the requests before the '
              'address space was gone'),
        Check(not words.present, KERNEL, f'the address space is gone; {words}'),
        Check(asked.failure == 0 and asked.success == 0, culprit,
              f'after the kill: {asked.success} x Success, {asked.invalid} x Invalid Request, '
              f'{asked.failure} x Response Failure'),
        Check(kernel > 0 and asked.invalid > 0, culprit, 'the kernel answered none of '
              f'{count(requests, "page request")}'),
        Check(error == REFUSED, blame.work,
              f'the job ended with status {error:#x} instead of {REFUSED:#x}')])


RULES = [
    Rule(GONE, 'invalid-request', invalid_request),
    Rule(GONE, 'no-hang', open_requests.no_hang),
    Rule(GONE, 'silence', shared.silence('queued', 'answered', open_requests.tried_dma)),
    Rule(UNBOUND, 'drain', shared.drain('answered', 'unbound')),
    Rule(UNBOUND, 'pasid-reuse', shared.pasid_reuse),
]
