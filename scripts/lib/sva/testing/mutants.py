# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernels that are broken on purpose, as a suite of tests."""

from ..guest import specs
from ..runs import mutation
from ..setup import linux
from ..util import files, paths
from .junit import Case, FAIL, PASS
from .slots import MACHINE

# For every day: each of another kind.
FEW = {'x86_64': ('pasid-freed-at-exit', 'range-ends-early', 'release-no-devtlb',
                  'unbind-no-drain'),
       'aarch64': ('smmu-no-cfgi-cd', 'smmu-range-no-atc-inv', 'smmu-release-no-tlbi',
                   'smmu-stall-kept')}


def plan(tier):
    """What runs: a few of them, or all with their controls in the thorough tier."""
    if tier == 'thorough':
        return mutation.plan(list(FEW), ())
    return [words for arch, names in FEW.items() for words in mutation.plan([arch], names)
            if words[1]]


def names(tier):
    return mutation.labels(plan(tier))


def prepare(tier):
    """Build the kernels that are not there yet."""
    return {arch: specs.set_up(arch, linux.VARIANTS)
            for arch in dict.fromkeys(words[0] for words in plan(tier))}


def run(tier, jobs, chosen=None):
    """A case for each, on kernels that are there; chosen: names of some."""
    todo, base = plan(tier), paths.build('mutants')
    if chosen is not None:
        todo = [words for words, name in zip(todo, names(tier)) if name in chosen]
    files.remove(base)
    makers = {arch: specs.built(arch, linux.VARIANTS)
              for arch in dict.fromkeys(words[0] for words in todo)}
    return [case(outcome) for outcome in mutation.run(
        todo, makers, base, jobs.at_once(MACHINE), lambda outcome: None,
        gate=lambda: jobs.one(MACHINE))]


def case(outcome):
    """One that is caught passes, and so does a sound kernel that nobody accuses."""
    return Case(mutation.label(outcome.arch, outcome.name, outcome.scenario, outcome.adversary),
                PASS if outcome.caught else FAIL,
                '' if outcome.caught else mutation.row(outcome), outcome.seconds)
