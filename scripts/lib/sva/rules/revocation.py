# SPDX-License-Identifier: GPL-2.0-or-later
"""Rules of the scenarios that take rights away while the device writes."""

from ..guest import kmsg
from ..judge import counters
from ..judge.verdict import BOUND, KERNEL, SETUP, UNBOUND
from . import blame, shared
from .facts import count, faults, iommu, modes, number, numbers, stage, text
from .rule import Check, Result, Rule

# Names of fault reasons; iommus.py has the number for each IOMMU.
REASON_NOT_PRESENT = 'not_present'
REASON_NO_WRITE = 'no_write'


def data(window):
    """Between the revocations the device writes in every mode."""
    def rule(run):
        written = {mode: number(run, f'delta.{window}.{mode}.bytes_written')
                   for mode in modes(run)}
        idle = [mode for mode, bytes_ in written.items() if not bytes_]
        failures = sum(number(run, f'delta.{window}.{mode}.prg_failure') for mode in written)
        words = sum(written.values()) // 8
        return Result(f'{count(words, "word")} written in {count(number(run, "rounds"), "round")}', [
            Check(not idle, SETUP, f'nothing was written in mode {", ".join(idle)}'),
            Check(not failures, KERNEL, f'{failures} x Response Failure')])
    return rule


def refused(run, window):
    """{mode: refusals}, and the checks that no access got through, by the counters."""
    rounds, asked = number(run, 'rounds'), number(run, 'rounds.asked')
    blamed = blame.revoked('broken', 'done')
    found, checks = {}, [Check(rounds == asked, blamed, f'round {rounds} of {asked}: not '
                               'every mode was refused')]
    for mode in modes(run):
        tried, aborts, written, granted, none, partial = numbers(
            run, f'delta.{window}.{mode}', 'accesses', 'aborts', 'bytes_written', 'ats_granted',
            'ats_no_access', 'ats_partial')
        found[mode] = aborts if mode == 'untranslated' else none + partial
        checks += [
            Check(written == 0, blamed, f'{mode}: {count(written, "byte")} written'),
            Check(granted == 0, blamed, f'{mode}: {count(granted, "translation")} granted'),
            # One access may be in flight when the window opens or closes.
            Check(mode != 'untranslated' or abs(tried - aborts) <= rounds, blamed,
                  f'{mode}: {tried:,} writes, {aborts:,} aborted'),
            Check(found[mode] > 0, SETUP, f'{mode}: the device tried nothing'),
        ]
    return found, checks


def invalid_request(window):
    """Page requests for what was taken away are answered Invalid Request."""
    def rule(run):
        if not iommu(run).page_requests:
            return shared.answered(run, counters.STALL_ABORTS, 'bound', 'done')
        requests, success, invalid, failure = numbers(
            run, f'delta.{window}.ats-pri', 'page_reqs', 'prg_success', 'prg_invalid',
            'prg_failure')
        answers = (f'{count(requests, "page request")}, {invalid} x Invalid Request, '
                   f'{success} x Success, {failure} x Response Failure')
        return Result(answers, [
            Check(requests > 0, SETUP, 'no page request was sent'),
            Check(invalid > 0 and not success and not failure, KERNEL, answers)])
    return rule


def silence(reason, certain=True, also=(), reads=()):
    """Only untranslated requests are reported, for this reason and in this range.

    certain: there must be some. also: other reasons that are allowed beside it; reads:
    likewise, for reads alone.
    """
    def rule(run):
        stage(run, 'bound')
        stage(run, 'done')
        number_, what = getattr(iommu(run), reason), iommu(run).line
        lines = run.kmsg('bound', 'broken', 'done')
        first, size, pasid = (number(run, key) for key in
                              ('range.address', 'range.bytes', 'pasid'))
        recorded, printed = faults(run, 'done'), kmsg.faults(lines)
        # A stalled request is answered, not reported.
        if 'untranslated' not in modes(run) or not iommu(run).page_requests:
            about = kmsg.about_faults(lines)
            return Result(f'no fault recorded, no {what} line printed', [
                Check(not about, KERNEL, f'{count(len(about), f"{what} line")}, the first: '
                      f'{about[0] if about else ""}'),
                Check(not recorded, blame.reported('done'), f'{count(recorded, "fault")} recorded')])
        allowed = {number_, *(getattr(iommu(run), name) for name in also)}
        read = {getattr(iommu(run), name) for name in reads}
        strange = [fault for fault in printed
                   if fault.reason not in (allowed | read if fault.what == 'DMA Read' else allowed)
                   or fault.pasid != pasid or not first <= fault.addr < first + size]
        requests = [line for line in lines if 'page request' in line.lower()]
        return Result(f'{count(recorded, "fault")} recorded, {len(printed)} printed, all for '
                      f'untranslated requests, reason {number_:#x}', [
            Check(recorded > 0 or not certain, blame.unrecorded('done'),
                  'no fault recorded for untranslated requests'),
            Check(bool(printed) or not recorded, KERNEL,
                  f'{count(recorded, "fault")} recorded, none printed'),
            Check(not strange, blame.other_reason('done'), f'{count(len(strange), "fault")} of '
                  f'another kind, the first: {strange[0] if strange else ""}'),
            Check(not printed or any(fault.reason == number_ for fault in printed),
                  blame.other_reason('done'), f'none of {count(len(printed), "fault")} has '
                  f'reason {number_:#x}'),
            Check(not requests, KERNEL, f'{count(len(requests), "line")} about page requests, '
                  f'the first: {requests[0] if requests else ""}')])
    return rule


def no_access(run):
    """After munmap returned no write reaches the freed pages."""
    method, rounds, pages, changed, other = text(run, 'reuse.method'), *(
        number(run, key) for key in ('rounds', 'reuse.pages', 'reuse.changed',
                                     'reuse.changed-other'))
    found, checks = refused(run, 'unmapped')
    blamed = blame.revoked('broken', 'done')
    return Result(f'{count(rounds, "round")}, {sum(found.values()):,} accesses refused, 0 of '
                  f'{pages:,} reused pages changed', [
        Check(not changed and not other, blamed,
              f'{changed} of {pages:,} reused pages changed, {other} others'),
        Check(method == 'pfn' and pages > 0, SETUP,
              f'no freed page was found again (method {method})'),
        *checks])


# For memory that is unmapped and used again.
UNMAPPED = [
    Rule(BOUND, 'data', data('mapped')),
    Rule(BOUND, 'no-access', no_access),
    Rule(BOUND, 'invalid-request', invalid_request('unmapped')),
    # A page that was only read since is the zero page.
    Rule(BOUND, 'silence', silence(REASON_NOT_PRESENT,
                                              also=(REASON_NO_WRITE,))),
    Rule(UNBOUND, 'drain', shared.drain('done', 'unbound')),
]
