# SPDX-License-Identifier: GPL-2.0-or-later
"""Rules of a process that has died while the device worked for it.

Which counters show what the device did between the end of the address space and the
unbind depends on who has the files; see Window.
"""

from typing import Callable, NamedTuple

from ..judge.verdict import BOUND, GONE, SETUP, UNBOUND
from . import blame, shared, survivor
from .facts import count, entry, iommu, modes, number, numbers, probe, stage, text
from .rule import Check, NotApplicable, Result, Rule


class Window(NamedTuple):
    """The counters between the end of the address space and the unbind.

    writes, translations, requests: the counters of writes, of translation requests and of
    page requests, WHO in the fact delta.gone.WHO.accesses. must_write: there must be some
    writes. in_flight: accesses that may be in flight when the window opens or closes.
    at_work(): the check that the device worked all the time.
    """
    writes: list
    translations: list
    requests: list
    must_write: bool
    in_flight: int
    at_work: Callable
    # Can the device send single transactions?
    single: bool = True


def contexts(run):
    """Another process has the files: read the counters of each context, one per mode."""
    used = modes(run)

    def at_work():
        running = number(run, 'gone.running')
        return Check(running == len(used), SETUP,
                     f'only {running} of {len(used)} contexts still worked after mm exit')
    return Window(used, [mode for mode in used if mode != 'untranslated'],
                  [mode for mode in used if mode == 'ats-pri'], 'untranslated' in used, len(used),
                  at_work)


def device(run):
    """Nobody has the files: read the counters of the device, which has no other work."""
    def at_work():
        return Check(number(run, 'gone.closing') == 1, SETUP,
                     'the device had stopped before everything was looked at')
    return Window(['dev'], ['dev'], ['dev'], True, 3, at_work)


def alone(run, window, kind, wanted, culprit, text):
    """The check that a single transaction has ended as it must; none if there is none."""
    if not window.single:
        return []
    found = probe(run, 'gone', kind)
    return [Check(found[:len(wanted)] == wanted, culprit, text(*found))]


def totals(run, sources, *names):
    """Sums over the counters of several sources."""
    parts = [numbers(run, f'delta.gone.{source}', *names) for source in sources]
    return [sum(part[n] for part in parts) for n in range(len(names))]


def abort(window):
    """DMA of a dead process does not reach memory."""
    def rule(run):
        seen, words = window(run), entry(run, 'mm-gone')
        found, changed, other = (number(run, f'reuse.{key}')
                                 for key in ('pages', 'changed', 'changed-other'))
        method = text(run, 'reuse.method')
        tried, aborted, written = totals(run, seen.writes, 'accesses', 'aborts', 'bytes_written')
        return Result(
            f'{count(tried, "write")} attempted, {changed} of {found} reused pages changed', [
                seen.at_work(),
                Check(tried > 0 or not seen.must_write, SETUP, 'the device tried no write'),
                Check(method != 'none', SETUP, 'freed pages cannot be recognised: the kernel lacks '
                      'CONFIG_PROC_PAGE_MONITOR'),
                Check(found > 0, SETUP, 'none of the freed pages was found again'),
                Check(changed + other == 0, blame.access('mm-gone'),
                      f'{changed} of {found} reused pages changed, {other} others; {words}'),
                *alone(run, seen, 'write', ('aborted',), blame.access('mm-gone'),
                       lambda result, _: f'a single write after mm exit: {result}; {words}'),
                Check(written == 0 and abs(tried - aborted) <= seen.in_flight,
                      blame.access('mm-gone'),
                      f'{tried:,} writes attempted, {aborted:,} aborted, {written:,} bytes '
                      f'written; {words}')])
    return rule


def tried_dma(window):
    """A function of the run: how often the device was refused."""
    def refused(run):
        stage(run, 'mm-gone')
        return sum(totals(run, window(run).writes, 'aborts', 'ats_no_access'))
    return refused


def ats_no_access(window):
    """Translation requests succeed and grant nothing."""
    def rule(run):
        seen, words = window(run), entry(run, 'mm-gone')
        denied, all_, some, errors = totals(
            run, seen.translations, 'ats_no_access', 'ats_granted', 'ats_partial', 'ats_error')
        granted = all_ + some
        return Result(f'{count(denied, "translation request")} completed with R=W=0', [
            Check(not seen.translations or denied + granted + errors > 0, SETUP,
                  'the device sent no translation request after mm exit'),
            Check(granted == 0, blame.access('mm-gone'),
                  f'{count(granted, "translation")} granted after mm exit; {words}'),
            # Without a context entry there is no translation service to ask.
            Check(errors == 0, blame.no_service('mm-gone'),
                  f'{count(errors, "translation request")} ended with UR or CA; {words}'),
            *alone(run, seen, 'ats', ('ok', '-'), blame.ats('mm-gone'),
                   lambda result, rights: f'a single translation request: {result}, rights '
                   f'{rights}; {words}')])
    return rule


def invalid_request(window, first=blame.EXITED, last='mm-gone'):
    """Page requests for a dead process are answered Invalid Request.

    first, last: the stages before and after what is judged.
    """
    def rule(run):
        if not iommu(run).page_requests:
            raise NotApplicable
        seen = window(run)
        requests, success, invalid, failure = totals(
            run, seen.requests, 'page_reqs', 'prg_success', 'prg_invalid', 'prg_failure')
        answers = f'{invalid:,} x Invalid Request'
        for number_, name in ((success, 'Success'), (failure, 'Response Failure')):
            answers += f', {number_:,} x {name}' if number_ else ''
        what = count(requests, 'page request') if requests else '1 page request'
        who, culprit = blame.who_answered(run, first, last), blame.answer(first, last)
        return Result(f'{what}, {answers if requests else "answered Invalid Request"}{who}', [
            Check(requests > 0 or not seen.requests, SETUP,
                  'the device sent no page request after mm exit'),
            Check(success + failure == 0, culprit, f'{what}, {answers}'),
            # One group may be in flight when the window opens or closes. Groups of a device
            # that takes liberties have several requests, and one answer.
            Check(abs(requests - invalid) <= 1 or run.adversary and 0 < invalid < requests,
                  culprit, f'{what}, but {answers}'),
            *alone(run, seen, 'prg', ('prg-invalid',), culprit,
                   lambda result, _: f'a single page request: {result}')])
    return rule


def refusals(window, first='bound'):
    """The rules about what the device is refused; first: the stage to count faults from."""
    return [
        Rule(GONE, 'abort', abort(window)),
        Rule(GONE, 'silence', shared.silence(first, 'mm-gone', tried_dma(window))),
        Rule(GONE, 'ats-no-access', ats_no_access(window)),
        Rule(GONE, 'invalid-request', invalid_request(window)),
    ]


LATE_AND_REUSE = [
    Rule(UNBOUND, 'late-dma', shared.late_write('unbound', 'late', ('late',))),
    Rule(UNBOUND, 'pasid-reuse', shared.pasid_reuse),
]
UNBIND = [Rule(UNBOUND, 'drain', shared.drain('mm-gone', 'unbound')), *LATE_AND_REUSE]

# For a process that was killed, whose files another process has.
KILLED = [
    Rule(BOUND, 'data', shared.data),
    Rule(GONE, 'mm-gone', shared.gone),
    *refusals(contexts),
    Rule(GONE, 'pasid-kept', survivor.pasid_kept),
    *UNBIND,
]
# For a process that has gone and left its files to another one.
INHERITED = [
    Rule(BOUND, 'data', shared.data),
    *refusals(contexts),
    Rule(GONE, 'other-memory', survivor.memory),
    Rule(GONE, 'bond-kept', survivor.bond_kept),
    Rule(GONE, 'pasid-kept', survivor.pasid_kept),
    *UNBIND,
]
