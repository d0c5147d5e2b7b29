# SPDX-License-Identifier: GPL-2.0-or-later
"""Known findings: rules that released kernels are known to break.

The list is tests/functional/findings.json. A broken rule becomes 'known' only
if the kernel's version and architecture, the scenario, the rule and the evidence
all match. An entry without "arch" is for all architectures.
"""

import json
import re
from dataclasses import dataclass, replace

from ..judge import contract, verdict
from ..setup import arch as arches
from ..util import paths
from ..util.errors import SvaError

FILE = paths.ROOT / 'tests/functional/findings.json'


@dataclass(frozen=True)
class Finding:
    """One entry of the list; kernels holds (from, before) version tuples."""
    id: int
    title: str
    kernels: tuple
    scenario: str
    rules: dict
    description: str
    archs: tuple
    # It depends on a race, or on liberties of the models: it need not appear in each run.
    sometimes: bool = False

    def covers(self, scenario, version, arch):
        return arch in self.archs and re.fullmatch(self.scenario, scenario) is not None and any(
            low <= version and (high is None or version < high) for low, high in self.kernels)

    def explains(self, broken):
        pattern = self.rules.get(broken.rule)
        return pattern is not None and re.search(pattern, broken.evidence) is not None

    @property
    def label(self):
        return f'finding {self.id}: {self.title}'


def parse_version(release):
    """'7.2.13-amd64' -> (7, 2, 13); a release candidate sorts with its release."""
    match = re.match(r'(\d+)\.(\d+)(?:\.(\d+))?', release)
    if not match:
        raise SvaError(f'kernel release {release!r} has no version number')
    return tuple(int(part or 0) for part in match.groups())


def load(path=FILE):
    try:
        entries = json.loads(path.read_text(encoding='utf-8'))['findings']
        return [_finding(entry) for entry in entries]
    except (OSError, ValueError, KeyError, TypeError) as e:
        raise SvaError(f'{path}: not a list of findings: {e}') from e


def _finding(entry):
    kernels = tuple((parse_version(span['from']),
                     parse_version(span['before']) if 'before' in span else None)
                    for span in entry['kernels'])
    for pattern in [entry['scenario'], *entry['rules'].values()]:
        re.compile(pattern)
    archs = tuple(arches.get(name).name for name in entry.get('arch', arches.ALL))
    return Finding(entry['id'], entry['title'], kernels, entry['scenario'], entry['rules'],
                   entry['description'], archs, entry.get('sometimes', False))


def apply(verdicts, findings, release, strict=False, arch=arches.DEFAULT):
    """Mark what is known; with strict, an absent known finding is a failure.

    Strict is for the project's own tests, where a listed kernel that keeps
    the rule means that the list, or a judge, has gone wrong.
    """
    version = parse_version(release)
    return [_apply_one(v, findings, (v.scenario, version, arch), strict) for v in verdicts]


def _apply_one(item, findings, where, strict):
    listed = [f for f in findings if f.covers(*where) and item.rule in f.rules]
    if not listed or item.result == verdict.ERROR:
        return item
    item = replace(item, expected=verdict.KNOWN)
    if item.violations:
        return _apply_contract(item, listed)
    if item.result == verdict.PASS:
        if not strict or all(finding.sometimes for finding in listed):
            return item
        return replace(item, result=verdict.FAIL, party=verdict.SETUP, finding=listed[0].label,
                       evidence=f'finding {listed[0].id} no longer appears: {item.evidence}')
    for finding in listed:
        # A model that breaks the rule is never excused by a kernel's finding.
        if item.party == verdict.KERNEL and finding.explains(item):
            return replace(item, result=verdict.KNOWN, finding=finding.label)
    return item


def _apply_contract(item, listed):
    """Each violation has to be explained; those that are not are told first."""
    def explains(violation):
        return next((f.label for f in listed if violation.party == verdict.KERNEL
                     and re.search(f.rules[item.rule], violation.line)), '')

    violations = contract.explained(item.violations, explains)
    new = [v for v in violations if not v.finding]
    if not new:
        return replace(item, result=verdict.KNOWN, finding=violations[0].finding,
                       violations=violations)
    party, evidence = contract.first(new)
    return replace(item, party=party, evidence=evidence, violations=violations)
