# SPDX-License-Identifier: GPL-2.0-or-later
"""JUnit files: what meson, what the runner of Python tests and what `sva test` write."""

from typing import NamedTuple
from xml.etree import ElementTree

from ..runs import report
from ..util import shard, text, version

PASS, FAIL, SKIP = 'pass', 'fail', 'skip'


class Case(NamedTuple):
    name: str
    result: str
    detail: str = ''
    seconds: float = 0.0


def cases(xml):
    """Each case of a file, with the names of its suite and of its class."""
    for suite in ElementTree.fromstring(xml).iter('testsuite'):
        for node in suite.iter('testcase'):
            yield suite.get('name'), node.get('classname', ''), _case(node)


def _case(node):
    result, found = PASS, None
    for tag, meaning in (('skipped', SKIP), ('error', FAIL), ('failure', FAIL)):
        if node.find(tag) is not None:
            result, found = meaning, node.find(tag)
    detail = '' if found is None else (found.text or '').strip() or found.get('message') or ''
    return Case(node.get('name'), result, detail, float(node.get('time') or 0))


def of_meson(xml):
    """Cases of C tests; 'project:suites / program': the program is enough.

    That is the name of the suite, or of the only case of a test that is not TAP.
    """
    return [case._replace(name=f'{suite.split(" / ")[-1]}.{case.name}' if ' / ' in suite
                          else case.name.split(' / ')[-1])
            for suite, _, case in cases(xml)]


def of_python(xml):
    """Cases of Python tests; those that sub-tests are make one, which fails if one does."""
    merged = {}
    for _, group, case in cases(xml):
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


def count(found, result):
    return sum(case.result == result for case in found)


def tally(found):
    skipped = count(found, SKIP)
    return (f'{count(found, PASS)} passed, {count(found, FAIL)} failed'
            + (f', {skipped} skipped' if skipped else ''))


# Properties of a suite: the version of the tool, the part of a run, and what was dealt.
TOOL, SHARD, WHOLE = 'sva', 'shard', 'whole'


def to_xml(results, seconds, part=None, whole=()):
    """{suite: cases} and {suite: seconds} as `sva test` writes them; whole: the names dealt."""
    root = ElementTree.Element('testsuites', _counts(
        [case for found in results.values() for case in found], sum(seconds.values())))
    properties = {TOOL: version.text(),
                  **({SHARD: str(part), WHOLE: shard.key(whole)} if part else {})}
    for name, found in results.items():
        root.append(suite(name, found, seconds[name], properties))
    return report.xml(root)


def runs(xml):
    """[{'tool': ..., 'shard': ..., 'whole': ...}] of what to_xml() wrote, none of any other file."""
    found = []
    for node in ElementTree.fromstring(xml).iter('testsuite'):
        values = {one.get('name'): one.get('value') for one in node.iterfind('properties/property')}
        run = {'tool': values.get(TOOL), 'shard': values.get(SHARD), 'whole': values.get(WHOLE)}
        if run['tool'] and run not in found:
            found.append(run)
    return found


def suite(name, found, seconds, properties):
    """The element of a suite."""
    node = ElementTree.Element('testsuite', _counts(found, seconds), name=name)
    box = ElementTree.SubElement(node, 'properties') if properties else None
    for key, value in properties.items():
        ElementTree.SubElement(box, 'property', name=key, value=value)
    for case in found:
        item = ElementTree.SubElement(node, 'testcase', name=case.name, classname=name,
                                      time=f'{case.seconds:.3f}')
        if case.result == FAIL:
            ElementTree.SubElement(item, 'failure').text = text.block(case.detail)
        elif case.result == SKIP:
            ElementTree.SubElement(item, 'skipped', message=text.printable(case.detail))
    return node


def _counts(found, seconds):
    return {'tests': str(len(found)), 'failures': str(count(found, FAIL)), 'errors': '0',
            'skipped': str(count(found, SKIP)), 'time': f'{seconds:.3f}'}
