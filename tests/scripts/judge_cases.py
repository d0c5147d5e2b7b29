# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests for the rules of all scenarios: synthetic runs, broken in one way each."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

import synthetic  # noqa: E402
from sva import scenarios  # noqa: E402

# Stages at which nothing is compared, or only what the stage before has too.
UNJUDGED = ('end', 'stopped', 'reused', 'held')
COMMON = {'program', 'health', 'answers', 'models-agree'}


def fact(key, value):
    return lambda run: synthetic.set_fact(run, key, value)


def at(stage, *lines, entry=None, **iommu):
    return lambda run: synthetic.mutate(run, stage, lines, entry, **iommu)


def by_rule(run):
    return {v.rule: v for v in scenarios.judge(run)}


class JudgeCases:
    """For a unittest.TestCase with MAKERS, functions that make a good run, and
    MUTATIONS: (maker, what is broken, rule that must go red, its result, its party)."""

    UNJUDGED = UNJUDGED

    def test_good_runs_pass_every_rule(self):
        for make in self.MAKERS:
            for verdict in scenarios.judge(make()):
                with self.subTest(scenario=verdict.scenario, rule=verdict.rule):
                    self.assertEqual(verdict.result, 'pass', verdict.evidence)

    def test_each_broken_rule_is_seen(self):
        for number, (make, break_it, rule, result, party) in enumerate(self.MUTATIONS):
            run = make()
            break_it(run)
            with self.subTest(number=number, scenario=run.scenario, rule=rule):
                verdict = by_rule(run)[rule]
                self.assertEqual((verdict.result, verdict.party), (result, party),
                                 verdict.evidence)

    def test_every_rule_has_a_way_to_go_red(self):
        red = {(make().scenario.split(',')[0], rule)
               for make, _, rule, result, _ in self.MUTATIONS if result == 'fail'}
        for make in self.MAKERS:
            for verdict in scenarios.judge(make()):
                if verdict.rule not in COMMON:
                    self.assertIn((verdict.scenario, verdict.rule), red)

    def test_a_fact_that_is_missing_is_an_error(self):
        for make in self.MAKERS:
            for key in make().facts:
                run = make()
                del run.facts[key]
                before = by_rule(make())
                for verdict in scenarios.judge(run):
                    with self.subTest(scenario=run.scenario, key=key, rule=verdict.rule):
                        self.assertIn(verdict.result, ('pass', 'error'))
                        if verdict.evidence == before[verdict.rule].evidence:
                            self.assertEqual(verdict.result, 'pass')

    def test_a_missing_stage_is_an_error(self):
        for make in self.MAKERS:
            for stage in [s for s in make().stages if s not in self.UNJUDGED]:
                run = make()
                del run.stages[stage]
                results = {v.result for v in scenarios.judge(run)}
                with self.subTest(scenario=run.scenario, stage=stage):
                    if run.scenario != 'smoke':
                        self.assertIn('error', results)
