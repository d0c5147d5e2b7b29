# SPDX-License-Identifier: GPL-2.0-or-later
"""Decide from the evidence who broke a rule.

A culprit is a party, or a function of the run that gives a Blame: a party and the
figure that decided. Such a function is asked only when its check has failed.
"""

from collections import Counter
from typing import NamedTuple

from ..judge import counters
from ..judge.ledger import ASKED_FAULT, BY_KERNEL, BY_UNIT, FAULT
from ..judge.verdict import KERNEL, MODEL, UNDECIDED

# The first stage after the end of an address space, before anything else was done.
EXITED = 'exited'
# Faults of interrupt requests (VT-d 5.10, table of fault reasons): no DMA.
INTERRUPT_FAULTS = range(0x20, 0x2c)
# Response codes of page requests; Response Failure is 15.
SUCCESS, INVALID = 0, 1
REFUSALS = (INVALID, 15)
# A page that was requested and served so often in a row never becomes present.
FOR_EVER = 100


class Blame(NamedTuple):
    party: str
    figure: str


def looks(run, names):
    """[(stage, look)] of the stages that were reached and observed."""
    return [(name, run.stages[name].look) for name in names
            if name in run.stages and run.stages[name].look]


def caches(run, *names):
    """Who is to blame by the caches at these stages, or None: the kernel, if it owes
    invalidations; a model, if it answered from a cache that had been emptied."""
    seen = looks(run, names)
    for _, look in seen:
        if look.broken:
            return Blame(MODEL, look.broken[0])
    for party in (KERNEL, MODEL, UNDECIDED):
        for name, look in seen:
            debts = [debt for debt in look.debts if debt.party == party]
            if debts:
                return Blame(party, f'not invalidated at {name}: '
                             f'{look._replace(debts=debts).owed}')
    return None


def access(*names):
    """Of DMA that was let through, or an answer that grants, when nothing leads to memory.

    names: stages at which the PASID shall lead nowhere; the entry is that of the last.
    """
    def culprit(run):
        found = caches(run, EXITED, *names)
        if found:
            return found
        words = run.stages[names[-1]].entry
        if words.present:
            return Blame(KERNEL, f'{words}')
        seen = looks(run, (EXITED, *names))
        if not seen or not all(look.complete for _, look in seen):
            return Blame(UNDECIDED, 'what the caches held is not known')
        name, look = seen[0]
        taken = f'all had been invalidated at {name} ({look.commands})'
        # A late invalidation may have ended the access since.
        return Blame(MODEL if name == EXITED else UNDECIDED, taken)
    return culprit


def ats(*names):
    """Of a translation request that should have been answered without rights."""
    def culprit(run):
        words = run.stages[names[-1]].entry
        return access(*names)(run) if words.answers_ats else Blame(KERNEL, f'{words}')
    return culprit


def revoked(*names):
    """Of an access to what was taken away while the process lives."""
    def culprit(run):
        found = caches(run, *names)
        if found:
            return found
        rounds, sent = run.number('rounds') or 0, run.delta('accel', 'invalidations', 'bound',
                                                            names[-1])
        if sent is not None and sent < rounds:
            return Blame(KERNEL, f'{sent} device-TLB invalidations in {rounds} rounds')
        if not looks(run, names):
            return Blame(UNDECIDED, 'what the caches held is not known')
        # With VT-d as with the SMMUv3 the IOTLB comes first, then the devices.
        skipped = [text for _, look in looks(run, names) for text in look.skipped]
        if skipped:
            return Blame(KERNEL, f'left in the IOTLB: {len(skipped)}, the first {skipped[0]}')
        used = run.delta('accel', counters.STALE_HITS, 'bound', names[-1])
        if used:
            return Blame(MODEL, f'the device used translations {used} times whose invalidation '
                         'it had completed')
        return Blame(UNDECIDED, f'{sent} device-TLB invalidations in {rounds} rounds, at the end '
                     'all that was given out agrees with the page tables')
    return culprit


def work(run):
    """Of work that failed though the process lives, or whose result is wrong."""
    found = caches(run, *run.stages) or hang(run) or misplaced(run)
    if found:
        return found
    last = [name for name, _ in looks(run, run.stages)][-1:]
    refused = sum(answers(run, name, BY_KERNEL, REFUSALS) for name in last)
    if refused:
        return Blame(KERNEL, f'{refused} page requests were refused by the kernel')
    if not last:
        return Blame(UNDECIDED, 'what was handed out is not known')
    return Blame(UNDECIDED, 'no translation was out of date, and the kernel refused no page '
                 'request')


def misplaced(run):
    """Blame for a process that was told that it is bound, while its entry says otherwise."""
    bound = run.stages.get('bound')
    if not bound or not bound.entry or bound.entry.present:
        return None
    return Blame(KERNEL, f'bound, and {bound.entry}')


def no_service(name):
    """Of translation requests that ended with an error."""
    def culprit(run):
        words = run.stages[name].entry
        if not words.answers_ats:
            return Blame(KERNEL, f'{words}: no translation service')
        # A broken entry causes that, and the kernel wrote the entry.
        return Blame(UNDECIDED if words.present else MODEL, f'{words}')
    return culprit


def reported(name):
    """Of a fault that was recorded where none should be, while the process lives."""
    def culprit(run):
        look = dict(looks(run, (name,))).get(name)
        found = {(who, reason) for what, who, _, reason in look.tallies if what == FAULT} \
            if look else ()
        return caches(run, name) or Blame(UNDECIDED, ', '.join(
            f'reason {reason:#x} of {who:#06x}' for who, reason in sorted(found))
            or 'reasons not known')
    return culprit


def spoken(name):
    """Of faults that were recorded though the entry at the stage suppresses them."""
    def culprit(run):
        seen = dict(looks(run, (EXITED, name)))
        if EXITED not in seen or name not in seen:
            return Blame(UNDECIDED, 'since when the entry is so is not known')
        found = caches(run, EXITED, name)
        if found and found.party == KERNEL:
            return found            # The unit still uses the entry that it cached before.
        early, late = (dma_faults(seen[at], seen[at].rid) for at in (EXITED, name))
        if late > early and run.stages[EXITED].entry.silent:
            return Blame(MODEL, f'{late - early} of them when the entry had been so')
        # The entry became silent only after it was cleared: there is a window.
        return Blame(KERNEL, f'all before {EXITED}: Present was cleared before')
    return culprit


def unrecorded(name):
    """Of DMA that was refused without a record, though the entry at the stage suppresses none."""
    def culprit(run):
        words = run.stages[name].entry
        found = caches(run, name)
        if words.silent or found:
            return found or Blame(KERNEL, f'{words}')
        before = run.stages.get(EXITED)
        if before and before.entry and not before.entry.silent:
            return Blame(MODEL, f'{EXITED}: {before.entry}')
        return Blame(UNDECIDED, f'{words}')
    return culprit


def other_reason(name):
    """Of a fault with a reason that the entry of the stage does not explain."""
    def culprit(run):
        words = run.stages[name].entry
        return caches(run, name) or Blame(UNDECIDED if words.present else MODEL, f'{words}')
    return culprit


def page_request_faults(run, first, last):
    """', N recorded for page requests', or nothing."""
    seen = dict(looks(run, [name for name in (first, last) if name]))
    if last not in seen:
        return ''
    n = asked_faults(seen[last]) - (asked_faults(seen[first]) if first in seen else 0)
    return f', {n} recorded for page requests' if n else ''


def asked_faults(look):
    return sum(n for (what, rid, *_), n in look.tallies.items()
               if what == ASKED_FAULT and rid == look.rid)


def hang(run):
    """Blame for requests that still wait for the kernel when last observed, or None."""
    seen = [look for _, look in looks(run, run.stages)][-1:]
    for look in seen:
        strays = f'; {len(look.strays)} answered nothing, the first: {look.strays[0]}' \
            if look.strays else ''
        if look.waiting:
            return Blame(KERNEL, f'{len(look.waiting)} without an answer, the first: '
                         f'{look.waiting[0]}{strays}')
        times, address = look.again
        if times >= FOR_EVER:
            return Blame(KERNEL, f'{address:#x} was asked for {times:,} times in a row, and each '
                         'time the answer was to try again')
    return None


def answers(run, name, who, codes):
    """How many page requests of the run's function who has answered so by a stage."""
    look = dict(looks(run, (name,))).get(name)
    return 0 if not look else sum(
        n for (what, rid, _, code), n in look.tallies.items()
        if what == who and rid == look.rid and code in codes)


def answered_by(run, first, last):
    """(by the unit, by the kernel): answers of each code to page requests, or None."""
    seen = dict(looks(run, (first, last)))
    if len(seen) != 2:
        return None
    found = []
    for who in (BY_UNIT, BY_KERNEL):
        codes = Counter()
        for name, sign in ((first, -1), (last, 1)):
            for (what, rid, _, code), n in seen[name].tallies.items():
                if what == who and rid == seen[name].rid:
                    codes[code] += sign * n
        found.append(+codes)
    return found


def who_answered(run, first, last):
    """The same as a text to follow others, '' if it is not known or there was none."""
    found = answered_by(run, first, last)
    if not found or not any(found):
        return ''
    unit, kernel = (sum(codes.values()) for codes in found)
    return f'; {unit:,} answered by the unit, {kernel:,} by the kernel'


def answer(first, last):
    """Of page requests that were answered otherwise than Invalid Request, or not at all."""
    def culprit(run):
        found = answered_by(run, first, last)
        if not found:
            return Blame(UNDECIDED, 'who answered is not known')
        unit, kernel = found
        strays = looks(run, (last,))[0][1].strays
        for party, codes in ((KERNEL, kernel), (MODEL, unit)):
            wrong = {code: n for code, n in codes.items() if code != INVALID}
            # A full queue is answered Success by the unit, for software to catch up.
            if wrong and not (party == MODEL and set(wrong) == {SUCCESS}):
                return Blame(party, ', '.join(f'{n} x code {code:#x} by the '
                                              f'{"kernel" if party == KERNEL else "unit"}'
                                              for code, n in sorted(wrong.items())))
        return hang(run) or (Blame(KERNEL, strays[0]) if strays else Blame(
            UNDECIDED, who_answered(run, first, last).lstrip('; ') or 'nobody answered'))
    return culprit


def dma_faults(look, rid=None):
    """Faults of DMA that were recorded since power-on, of one function or all."""
    return sum(n for (what, whose, _, reason), n in look.tallies.items()
               if what == FAULT and reason not in INTERRUPT_FAULTS
               and (rid is None or whose == rid))
