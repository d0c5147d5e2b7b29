# SPDX-License-Identifier: GPL-2.0-or-later
"""The merged result as JSON, as JUnit and as a page."""

from xml.etree import ElementTree

from ..judge import verdict
from ..runs import mutation, report
from ..testing import junit, mutants
from ..timeline import report as pages
from ..util import files
from .inputs import MERGED

JUNIT = 'merged.xml'
# Suites of the JUnit beside those of the scenarios and of `sva test`.
KERNELS, POINTS, MERGING = 'sva mutants', 'sva explore', 'sva merge'
# Of a page: rows for tests that passed would hide the others.
PASSED = 'passed'


def to_json(merged):
    """Read again by inputs.py."""
    return report.as_json({
        'format': report.FORMAT, 'runs': merged.runs,
        'problems': [one._asdict() for one in merged.problems],
        'verdicts': [v.to_json() for v in merged.verdicts], **mutation.members(merged.outcomes),
        'explored': [one.to_json() for one in merged.explored],
        'tests': [{'suite': suite, **one._asdict()} for suite, found in merged.cases().items()
                  for one in found]})


def to_junit(merged):
    root = ElementTree.fromstring(report.junit(merged.verdicts))
    suites = dict(merged.cases())
    if merged.outcomes:
        suites[KERNELS] = [mutants.case(one) for one in merged.outcomes]
    if merged.points:
        suites[POINTS] = list(map(_point, merged.explored))
    if merged.problems:
        suites[MERGING] = [junit.Case(f'{n} {one.kind}', junit.FAIL, one.text)
                           for n, one in enumerate(merged.problems, 1)]
    for name, found in suites.items():
        seconds = sum(one.seconds for one in found)
        root.append(junit.suite(name, found, seconds, {}))
        _add_counts(root, root[-1])
    return report.xml(root)


def _add_counts(root, suite):
    for key in ('tests', 'failures', 'errors', 'skipped'):
        root.set(key, str(int(root.get(key)) + int(suite.get(key))))
    root.set('time', f'{float(root.get("time")) + float(suite.get("time")):.3f}')


def write(directory, merged):
    """All files; the path of the page."""
    files.write(directory / MERGED, to_json(merged))
    files.write(directory / JUNIT, to_junit(merged))
    return pages.write_page(directory / pages.NAME, directory.resolve().name, entries(merged))


def entries(merged):
    """What the page shows; the logs are where they were."""
    found = [_scenario(unit) for unit in merged.scenarios]
    found += [one for unit in merged.kernels for one in _kernel(unit)]
    points = {}
    for one in merged.explored:
        points.setdefault((one.arch, one.scenario), []).append(_point(one))
    found += [_suite(POINTS, f'{arch}.{name}', cases, 'points')
              for (arch, name), cases in points.items()]
    return found + [_suite('sva test', name, cases, 'tests')
                    for name, cases in merged.cases().items()]


def _point(one):
    return junit.Case(one.name, junit.FAIL if one.outcome.rules else junit.PASS,
                      one.outcome.evidence, one.outcome.seconds)


def _scenario(unit):
    first = unit.content[0]
    directory = unit.path.parent.joinpath(*filter(None, (
        first.configuration, first.arch, first.scenario)))
    return pages.entry(directory, first.configuration, first.arch, first.scenario,
                       [v.to_json() for v in unit.content])


def _kernel(unit):
    """The scenario of a broken kernel, if its logs were kept, under its name."""
    one = unit.content
    for entry in pages.scenarios(unit.path.parent / unit.name):
        yield {**entry, 'name': f'{entry["name"]} of {one.name or "(control)"}'}


def _suite(command, name, cases, noun):
    """Cases without a timeline; those that passed are one row."""
    result = {junit.FAIL: verdict.FAIL, junit.SKIP: verdict.KNOWN}
    rows = [_row(one.name, result[one.result], one.detail) for one in cases
            if one.result in result]
    passed = junit.count(cases, junit.PASS)
    if passed:
        rows.append(_row(PASSED, verdict.PASS, f'{passed} {noun}'))
    return {**pages.entry(None, '', command, name, []), 'verdicts': rows,
            'seconds': sum(one.seconds for one in cases)}


def _row(rule, result, evidence):
    return {'state': verdict.OVERALL, 'rule': rule, 'party': '', 'result': result,
            'evidence': evidence, 'finding': ''}
