# SPDX-License-Identifier: GPL-2.0-or-later
"""The rules that every run has to keep, whatever its scenario."""

from ..guest import kmsg
from ..judge import contract as contracts, counters
from ..judge.verdict import KERNEL, MODEL, SETUP
from . import blame, forgotten
from .facts import between, count, iommu, stage, stages_with_device, total
from .rule import Check, NotApplicable, Result


def program(run):
    """What the guest program itself checked."""
    failed = run.failed_checks()
    return Result(f'{count(len(run.checks), "check")} of the guest program, all ok',
                  [Check(not failed, blame.work, f'{count(len(failed), "check")} of the guest '
                         f'program failed, the first: {failed[0] if failed else ""}')], MODEL)


def health(expected=()):
    """The kernel printed no warning, oops or hang, other than the expected ones."""
    def rule(run):
        found = kmsg.blame(run.console)
        found = found if any(found) else kmsg.blame(run.kmsg())
        bad, own = ([line for line in lines if not any(text in line for text in expected)]
                    for lines in found)
        return Result(f'no warning, oops or hang in {count(len(run.console), "console line")}',
                      [Check(bool(run.console), SETUP, 'nothing on the console'),
                       Check(not bad, KERNEL, f'{count(len(bad), "line")} of trouble, the first: '
                             f'{bad[0] if bad else ""}'),
                       Check(not own, SETUP, f'{count(len(own), "line")} of trouble in the guest '
                             f'driver, the first: {own[0] if own else ""}')])
    return rule


def invalidated(run):
    """Translations that are no longer valid have been invalidated."""
    seen = blame.looks(run, run.stages)
    if not all(look.complete for _, look in seen):
        raise NotApplicable  # The event log was cut.
    sent = sum(sum(look.sent.values()) for _, look in seen)
    found = blame.caches(run, *run.stages)
    return Result(f'{count(sent, "invalidation")} of the PASID; at {count(len(seen), "stage")} all '
                  'that was given out agrees with the page tables',
                  [Check(not found, found.party, found.figure)] if found else [])


def caches_forget(run):
    """Caches hold nothing for a PASID without page tables once all was invalidated."""
    seen = forgotten.judged(run)
    if not seen:
        raise NotApplicable
    kept = [f'{name}: {what}' for name, tag, _ in seen
            if (what := forgotten.left(run, name, tag))]
    return Result(f'nothing of the PASID in the caches at {count(len(seen), "stage")}, '
                  f'{count(seen[0][2], "translation")} before', [
        Check(not kept, MODEL, 'all had been invalidated, and the models hold at '
              + '; '.join(kept))], MODEL)


def contract(provoked=()):
    """The checker of the models has found no broken rule but the provoked ones.

    provoked: ids of rules of the checker that the guest driver breaks because the
    scenario tells it to.
    """
    def rule(run):
        if run.contract is None:
            raise NotApplicable
        events, violations, whole = run.contract
        new = tuple(v for v in violations if v.party != KERNEL or v.rule not in provoked)
        if not new and not whole:
            raise NotApplicable  # What was there before a move it does not know.
        missed = sorted(set(provoked) - {v.rule for v in violations}) if run.complete else ()
        party, evidence = contracts.first(new) if new else (SETUP, '')
        return Result(f'no rule broken in {count(events, "event")}'
                      + (f' but, on purpose, {", ".join(provoked)}' if provoked else ''),
                      [Check(not new, party, evidence),
                       Check(bool(events), SETUP, 'the checker saw no event'),
                       Check(not missed, MODEL, 'the driver broke it on purpose, and the checker '
                             f'did not notice: {", ".join(missed)}')],
                      violations=new)
    return rule


def answers(intervals):
    """Each answer of the kernel belongs to a request, and each request gets one answer."""
    def rule(run):
        given, checks, with_device = 0, [], stages_with_device(run)
        for first, last in intervals:
            last = last or with_device[-1]
            for what, names, side, stray in counters.ANSWERS:
                if names[0] not in stage(run, last).iommu:
                    continue        # This IOMMU does not stall.
                sent = between(run, 'iommu', names, first, last)
                wrong = between(run, side, (stray,), first, last)
                given += sent
                checks.append(Check(not wrong, KERNEL, f'{wrong:,} of {sent:,} {what} belong to '
                                    f'no request ({stray})'))
        if not given and all(check.holds for check in checks):
            raise NotApplicable
        return Result(f'{count(given, "answer")}, each to a request', checks)
    return rule


def models_agree(intervals):
    """IOMMU and accelerator count the same messages from both ends."""
    def rule(run):
        checks, messages = [], 0
        with_device = stages_with_device(run)
        for first, last in intervals:
            last = last or with_device[-1]
            for what, ours, theirs in (*counters.SAME, *iommu(run).same):
                here = between(run, 'iommu', ours, first, last)
                there = between(run, 'accel', theirs, first, last)
                messages += here
                checks.append(Check(here == there, MODEL, f'{what}: {here:,} at the IOMMU, '
                                    f'{there:,} at the device'))
        checks += [stays_zero(run, name, culprit, last) for name, culprit in counters.NEVER]
        return Result(f'{count(messages, "message")} counted alike at both ends', checks, MODEL)
    return rule


def stays_zero(run, name, culprit, last):
    """An IOMMU counter that stays zero if kernel and device keep to the protocol."""
    text = f'{name}: {total(run, name, last):,}'
    lost = stage(run, last).iommu.get(counters.ATC_LOST)
    if name == 'atc-timeouts' and lost:
        culprit = KERNEL
        text += f'; {count(lost, "completion")} came while translation was off'
    return Check(not total(run, name, last), culprit, text)
