# SPDX-License-Identifier: GPL-2.0-or-later
"""The form in which a scenario states its rules, and how a run is held to them.

A rule is a function of the run that returns a Claim: what is to be shown when
the rule is kept, and the checks that must all hold. A check that fails names
its culprit, which is a party, or a function of the run that finds it (blame.py);
a check with culprit SETUP says that the run did not test the rule at all, which
is an error and never a pass.
"""

from dataclasses import replace
from typing import NamedTuple

from ..guest import kmsg
from ..judge import counters, iommus, verdict
from ..judge.verdict import KERNEL, MODEL, OVERALL, SETUP, UNDECIDED, Verdict
from . import blame, forgotten


class Check(NamedTuple):
    holds: bool
    culprit: object
    text: str


class Claim(NamedTuple):
    evidence: str
    checks: list
    # Who is under test; shown with a pass.
    party: str = KERNEL


class Rule(NamedTuple):
    state: str
    name: str
    claim: object


class Missing(Exception):
    """A fact or a counter that a rule needs was not reported."""


class NotOwed(Exception):
    """The kernel does not owe this rule on this architecture: no verdict."""


def judge(run, rules, spans=((None, None),), trouble=()):
    """Hold a run to its rules, and to those that every run must keep.

    trouble: what the kernel may print though it means trouble elsewhere.

    spans: stages between which both models count the same messages; None is
    power-on, or the last stage. The accelerator is idle at all of them, and a
    reset of it, which forgets its counters, lies between two spans.
    """
    name = run.scenario.split(',')[0]
    if run.death:
        party, reason = run.death
        return [Verdict(name, OVERALL, 'health', party, verdict.FAIL, reason)]
    if not run.complete:
        return broken_off(run, name, rules, trouble)
    common = [Rule(OVERALL, 'program', program), Rule(OVERALL, 'health', health(trouble))]
    if any(stage.accel and stage.iommu is not None for stage in run.stages.values()):
        common.insert(0, Rule(OVERALL, 'models-agree', models_agree(spans)))
        common.insert(0, Rule(OVERALL, 'answers', answers(spans)))
    if any(stage.look and stage.look.rid is not None for stage in run.stages.values()):
        common.insert(0, Rule(OVERALL, 'forgotten', caches_forget))
        common.insert(0, Rule(OVERALL, 'invalidated', invalidated))
    held = [_hold(name, run, rule) for rule in [*rules, *common]]
    return program_last([verdict_ for verdict_ in held if verdict_])


def program_last(held):
    """The program's own checks say less than the rules: whom those blame, it blames."""
    others = [item for item in held if item.result == verdict.FAIL and item.rule != 'program'
              and item.party != UNDECIDED]
    return [replace(item, party=others[0].party, evidence=f'{item.evidence}; see {others[0].rule}')
            if others and (item.rule, item.party) == ('program', UNDECIDED) else item
            for item in held]


def broken_off(run, name, rules, trouble):
    """Of a run that did not come to its end: what was broken until then, and why it ended.

    What was kept so far proves nothing, and what was not reached says nothing.
    """
    reason = run.error or (f'the guest program ended with status {run.status}'
                           if run.status is not None else 'the scenario did not end')
    reached = [*rules, Rule(OVERALL, 'health', health(trouble))] if run.stages else []
    if any(stage.look and stage.look.rid is not None for stage in run.stages.values()):
        reached.insert(len(rules), Rule(OVERALL, 'invalidated', invalidated))
    held = [_hold(name, run, rule) for rule in reached]
    held = [item for item in held if item and item.result == verdict.FAIL]
    found = blame.hang(run)
    if found:
        held.append(Verdict(name, OVERALL, 'complete', found.party, verdict.FAIL,
                            f'{reason}; {found.figure}'))
    else:
        held.append(Verdict(name, OVERALL, 'complete', SETUP, verdict.ERROR, reason))
    return held


def _hold(scenario, run, rule):
    def result(party, outcome, evidence):
        return Verdict(scenario, rule.state, rule.name, party, outcome, evidence)
    try:
        claim = rule.claim(run)
    except NotOwed:
        return None
    except Missing as e:
        return result(SETUP, verdict.ERROR, str(e))
    for check in claim.checks:
        if not check.holds:
            party, figure = found_by(check.culprit, run)
            outcome = verdict.ERROR if party == SETUP else verdict.FAIL
            told = not figure or figure in check.text
            return result(party, outcome, check.text if told else f'{check.text}; {figure}')
    return result(claim.party, verdict.PASS, claim.evidence)


def found_by(culprit, run):
    """(party, figure that decided) of a check that has failed."""
    return culprit(run) if callable(culprit) else (culprit, '')


def number(run, key):
    value = run.number(key)
    if value is None:
        raise Missing(f'the guest did not report {key}')
    return value


def numbers(run, prefix, *names):
    """Several facts with one prefix."""
    return [number(run, f'{prefix}.{name}') for name in names]


def text(run, key):
    value = run.fact(key)
    if value is None:
        raise Missing(f'the guest did not report {key}')
    return value


def iommu(run):
    """What the run's IOMMU and its driver do differently; see iommus.py."""
    return iommus.of_arch(run.arch)


def stage(run, name):
    if name not in run.stages:
        raise Missing(f'the scenario did not come to stage {name}')
    return run.stages[name]


def entry(run, name):
    found = stage(run, name).entry
    if found is None:
        raise Missing(f'the {iommu(run).entry} was not read at stage {name}')
    return found


def moved(run, side, counter, first, last):
    """How far a model's counter went between two stages."""
    stage(run, first)
    stage(run, last)
    value = run.moved(side, counter, first, last)
    if value is None:
        raise Missing(f'the model has no counter {counter}')
    return value


def total(run, counter, name):
    """An IOMMU counter at a stage."""
    found = stage(run, name).iommu
    if not found or counter not in found:
        raise Missing(f'the model has no counter {counter}')
    return found[counter]


def faults(run, name):
    """DMA faults of the accelerator, or of all devices, recorded until a stage.

    The counter knows no function, and counts interrupt requests as well: it serves
    where the events were not followed.
    """
    look = stage(run, name).look
    if look and look.complete:
        return blame.dma_faults(look, look.rid)
    return total(run, counters.FAULTS, name)


def more_faults(run, first, last):
    return faults(run, last) - faults(run, first)


def register(run, name, which):
    """A register of the IOMMU at a stage."""
    found = stage(run, name).registers
    if which not in found:
        raise Missing(f'register {which} was not read at stage {name}')
    return found[which]


def modes(run):
    return text(run, 'mode').split('+')


def probe(run, when, kind):
    """(result, rights) of a single transaction."""
    words = text(run, f'probe.{when}.{kind}').split()
    if len(words) < 2:
        raise Missing(f'the guest did not report probe.{when}.{kind} in full')
    return words[0], words[1]


def count(value, noun, plural=None):
    return f'{value:,} {noun if value == 1 else plural or noun + "s"}'


def program(run):
    """What the guest program itself checked."""
    failed = run.failed_checks()
    return Claim(f'{count(len(run.checks), "check")} of the guest program, all ok',
                 [Check(not failed, blame.work, f'{count(len(failed), "check")} of the guest '
                        f'program failed, the first: {failed[0] if failed else ""}')], MODEL)


def health(expected=()):
    """The kernel printed nothing that means trouble, but what is expected."""
    def claim(run):
        found = kmsg.blame(run.console)
        found = found if any(found) else kmsg.blame(run.kmsg())
        bad, own = ([line for line in lines if not any(text in line for text in expected)]
                    for lines in found)
        return Claim(f'no warning, oops or hang in {count(len(run.console), "console line")}',
                     [Check(bool(run.console), SETUP, 'nothing on the console'),
                      Check(not bad, KERNEL, f'{count(len(bad), "line")} of trouble, the first: '
                            f'{bad[0] if bad else ""}'),
                      Check(not own, SETUP, f'{count(len(own), "line")} of trouble in the guest '
                            f'driver, the first: {own[0] if own else ""}')])
    return claim


def invalidated(run):
    """What was given out is taken back when it holds no more."""
    seen = blame.looks(run, run.stages)
    if not all(look.complete for _, look in seen):
        raise NotOwed           # The log could not hold everything.
    sent = sum(sum(look.sent.values()) for _, look in seen)
    found = blame.caches(run, *run.stages)
    return Claim(f'{count(sent, "invalidation")} of the PASID; at {count(len(seen), "stage")} all '
                 'that was given out agrees with the page tables',
                 [Check(not found, found.party, found.figure)] if found else [])


def caches_forget(run):
    """Caches hold nothing of a PASID that leads nowhere, when all was taken back."""
    seen = forgotten.judged(run)
    if not seen:
        raise NotOwed
    kept = [f'{name}: {what}' for name, tag, _ in seen
            if (what := forgotten.left(run, name, tag))]
    return Claim(f'nothing of the PASID in the caches at {count(len(seen), "stage")}, '
                 f'{count(seen[0][2], "translation")} before', [
        Check(not kept, MODEL, 'all had been invalidated, and the models hold at '
              + '; '.join(kept))], MODEL)


def answers(spans):
    """What the kernel answers was asked, and is answered once."""
    def claim(run):
        given, checks, with_device = 0, [], stages_with_device(run)
        for first, last in spans:
            last = last or with_device[-1]
            for what, names, side, stray in counters.ANSWERS:
                if names[0] not in stage(run, last).iommu:
                    continue        # An IOMMU that stalls nothing.
                sent = between(run, 'iommu', names, first, last)
                wrong = between(run, side, (stray,), first, last)
                given += sent
                checks.append(Check(not wrong, KERNEL, f'{wrong:,} of {sent:,} {what} belong to '
                                    f'no request ({stray})'))
        if not given and all(check.holds for check in checks):
            raise NotOwed
        return Claim(f'{count(given, "answer")}, each to a request', checks)
    return claim


def stages_with_device(run):
    return [name for name, found in run.stages.items() if found.accel]


def models_agree(spans):
    """IOMMU and accelerator count the same messages from both ends."""
    def claim(run):
        checks, messages = [], 0
        with_device = stages_with_device(run)
        for first, last in spans:
            last = last or with_device[-1]
            for what, ours, theirs in (*counters.SAME, *iommu(run).same):
                here = between(run, 'iommu', ours, first, last)
                there = between(run, 'accel', theirs, first, last)
                messages += here
                checks.append(Check(here == there, MODEL, f'{what}: {here:,} at the IOMMU, '
                                    f'{there:,} at the device'))
        checks += [stays_zero(run, name, culprit, last) for name, culprit in counters.NEVER]
        return Claim(f'{count(messages, "message")} counted alike at both ends', checks, MODEL)
    return claim


def stays_zero(run, name, culprit, last):
    """An IOMMU counter that a kernel and a device that keep the protocol leave alone."""
    text = f'{name}: {total(run, name, last):,}'
    lost = stage(run, last).iommu.get(counters.ATC_LOST)
    if name == 'atc-timeouts' and lost:
        culprit = KERNEL
        text += f'; {count(lost, "completion")} came while translation was off'
    return Check(not total(run, name, last), culprit, text)


def between(run, side, names, first, last):
    """What several counters of a model counted between two stages."""
    found = 0
    for name in names:
        values = [getattr(stage(run, at), side).get(name) for at in (first, last) if at]
        if None in values:
            raise Missing(f'a model has no counter {name}')
        found += values[-1] - (values[0] if first else 0)
    return found
