# SPDX-License-Identifier: GPL-2.0-or-later
"""late: the device claims to have stopped and writes on after unbind."""

from ..verdict import BOUND, SETUP, UNBOUND
from . import blame, shared
from .claims import Check, Claim, Rule, count, entry, faults, judge as hold, modes, number, \
    numbers, text

NAME = 'late'


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
    return Claim(evidence, [
        Check(stop == 0 and running == going, SETUP,
              f'{how}: stop ended with {stop}, running {running} after unbind'),
        Check(not going or tried + denied > 0, SETUP, 'the device tried no DMA after unbind'),
        Check(changed == 0, blame.access('unbound'), f'{count(changed, "page")} changed'),
        Check(written == 0 and abs(tried - aborted) <= 1, blame.access('unbound'),
              f'{tried:,} writes, {aborted:,} aborted, {written:,} bytes written; {words}'),
    ])


def bound(run):
    """Before the unbind the same DMA works, and in silence."""
    mode = modes(run)[0]
    tried, aborted = numbers(run, f'delta.bound.{mode}', 'accesses', 'aborts')
    recorded = faults(run, 'bound')
    return Claim(f'{count(tried, "write")} carried out, no fault', [
        Check(tried > 0, SETUP, 'the device tried no write while bound'),
        Check(aborted == 0 and recorded == 0, blame.work,
              f'{aborted:,} of {tried:,} writes aborted, {count(recorded, "fault")} recorded'),
    ])


RULES = [
    Rule(BOUND, 'data', bound),
    Rule(UNBOUND, 'abort', abort),
    Rule(UNBOUND, 'late-dma', shared.late_write('bound', 'late', ('unbound', 'late'))),
    Rule(UNBOUND, 'drain', shared.drain('bound', 'unbound')),
]


def judge(run):
    return hold(run, RULES)
