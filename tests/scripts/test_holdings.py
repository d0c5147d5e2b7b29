# SPDX-License-Identifier: GPL-2.0-or-later
"""What the caches hold, as the models report it, and who is blamed for leftovers."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

import synthetic  # noqa: E402
import synthetic_arm  # noqa: E402
from judge_cases import by_rule  # noqa: E402
from sva.judge import holdings  # noqa: E402
from sva.judge.debts import Debt, Look  # noqa: E402
from sva.judge.holdings import Holdings  # noqa: E402
from sva.judge.ledger import ATC  # noqa: E402
from sva.judge.verdict import KERNEL  # noqa: E402

RID, OTHER = 0x08, 0x10
ASID = synthetic_arm.CD_LIVE.asid
NOTHING = Holdings({}, {}, frozenset())
GONE = ('mm-gone', 'unbound', 'late')


def kill(tag=1, make=synthetic.kill):
    """A run that was looked at: caches are warm while bound, empty when the mm is gone."""
    run = make()
    warm = Holdings({tag: 512}, {1: 512}, frozenset({(RID, 1), (RID, 0)}))
    for name, stage in run.stages.items():
        if stage.entry:
            stage.look = Look([], {}, [], {}, RID)
            stage.held = NOTHING if name in GONE else warm
            stage.pasid = 1
    return run


def arm():
    return kill(ASID, lambda: synthetic_arm.carried(synthetic.kill, ends='mm-gone')())


class Parse(unittest.TestCase):

    def test_properties(self):
        self.assertEqual(holdings.translations('1:512 3:2'), {1: 512, 3: 2})
        self.assertEqual(holdings.translations(''), {})
        self.assertEqual(holdings.configs('0x0008.0 0x0010.70'), {(0x08, 0), (0x10, 70)})
        self.assertEqual(holdings.configs(''), frozenset())

    def test_record(self):
        self.assertEqual(Holdings({1: 2}, {}, frozenset({(16, 1), (8, 1)})).record(),
                         {'iotlb': {1: 2}, 'atc': {}, 'configs': ['0x0008.1', '0x0010.1']})


class Forgotten(unittest.TestCase):

    def judged(self, run, stage, **held):
        run.stages[stage].held = NOTHING._replace(**held)
        verdict = by_rule(run)['forgotten']
        return verdict.result, verdict.party

    def test_nothing_is_left(self):
        verdict = by_rule(kill())['forgotten']
        self.assertEqual((verdict.result, verdict.party, verdict.evidence), (
            'pass', 'model', 'nothing of the PASID in the caches at 3 stages, 1,024 translations '
            'before'))

    def test_what_is_left_is_the_models_fault(self):
        for held in ({'iotlb': {1: 1}}, {'atc': {1: 3}}, {'configs': frozenset({(RID, 1)})}):
            for stage in GONE:
                self.assertEqual(self.judged(kill(), stage, **held), ('fail', 'model'))
        run = kill()
        run.stages['mm-gone'].held = Holdings({1: 7}, {1: 3}, frozenset({(RID, 1)}))
        self.assertIn('mm-gone: its entry, 3 in the device-TLB, 7 in the IOTLB',
                      by_rule(run)['forgotten'].evidence)

    def test_what_others_have(self):
        """Other PASIDs, the function's own translations; one PASID on two devices."""
        for held in ({'iotlb': {2: 9}, 'atc': {2: 9}},
                     {'configs': frozenset({(RID, 0), (RID, 2)})},
                     {'iotlb': {1: 9}, 'configs': frozenset({(OTHER, 1)})}):
            self.assertEqual(self.judged(kill(), 'unbound', **held), ('pass', 'model'))
        self.assertEqual(self.judged(kill(), 'unbound', iotlb={1: 9},
                                     configs=frozenset({(OTHER, 2)})), ('fail', 'model'))

    def test_an_asid(self):
        """It may be another bond's by now; that of the function itself is none."""
        self.assertEqual(self.judged(arm(), 'unbound', iotlb={1: 9}), ('pass', 'model'))
        self.assertEqual(self.judged(arm(), 'unbound', iotlb={ASID: 9},
                                     configs=frozenset({(RID, 0)})), ('fail', 'model'))
        self.assertEqual(self.judged(arm(), 'unbound', iotlb={ASID: 9},
                                     configs=frozenset({(RID, 2)})), ('pass', 'model'))

    def test_what_the_kernel_owes_is_not_the_models_fault(self):
        run = kill()
        debts = [Debt(KERNEL, ATC, 0x7000, 40, '0x9000 rw--', 'nothing')]
        for name in GONE:
            run.stages[name].held = NOTHING._replace(atc={1: 1})
            run.stages[name].look = run.stages[name].look._replace(debts=debts)
        found = by_rule(run)
        self.assertNotIn('forgotten', found)
        self.assertEqual(found['invalidated'].party, 'kernel')

    def test_a_run_that_comes_to_another_pasid(self):
        """Leftovers are looked up for the PASID that was observed at the stage."""
        run = kill()
        run.stages['late'].pasid = 2
        run.stages['late'].held = Holdings({1: 9, 2: 9}, {2: 9}, frozenset({(RID, 2)}))
        self.assertEqual(by_rule(run)['forgotten'].result, 'pass')
        run.stages['unbound'].held = NOTHING._replace(atc={1: 1})
        self.assertIn('unbound: 1 in the device-TLB', by_rule(run)['forgotten'].evidence)

    def test_what_is_not_known_is_not_judged(self):
        run = kill()
        for name in GONE:
            run.stages[name].held = NOTHING._replace(atc={1: 1})
            run.stages[name].look = run.stages[name].look._replace(complete=False)
        self.assertNotIn('forgotten', by_rule(run))


if __name__ == '__main__':
    unittest.main()
