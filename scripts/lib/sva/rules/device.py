# SPDX-License-Identifier: GPL-2.0-or-later
"""Rules of "mm gone" when nobody has the victim's files any more.

Its contexts cannot be looked at then, but nobody else gives the device work: the
counters of the whole device are the victim's.
"""

from ..judge.verdict import KERNEL, SETUP
from . import blame
from .claims import Check, Claim, NotOwed, count, entry, iommu, number, numbers, probe, stage, \
    text


def abort(run):
    """DMA of a dead process does not reach memory."""
    words = entry(run, 'mm-gone')
    found, changed, other, closing = (number(run, key) for key in (
        'reuse.pages', 'reuse.changed', 'reuse.changed-other', 'gone.closing'))
    tried, aborted, written = numbers(run, 'delta.gone.dev', 'accesses', 'aborts',
                                      'bytes_written')
    method, (result, _) = text(run, 'reuse.method'), probe(run, 'gone', 'write')
    return Claim(f'{count(tried, "write")} attempted, {changed} of {found} reused pages changed', [
        Check(closing == 1, SETUP, 'the device had stopped before everything was looked at'),
        Check(tried > 0, SETUP, 'the device tried no write'),
        Check(method != 'none', SETUP, 'freed pages cannot be recognised: the kernel lacks '
              'CONFIG_PROC_PAGE_MONITOR'),
        Check(found > 0, SETUP, 'none of the freed pages was found again'),
        Check(changed + other == 0, blame.access('mm-gone'),
              f'{changed} of {found} reused pages changed, {other} others; {words}'),
        Check(result == 'aborted', blame.access('mm-gone'),
              f'a single write after mm exit: {result}; {words}'),
        # One access of each context may be under way when the window opens or closes.
        Check(written == 0 and abs(tried - aborted) <= 3, blame.access('mm-gone'),
              f'{tried:,} writes attempted, {aborted:,} aborted, {written:,} bytes written; '
              f'{words}')])


def tried_dma(run):
    stage(run, 'mm-gone')
    return sum(numbers(run, 'delta.gone.dev', 'aborts', 'ats_no_access'))


def ats_no_access(run):
    """Translation requests succeed and grant nothing."""
    words = entry(run, 'mm-gone')
    denied, granted, partial, errors = numbers(
        run, 'delta.gone.dev', 'ats_no_access', 'ats_granted', 'ats_partial', 'ats_error')
    result, rights = probe(run, 'gone', 'ats')
    return Claim(f'{count(denied, "translation request")} completed with R=W=0', [
        Check(denied + granted + partial + errors > 0, SETUP,
              'the device sent no translation request after mm exit'),
        Check(granted + partial == 0, blame.access('mm-gone'),
              f'{count(granted + partial, "translation")} granted after mm exit; {words}'),
        # Without a context entry there is no translation service to ask.
        Check(errors == 0, blame.no_service('mm-gone'),
              f'{count(errors, "translation request")} ended with UR or CA; {words}'),
        Check((result, rights) == ('ok', '-'), blame.ats('mm-gone'),
              f'a single translation request: {result}, rights {rights}; {words}')])


def stages_of(run):
    """Before and after what is judged."""
    return (blame.EXITED, 'mm-gone') if 'mm-gone' in run.stages else ('bound', 'reaped')


def invalid_request(run):
    """Page requests for a dead process are answered Invalid Request."""
    if not iommu(run).page_requests:
        raise NotOwed
    requests, success, invalid, failure = numbers(
        run, 'delta.gone.dev', 'page_reqs', 'prg_success', 'prg_invalid', 'prg_failure')
    result, _ = probe(run, 'gone', 'prg')
    answers = (f'{count(requests, "page request")}, {invalid:,} x Invalid Request, '
               f'{success:,} x Success, {failure:,} x Response Failure')
    first, last = stages_of(run)
    who = blame.who_answered(run, first, last)
    return Claim(f'{count(requests, "page request")}, {invalid:,} x Invalid Request{who}', [
        Check(requests > 0, SETUP, 'the device sent no page request after mm exit'),
        Check(success + failure == 0, blame.answer(first, last), answers),
        # One group may be on its way when the window opens or closes.
        Check(abs(requests - invalid) <= 1, blame.answer(first, last), answers),
        Check(result == 'prg-invalid', blame.answer(first, last), f'a single page request: {result}')])
