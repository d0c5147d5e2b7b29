# SPDX-License-Identifier: GPL-2.0-or-later
"""Do the rules name what is wrong with a kernel that is broken on purpose?"""

import json
import textwrap
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from .. import scenarios
from ..guest import specs
from ..judge import verdict
from ..setup import variants
from ..util.errors import SvaError
from . import findings, runner

# Of the JSON: one more when something in it changes its meaning.
FORMAT = 1
ROW = '{:<9}{:<31}{:<27}{:<17}{:<8}{:>6}  {}'


@dataclass(frozen=True)
class Outcome:
    """What the rules said about one variant; about the kernel as it is without a name."""
    arch: str
    name: str
    scenario: str
    expected: str
    reported: tuple     # rules that the kernel broke
    blamed: tuple       # rules broken by somebody else, or nobody can tell
    evidence: str
    seconds: float

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
                'expected': self.expected, 'reported': list(self.reported),
                'caught': self.caught, 'seconds': round(self.seconds, 1)}


def plan(archs, names):
    """[(architecture, variant name or '', *Shown)]: the variants, then the controls."""
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
    controls = dict.fromkeys((arch, scenario) for arch, _, scenario, *_ in found)
    return found + [(arch, '', *variants.Shown(scenario, variants.NONE))
                    for arch, scenario in controls]


def run(todo, makers, base, jobs, on_outcome):
    """Boot a machine for each; the outcomes, as they come.

    makers: by architecture, see specs.
    """
    known = findings.load()

    def one(arch, name, scenario, rule, seconds):
        make = specs.appended(makers[arch], f'sva.variant={name}') if name else makers[arch]
        result = runner.run_scenario(make(base / arch / (name or 'control') / scenario),
                                     scenario, known, timeout=seconds)
        return _outcome(arch, name, scenario, rule, result)

    with ThreadPoolExecutor(jobs) as pool:
        futures = [pool.submit(one, *words) for words in todo]
        try:
            for future in futures:
                on_outcome(future.result())
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [future.result() for future in futures]


def _outcome(arch, name, scenario, rule, result):
    bad = [v for v in result.verdicts if v.result in (verdict.FAIL, verdict.ERROR)]
    reported = [v for v in bad if v.result == verdict.FAIL and v.party == verdict.KERNEL]
    first = next((v for v in reported if v.rule == rule), (reported or bad or [None])[0])
    return Outcome(arch, name, scenario, rule, tuple(dict.fromkeys(v.rule for v in reported)),
                   tuple(dict.fromkeys(v.rule for v in bad if v not in reported)),
                   f'{first.rule}: {first.evidence}' if first else '', result.seconds)


def header():
    return ROW.format('arch', 'variant', 'scenario', 'expected', 'caught', 's', 'reported')


def row(outcome):
    """The line of an outcome; with what was seen first if it is not as expected."""
    others = f' ({", ".join(outcome.blamed)})' if outcome.blamed else ''
    line = ROW.format(outcome.arch, outcome.name or '(control)', outcome.scenario,
                      outcome.expected, 'yes' if outcome.caught else 'NO',
                      f'{outcome.seconds:.1f}', ', '.join(outcome.reported) + others).rstrip()
    if outcome.caught or not outcome.evidence:
        return line
    return f'{line}\n{textwrap.indent(textwrap.fill(outcome.evidence, 90), " " * 9)}'


def summary(outcomes):
    broken = [o for o in outcomes if o.name and o.expected != variants.NONE]
    controls = [o for o in outcomes if o not in broken]
    caught, false = sum(o.caught for o in broken), sum(o.false for o in controls)
    return (f'{caught} of {len(broken)} broken kernels caught; {len(controls)} control runs, '
            f'{false} false reports')


def exit_status(outcomes):
    """0: all as expected; 1: a variant was missed, or a sound kernel accused."""
    return 0 if all(o.caught for o in outcomes) else 1


def to_json(outcomes):
    controls = [o for o in outcomes if o.expected == variants.NONE]
    return json.dumps({'format': FORMAT, 'mutants': [o.to_json() for o in outcomes
                                                     if o not in controls],
                       'control_runs': len(controls),
                       'false_reports': sum(o.false for o in controls)}, indent=2) + '\n'


def check(every):
    """SvaError if a variant names a scenario or an architecture that do not go together."""
    for v in every.values():
        for arch, (scenario, *_) in v.shown.items():
            if scenario not in scenarios.MODULES or arch not in scenarios.arches_of(scenario):
                raise SvaError(f'{v.path}: there is no scenario {scenario} for {arch} guests')
