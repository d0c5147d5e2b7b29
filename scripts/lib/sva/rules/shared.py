# SPDX-License-Identifier: GPL-2.0-or-later
"""Rules that several scenarios have in common."""

from typing import NamedTuple

from ..guest import kmsg
from ..judge import counters
from ..judge.verdict import KERNEL, SETUP
from . import blame
from .facts import count, delta, entry, faults, iommu, more_faults, number, numbers, probe, \
    stage, total
from .rule import Check, NotApplicable, Result

STATUS_SUCCESS = 0x01


class Asked(NamedTuple):
    """How often the device asked for pages in a window, and what it was answered."""
    requests: int
    success: int
    invalid: int
    failure: int
    text: str


def asked(run, window, who=None):
    """Page requests, or stalled requests where there are none.

    who: whose counters; by default those of the mode that asks for pages.
    """
    if iommu(run).page_requests:
        requests, success, invalid, failure = numbers(
            run, f'delta.{window}.{who or "ats-pri"}', 'page_reqs', 'prg_success', 'prg_invalid',
            'prg_failure')
        return Asked(requests, success, invalid, failure,
                     f'{count(requests, "page request")}, {success} x Success, {invalid} x '
                     f'Invalid Request, {failure} x Response Failure')
    # A terminated request counts as aborted. It may have stalled before the window
    # opened; requests that are refused after the end of the mm do not stall.
    stalls = number(run, f'delta.{window}.dev.stalls')
    aborts = number(run, f'delta.{window}.{who or iommu(run).asking}.aborts')
    return Asked(stalls, max(stalls - aborts, 0), aborts, 0,
                 f'{count(stalls, "stalled request")}, {aborts} terminated')


def data(run, size_kib=1024):
    """A copy between never-touched buffers, fed by page requests."""
    status, done, different = (number(run, key) for key in
                               ('copy.status', 'copy.bytes', 'data.different'))
    checks, before = [], ''
    failed = status != STATUS_SUCCESS   # It may not have got as far as that.
    if run.number('delta.copy.ats-pri.page_reqs') is not None:
        requests, success, invalid, failure = numbers(
            run, 'delta.copy.ats-pri', 'page_reqs', 'prg_success', 'prg_invalid', 'prg_failure')
        touched = run.number('touched') or 0
        checks = [
            Check(touched or requests or failed, SETUP, 'the copy needed no page request'),
            Check(not invalid and not failure, KERNEL,
                  f'{count(requests, "page request")}, {invalid} x Invalid Request, '
                  f'{failure} x Response Failure'),
            Check(not requests or success, KERNEL,
                  f'{count(requests, "page request")} and no response'),
        ]
        before = f'{count(requests, "page request")} answered Success, '
    elif not iommu(run).page_requests:
        stalls, touched = number(run, 'copy.stalls'), run.number('touched')
        checks = [Check(touched or stalls or failed, SETUP, 'the copy needed no page')]
        before = f'{count(stalls, "stalled request")} resumed, ' if stalls else ''
    checks += [
        Check(not failed, blame.work,
              f'the copy ended with status {status:#x} after {count(done, "byte")}'),
        Check(done == size_kib * 1024, blame.work,
              f'{done:,} of {size_kib * 1024:,} bytes copied'),
        Check(different == 0, blame.work, f'{count(different, "byte")} of the copy wrong'),
    ]
    return Result(f'{before}{size_kib:,} KiB copied, identical', checks)


def pages_written(run):
    """What the device writes in each round is there."""
    rounds, asked, pages, wrong, failed = (number(run, key) for key in (
        'rounds', 'rounds.asked', 'pages', 'pages.wrong', 'passes.failed'))
    return Result(f'{count(pages, "page")} written in {count(rounds, "round")}', [
        Check(not failed, KERNEL, f'{count(failed, "pass", "passes")} of the device failed'),
        Check(not wrong, blame.work, f'{count(wrong, "page")} without what the device wrote'),
        Check(rounds == asked, SETUP, f'{rounds} of {count(asked, "round")}')])


def quiet(*stages):
    """While the process lives no fault is printed or recorded."""
    def rule(run):
        for name in stages:
            stage(run, name)
        lines = kmsg.about_faults(run.kmsg(*stages))
        # Since power-on: one machine runs one scenario.
        recorded = faults(run, stages[-1])
        what = iommu(run).line
        return Result(f'no fault recorded, no {what} line printed', [
            Check(not lines, KERNEL, f'{count(len(lines), f"{what} line")}, the first: '
                  f'{lines[0] if lines else ""}'),
            # A recorded fault counts even if the driver has not printed it.
            Check(not recorded, blame.reported(stages[-1]),
                  f'{count(recorded, "fault")} recorded, none printed')])
    return rule


def gone(run):
    """The address space of a killed process is freed, whatever the device does."""
    took = number(run, 'gone.wait-ms')
    return Result(f'gone {took} ms after the kill', [
        Check(took >= 0, KERNEL, 'the address space of the process that was killed is still there')])


def answered(run, counter, first, last):
    """The kernel answers stalled requests; counter: STALL_RETRIES or STALL_ABORTS."""
    done = delta(run, 'iommu', counter, first, last)
    what = 'resumed' if counter == counters.STALL_RETRIES else 'terminated'
    return Result(f'{count(done, "stalled request")} {what}', [
        Check(done > 0, KERNEL, f'no stalled request was {what}')])


def drain(first, last):
    """Unbind drains page requests: a wait descriptor with the drain bit."""
    def rule(run):
        if not iommu(run).drains:
            raise NotApplicable
        waits = delta(run, 'iommu', counters.DRAINS, first, last)
        status = run.number('unbind.status') or 0
        return Result(f'{count(waits, "wait descriptor")} with page drain at unbind', [
            Check(status == 0, KERNEL, f'unbind failed with error {status}'),
            Check(waits > 0, KERNEL, f'no drain seen at unbind; {entry(run, first)} before it')])
    return rule


def silence(first, last, tested):
    """After the mm is gone faults are not reported.

    first: the stage to count from, None for power-on; tested(run): DMA tried.
    """
    def rule(run):
        tried = tested(run)
        words, where = entry(run, last), run.number('pasid')
        printed = run.kmsg(blame.EXITED, last)
        lines, about = kmsg.faults(printed), kmsg.about_faults(printed)
        recorded = faults(run, last) - (faults(run, first) if first else 0)
        hidden = delta(run, 'iommu', counters.SUPPRESSED, first, last) if first else \
            total(run, counters.SUPPRESSED, last)
        asked = blame.page_request_faults(run, first, last)
        what, silence_ = iommu(run).line, words.silence
        return Result(f'{count(hidden, "fault")} suppressed, 0 {what} lines; {words}, {silence_}', [
            Check(tried > 0, SETUP, 'the device tried no DMA after the mm was gone'),
            Check(not (words.silent and recorded), blame.spoken(last),
                  f'{count(recorded, "fault")} recorded in spite of {silence_}; {words}'),
            Check(words.present or words.silent or recorded > 0, blame.unrecorded(last),
                  f'no fault recorded for {tried:,} refused accesses; {words}, {silence_}'),
            Check(not lines, KERNEL, f'{count(len(lines), f"{what} fault line")} for PASID '
                  f'{where}{asked}; {words}, {silence_}'),
            Check(not about, KERNEL, f'{count(len(about), "line")} about faults, the first: '
                  f'{about[0] if about else ""}'),
            Check(not recorded, KERNEL,
                  f'{count(recorded, "fault")} recorded{asked}; {words}, {silence_}'),
        ])
    return rule


def late_write(first, last, lines_from):
    """One write after unbind: refused, recorded, printed."""
    def rule(run):
        result, _ = probe(run, 'late', 'write')
        words, changed = entry(run, last), number(run, 'late.changed')
        recorded = more_faults(run, first, last)
        printed = kmsg.faults(run.kmsg(*lines_from), run.number('pasid'))
        reasons = sorted({fault.reason for fault in printed})
        shown, gone = ', '.join(f'{reason:#x}' for reason in reasons), iommu(run).gone_reasons
        return Result(f'1 write after unbind: {result}, fault {shown} recorded and printed', [
            Check(result in ('ok', 'aborted'), SETUP, f'the write after unbind: {result}'),
            Check(result == 'aborted', blame.access(first, last),
                  f'the write after unbind was carried out; {words}'),
            Check(changed == 0, blame.access(first, last),
                  f'{count(changed, "page")} changed after unbind; {words}'),
            Check(recorded > 0, blame.unrecorded(last),
                  f'the write was aborted and no fault recorded; {words}'),
            Check(bool(printed), KERNEL,
                  f'{count(recorded, "fault")} recorded, none printed; {words}'),
            Check(set(reasons) <= set(gone), blame.other_reason(last),
                  f'fault reason {shown} instead of {gone[0]:#x}; {words}'),
        ])
    return rule


def nothing_lost(run):
    """PASIDs and contexts are free again."""
    first, after, contexts, opened, errno = (number(run, key) for key in (
        'pasid', 'pasid.after', 'contexts', 'contexts.open', 'contexts.errno'))
    return Result(f'PASID {after} at the end, {first} at the begin; '
                  f'{opened} of {contexts} contexts free', [
        Check(after <= first, KERNEL, f'PASID {after} at the end, {first} at the begin'),
        Check(opened == contexts > 0, blame.work,
              f'only {opened} of {contexts} contexts could be opened, errno {errno}')])


def pasid_reuse(run):
    """Another process gets the PASID, and nothing else touches its memory."""
    pasid, same, tries, pid = (number(run, key) for key in
                               ('pasid', 'reused.same', 'reused.attempts', 'reused.pid'))
    changed, status, different = (number(run, key) for key in
                                  ('reused.changed', 'reused.copy.status',
                                   'reused.data.different'))
    return Result(f'PASID {pasid} bound again by pid {pid}, its memory untouched', [
        Check(same == 1, KERNEL, f'PASID {pasid} is not free again: {tries} processes got '
              f'others, the last PASID {run.fact("reused.pasid")}'),
        Check(changed == 0, blame.work,
              f'{count(changed, "page")} of pid {pid} changed while the '
              'device had no work'),
        Check(status == STATUS_SUCCESS and different == 0, blame.work,
              f'a copy with the reused PASID: status {status:#x}, '
              f'{count(different, "byte")} wrong')])
