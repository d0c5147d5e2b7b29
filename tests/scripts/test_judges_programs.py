# SPDX-License-Identifier: GPL-2.0-or-later
"""Verdicts on programs of others must be seen to go red, and so must the suite."""

import unittest
from unittest import mock

from judge_cases import UNJUDGED, JudgeCases, by_rule, fact
import synthetic_programs as programs
from sva import scenarios
from sva.judge import verdict
from sva.runs import runner
from sva.scenarios import dsa_user_tests
from sva.testing import dsa, suites


def line(key, number, old, new):
    """Change what the guest said at one place."""
    def way(run):
        run.repeated[key][number] = run.repeated[key][number].replace(old, new)
    return way


def without(key, text):
    def way(run):
        run.repeated[key] = [value for value in run.repeated[key] if text not in value]
    return way


def ending(text, status):
    """Another end of the first program whose command has that text."""
    def way(run):
        number = next(n for n, value in enumerate(run.repeated['exec']) if text in value)
        _, rest = run.repeated['exec'][number].split(' ', 1)
        run.repeated['exec'][number] = f'{status} {rest}'
    return way


USER, CONFIG, DMADEV = programs.ALL
CASES = {'api': 'test_dma_info_get', 'copy': ' copy', 'sva-copy': 'sva_copy',
         'stop-start': 'stop_start', 'burst': 'burst_capacity', 'errors': 'error_handling',
         'fill': ' fill'}


def counted(name, value):
    """Another count of the device at all stages."""
    return lambda run: [stage.accel.update({name: value}) for stage in run.stages.values()
                        if stage.accel]


def other_result(name, how):
    def way(run):
        number = next(n for n, value in enumerate(run.repeated['output'])
                      if f'{name} succeeded' in value)
        line('output', number, 'succeeded', how)(run)
    return way


MUTATIONS = (
    *((USER, ending(f'-o {code} ', 250), rule, 'fail', 'undecided')
      for code, rule, _ in dsa_user_tests.OPERATIONS),
    *((USER, without('exec', f'-o {code} '), rule, 'error', 'set-up')
      for code, rule, _ in dsa_user_tests.OPERATIONS),
    # A batch of an operation is about that operation; a signal is no success.
    (USER, ending('-o 0x1 -b 0x3 ', 139), 'op-memmove', 'fail', 'undecided'),
    (USER, without('exec', '-u'), 'op-fill', 'error', 'set-up'),
    (USER, fact('host.cpu.enqcmd', 0), 'exercised', 'error', 'set-up'),
    (CONFIG, ending('config-group', 1), 'config-group', 'fail', 'undecided'),
    (CONFIG, ending('config-engine', 1), 'config-engine', 'fail', 'undecided'),
    (CONFIG, ending('config-wq', 1), 'config-wq', 'fail', 'undecided'),
    (CONFIG, ending('config-device', 1), 'config-device', 'fail', 'undecided'),
    (CONFIG, ending('enable-wq', 1), 'enable', 'fail', 'undecided'),
    (CONFIG, without('exec', 'config-engine'), 'config-engine', 'error', 'set-up'),
    # The first one has to be refused, the third one has to work.
    (CONFIG, ending('dsa_test', 0), 'op-config', 'fail', 'undecided'),
    (CONFIG, line('exec', 36, '0 21', '16 21'), 'op-config', 'fail', 'undecided'),
    (CONFIG, lambda run: run.repeated['exec'].pop(), 'op-config', 'error', 'set-up'),
    *((DMADEV, other_result(name, 'failed'), rule, 'fail', 'undecided')
      for rule, name in CASES.items()),
    *((DMADEV, other_result(name, 'skipped'), rule, 'error', 'set-up')
      for rule, name in CASES.items()),
    (DMADEV, lambda run: run.repeated['output'].clear(), 'copy', 'error', 'set-up'),
    *((make, counted('dropped', 1), 'exercised', 'fail', 'undecided')
      for make in programs.ALL),
    *((make, counted(name, 0), 'exercised', 'error', 'set-up')
      for make in programs.ALL for name in ('accepted', 'completed')),
)


class ProgramJudges(JudgeCases, unittest.TestCase):

    MAKERS = programs.ALL
    MUTATIONS = MUTATIONS
    UNJUDGED = (*UNJUDGED, 'ready', 'small')

    def test_a_missing_stage_is_an_error(self):
        for make, stage in ((USER, 'done'), (CONFIG, 'done'), (DMADEV, 'huge')):
            run = make()
            del run.stages[stage]
            self.assertEqual(by_rule(run)['exercised'].result, 'error')

    def test_each_failure_is_named(self):
        run = USER()
        ending('-o 0x1 -b 0x3 ', 139)(run)
        ending('-o 0x3 ', 250)(run)
        evidence = by_rule(run)['op-memmove'].evidence
        self.assertIn('2 of 40 calls failed: ', evidence)
        self.assertIn('dsa_test -w 0 -l 1 -o 0x3 -f 0x1 t200: status 250', evidence)
        self.assertIn('dsa_test -w 0 -l 1 -o 0x1 -b 0x3 -c 16 -f 0x1 t2000: status 139', evidence)

    def test_nothing_that_was_run_is_an_error(self):
        run = USER()
        run.repeated['exec'].clear()
        self.assertEqual({by_rule(run)[rule].result for _, rule, _ in dsa_user_tests.OPERATIONS},
                         {'error'})


class Equip(unittest.TestCase):

    def test_devices(self):
        for keys, words in (('', []), (',corrupt=on', ['-global', 'sva-dsa.x-corrupt=on'])):
            for name in ('dsa-user-tests', 'dsa-config-tests', 'dsa-dmadev'):
                spec = mock.Mock(extra=[], accel=False)
                scenarios.equip(spec, name + keys)
                self.assertEqual((spec.accel, spec.device, spec.extra), (True, 'sva-dsa', words))

    def test_processors(self):
        guest = mock.Mock()
        guest.qmp.get = lambda path, name: programs.PROCESSORS[f'host.cpu.{name}']
        wanted = {key: str(value) for key, value in programs.PROCESSORS.items()}
        for make, at in ((USER, 'done'), (CONFIG, 'done'), (DMADEV, 'huge')):
            run = make()
            for stage in run.stages.values():
                scenarios.act(guest, stage, run)
                self.assertEqual(stage.facts, wanted if stage.name == at else {})


class Suite(unittest.TestCase):
    """The cases of `sva test --suite dsa`."""

    def result(self, make, *ways):
        run = make()
        for way in ways:
            way(run)
        run.contract = mock.Mock(events=1)
        run.contract.__iter__ = lambda self: iter((7, (), True))
        return runner.Result(run.scenario, scenarios.judge(run), '7.2', 9.5, None)

    def judge(self, part, *args):
        return {case.name: case for case in dsa.judge(part, self.result(*args))}

    def test_all_good(self):
        for part, make in ((dsa.Part('dsa-user-tests'), USER),
                              (dsa.Part('dsa-config-tests'), CONFIG),
                              (dsa.Part('dsa-dmadev'), DMADEV)):
            cases = self.judge(part, make)
            self.assertEqual({case.result for case in cases.values()}, {suites.PASS})
            self.assertEqual(list(cases), [f'{part.label}.{rule}'
                                           for rule in (*part.rules, 'answers')])
            self.assertEqual(sum(case.seconds for case in cases.values()), 9.5)

    def test_one_case_goes_red(self):
        cases = self.judge(dsa.Part('dsa-user-tests'), USER, ending('-o 0x3 ', 250))
        self.assertEqual([name for name, case in cases.items() if case.result == suites.FAIL],
                         ['dsa-user-tests.op-memmove'])
        self.assertIn('status 250', cases['dsa-user-tests.op-memmove'].detail)

    def test_so_does_that_of_a_rule_that_is_not_always_there(self):
        def stray(run):
            run.stages['done'].accel['prg-unexpected'] = 1
        cases = self.judge(dsa.Part('dsa-config-tests'), CONFIG, stray)
        self.assertEqual([name for name, case in cases.items() if case.result == suites.FAIL],
                         ['dsa-config-tests.models-agree', 'dsa-config-tests.answers'])

    def test_a_rule_without_a_verdict_is_red(self):
        result = runner.Result('dsa-dmadev', [verdict.Verdict(
            'dsa-dmadev', verdict.OVERALL, 'complete', verdict.SETUP, verdict.ERROR, 'no answer')],
            '', 1, None)
        for part in (dsa.Part('dsa-dmadev'), dsa.PARTS[-1]):
            cases = dsa.judge(part, result)
            self.assertEqual({case.result for case in cases}, {suites.FAIL})
            self.assertIn('complete: no answer', cases[0].detail)

    def test_wrong_data_must_be_noticed(self):
        parts = {part.scenario.split(',')[0]: part for part in dsa.PARTS
                    if part.broken}
        wrong = [ending(f'-o {code} ', 250) for code, name, _ in dsa_user_tests.OPERATIONS
                 if name not in dsa_user_tests.NO_RESULT]
        for make, way in ((USER, lambda run: [way(run) for way in wrong]),
                          (CONFIG, line('exec', 36, '0 21', '250 21')),
                          (DMADEV, other_result('test_dma_completed', 'failed'))):
            part = parts[make().scenario]
            self.assertEqual({case.result for case in self.judge(part, make).values()},
                             {suites.FAIL})
            cases = self.judge(part, make, way)
            self.assertEqual({case.result for case in cases.values()}, {suites.PASS})
            self.assertEqual(list(cases), [f'{part.label}.{rule}' for rule in part.broken])
            if make is USER:        # a single test that does not notice
                wrong.pop()
                self.assertEqual([case.result for case in self.judge(part, make, way).values()],
                                 [suites.PASS] * len(wrong) + [suites.FAIL])

    def test_each_is_run_with_and_without(self):
        names = [part.scenario for part in dsa.PARTS]
        plain = {name for name in names if ',' not in name}
        self.assertEqual(sorted(names), sorted(plain | {f'{name},corrupt=on' for name in plain}))
        self.assertEqual(plain, {'dsa-user-tests', 'dsa-config-tests', 'dsa-dmadev'})

    def test_it_is_part_of_all_tests(self):
        self.assertIn('dsa', [suite.name for suite in suites.select([])])
        [suite] = suites.select(['dsa'])
        self.assertEqual(suite.list(), dsa.names())
        self.assertIn('debian-tools', suite.steps)


if __name__ == '__main__':
    unittest.main()
