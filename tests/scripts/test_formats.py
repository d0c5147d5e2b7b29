# SPDX-License-Identifier: GPL-2.0-or-later
"""Verdicts as others read them: by the kernel's parser of KTAP, by a reader of JUnit that
others wrote, by a schema and by an XSD. None of them may be missing."""

import importlib
import io
import json
import sys
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))
# Where Debian has them, for a Python that comes from elsewhere.
sys.path.append('/usr/lib/python3/dist-packages')

import jsonschema  # noqa: E402
import junitparser  # noqa: E402
from lxml import etree  # noqa: E402

from sva import cli, scenarios  # noqa: E402
from sva.commands import test as cmd_test  # noqa: E402
from sva.judge import contract, verdict  # noqa: E402
from sva.judge.verdict import Verdict  # noqa: E402
from sva.runs import about, judging, report, runner  # noqa: E402
from sva.setup import arch, linux  # noqa: E402
from sva.testing import junit, suites  # noqa: E402
from sva.util import files, paths  # noqa: E402
from sva.util.shard import Shard  # noqa: E402

SCHEMA = json.loads((paths.ROOT / 'docs/specs/verdicts.schema.json').read_text('utf-8'))
XSD = etree.XMLSchema(etree.parse(str(Path(__file__).with_name('junit.xsd'))))

FINDING = 'finding 1: Linux >= 6.12.75'
# 'isolation' is a scenario and a rule of it: a parser goes by names.
SAMPLE = [
    ('kill', verdict.BOUND, 'data', verdict.KERNEL, verdict.PASS, 'fine # 1', ''),
    ('kill', verdict.GONE, 'silence', verdict.KERNEL, verdict.KNOWN, '8 lines', FINDING),
    ('kill', verdict.OVERALL, 'health', verdict.MODEL, verdict.FAIL, 'WARNING: <x> & \x1b', ''),
    ('isolation', verdict.BOUND, 'isolation', verdict.KERNEL, verdict.PASS, 'ok 7 - fine', ''),
    ('late', verdict.OVERALL, 'complete', verdict.SETUP, verdict.ERROR, '1..3', ''),
]


def sample(**more):
    found = [Verdict(scenario, state, rule, party, result, evidence, finding=finding,
                     expected=verdict.KNOWN if finding else verdict.PASS)
             for scenario, state, rule, party, result, evidence, finding in SAMPLE]
    return [replace(v.of('x86_64', '7.2.13', 9.6), **more) for v in found]


def kunit():
    """The kernel's parser, from the source that the set-up has at hand."""
    record = files.read_json(linux.source_record()) or files.read_json(
        paths.cache('linux', 'current.json'))
    if not record:
        raise AssertionError('no Linux source: run `sva setup --only linux-source`')
    tools = str(Path(record['tree'], 'tools/testing/kunit'))
    with mock.patch.object(sys, 'path', [tools, *sys.path]), \
            mock.patch.object(sys, 'dont_write_bytecode', True):
        return importlib.import_module('kunit_parser'), importlib.import_module('kunit_printer')


class Ktap(unittest.TestCase):

    def parse(self, verdicts):
        parser, printer = kunit()
        out = io.StringIO()
        found = parser.parse_run_tests(report.ktap(verdicts).splitlines(),
                                       printer.Printer(output=out))
        # Of the text, not of its own summary of it.
        self.assertEqual(found.counts.errors, 0, out.getvalue())
        return found

    def test_the_kernels_parser_counts_the_same(self):
        found = self.parse(sample())
        self.assertEqual((found.counts.passed, found.counts.failed, found.counts.skipped,
                          found.counts.crashed), (3, 2, 0, 0))
        self.assertEqual([test.name for test in found.subtests],
                         ['x86_64.kill', 'x86_64.isolation', 'x86_64.late'])
        self.assertEqual([[(test.name, test.status.name) for test in suite.subtests]
                          for suite in found.subtests],
                         [[('data', 'SUCCESS'), ('silence', 'SUCCESS'), ('health', 'FAILURE')],
                          [('isolation', 'SUCCESS')], [('complete', 'FAILURE')]])

    def test_all_kept_is_all_passed(self):
        found = self.parse([v for v in sample() if v.good])
        self.assertEqual(found.status.name, 'SUCCESS')
        self.assertEqual(found.counts.total(), 3)

    def test_lines(self):
        lines = report.ktap(sample()).splitlines()
        self.assertEqual(lines[:2], ['KTAP version 1', '1..3'])
        for line in ('  # Subtest: x86_64.kill', '  1..3', '  ok 1 data',
                     f'  ok 2 silence # XFAIL {FINDING}', '  not ok 3 health # model',
                     'not ok 1 x86_64.kill', '  not ok 1 complete # ERROR 1..3'):
            self.assertIn(line, lines)

    def test_a_guest_cannot_have_its_failure_skipped(self):
        evil = 'x # SKIP y # TODO z'
        found = self.parse(sample(evidence=evil))
        self.assertEqual((found.counts.passed, found.counts.failed, found.counts.skipped),
                         (3, 2, 0))

    def test_no_scenario_name_confuses_the_parser(self):
        names = list(scenarios.MODULES)
        verdicts = [Verdict(name, verdict.BOUND, rule, verdict.KERNEL, verdict.PASS, 'x').of(a, '7')
                    for a in arch.ALL for name in names for rule in names]
        self.assertEqual(self.parse(verdicts).counts.passed, len(verdicts))


class Junit(unittest.TestCase):

    def check(self, text):
        XSD.assertValid(etree.fromstring(text.encode()))
        with tempfile.NamedTemporaryFile('w', encoding='utf-8') as file:
            file.write(text)
            file.flush()
            return junitparser.JUnitXml.fromfile(file.name)

    def test_verdicts(self):
        found = self.check(report.junit(sample()))
        self.assertEqual((found.tests, found.failures, found.errors, found.skipped),
                         (5, 1, 1, 1))
        self.assertAlmostEqual(found.time, 28.8)
        kill = next(iter(found))
        self.assertEqual((kill.name, kill.time, len(kill)), ('x86_64.kill', 9.6, 3))
        self.assertEqual({p.name: p.value for p in kill.properties()},
                         {'arch': 'x86_64', 'kernel': '7.2.13', 'scenario': 'kill'})
        data, silence, health = kill
        self.assertAlmostEqual(sum(case.time for case in kill), kill.time, 2)
        self.assertEqual((data.name, data.classname, data.result), ('data', 'x86_64.kill', []))
        self.assertEqual([(type(r).__name__, r.message) for r in silence.result],
                         [('Skipped', FINDING)])
        self.assertEqual([(type(r).__name__, r.text) for r in health.result],
                         [('Failure', r'model: WARNING: <x> & \x1b')])

    def test_the_declaration_does_not_depend_on_the_locale(self):
        with mock.patch('locale.getpreferredencoding', return_value='ISO-8859-1'), \
                mock.patch('locale.getencoding', return_value='ISO-8859-1', create=True):
            text = report.junit(sample(evidence='· €'))
        self.assertEqual(etree.fromstring(text.encode()).find('.//system-out').text, '· €')

    def test_what_the_reader_counts_is_what_is_said(self):
        text = report.junit(sample())
        said = self.check(text)
        again = self.check(text)
        again.update_statistics()
        self.assertEqual((again.tests, again.failures, again.errors, again.skipped),
                         (said.tests, said.failures, said.errors, said.skipped))

    def test_results_of_our_own_tests(self):
        results = {'unit': [suites.Case('a', suites.PASS), suites.Case('b', suites.FAIL, 'why')],
                   'docs': [suites.Case('c', suites.SKIP, 'later')]}
        found = self.check(junit.to_xml(results, {'unit': 1.5, 'docs': 0.25}))
        self.assertEqual((found.tests, found.failures, found.skipped, found.time),
                         (3, 1, 1, 1.75))


class Json(unittest.TestCase):

    def setUp(self):
        jsonschema.Draft7Validator.check_schema(SCHEMA)
        self.validator = jsonschema.Draft7Validator(SCHEMA)
        self.value = json.loads(report.to_json(sample()))

    def errors(self):
        return [error.message for error in self.validator.iter_errors(self.value)]

    def test_verdicts(self):
        self.assertEqual(self.errors(), [])
        known = self.value['verdicts'][1]
        self.assertEqual({key: known[key] for key in ('state', 'finding', 'seconds', 'party')},
                         {'state': 'mm gone', 'finding': FINDING, 'seconds': 9.6,
                          'party': 'kernel'})
        self.assertIsNone(self.value['verdicts'][0]['finding'])

    def test_the_run_and_the_configuration(self):
        record = about.about('check', ['mainline.x86_64.kill'], Shard(1, 3))
        self.value = json.loads(report.to_json(sample(configuration='mainline+hostile'), record))
        self.assertEqual(self.errors(), [])
        self.assertEqual(self.value['verdicts'][0]['configuration'], 'mainline+hostile')
        for key, value in (('shard', '3'), ('command', 'test'), ('tool', None), ('more', 1)):
            self.value['run'] = {**record, key: value}
            self.assertNotEqual(self.errors(), [], key)

    def test_what_the_schema_refuses(self):
        for key, value in (('arch', 'vax'), ('kernel', ''), ('state', 'gone'), ('party', 'us'),
                           ('result', 'ok'), ('finding', 'x'), ('evidence', '\x1b'),
                           ('seconds', -1), ('seconds', '9'), ('rule', 'A rule'), ('more', 1)):
            self.setUp()
            self.value['verdicts'][0][key] = value
            self.assertNotEqual(self.errors(), [], key)
        for key in verdict.JSON_KEYS:
            self.setUp()
            del self.value['verdicts'][0][key]
            self.assertNotEqual(self.errors(), [], key)
        self.setUp()
        self.value['verdicts'][1]['finding'] = None
        self.assertNotEqual(self.errors(), [])

    def test_the_schema_knows_what_there_is(self):
        members = SCHEMA['definitions']['verdict']['properties']
        self.assertEqual(tuple(members), (*verdict.JSON_KEYS, 'configuration', 'violations'))
        self.assertEqual(set(SCHEMA['definitions']['violation']['properties']['party']['enum']),
                         set(contract.ORDER))
        for key, values in (('arch', arch.ALL), ('state', verdict.STATES),
                            ('party', verdict.PARTIES), ('result', verdict.RESULTS)):
            self.assertEqual(set(members[key]['enum']), set(values), key)
        self.assertEqual(SCHEMA['properties']['format']['const'], report.FORMAT)


class Kept(unittest.TestCase):

    def setUp(self):
        temp = tempfile.TemporaryDirectory()
        self.addCleanup(temp.cleanup)
        patch = mock.patch.object(paths, 'ROOT', Path(temp.name))
        patch.start()
        self.addCleanup(patch.stop)

    def run_check(self, results):
        args = cli.build_parser().parse_args(['demo', '--ktap', '--scenario', 'kill',
                                              '--scenario', 'late'])

        def run(spec, scenario, *unused, **options):
            found = results.pop(0)
            if isinstance(found, BaseException):
                raise found
            return runner.Result(scenario, found, '7.2.13', 1, None)
        with mock.patch.object(runner, 'run_scenario', run), \
                mock.patch('sys.stdout', io.StringIO()) as out:
            try:
                judging.run(args, {'x86_64': lambda path, **unused: path}, 'demo')
            finally:
                self.out = out.getvalue()

    def kept(self, name):
        return paths.build('runs/latest', name).read_text('utf-8')

    def test_all_forms_are_always_kept(self):
        self.run_check([sample()[:3], sample()[4:]])
        self.assertEqual(self.kept('verdicts.ktap'), self.out)
        self.assertEqual(len(json.loads(self.kept('verdicts.json'))['verdicts']), 4)
        self.assertEqual(len(list(junitparser.JUnitXml.fromfile(
            str(paths.build('runs/latest/verdicts.xml'))))), 2)

    def test_what_was_judged_before_an_interrupt(self):
        with self.assertRaises(KeyboardInterrupt):
            self.run_check([sample()[:3], KeyboardInterrupt()])
        self.assertEqual(len(json.loads(self.kept('verdicts.json'))['verdicts']), 3)


if __name__ == '__main__':
    unittest.main()
