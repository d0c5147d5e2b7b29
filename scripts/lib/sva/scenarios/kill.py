# SPDX-License-Identifier: GPL-2.0-or-later
"""kill: SIGKILL while the device writes in a loop and stops late."""

from ..judge.verdict import BOUND, GONE, KERNEL, SETUP, UNBOUND
from ..rules import blame, heir, shared
from ..rules.claims import Check, Claim, NotOwed, Rule, count, entry, iommu, judge as hold, \
    modes, number, numbers, probe, stage, text

NAME = 'kill'


def abort(run):
    """DMA of a dead process does not reach memory."""
    used, words = modes(run), entry(run, 'mm-gone')
    found, changed, other = (number(run, f'reuse.{key}')
                             for key in ('pages', 'changed', 'changed-other'))
    running, method = number(run, 'gone.running'), text(run, 'reuse.method')
    tried = aborted = written = 0
    for mode in used:
        part = numbers(run, f'delta.gone.{mode}', 'accesses', 'aborts', 'bytes_written')
        tried, aborted, written = tried + part[0], aborted + part[1], written + part[2]
    result, _ = probe(run, 'gone', 'write')
    return Claim(f'{count(tried, "write")} attempted, {changed} of {found} reused pages changed', [
        Check(running == len(used), SETUP,
              f'only {running} of {len(used)} contexts still worked after mm exit'),
        Check('untranslated' not in used or tried > 0, SETUP, 'the device tried no write'),
        Check(method != 'none', SETUP, 'freed pages cannot be recognised: the kernel lacks '
              'CONFIG_PROC_PAGE_MONITOR'),
        Check(found > 0, SETUP, 'none of the freed pages was found again'),
        Check(changed + other == 0, blame.access('mm-gone'),
              f'{changed} of {found} reused pages changed, {other} others; {words}'),
        Check(result == 'aborted', blame.access('mm-gone'),
              f'a single write after mm exit: {result}; {words}'),
        # An access may be under way when a window opens or closes.
        Check(written == 0 and abs(tried - aborted) <= len(used), blame.access('mm-gone'),
              f'{tried:,} writes attempted, {aborted:,} aborted, {written:,} bytes written; '
              f'{words}'),
    ])


def tried_dma(run):
    stage(run, 'mm-gone')
    tried = 0
    for mode in modes(run):
        tried += sum(numbers(run, f'delta.gone.{mode}', 'aborts', 'ats_no_access'))
    return tried


def ats_no_access(run):
    """Translation requests succeed and grant nothing."""
    words = entry(run, 'mm-gone')
    denied = granted = errors = 0
    for mode in modes(run):
        if mode == 'untranslated':
            continue
        part = numbers(run, f'delta.gone.{mode}', 'ats_no_access', 'ats_granted', 'ats_partial',
                       'ats_error')
        denied, granted, errors = denied + part[0], granted + part[1] + part[2], errors + part[3]
    result, rights = probe(run, 'gone', 'ats')
    return Claim(f'{count(denied, "translation request")} completed with R=W=0', [
        Check(modes(run) == ['untranslated'] or denied + granted + errors > 0, SETUP,
              'the device sent no translation request after mm exit'),
        Check(granted == 0, blame.access('mm-gone'),
              f'{count(granted, "translation")} granted after mm exit; {words}'),
        # Without a context entry there is no translation service to ask.
        Check(errors == 0, blame.no_service('mm-gone'),
              f'{count(errors, "translation request")} ended with UR or CA; {words}'),
        Check((result, rights) == ('ok', '-'), blame.ats('mm-gone'),
              f'a single translation request: {result}, rights {rights}; {words}'),
    ])


def invalid_request(run):
    """Page requests for a dead process are answered Invalid Request."""
    if not iommu(run).page_requests:
        raise NotOwed
    result, _ = probe(run, 'gone', 'prg')
    requests = success = invalid = failure = 0
    if 'ats-pri' in modes(run):
        requests, success, invalid, failure = numbers(
            run, 'delta.gone.ats-pri', 'page_reqs', 'prg_success', 'prg_invalid', 'prg_failure')
    answers = f'{invalid:,} x Invalid Request'
    for number_, name in ((success, 'Success'), (failure, 'Response Failure')):
        answers += f', {number_:,} x {name}' if number_ else ''
    what = count(requests, 'page request') if requests else '1 page request'
    who = blame.who_answered(run, blame.EXITED, 'mm-gone')
    return Claim(f'{what}, {answers if requests else "answered Invalid Request"}{who}', [
        Check('ats-pri' not in modes(run) or requests > 0, SETUP,
              'the device sent no page request after mm exit'),
        Check(success + failure == 0, blame.answer(blame.EXITED, 'mm-gone'), f'{what}, {answers}'),
        # One group may be on its way when the window opens or closes.
        Check(abs(requests - invalid) <= 1, blame.answer(blame.EXITED, 'mm-gone'),
              f'{what}, but {answers}'),
        Check(result == 'prg-invalid', blame.answer(blame.EXITED, 'mm-gone'),
              f'a single page request: {result}'),
    ])


RULES = [
    Rule(BOUND, 'data', shared.data),
    Rule(GONE, 'mm-gone', shared.gone),
    Rule(GONE, 'abort', abort),
    Rule(GONE, 'silence', shared.silence('bound', 'mm-gone', tried_dma)),
    Rule(GONE, 'ats-no-access', ats_no_access),
    Rule(GONE, 'invalid-request', invalid_request),
    Rule(GONE, 'pasid-kept', heir.pasid_kept),
    Rule(UNBOUND, 'drain', shared.drain('mm-gone', 'unbound')),
    Rule(UNBOUND, 'late-dma', shared.late_write('unbound', 'late', ('late',))),
    Rule(UNBOUND, 'pasid-reuse', shared.pasid_reuse),
]


def judge(run):
    return hold(run, RULES)
