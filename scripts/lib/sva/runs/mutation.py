# SPDX-License-Identifier: GPL-2.0-or-later
"""Do the rules name what is wrong with a kernel that is broken on purpose?"""

import contextlib
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple, Optional

from .. import scenarios
from ..guest import specs
from ..judge import contract, verdict
from ..setup import variants
from ..timeline import stream
from ..util import files, paths, shard
from ..util.errors import SvaError
from ..util.text import printable
from . import findings, judging, report, runner, sidebyside

# Of the JSON: one more when something in it changes its meaning.
FORMAT = 1
# A part of the name of a directory.
PLAIN = re.compile(r'[a-z0-9_][a-z0-9_,=-]*')
# In the directory of a run.
FILE = 'mutants.json'
ROW = '{:<9}{:<31}{:<36}{:<31}{:<8}{:>6}  {}'


@dataclass(frozen=True)
class Outcome:
    """What the rules said about one variant; about the kernel as it is without a name.

    A rule of the checker is contract:RULE.
    """
    arch: str
    name: str
    scenario: str
    expected: str
    reported: tuple     # rules that the kernel broke
    blamed: tuple       # rules broken by somebody else, or nobody can tell
    evidence: str
    seconds: float
    adversary: int = 0
    page: Optional[Path] = None     # the report page, if one was written

    @property
    def caught(self):
        """Named by the very rule; a kernel with nothing wrong is named by none."""
        if self.expected == variants.NONE:
            return not self.false
        return self.expected in self.reported

    @property
    def false(self):
        return self.expected == variants.NONE and bool(self.reported or self.blamed)

    def to_json(self):
        return {'arch': self.arch, 'name': self.name, 'scenario': self.scenario,
                'adversary': self.adversary, 'expected': self.expected,
                'reported': list(self.reported), 'blamed': list(self.blamed),
                'caught': self.caught,
                'evidence': self.evidence, 'seconds': round(self.seconds, 1)}


def plan(archs, names):
    """[(architecture, variant name or '', *Shown)]: the variants, then the controls.

    There is a control for each machine in which a variant is shown.
    """
    every = variants.load()
    unknown = [name for name in names if name not in every]
    if unknown:
        raise SvaError(f'there is no variant {", ".join(unknown)}; `sva mutants --list` names '
                       'them')
    chosen = [every[name] for name in names or every]
    found = [(arch, v.name, *v.shown[arch]) for arch in archs for v in chosen
             if arch in v.shown]
    if not found:
        raise SvaError(f'nothing shows {", ".join(names)} on {", ".join(archs)} guests')
    controls = dict.fromkeys((arch, scenario, adversary)
                             for arch, _, scenario, _, _, adversary in found)
    return found + [control(*words) for words in controls]


def control(arch, scenario, adversary):
    """The same for a kernel with which nothing is wrong."""
    return (arch, '', *variants.Shown(scenario, variants.NONE, adversary=adversary))


def controls(archs, number, names=(), first=0):
    """That many control runs of each architecture: round after round of the scenarios.

    The models are as usual in round 0 and take liberties in the others, each with its
    number as the seed; first is the round to begin with.
    """
    found = []
    for arch in archs:
        chosen = scenarios.of_arch(names or scenarios.DEFAULT, arch)
        if not chosen:
            raise SvaError(f'there is no scenario {", ".join(names)} for {arch} guests')
        found += [control(arch, chosen[n % len(chosen)], first + n // len(chosen))
                  for n in range(number)]
    return found


def label(arch, name, scenario, adversary=0):
    """One run among all of them; a control is known by its scenario."""
    seed = f'-{adversary}' if adversary else ''
    return f'{arch}.{name or f"control-{scenario}{seed}"}'


def labels(todo):
    return [label(arch, name, scenario, adversary)
            for arch, name, scenario, _, _, adversary in todo]


def of_shard(todo, part):
    """Those of a part of the run."""
    names = labels(todo)
    mine = set(shard.take(part, names, 'kernel'))
    return [words for words, name in zip(todo, names) if name in mine]


class Kept:
    """The outcomes until now, in a file: the rest may be interrupted."""

    def __init__(self, path, record):
        self.path = path
        self.record = record
        self.outcomes = []
        self.write()

    def add(self, outcome):
        self.outcomes.append(outcome)
        self.write()

    def write(self):
        files.write(self.path, to_json(self.outcomes, self.record))


def run(todo, makers, base, jobs, on_outcome, keep=False, gate=contextlib.nullcontext):
    """Boot a machine for each; the outcomes, as they come.

    makers: by architecture, see specs. Each has a directory below base that is like one of
    `sva check`. keep: the event stream and the report page of what went as expected, too.
    gate: what each boot is in, for whoever counts them.
    """
    known = findings.load()

    def one(words):
        with gate():
            return boot(*words)

    def boot(arch, name, scenario, rule, seconds, adversary):
        make = specs.appended(makers[arch], f'sva.variant={name}') if name else makers[arch]
        make = specs.changed(make, adversary=adversary)
        directory = base / label(arch, name, scenario, adversary)
        logs = directory / arch / scenario
        result = runner.run_scenario(make(logs, stream=True), scenario, known, timeout=seconds)
        outcome = _outcome(arch, name, scenario, rule, result, adversary)
        if outcome.caught and not keep:
            for path in stream.files(logs):
                path.unlink()
            return outcome
        report.write_all(directory, runner.with_release(result.verdicts))
        return replace(outcome, page=judging.make_page(directory))

    return sidebyside.run(jobs, one, todo, on_outcome)


def _outcome(arch, name, scenario, rule, result, adversary=0):
    accused, others = [], []
    for found in accusations(result.verdicts):
        (accused if found.party == verdict.KERNEL else others).append(found)
    first = next((a for a in accused if a.rule == rule), (accused or others or [None])[0])
    return Outcome(arch, name, scenario, rule, tuple(dict.fromkeys(a.rule for a in accused)),
                   tuple(dict.fromkeys(a.rule for a in others)),
                   f'{first.rule}: {first.evidence}' if first else '', result.seconds, adversary)


class Accusation(NamedTuple):
    """A broken rule, and who broke it."""
    rule: str
    party: str
    evidence: str


def accusations(verdicts):
    """Of all verdicts; for the rule `contract` those of the checker that nothing explains."""
    for v in verdicts:
        if v.result not in (verdict.FAIL, verdict.ERROR):
            continue
        if not v.violations:
            yield Accusation(v.rule, v.party if v.result == verdict.FAIL else verdict.SETUP,
                             v.evidence)
        for broken in v.violations:
            if not broken.finding:
                yield Accusation(f'{contract.RULE}:{broken.rule}', broken.party,
                                 broken.line.partition(': ')[2])


def header():
    return ROW.format('arch', 'variant', 'scenario', 'expected', 'caught', 's', 'reported')


def row(outcome):
    """The line of an outcome; with what was seen first if it is not as expected.

    ~SEED: the models took liberties. The page follows, if there is one.
    """
    others = f' ({", ".join(outcome.blamed)})' if outcome.blamed else ''
    name = outcome.name or '(control)'
    scenario = outcome.scenario + (f' ~{outcome.adversary}' if outcome.adversary else '')
    line = ROW.format(outcome.arch, name, scenario,
                      outcome.expected, 'yes' if outcome.caught else 'NO',
                      f'{outcome.seconds:.1f}', ', '.join(outcome.reported) + others).rstrip()
    more = [] if outcome.caught else report.wrap(outcome.evidence, 90) * bool(outcome.evidence)
    if outcome.page:
        more.append(f'report: {paths.shown(outcome.page)}')
    return '\n'.join([line, *(' ' * 9 + one for one in more)])


def summary(outcomes):
    broken = [o for o in outcomes if o.name and o.expected != variants.NONE]
    controls = [o for o in outcomes if o not in broken]
    caught, false = sum(o.caught for o in broken), sum(o.false for o in controls)
    return (f'{caught} of {len(broken)} broken kernels caught; {len(controls)} control runs, '
            f'{false} false reports')


def exit_status(outcomes):
    """0: all as expected; 1: a variant was missed, or a sound kernel accused."""
    return 0 if all(o.caught for o in outcomes) else 1


def to_json(outcomes, record=None):
    """record: see about.py."""
    return report.as_json({'format': FORMAT, **({'run': record} if record else {}),
                           **members(outcomes)})


def members(outcomes):
    controls = [o for o in outcomes if o.expected == variants.NONE]
    return {'mutants': [o.to_json() for o in outcomes if o not in controls],
            'controls': [o.to_json() for o in controls], 'control_runs': len(controls),
            'false_reports': sum(o.false for o in controls)}


def from_json(entry):
    """An outcome as to_json() has it; KeyError, TypeError or ValueError if it is none."""
    texts = [printable(entry[key]) for key in ('arch', 'name', 'scenario', 'expected')]
    if not all(PLAIN.fullmatch(one) for one in texts[:3] if one):
        raise ValueError(f'a kernel that is called {".".join(texts[:3])}')
    return Outcome(*texts, *(tuple(map(printable, entry.get(key, ()))) for key in
                             ('reported', 'blamed')),
                   printable(entry['evidence']), float(entry['seconds']), int(entry['adversary']))


def told(outcome):
    """What was seen, in a few words."""
    return ('caught' if outcome.caught else 'not as expected') + (
        f', {", ".join((*outcome.reported, *outcome.blamed))} reported'
        if outcome.reported or outcome.blamed else '')


def check(every):
    """SvaError if a variant names a scenario or an architecture that do not go together."""
    for v in every.values():
        for arch, (scenario, *_) in v.shown.items():
            if (scenario.partition(',')[0] not in scenarios.MODULES
                    or arch not in scenarios.arches_of(scenario)):
                raise SvaError(f'{v.path}: there is no scenario {scenario} for {arch} guests')
