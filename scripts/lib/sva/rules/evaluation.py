# SPDX-License-Identifier: GPL-2.0-or-later
"""Evaluate the rules of a scenario, and those of every run, into verdicts."""

from dataclasses import replace

from ..judge import verdict
from ..judge.verdict import OVERALL, SETUP, UNDECIDED, Verdict
from . import always, blame
from .facts import Missing
from .rule import NotApplicable, Rule

# For a device that was never reset.
FROM_POWER_ON = ((None, None),)


def evaluate(run, rules, intervals=FROM_POWER_ON, trouble=(), provoked=()):
    """The verdicts on a run by its rules, and by those that every run must keep.

    trouble: lines that the kernel may print here though they mean trouble elsewhere.

    provoked: see always.contract().

    intervals: stages between which both models count the same messages; None is
    power-on, or the last stage. The accelerator is idle at all of them, and a
    reset of it, which forgets its counters, lies between two intervals.
    """
    name = run.scenario.split(',')[0]
    contract = Rule(OVERALL, 'contract', always.contract(provoked))
    if run.death:
        party, reason = run.death
        return [Verdict(name, OVERALL, 'health', party, verdict.FAIL, reason),
                *if_broken(run, name, contract)]
    if run.stopped:
        return if_broken(run, name, contract)
    if not run.complete:
        return broken_off(run, name, rules, trouble, contract)
    found = [_evaluate(name, run, rule)
             for rule in [*rules, *_that_apply(run, common(intervals, trouble, provoked))]]
    return program_last([item for item in found if item])


def evaluate_always(run, trouble=(), provoked=()):
    """The verdicts on a run that need not have come to its end, by what no run may break."""
    name = run.scenario.split(',')[0]
    found = [Verdict(name, OVERALL, 'health', run.death[0], verdict.FAIL, run.death[1])
             if run.death else
             _evaluate(name, run, Rule(OVERALL, 'health', always.health(trouble))),
             _evaluate(name, run, Rule(OVERALL, 'contract', always.contract(provoked)))]
    return [item for item in found if item]


def common(intervals=FROM_POWER_ON, trouble=(), provoked=()):
    """The rules of every run."""
    return [Rule(OVERALL, 'invalidated', always.invalidated),
            Rule(OVERALL, 'forgotten', always.caches_forget),
            Rule(OVERALL, 'answers', always.answers(intervals)),
            Rule(OVERALL, 'models-agree', always.models_agree(intervals)),
            Rule(OVERALL, 'program', always.program),
            Rule(OVERALL, 'health', always.health(trouble)),
            Rule(OVERALL, 'contract', always.contract(provoked))]


# Of them, what needs counters at both ends, and what needs a look at the caches.
COUNTED = ('answers', 'models-agree')
LOOKED = ('invalidated', 'forgotten')


def _that_apply(run, rules):
    stages = run.stages.values()
    absent = () if any(s.accel and s.iommu is not None for s in stages) else COUNTED
    absent += () if any(s.look and s.look.rid is not None for s in stages) else LOOKED
    return [rule for rule in rules if rule.name not in absent]


def program_last(verdicts):
    """Let the rule `program` blame whom the other rules blame: its checks say less."""
    others = [item for item in verdicts if item.result == verdict.FAIL and item.rule != 'program'
              and item.party != UNDECIDED]
    return [replace(item, party=others[0].party, evidence=f'{item.evidence}; see {others[0].rule}')
            if others and (item.rule, item.party) == ('program', UNDECIDED) else item
            for item in verdicts]


def broken_off(run, name, rules, trouble, contract):
    """Verdicts on a run that broke off: the rules broken so far, and why it ended.

    A rule that was not broken so far is neither kept nor broken.
    """
    reason = run.error or (f'the guest program ended with status {run.status}'
                           if run.status is not None else 'the scenario did not end')
    reached = [*rules, Rule(OVERALL, 'health', always.health(trouble))] if run.stages else []
    if any(stage.look and stage.look.rid is not None for stage in run.stages.values()):
        reached.insert(len(rules), Rule(OVERALL, 'invalidated', always.invalidated))
    found = [_evaluate(name, run, rule) for rule in reached]
    broken = [item for item in found if item and item.result == verdict.FAIL]
    broken += if_broken(run, name, contract)
    cause = blame.hang(run)
    if cause:
        broken.append(Verdict(name, OVERALL, 'complete', cause.party, verdict.FAIL,
                              f'{reason}; {cause.figure}'))
    else:
        broken.append(Verdict(name, OVERALL, 'complete', SETUP, verdict.ERROR, reason))
    return broken


def if_broken(run, name, rule):
    """The verdict of a rule on a run that has no end, if the rule was broken."""
    found = _evaluate(name, run, rule)
    return [found] if found and found.result == verdict.FAIL else []


def _evaluate(scenario, run, rule):
    """One rule; None: it does not apply."""
    def made(party, outcome, evidence, violations=()):
        return Verdict(scenario, rule.state, rule.name, party, outcome, evidence,
                       violations=violations)
    try:
        result = rule.judge(run)
    except NotApplicable:
        return None
    except Missing as e:
        return made(SETUP, verdict.ERROR, str(e))
    for check in result.checks:
        if not check.holds:
            party, figure = found_by(check.culprit, run)
            outcome = verdict.ERROR if party == SETUP else verdict.FAIL
            told = not figure or figure in check.text
            return made(party, outcome, check.text if told else f'{check.text}; {figure}',
                        result.violations)
    return made(result.party, verdict.PASS, result.evidence)


def found_by(culprit, run):
    """(party, figure that decided) of a check that has failed."""
    return culprit(run) if callable(culprit) else (culprit, '')
