# SPDX-License-Identifier: GPL-2.0-or-later
"""late: the device claims to have stopped and writes on after unbind."""

from ..judge import counters
from ..judge.verdict import BOUND, KERNEL, MODEL, SETUP, UNBOUND
from ..rules import blame, shared
from ..rules.facts import count, delta, entry, faults, iommu, modes, number, numbers, probe, text
from ..rules.rule import Check, NotApplicable, Result, Rule

DEFAULT = True


def provoked(run):
    """A driver that unbinds while its device works lets it fault."""
    return ('bond-fault-noise',) if run.fact('how') == 'no-stop' else ()


def abort(run):
    """DMA after unbind does not reach memory."""
    mode, words, how = modes(run)[0], entry(run, 'unbound'), text(run, 'how')
    changed, running, stop = (number(run, key) for key in
                              ('late.changed', 'late.running', 'stop.status'))
    tried, aborted, none, errors, written = numbers(
        run, f'delta.late.{mode}', 'accesses', 'aborts', 'ats_no_access', 'ats_error',
        'bytes_written')
    # VT-d answers R=W=0, an SMMU without a valid CD answers UR.
    denied = none + errors
    evidence = (f'{count(tried, "write")} after unbind, all aborted, {changed} pages changed'
                if mode == 'untranslated' else
                f'{count(denied, "translation request")} after unbind, {changed} pages changed')
    # A driver that stops the device right after unbind leaves no work for later.
    going = how != 'unbind-first'
    return Result(evidence, [
        Check(stop == 0 and running == going, SETUP,
              f'{how}: stop ended with {stop}, running {running} after unbind'),
        Check(not going or tried + denied > 0, SETUP, 'the device tried no DMA after unbind'),
        Check(changed == 0, blame.access('unbound'), f'{count(changed, "page")} changed'),
        Check(written == 0 and abs(tried - aborted) <= 1, blame.access('unbound'),
              f'{tried:,} writes, {aborted:,} aborted, {written:,} bytes written; {words}'),
    ])


def bound(run):
    """Before the unbind the same DMA works, without a fault."""
    mode = modes(run)[0]
    tried, aborted = numbers(run, f'delta.bound.{mode}', 'accesses', 'aborts')
    recorded = faults(run, 'bound')
    return Result(f'{count(tried, "write")} carried out, no fault', [
        Check(tried > 0, SETUP, 'the device tried no write while bound'),
        Check(aborted == 0 and recorded == 0, blame.work,
              f'{aborted:,} of {tried:,} writes aborted, {count(recorded, "fault")} recorded'),
    ])


def handed_on(run):
    """Of a page request that the unit took on: the entry may still be in its cache."""
    return blame.caches(run, 'unbound', 'late') or blame.Blame(MODEL, 'no cache held an entry')


def invalid_request(run):
    """Page requests after unbind are refused.

    The unit refuses the one with the PASID, as it finds no entry; the kernel refuses the
    one without PASID, of a device that is not bound.
    """
    if not iommu(run).page_requests:
        raise NotApplicable
    late_, nobody = (probe(run, when, 'prg')[0] for when in ('late', 'nobody'))
    queued = delta(run, 'iommu', counters.QUEUED, 'unbound', 'late')
    return Result('1 page request, answered Invalid Request by the unit; 1 without PASID, by the '
                  'kernel', [
        Check(late_ == 'prg-invalid', KERNEL if queued > 1 else MODEL,
              f'a page request after unbind: {late_}; {queued} handed to the kernel'),
        Check(queued == 1, handed_on, f'{count(queued, "page request")} handed to the kernel, '
              'not 1'),
        Check(nobody == 'prg-invalid', KERNEL,
              f'a page request without PASID, of a device that nobody has bound: {nobody}')])


RULES = [
    Rule(BOUND, 'data', bound),
    Rule(UNBOUND, 'abort', abort),
    Rule(UNBOUND, 'invalid-request', invalid_request),
    Rule(UNBOUND, 'late-dma', shared.late_write('bound', 'late', ('unbound', 'late'))),
    Rule(UNBOUND, 'drain', shared.drain('bound', 'unbound')),
]
