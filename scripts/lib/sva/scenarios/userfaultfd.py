# SPDX-License-Identifier: GPL-2.0-or-later
"""userfaultfd: the process itself supplies the pages, late or never."""

from ..judge.verdict import BOUND, GONE, KERNEL, SETUP, UNBOUND
from ..rules import blame, shared
from ..rules.facts import count, iommu, number, stage
from ..rules.rule import Check, Result, Rule


def data(run):
    """What was supplied before the device needs it is read and written."""
    read, write, different = (number(run, key) for key in (
        'before.read', 'before.write', 'before.different'))
    return Result('1 page supplied before, read and written', [
        Check(read == write == shared.STATUS_SUCCESS, KERNEL,
              f'the copies ended with status {read:#x} and {write:#x}'),
        Check(not different, blame.work, f'{count(different, "byte")} wrong')])


def user_fault(run):
    """The process is asked for a page that is missing, and the device waits for it."""
    told, waited, status, different = (number(run, key) for key in (
        'late.told', 'late.waited', 'late.status', 'late.different'))
    asked = shared.asked(run, 'late')
    answers = asked.text
    return Result(f'the process was asked and the device waited; {answers}', [
        Check(asked.requests > 0, SETUP, 'the device asked for no page'),
        Check(not asked.failure, KERNEL, answers),
        Check(told == 1, KERNEL, f'the process was not asked for the page: {answers}'),
        Check(waited == 1, KERNEL, f'the device did not wait: {answers}'),
        Check(status == shared.STATUS_SUCCESS, KERNEL, f'the job ended with status {status:#x}: '
              f'{answers}'),
        Check(not different, blame.work, f'{count(different, "byte")} wrong')])


def answered(run):
    """Nobody supplies pages any more: the requests are answered all the same."""
    stage(run, 'mm-gone')
    before, after = shared.asked(run, 'before'), shared.asked(run, 'gone')
    written = number(run, f'delta.gone.{iommu(run).asking}.bytes_written')
    return Result(f'before the kill {before.text}; after it {after.text}', [
        Check(before.requests > 0, SETUP, 'the device asked for no page before the kill'),
        Check(after.invalid > 0 and not after.success and not after.failure, KERNEL,
              f'after the kill {after.text}'),
        Check(not written, blame.work, f'{count(written, "byte")} written after the kill')])


def no_hang(run):
    """The context comes to rest, and so does the unbind."""
    stage(run, 'waiting')
    stage(run, 'unbound')
    gone, took, status, running = (number(run, key) for key in (
        'gone.wait-ms', 'unbind.ms', 'unbind.status', 'unbind.running'))
    return Result(f'address space gone after {gone} ms, unbind took {took} ms', [
        Check(not status, KERNEL, f'unbind failed with error {status}'),
        Check(not running, KERNEL, 'the context is still waiting after the unbind')])


RULES = [
    Rule(BOUND, 'data', data),
    Rule(BOUND, 'user-fault', user_fault),
    Rule(BOUND, 'silence', shared.quiet('bound', 'done')),
    Rule(UNBOUND, 'drain', shared.drain('done', 'closed')),
    Rule(GONE, 'invalid-request', answered),
    Rule(GONE, 'no-hang', no_hang),
]
