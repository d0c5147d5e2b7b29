# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernels that are broken on purpose: the patches' heads, and what counts as caught."""

import contextlib
import io
import json
import sys
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

from sva import cli, scenarios  # noqa: E402
from sva.commands import mutants as commands  # noqa: E402
from sva.guest.machine import Spec  # noqa: E402
from sva.judge import verdict  # noqa: E402
from sva.judge.contract import Violation  # noqa: E402
from sva.judge.verdict import Verdict  # noqa: E402
from sva.runs import mutation  # noqa: E402
from sva.runs.mutation import Outcome  # noqa: E402
from sva.runs.runner import Result  # noqa: E402
from sva.setup import linux, plan, variants  # noqa: E402
from sva.testing import mutants, slots  # noqa: E402
from sva.testing.junit import FAIL, PASS  # noqa: E402
from sva.util import paths  # noqa: E402
from sva.util.errors import SvaError  # noqa: E402
from synthetic_stream import Stream, life, write_scenario  # noqa: E402

HEAD = '''// SPDX-License-Identifier: GPL-2.0-or-later
//
// Nobody is told
// of anything.
//
// file: a/b.c
// shown: x86_64 kill abort

@@
@@
- tell();
+ if (!sva_variant("silent"))
+ 	tell();
'''
# In place of spatch: adds a line to the file, or does nothing.
SPATCH = '''#!/bin/sh
while [ "$1" != -o ]; do last=$1; shift; done
cp "$last" "$2"
%s
'''


class Heads(unittest.TestCase):

    def parse(self, text, name='silent'):
        with tempfile.TemporaryDirectory() as temp:
            path = Path(temp) / f'{name}.cocci'
            path.write_text(text, encoding='utf-8')
            return variants.parse(path)

    def test_a_head_says_it_all(self):
        found = self.parse(HEAD)
        self.assertEqual((found.name, found.title, found.files),
                         ('silent', 'Nobody is told of anything.', ('a/b.c',)))
        self.assertEqual(found.shown, {'x86_64': ('kill', 'abort', 90, 0)})

    def test_a_scenario_may_be_given_more_time(self):
        found = self.parse(HEAD.replace('kill abort', 'kill abort 240'))
        self.assertEqual(found.shown['x86_64'].seconds, 240)

    def test_models_may_take_liberties(self):
        for words, seconds in (('adversary=7', 90), ('30 adversary=7', 30)):
            found = self.parse(HEAD.replace('kill abort', f'kill contract:some-rule {words}'))
            self.assertEqual(found.shown['x86_64'], ('kill', 'contract:some-rule', seconds, 7))

    def test_a_head_alone_changes_no_kernel(self):
        with tempfile.TemporaryDirectory() as temp:
            path = Path(temp) / 'silent.cocci'
            found = []
            for text in (HEAD, HEAD.replace('kill abort', 'late silence'),
                         HEAD.replace('- tell', '- say')):
                path.write_text(text, encoding='utf-8')
                found.append(variants.body(variants.parse(path)))
        self.assertEqual(found[0], found[1])
        self.assertNotEqual(found[0], found[2])

    def test_what_a_head_lacks_is_told(self):
        for text, words in ((HEAD.replace('file:', 'path:'), 'in which file'),
                            (HEAD.replace('// shown: x86_64 kill abort\n', ''), 'what shows it'),
                            (HEAD.replace('kill abort', 'kill'), 'shown: ARCH SCENARIO RULE'),
                            (HEAD.replace('x86_64', 'riscv64'), 'shown: ARCH SCENARIO RULE'),
                            (HEAD.replace('abort', 'abort soon'), 'shown: ARCH SCENARIO RULE'),
                            (HEAD.replace('abort', 'abort adversary=0'), 'adversary=SEED'),
                            (HEAD.replace('abort', 'abort adversary=1 30'), 'adversary=SEED'),
                            (HEAD.replace('abort\n', 'abort\n// shown: x86_64 late abort\n'),
                             'once for each'),
                            (HEAD.replace('"silent"', '"other"'), 'occurs nowhere')):
            with self.assertRaisesRegex(SvaError, words):
                self.parse(text)

    def test_all_of_ours_are_well_formed(self):
        every = variants.load()
        self.assertGreaterEqual(len(every), 50)
        mutation.check(every)
        self.assertTrue(all(name.startswith('smmu-') or 'x86_64' in v.shown
                            for name, v in every.items()))

    def test_a_scenario_may_have_keys(self):
        mutation.check({'silent': self.parse(HEAD.replace('kill abort', 'kill,modes=ats abort'))})
        found = self.parse(HEAD.replace('kill abort', 'nothing,modes=ats abort'))
        with self.assertRaisesRegex(SvaError, 'no scenario nothing,modes=ats'):
            mutation.check({'silent': found})

    def test_a_scenario_of_another_architecture_is_told(self):
        found = self.parse(HEAD.replace('kill abort', 'stall-across-exit abort'))
        with self.assertRaisesRegex(SvaError, 'no scenario stall-across-exit for x86_64'):
            mutation.check({'silent': found})


class Trees(unittest.TestCase):

    def setUp(self):
        self.temp = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.source = self.temp / 'linux'
        for name, text in (('a/b.c', 'tell();\n'), ('drivers/iommu/Makefile', 'obj-y += x.o\n')):
            (self.source / name).parent.mkdir(parents=True, exist_ok=True)
            (self.source / name).write_text(text, encoding='utf-8')
        (self.temp / 'silent.cocci').write_text(HEAD, encoding='utf-8')

    def apply(self, script):
        tool = self.temp / 'spatch'
        tool.write_text(SPATCH % script, encoding='utf-8')
        tool.chmod(0o755)
        with mock.patch.object(variants, 'SPATCH', str(tool)):
            variants.apply(self.source, self.temp / 'work',
                           [variants.parse(self.temp / 'silent.cocci')], self.temp / 'log')

    def read(self, name):
        return (self.temp / 'work' / name).read_text(encoding='utf-8')

    def test_files_are_changed_and_the_chooser_is_built(self):
        self.apply('echo changed >> "$2"')
        self.assertEqual(self.read('a/b.c'),
                         'extern int sva_variant(const char *name);\ntell();\nchanged\n')
        self.assertIn('obj-y += sva-variant.o', self.read('drivers/iommu/Makefile'))
        self.assertIn('early_param("sva.variant"', self.read('drivers/iommu/sva-variant.c'))
        self.assertEqual((self.source / 'a/b.c').read_text(encoding='utf-8'), 'tell();\n')

    def test_a_patch_that_does_not_match_is_an_error(self):
        with self.assertRaisesRegex(SvaError, 'silent finds nothing to change in b.c'):
            self.apply(':')

    def test_the_package_is_installed_for_variants_only(self):
        for flavour, wanted in (('plain', False), (linux.VARIANTS, True)):
            with mock.patch.object(plan.tools, 'install') as install:
                steps = plan.steps(plan.Options(('x86_64',), flavour=flavour))
                next(s for s in steps if s.name == 'linux-packages').run(None)
            self.assertEqual(variants.PACKAGE in install.call_args[0][0], wanted)


def outcome(expected='abort', reported=('abort',), blamed=(), name='silent'):
    return Outcome('x86_64', name, 'kill', expected, reported, blamed, 'abort: seen', 2.5)


class Outcomes(unittest.TestCase):

    def judged(self, *verdicts, rule='abort'):
        found = [Verdict('kill', verdict.GONE, name, party, result, f'{name} seen')
                 for name, party, result in verdicts]
        return mutation._outcome('x86_64', 'silent', 'kill', rule,
                                 Result('kill', found, '7.0', 1.0, None))

    def test_the_expected_rule_must_accuse_the_kernel(self):
        F, E = verdict.FAIL, verdict.ERROR
        for seen, caught in (((('abort', verdict.KERNEL, F),), True),
                             ((('silence', verdict.KERNEL, F),), False),
                             ((('abort', verdict.MODEL, F),), False),
                             ((('abort', verdict.UNDECIDED, F),), False),
                             ((('abort', verdict.SETUP, E),), False),
                             ((('abort', verdict.KERNEL, verdict.KNOWN),), False),
                             ((('abort', verdict.KERNEL, verdict.PASS),), False)):
            self.assertEqual(self.judged(*seen).caught, caught, seen)

    def test_rules_of_the_checker_are_named_one_by_one(self):
        found = Verdict('kill', verdict.OVERALL, 'contract', verdict.MODEL, verdict.FAIL, 'x',
                        violations=(Violation(1, 'model-rule', verdict.MODEL, 'a'),
                                    Violation(2, 'known-rule', verdict.KERNEL, 'b',
                                              finding='finding 1: x'),
                                    Violation(3, 'range-rule', verdict.KERNEL, 'c', 'd')))
        for rule, caught in (('contract:range-rule', True), ('contract:model-rule', False),
                             ('contract:known-rule', False), ('contract', False)):
            judged = mutation._outcome('x86_64', 'silent', 'kill', rule,
                                       Result('kill', [found], '7.0', 1.0, None))
            self.assertEqual(judged.caught, caught, rule)
            self.assertEqual((judged.reported, judged.blamed),
                             (('contract:range-rule',), ('contract:model-rule',)))
            self.assertEqual(judged.evidence, 'contract:range-rule: c Owed: d')

    def test_evidence_is_that_of_the_expected_rule(self):
        found = self.judged(('silence', verdict.KERNEL, verdict.FAIL),
                            ('abort', verdict.KERNEL, verdict.FAIL))
        self.assertEqual(found.evidence, 'abort: abort seen')
        self.assertEqual(found.reported, ('silence', 'abort'))

    def test_a_sound_kernel_must_not_be_accused(self):
        for reported, blamed, good in (((), (), True), (('abort',), (), False),
                                       ((), ('abort',), False)):
            found = outcome(variants.NONE, reported, blamed, name='')
            self.assertEqual((found.caught, found.false), (good, not good))

    def test_summary_json_and_status(self):
        missed = outcome(reported=('silence',))
        control = outcome(variants.NONE, (), name='')
        false = outcome(variants.NONE, ('abort',), name='')
        self.assertEqual(mutation.summary([outcome(), missed, control, false]),
                         '1 of 2 broken kernels caught; 2 control runs, 1 false reports')
        written = json.loads(mutation.to_json([outcome(), missed, control, false]))
        self.assertEqual([m['caught'] for m in written['mutants']], [True, False])
        self.assertEqual((written['control_runs'], written['false_reports']), (2, 1))
        self.assertEqual(mutation.exit_status([outcome(), control]), 0)
        self.assertEqual(mutation.exit_status([outcome(), missed]), 1)
        self.assertEqual(mutation.exit_status([outcome(), false]), 1)

    def test_what_is_missed_is_shown_with_what_was_seen(self):
        self.assertNotIn('seen', mutation.row(outcome()))
        self.assertIn('abort: seen', mutation.row(outcome(reported=('silence',))))
        self.assertIn('(control)', mutation.row(outcome(variants.NONE, (), name='')))
        self.assertIn('kill ~3 ', mutation.row(replace(outcome(), adversary=3)))


class Plans(unittest.TestCase):

    def test_each_has_a_control(self):
        found = mutation.plan(['x86_64'], ['unbind-no-drain', 'release-ignored'])
        self.assertEqual(found, [
            ('x86_64', 'unbind-no-drain', 'fault-in', 'drain', 90, 0),
            ('x86_64', 'release-ignored', 'kill', 'abort', 90, 0),
            ('x86_64', '', 'fault-in', 'none', 90, 0), ('x86_64', '', 'kill', 'none', 90, 0)])

    def test_a_control_is_for_the_same_machine(self):
        [broken, control] = mutation.plan(['x86_64'], ['present-first'])
        self.assertEqual((broken[5], control[5]), (1, 1))
        self.assertEqual((control[1], control[3]), ('', 'none'))

    def test_controls_alone_grow_worse_round_by_round(self):
        found = mutation.controls(['x86_64', 'aarch64'], 5, ('kill', 'late'))
        self.assertEqual([(arch, scenario, adversary) for arch, _, scenario, _, _, adversary
                          in found[:5]],
                         [('x86_64', 'kill', 0), ('x86_64', 'late', 0), ('x86_64', 'kill', 1),
                          ('x86_64', 'late', 1), ('x86_64', 'kill', 2)])
        self.assertEqual(len(found), 10)
        self.assertTrue(all(words[1] == '' and words[3] == 'none' for words in found))
        self.assertEqual({words[2] for words in mutation.controls(['aarch64'], 100)},
                         set(scenarios.of_arch(scenarios.DEFAULT, 'aarch64')))
        self.assertEqual([(words[2], words[5]) for words in
                          mutation.controls(['x86_64'], 3, ('kill', 'late'), 4)],
                         [('kill', 4), ('late', 4), ('kill', 5)])
        with self.assertRaisesRegex(SvaError, 'no scenario stall-across-exit for x86_64'):
            mutation.controls(['x86_64'], 1, ('stall-across-exit',))

    def test_controls_break_nothing(self):
        err = io.StringIO()
        with contextlib.redirect_stderr(err):
            self.assertEqual(cli.main(['mutants', '--controls', '4', 'fpd-set']), 2)
        self.assertIn('breaks nothing', err.getvalue())

    def test_controls_run_the_kernel_of_the_set_up(self):
        with tempfile.TemporaryDirectory() as temp, \
                mock.patch.object(paths, 'ROOT', Path(temp)), \
                mock.patch.object(commands.specs, 'set_up') as set_up, \
                mock.patch.object(commands.mutation, 'run', return_value=[
                    outcome(variants.NONE, (), name=''),
                    outcome(variants.NONE, ('abort',), name='')]) as run, \
                contextlib.redirect_stdout(io.StringIO()):
            status = cli.main(['mutants', '--controls', '4', '--arch', 'x86_64', '--flavour',
                               'debug', '--first', '7', '--json', f'{temp}/out.json'])
            written = json.loads(Path(f'{temp}/out.json').read_text(encoding='utf-8'))
        set_up.assert_called_once_with('x86_64', 'debug')
        self.assertEqual([words[5] for words in run.call_args[0][0]], [7] * 4)
        self.assertEqual(status, 1)
        self.assertEqual(len(written.pop('run')['cases']), 4)
        self.assertEqual([one['caught'] for one in written.pop('controls')], [True, False])
        self.assertEqual(written, {'format': 1, 'mutants': [], 'control_runs': 2,
                                   'false_reports': 1})

    def test_unknown_names_are_errors(self):
        with self.assertRaisesRegex(SvaError, 'no variant nonsense'):
            mutation.plan(['x86_64'], ['nonsense'])
        with self.assertRaisesRegex(SvaError, 'nothing shows unbind-no-drain on aarch64'):
            mutation.plan(['aarch64'], ['unbind-no-drain'])

    def test_all_run_and_are_told_as_they_come(self):
        told = []
        found = self.run_two(told)
        self.assertEqual([o.name for o in found], ['unbind-no-drain', ''])
        self.assertEqual(told, found)

    def run_two(self, told, **options):
        """One that is missed, and its control, in a clone of its own."""
        self.root = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.enterContext(mock.patch.object(paths, 'ROOT', self.root))
        todo = mutation.plan(['x86_64'], ['unbind-no-drain'])

        def boot(spec, name, *_, **__):
            self.assertTrue(spec.stream)
            write_scenario(spec.logs, life(Stream(), 3))
            return Result(name, [Verdict(name, verdict.BOUND, 'data', verdict.KERNEL, verdict.PASS,
                                         'seen', arch='x86_64')], '7.0', 1.0, None)
        with mock.patch.object(mutation.runner, 'run_scenario', side_effect=boot), \
                mock.patch.object(mutation.specs, 'appended',
                                  side_effect=lambda make, words: make):
            return mutation.run(todo, {'x86_64': lambda logs, **more: Spec(
                'x86_64', None, None, logs, **more)}, self.root / 'run', 2, told.append, **options)

    def test_what_is_not_as_expected_can_be_looked_at(self):
        missed, control = self.run_two([])
        self.assertEqual(missed.page,
                         self.root / 'run/x86_64.unbind-no-drain/report.html')
        self.assertIn('fault-in', missed.page.read_text(encoding='utf-8'))
        with contextlib.chdir(self.root):
            self.assertIn('\n         report: run/x86_64.unbind-no-drain/report.html',
                          mutation.row(missed))
        self.assertIsNone(control.page)
        self.assertNotIn('report:', mutation.row(control))
        logs = 'x86_64/fault-in/events.jsonl'
        self.assertTrue((missed.page.parent / logs).is_file())
        self.assertTrue((missed.page.parent / 'verdicts.json').is_file())
        self.assertFalse((self.root / 'run/x86_64.control-fault-in' / logs).exists())
        self.assertTrue((self.root / 'run/x86_64.control-fault-in/x86_64/fault-in/console.log')
                        .is_file())

    def test_all_of_them_with_keep(self):
        _, control = self.run_two([], keep=True)
        self.assertEqual(control.page.parent.name, 'x86_64.control-fault-in')
        self.assertIn('report: ', mutation.row(control))
        self.assertTrue((control.page.parent / 'x86_64/fault-in/events.jsonl').is_file())

    def test_keep_is_an_option(self):
        for words, keep in (([], False), (['--keep'], True)):
            with tempfile.TemporaryDirectory() as temp, \
                    mock.patch.object(paths, 'ROOT', Path(temp)), \
                    mock.patch.object(commands.specs, 'set_up'), \
                    mock.patch.object(commands.mutation, 'run', return_value=[]) as run, \
                    contextlib.redirect_stdout(io.StringIO()):
                cli.main(['mutants', '--controls', '1', *words])
            self.assertEqual(run.call_args[0][-1], keep)

    def test_the_suite_has_eight_and_the_thorough_one_all(self):
        self.assertEqual(len(mutants.names('quick')), 8)
        every = sum(len(v.shown) for v in variants.load().values())
        self.assertGreater(len(mutants.names('thorough')), every)
        self.assertIn('x86_64.control-kill', mutants.names('thorough'))

    def test_the_suite_fails_for_what_is_missed_or_accused(self):
        for found, result in ((outcome(), PASS), (outcome(reported=('silence',)), FAIL),
                              (outcome(variants.NONE, (), name=''), PASS),
                              (outcome(variants.NONE, ('abort',), name=''), FAIL)):
            with mock.patch.object(mutants.specs, 'built'), \
                    mock.patch.object(mutants.mutation, 'run', return_value=[found]):
                [case] = mutants.run('quick', slots.alone())
            self.assertEqual((case.result, bool(case.detail)), (result, result == FAIL))

    def test_list_runs_nothing(self):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            self.assertEqual(cli.main(['mutants', '--list']), 0)
        self.assertIn('unbind-no-drain', out.getvalue())


if __name__ == '__main__':
    unittest.main()
