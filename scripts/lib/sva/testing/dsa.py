# SPDX-License-Identifier: GPL-2.0-or-later
"""Test suites of others for Intel DSA, on Debian's unmodified kernel, as a suite of tests."""

from typing import NamedTuple

from .. import scenarios
from ..guest import machine, specs
from ..judge import verdict
from ..runs import findings, report, runner
from ..scenarios import dsa_user_tests
from ..util import paths
from .junit import Case, FAIL, PASS
from .slots import MACHINE

ARCH = 'x86_64'
DEVICES = machine.devices_label(ARCH, machine.DSA_DEVICE)
TIMEOUT = 480
# Rules of every run, besides those of the scenario.
COMMON = ('models-agree', 'program', 'health', 'contract')
CORRUPT = 'corrupt=on'


class Part(NamedTuple):
    """One boot; broken: the rules that wrong data has to break, () if there is none."""
    scenario: str
    broken: tuple = ()

    @property
    def label(self):
        name = self.scenario.partition(',')[0]
        return f'{name}-corrupt' if self.broken else name

    @property
    def rules(self):
        """Those that must have a verdict."""
        module = scenarios.MODULES[self.scenario.partition(',')[0]]
        return self.broken or (*(rule.name for rule in module.RULES), *COMMON)


# The longest first.
PARTS = (
    Part('dsa-user-tests'), Part('dsa-dmadev'),
    Part(f'dsa-user-tests,{CORRUPT}', tuple(
        name for _, name, _ in dsa_user_tests.OPERATIONS if name not in dsa_user_tests.NO_RESULT)),
    Part(f'dsa-config-tests,{CORRUPT}', ('op-config',)), Part('dsa-config-tests'),
    # It ends at the first comparison.
    Part(f'dsa-dmadev,{CORRUPT}', ('api',)),
)


def names():
    return [f'{part.label}.{rule}' for part in PARTS for rule in part.rules]


def run(jobs):
    """A case for each rule: a group of programs, or what the models saw."""
    make_spec, known = specs.with_tools(ARCH), findings.load()

    def boot(part):
        logs = paths.build('dsa', part.label)
        result = runner.run_scenario(make_spec(logs), part.scenario, known,
                                     strict=not part.broken, timeout=TIMEOUT)
        report.write_all(logs, result.verdicts)
        return result
    cases, results = [], jobs.each(boot, PARTS, MACHINE)
    with open(paths.log('test-dsa'), 'w', encoding='utf-8') as log:
        for part, result in zip(PARTS, results):
            told = (report.header(ARCH, result.kernel, DEVICES, part.label, result.seconds)
                    + f'\n{report.table(result.verdicts)}')
            log.write(f'{told}\n')
            if not part.broken:
                jobs.say(told)
            cases += judge(part, result)
    return cases


def judge(part, result):
    """The cases of one boot; what wrong data does not break tests nothing."""
    found, cases = {item.rule: item for item in result.verdicts}, []
    # Some rules apply to some runs, as that on answers to page requests.
    others = () if part.broken else tuple(found)
    for rule in dict.fromkeys((*part.rules, *others)):
        item = found.get(rule)
        if item:
            detail = f'{item.result} ({item.party}): {item.evidence}'
            good = item.result == verdict.FAIL if part.broken else item.good
        else:
            why = '; '.join(f'{v.rule}: {v.evidence}' for v in result.verdicts if not v.good)
            detail, good = f'no verdict ({why})', False
        # One boot serves all of its rules.
        seconds = 0 if cases else result.seconds
        cases.append(Case(f'{part.label}.{rule}', PASS if good else FAIL, detail, seconds))
    return cases
