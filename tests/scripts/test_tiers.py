# SPDX-License-Identifier: GPL-2.0-or-later
"""Tiers: how much a scenario does, and what it needs of the machine."""

import contextlib
import os
import sys
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'functional'))

from harness import FunctionalTest, TIMEOUT  # noqa: E402
from sva import cli, scenarios  # noqa: E402
from sva.commands import test as cmd_test  # noqa: E402
from sva.guest import machine  # noqa: E402
from sva.guest.machine import Spec  # noqa: E402
from sva.runs import runner  # noqa: E402
from sva.scenarios import no_bind  # noqa: E402
from sva.testing import junit, slots, suites  # noqa: E402
from sva.util.errors import SvaError  # noqa: E402


def spec(*unused):
    return Spec('x86_64', Path('k'), Path('i'), Path('/nonexistent'))


class Tiers(unittest.TestCase):

    def test_quick_changes_nothing(self):
        for name in scenarios.MODULES:
            self.assertEqual(scenarios.variant(name, 'quick'), (name, None))

    def test_thorough_adds_keys_and_time(self):
        self.assertEqual(scenarios.variant('bind-storm', 'thorough'),
                         ('bind-storm,rounds=100000', 4 * 3600))
        self.assertEqual(scenarios.variant('late', 'thorough'), ('late', None))

    def test_keys_that_were_given_are_kept(self):
        self.assertEqual(scenarios.variant('bind-storm,rounds=3', 'thorough'),
                         ('bind-storm,rounds=3', None))

    def test_an_unknown_tier_is_an_error(self):
        with self.assertRaisesRegex(SvaError, 'no tier'):
            scenarios.variant('late', 'never')

    def test_check_runs_the_variant(self):
        seen = []

        def run(spec, scenario, known, timeout):
            seen.append((scenario, timeout))
            return runner.Result(scenario, [], '7.2', 1, None)
        with mock.patch.object(runner, 'run_scenario', run):
            for tier in scenarios.TIERS:
                runner.run_all(spec, ['bind-storm', 'late'], (), lambda result: None, tier)
        self.assertEqual(seen, [
            ('bind-storm', runner.SCENARIO_TIMEOUT), ('late', runner.SCENARIO_TIMEOUT),
            ('bind-storm,rounds=100000', 4 * 3600), ('late', runner.SCENARIO_TIMEOUT)])

    def test_both_commands_have_the_option(self):
        parser = cli.build_parser()
        for words in (['demo'], ['check', '--kernel', 'x'], ['test']):
            self.assertEqual(parser.parse_args(words).tier, 'quick')
            self.assertEqual(parser.parse_args([*words, '--tier', 'thorough']).tier, 'thorough')

    def test_functional_tests_are_told(self):
        self.addCleanup(setattr, suites, 'TIER', suites.TIER)
        with mock.patch.object(cmd_test, 'show_list', lambda chosen: 0):
            args = cli.build_parser().parse_args(['test', '--tier', 'thorough', '--list'])
            args.run(args)
        self.assertEqual(suites.TIER, 'thorough')
        told = []

        def run(name, folder, names, env):
            told.append(env['SVA_TIER'])
            return [junit.Case(one, junit.PASS) for one in names]
        with mock.patch.object(suites, 'python_list', lambda name: lambda: ['a.b.c']), \
                mock.patch.object(suites, 'run_python', run), \
                mock.patch.object(suites, 'one_log'):
            suites.functional(slots.alone())
        self.assertEqual(told, ['thorough'])

    def test_unit_tests_are_told(self):
        told = []

        def run(name, meson, build, processes, env):
            told.append(env['SVA_TIER'])
            return []
        with mock.patch.object(suites, 'TIER', 'thorough'), \
                mock.patch.object(suites.artifacts, 'meson'), \
                mock.patch.object(suites, 'configured'), \
                mock.patch.object(suites, 'run_meson', run):
            suites.unit('unit', 'gcc')(slots.alone())
        self.assertEqual(told, ['thorough'])

    def test_a_functional_test_obeys(self):
        class Sample(FunctionalTest):
            def test_a(self):
                self.judge('bind-storm', spec())
        seen, alarms = [], []

        def run(spec, scenario, known, strict, timeout=None):
            seen.append((scenario, timeout))
            return mock.Mock(verdicts=[])
        with mock.patch.object(runner, 'run_scenario', run), \
                mock.patch('harness.report.write_all'), \
                mock.patch('harness.rundir.exclusive', contextlib.nullcontext), \
                mock.patch('harness.signal.alarm', alarms.append), \
                mock.patch.dict(os.environ, SVA_TIER='thorough'):
            result = unittest.TestResult()
            Sample('test_a').run(result)
        self.assertTrue(result.wasSuccessful(), result)
        self.assertEqual(seen, [('bind-storm,rounds=100000', 4 * 3600)])
        self.assertIn(4 * 3600 + TIMEOUT, alarms)


class Equip(unittest.TestCase):

    def test_a_second_accelerator_is_counted(self):
        made = spec()
        self.assertEqual(machine.accel_ids(made), ['accel0'])
        scenarios.equip(made, 'two-devices')
        self.assertEqual(machine.accel_ids(made), ['accel0', 'accel1'])
        self.assertIn(('-device', 'sva-accel,id=accel1'), made.devices)
        guest = machine.Machine(made)
        guest.counters = lambda path: {'jobs': {'accel0': 3, 'accel1': 4}[path[-6:]]}
        self.assertEqual(guest.accel_counters(), {'jobs': 7})

    def test_the_width_of_pasids(self):
        for scenario, extra in (
                ('pasid-width', 'sva-accel.pasid-bits=4'),
                ('pasid-width,bits=1', 'sva-accel.pasid-bits=1'),
                ('pasid-width,where=iommu,bits=2', 'sva-vtd.pasid-bits=2')):
            made = spec()
            scenarios.equip(made, scenario)
            self.assertEqual(made.extra, ['-global', extra])

    def test_machines_without_sva(self):
        for name, case in no_bind.CASES['x86_64'].items():
            made = spec()
            scenarios.equip(made, f'no-bind,case={name}')
            self.assertEqual((made.extra, made.cmdline, made.iommu),
                             (list(case.extra), case.cmdline, case.iommu))
            self.assertNotEqual((made.extra, made.cmdline, made.iommu), ([], '', True), name)
        for scenario in ('no-bind', 'no-bind,case=none'):
            with self.assertRaisesRegex(SvaError, 'case= is one of no-iommu, '):
                scenarios.equip(spec(), scenario)

    def test_a_context_for_each_process(self):
        limit = ['-global', 'sva-checker.limit=1000']
        for scenario, extra in (('isolation', []), ('isolation,processes=64', []),
                                ('isolation,processes=200,rounds=1',
                                 ['-global', 'sva-accel.contexts=200'])):
            made = spec()
            scenarios.equip(made, scenario)
            self.assertEqual(made.extra, limit + extra)


if __name__ == '__main__':
    unittest.main()
