# SPDX-License-Identifier: GPL-2.0-or-later
"""Parts of a run: each case is in one of them, whatever a machine knows."""

import argparse
import io
import json
import random
import sys
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

from own_root import OwnRoot  # noqa: E402
from sva import cli, scenarios  # noqa: E402
from sva.commands import mutants as cmd_mutants, test as cmd_test  # noqa: E402
from sva.judge import verdict  # noqa: E402
from sva.runs import judging, mutation, runner  # noqa: E402
from sva.testing import slots, suites  # noqa: E402
from sva.util import history, paths, shard  # noqa: E402
from sva.util.errors import SvaError  # noqa: E402
from sva.util.shard import Shard  # noqa: E402


class Parts(unittest.TestCase):

    def test_each_name_is_in_one_part(self):
        names = [f'name-{n}' for n in range(23)]
        for parts in range(1, 30):
            found = [Shard(n, parts).take(names) for n in range(1, parts + 1)]
            self.assertEqual(sorted(sum(found, [])), sorted(names))
            sizes = [len(one) for one in found]
            self.assertLessEqual(max(sizes) - min(sizes), 1)

    def test_the_order_of_the_names_does_not_count(self):
        names = [f'name-{n}' for n in range(23)]
        mixed = random.Random(1).sample(names, len(names))
        for n in (1, 2, 3):
            self.assertEqual(set(Shard(n, 3).take(names)), set(Shard(n, 3).take(mixed)))
            mine = Shard(n, 3).take(mixed)
            self.assertEqual(mine, [name for name in mixed if name in mine])

    def test_what_is_no_part_is_told(self):
        self.assertEqual(shard.parse('2/5'), (2, 5))
        for word, why in (('2', 'I/N, as 2/5'), ('2/', 'I/N'), ('a/b', 'I/N'), ('-1/3', 'I/N'),
                          ('1/3/5', 'I/N'), ('²/3', 'I/N'), ('0/4', 'counted from 1; add 1'),
                          ('5/4', 'the last of 4 parts is 4/4'), ('1/0', 'last of 0')):
            with self.assertRaisesRegex(argparse.ArgumentTypeError, why):
                shard.parse(word)

    def test_all_commands_have_it(self):
        for words in (['check'], ['demo'], ['mutants'], ['test'], ['explore', 'kill']):
            self.assertEqual(cli.build_parser().parse_args([*words, '--shard', '2/5']).shard,
                             (2, 5))

    def test_a_part_with_nothing_to_do_is_told(self):
        self.assertEqual(shard.take(None, ['a', 'a'], 'case'), ['a', 'a'])
        with self.assertRaisesRegex(SvaError, 'nothing is left for part 3/4: there are 2 cases; '
                                              'use at most 2 parts'):
            shard.take(Shard(3, 4), ['a', 'b'], 'case')
        with self.assertRaisesRegex(SvaError, 'there is 1 case; use at most 1 part$'):
            shard.take(Shard(2, 2), ['a'], 'case')


class Commands(OwnRoot):

    def judged(self, *words):
        """The scenarios that a command runs on two architectures."""
        seen = []

        def run(spec, scenario, *unused, **more):
            seen.append((spec.parent.name, scenario))
            return runner.Result(scenario, [verdict.Verdict(
                scenario, verdict.BOUND, 'data', verdict.KERNEL, verdict.PASS, '').of(
                    spec.parent.name, '7.2.13')], '7.2.13', 1, None)
        args = cli.build_parser().parse_args(['demo', '--ktap', *words])
        with mock.patch.object(runner, 'run_scenario', run), \
                mock.patch('sys.stdout', io.StringIO()):
            judging.run(args, {arch: lambda logs, **unused: logs for arch in
                               ('x86_64', 'aarch64')}, 'demo')
        return seen

    def test_scenarios(self):
        whole = self.judged()
        self.assertEqual(sorted(whole), sorted(
            (arch, name) for arch in ('x86_64', 'aarch64') for name in judging.choose((), arch)))
        parts = [self.judged('--shard', f'{n}/3') for n in (1, 2, 3)]
        self.assertEqual(sorted(sum(parts, [])), sorted(whole))

    def test_an_architecture_without_a_scenario_is_not_set_up(self):
        told = []
        args = cli.build_parser().parse_args(['demo', '--ktap', '--shard', '2/2', '--scenario',
                                              'kill'])
        with mock.patch.object(runner, 'run_scenario', lambda spec, name, *_, **more: runner.Result(
                name, [], '', 1, None)), mock.patch('sys.stdout', io.StringIO()):
            judging.run(args, {arch: lambda logs, **unused: logs for arch in
                               ('x86_64', 'aarch64')}, 'demo', set_up=told.append)
        self.assertEqual(told, ['x86_64'])

    def test_what_is_to_be_judged_is_kept(self):
        self.judged('--shard', '2/3', '--scenario', 'kill', '--scenario', 'late')
        run = json.loads(paths.build('runs/latest/verdicts.json').read_text('utf-8'))['run']
        self.assertEqual((run['command'], run['shard'], run['cases']),
                         ('demo', '2/3', ['aarch64.late']))
        self.assertRegex(run['began'], r'^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$')

    def test_kernels_that_are_broken(self):
        whole = mutation.plan(['x86_64', 'aarch64'], ())
        parts = [mutation.of_shard(whole, Shard(n, 4)) for n in (1, 2, 3, 4)]
        self.assertEqual(sorted(sum(parts, [])), sorted(whole))
        with self.assertRaisesRegex(SvaError, 'there are 2 kernels'):
            mutation.of_shard(mutation.plan(['x86_64'], ['unbind-no-drain']), Shard(3, 3))

    def test_outcomes_are_kept_if_the_rest_is_interrupted(self):
        def run(todo, makers, base, jobs, on_outcome, keep):
            arch, name, scenario, rule, *_ = todo[0]
            on_outcome(mutation.Outcome(arch, name, scenario, rule, (rule,), (), '', 1.0))
            raise KeyboardInterrupt
        args = cli.build_parser().parse_args(['mutants', 'unbind-no-drain', '--arch', 'x86_64',
                                              '--shard', '2/2'])
        with mock.patch.object(mutation, 'run', run), mock.patch('sys.stdout', io.StringIO()), \
                mock.patch.object(cmd_mutants.specs, 'set_up', lambda *unused: None), \
                mock.patch.object(mutation.variants, 'load', lambda load=mutation.variants.load():
                                  load), self.assertRaises(KeyboardInterrupt):
            cmd_mutants.run(args)
        kept = json.loads(paths.build('runs/latest/mutants.json').read_text('utf-8'))
        self.assertEqual(kept['run']['shard'], '2/2')
        self.assertEqual(kept['run']['cases'], ['x86_64.unbind-no-drain'])
        self.assertEqual([m['name'] for m in kept['mutants']], ['unbind-no-drain'])


class Tests(unittest.TestCase):

    def suites(self):
        def some(jobs, names):
            return [suites.Case(name, suites.PASS) for name in names]

        def suite(name, **more):
            return suites.Suite(name, '', (), lambda jobs: [], lambda: [], **more)
        cases = [f't.{n}' for n in range(7)]
        return [suite('a'), suite('b'), suite('functional', some=some)._replace(
            list=lambda: cases), suite('c')]

    def cases(self, part):
        return [(suite.name, name) for suite in suites.of_shard(self.suites(), part)
                for name in suite.list() or ['']]

    def test_whole_suites_and_cases(self):
        self.assertEqual(suites.of_shard(every := self.suites(), None), every)
        parts = [self.cases(Shard(n, 3)) for n in (1, 2, 3)]
        self.assertEqual(sorted(sum(parts, [])), sorted(
            [('a', ''), ('b', ''), ('c', ''), *(('functional', f't.{n}') for n in range(7))]))
        with self.assertRaisesRegex(SvaError, 'there are 7 tests; use at most 7 parts'):
            self.cases(Shard(8, 8))

    def test_only_those_cases_run(self):
        [_, some] = suites.of_shard(self.suites(), Shard(1, 3))
        self.assertEqual([case.name for case in some.run(slots.alone())], some.list())

    def test_times_do_not_count(self):
        """What this machine learned must not make it split in another way."""
        found = []
        for times in ({}, {suites.case_key('functional', f't.{n}'): 1000.0 * n for n in range(7)}):
            with mock.patch.object(history, 'load', lambda times=times: times):
                found.append([self.cases(Shard(n, 3)) for n in (1, 2, 3)])
        self.assertEqual(*found)

    def test_the_time_of_a_part_is_not_that_of_a_suite(self):
        [_, some] = suites.of_shard(self.suites(), Shard(1, 3))
        [*_, whole] = [suite for suite in self.suites() if suite.some]
        for suite, keys in ((some, 1), (whole, 2)):
            jobs = mock.Mock(work=lambda: 5.0)
            self.assertEqual(len(cmd_test.learned(suite, [suites.Case('t.0', suites.PASS)], jobs)),
                             keys)

    def test_ours_can_be_divided(self):
        self.assertEqual({suite.name for suite in suites.all_suites() if suite.some},
                         {'functional', 'mutants'})
        parts = [[(s.name, name) for s in suites.of_shard(suites.select(['functional', 'mutants']),
                                                          Shard(n, 5)) for name in s.list()]
                 for n in range(1, 6)]
        whole = [(s.name, name) for s in suites.select(['functional', 'mutants'])
                 for name in s.list()]
        self.assertEqual(sorted(sum(parts, [])), sorted(whole))
        self.assertGreater(len(whole), len(scenarios.DEFAULT))


if __name__ == '__main__':
    unittest.main()
