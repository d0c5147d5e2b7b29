# SPDX-License-Identifier: GPL-2.0-or-later
"""Rules of the scenarios in which a process dies while requests are open."""

from ..judge.verdict import KERNEL
from .facts import iommu, number, numbers, stage
from .rule import Check, Result


def no_hang(run):
    """Every open request is answered, and the unbind returns."""
    done, took = number(run, 'answer.done'), number(run, 'answer.wait-ms')
    unbind = number(run, 'unbind.ms')
    return Result(f'context at rest after {took} ms, unbind took {unbind} ms', [
        Check(done == 1, KERNEL, f'a request had no answer within {took} ms'),
    ])


def tried_dma(run):
    stage(run, 'answered')
    mode = iommu(run).asking
    return sum(numbers(run, f'delta.answer.{mode}', 'accesses', 'xlate_reqs', 'page_reqs'))
