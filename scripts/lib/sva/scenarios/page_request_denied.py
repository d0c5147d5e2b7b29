# SPDX-License-Identifier: GPL-2.0-or-later
"""page-request-denied: the device sends a page request though PRI is off."""

from ..judge.verdict import BOUND, KERNEL, MODEL, SETUP
from ..rules import shared
from ..rules.facts import count, number, numbers, stage, text
from ..rules.rule import Check, Result, Rule

ARCHES = ('aarch64',)

# What the driver prints.
LINE = 'unexpected PRI request'
# enum sva_probe_result.
FAILURE, NOT_SENT = 0x1f, 0xff


def denied(run):
    """The request is answered Response Failure and printed; the page is not brought in."""
    answer, again = numbers(run, 'request', 'status', 'again')
    resident, pri = number(run, 'resident'), run.setup.get('device.pri')
    stage(run, 'bound')
    stage(run, 'done')
    lines = [line for line in run.kmsg('done') if LINE in line]
    return Result(f'a page request with PRI off: Response Failure, {count(len(lines), "line")} of '
                  'the driver; the device sends no more', [
        Check(pri == 'off', SETUP, f'PRI is {pri}'),
        Check(answer != 0, KERNEL, 'the page request had no answer'),
        Check(answer == FAILURE, KERNEL, f'the answer is {answer:#x}, not {FAILURE:#x}'),
        Check(resident == 0, KERNEL, f'{count(resident, "page")} brought in'),
        Check(len(lines) == 1, KERNEL, f'{count(len(lines), "line")} of the driver'),
        Check(again == NOT_SENT, MODEL, f'the device sent another one, answer {again:#x}')])


def mode(run):
    """Other work goes on."""
    return shared.data(run, 64)._replace(evidence=f'a copy in mode {text(run, "mode")} is right')


RULES = [
    Rule(BOUND, 'denied', denied),
    Rule(BOUND, 'data', mode),
]
TROUBLE = (LINE,)
