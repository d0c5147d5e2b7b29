# SPDX-License-Identifier: GPL-2.0-or-later
"""Verdicts as KCIDB takes them: the reports of kernel testing systems to KernelCI.

Version 5.3 of the schema (kcidb_io/schema/v05_03.py of kernelci/kcidb-io). What is judged are
kernels; broken ones and the tests of this project are no part of it.
"""

import argparse
import re

from ..judge import verdict
from ..runs import report
from ..util import files

VERSION = {'major': 5, 'minor': 3}
ORIGIN = 'qemu_sva'
# Of a text about a test.
MOST_EXCERPT = 16384
# The worst one counts for a scenario.
FAIL, ERROR, MISS, PASS = ORDER = ('FAIL', 'ERROR', 'MISS', 'PASS')
FINDING = re.compile(r'finding (\d+): ')


def origin(word):
    """The name of a system that reports, as KCIDB has them."""
    if not re.fullmatch('[a-z0-9_]+', word):
        raise argparse.ArgumentTypeError(f'{word}: an origin has small letters, digits and _ alone')
    return word


def to_json(merged, by=ORIGIN):
    return report.as_json(Report(merged, by).record())


class Report:
    """Objects that lead to each other by their ids; the same results have the same ids."""

    def __init__(self, merged, by):
        self.merged = merged
        self.by = by
        self.key = files.content_key(report.as_json([merged.runs, *(
            v.to_json() for v in merged.verdicts)]))
        self.began = {name: run['began'] for run in merged.runs for name in run['cases']
                      if run['began']}
        self.checkouts, self.builds, self.tests = {}, {}, []
        self.issues, self.incidents = {}, []

    def record(self):
        for unit in self.merged.scenarios:
            self.add(unit)
        return {'version': VERSION, 'checkouts': list(self.checkouts.values()),
                'builds': list(self.builds.values()), 'tests': self.tests,
                'issues': list(self.issues.values()), 'incidents': self.incidents}

    def object(self, *words, **members):
        return {'id': f'{self.by}:{".".join(words)}', 'origin': self.by, **members}

    def add(self, unit):
        first, build = unit.content[0], self.build(unit.content[0])
        common = {'build_id': build, 'environment': {'comment': 'QEMU with qemu-sva'}}
        if unit.name in self.began:
            common['start_time'] = self.began[unit.name]
        path = f'sva.{_word(first.scenario)}'
        self.tests.append(self.object(self.key, unit.name, **common, path=path, status=min(
            map(_status, unit.content), key=ORDER.index), duration=first.seconds))
        for item in unit.content:
            self.add_rule(unit.name, item, path, common)

    def add_rule(self, name, item, path, common):
        state, rule = _word(item.state), _word(item.rule)
        lines = [item.evidence, *(line for v in item.violations for line in v.lines())]
        found = self.object(
            self.key, name, state, rule, **common, path=f'{path}.{state}.{rule}',
            status=_status(item), log_excerpt='\n'.join(lines)[:MOST_EXCERPT],
            misc={key: getattr(item, key) for key in ('party', 'state', 'result', 'expected')})
        self.tests.append(found)
        number = FINDING.match(item.finding)
        if number:
            self.add_incident(f'finding-{number[1]}', item.finding, found['id'])

    def add_incident(self, name, label, test):
        issue = self.object(name, version=1, comment=label,
                            culprit={'code': True, 'tool': False, 'harness': False})
        self.issues[name] = issue
        self.incidents.append(self.object(
            self.key, str(len(self.incidents) + 1), issue_id=issue['id'], issue_version=1,
            test_id=test, present=True))

    def build(self, item):
        """The id of the kernel of a verdict."""
        checkout = self.checkouts.setdefault(item.kernel, self.object(
            self.key, item.kernel, comment=f'Linux {item.kernel}', valid=True))
        words = [item.kernel, item.arch, *filter(None, [item.configuration])]
        name = {'config_name': item.configuration} if item.configuration else {}
        return self.builds.setdefault(tuple(words), self.object(
            self.key, *words, checkout_id=checkout['id'], architecture=item.arch, status=PASS,
            **name))['id']


def _status(item):
    """Only a kernel's mistake fails; a known one does, too, and has an incident.

    A broken model says nothing about the kernel.
    """
    if item.result == verdict.PASS:
        return PASS
    if item.result == verdict.ERROR:
        return MISS if item.party == verdict.SETUP else ERROR
    return ERROR if item.party in (verdict.MODEL, verdict.SETUP) else FAIL


def _word(text):
    """As a path may have it."""
    return re.sub('[^A-Za-z0-9_-]', '-', text)
