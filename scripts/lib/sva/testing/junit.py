# SPDX-License-Identifier: GPL-2.0-or-later
"""JUnit files: what meson, and what the runner of Python tests write."""

from typing import NamedTuple
from xml.etree import ElementTree

PASS, FAIL, SKIP = 'pass', 'fail', 'skip'


class Case(NamedTuple):
    name: str
    result: str
    detail: str = ''
    seconds: float = 0.0


def cases(text):
    """Each case of a file, with the names of its suite and of its class."""
    for suite in ElementTree.fromstring(text).iter('testsuite'):
        for node in suite.iter('testcase'):
            yield suite.get('name'), node.get('classname', ''), _case(node)


def _case(node):
    result, found = PASS, None
    for tag, meaning in (('skipped', SKIP), ('error', FAIL), ('failure', FAIL)):
        if node.find(tag) is not None:
            result, found = meaning, node.find(tag)
    detail = '' if found is None else (found.text or '').strip() or found.get('message') or ''
    return Case(node.get('name'), result, detail, float(node.get('time') or 0))


def of_meson(text):
    """Cases of C tests; 'project:suites / program': the program is enough.

    That is the name of the suite, or of the only case of a test that is not TAP.
    """
    return [case._replace(name=f'{suite.split(" / ")[-1]}.{case.name}' if ' / ' in suite
                          else case.name.split(' / ')[-1])
            for suite, _, case in cases(text)]


def of_python(text):
    """Cases of Python tests; those that sub-tests are make one, which fails if one does."""
    merged = {}
    for _, group, case in cases(text):
        # 'test_x (i=1)' is a sub-test; setUpClass has no class and is named so, too.
        name, _, parameters = case.name.partition(' ') if group else (case.name, '', '')
        name = f'{group}.{name}' if group else name
        detail = f'{parameters}\n{case.detail}' if parameters else case.detail
        merged.setdefault(name, []).append(case._replace(name=name, detail=detail))
    return [_merge(parts) for parts in merged.values()]


def _merge(parts):
    results = {case.result for case in parts}
    result = next(one for one in (FAIL, SKIP, PASS) if one in results)
    return Case(parts[0].name, result,
                '\n'.join(case.detail for case in parts if case.result == result),
                sum(case.seconds for case in parts))
