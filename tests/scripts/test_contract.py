# SPDX-License-Identifier: GPL-2.0-or-later
"""The checker of the models: its verdict, what it stops, and what findings explain."""

import contextlib
import io
import json
import sys
import unittest
from dataclasses import replace
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

from fake_machine import END, FakeMachine, STAGE, START  # noqa: E402
from sva import cli  # noqa: E402
from sva.commands import demo  # noqa: E402
from sva.guest import machine, specs  # noqa: E402
from sva.judge import contract, verdict  # noqa: E402
from sva.judge.contract import Violation  # noqa: E402
from sva.rules import always  # noqa: E402
from sva.rules.rule import NotApplicable  # noqa: E402
from sva.runs import findings, report, runner, stopping  # noqa: E402
from sva.runs.findings import Finding  # noqa: E402
from sva.scenarios import late  # noqa: E402
from sva.util.errors import SvaError  # noqa: E402

FOUND = {'number': 1, 'rule': 'range-missed', 'culprit': 'kernel', 'rid': 0x10, 'pasid': None,
         'text': 'Two pages were changed.', 'owed': 'IOTLB 0x1000-0x2fff', 'sentence': 'All owed.',
         'source': 'VT-d rev 5.10, 6.5.3', 'before': ['0x1', '0x2'], 'now': ['0x0', '0x2'], 'pa': 4096,
         'addr': '0x1000', 'since': 5, 'time': 9, 'repeats': 3, 'events': []}
LINE = 'range-missed: Two pages were changed. Owed: IOTLB 0x1000-0x2fff'


def violation(**more):
    return '>violation ' + json.dumps({**FOUND, **more})


class Messages(unittest.TestCase):

    def test_a_message_says_it_all(self):
        found = contract.parse('qemu-system-x86_64: warning: sva-checker: violation 12 a-rule '
                               'unknown rid 0x0210 pasid 0xfffff: It is; so. Now. Owed: this; that')
        self.assertEqual(found, Violation(12, 'a-rule', verdict.UNDECIDED, 'It is; so. Now.',
                                          'this; that', 0x210, 0xfffff))
        self.assertEqual(found.where, 'function 02:02.0, PASID 0xfffff')

    def test_it_is_written_as_it_is_read(self):
        source = (Path(__file__).resolve().parents[2] /
                  'hw/sva/observe/checker-report.c').read_text(encoding='utf-8')
        self.assertIn(f'"{contract.OWED}"', source)

    def test_a_message_may_say_little(self):
        found = contract.parse('sva-checker: violation 1 a-rule model rid - pasid -: It is.')
        self.assertEqual((found.rid, found.pasid, found.owed, found.party, found.where),
                         (None, None, '', verdict.MODEL, ''))
        self.assertEqual(found.lines(), ['a-rule: It is.'])

    def test_other_messages_are_none(self):
        for line in ('', 'warning: sva-checker: no event yet',
                     'sva-checker: violation one a-rule kernel rid - pasid -: x'):
            self.assertIsNone(contract.parse(line))

    def test_what_a_guest_wrote_is_harmless(self):
        found = contract.parse('sva-checker: violation 1 a-rule model rid - pasid -: \x1b[2J')
        self.assertEqual(found.text, r'\x1b[2J')

    def test_the_model_is_accused_first(self):
        kernel, model, unknown = (Violation(n, f'rule-{n}', party, 'text') for n, party in
                                  enumerate((verdict.KERNEL, verdict.MODEL, verdict.UNDECIDED)))
        self.assertEqual(contract.first((kernel, model)), ('model', 'rule-1: text (1 more)'))
        self.assertEqual(contract.first((unknown, kernel)), ('kernel', 'rule-0: text (1 more)'))
        self.assertEqual(contract.first((unknown,)), ('undecided', 'rule-2: text'))


class Verdicts(FakeMachine):

    def contract(self, lines):
        return {v.rule: v for v in self.verdicts(lines)}['contract']

    def test_a_good_kernel_passes(self):
        found = self.contract(START + STAGE + END)
        self.assertEqual((found.result, found.party), ('pass', 'kernel'))
        self.assertEqual(found.evidence, 'no rule broken in 42 events')
        self.assertEqual(found.violations, ())

    def test_without_a_checker_there_is_no_verdict(self):
        spec = self.spec(START + STAGE + END)
        spec.checker = ''
        self.assertNotIn('contract', {v.rule for v in runner.run_scenario(spec, 'smoke').verdicts})

    def test_a_checker_that_saw_nothing_proves_nothing(self):
        with mock.patch.object(machine.Machine, 'checked_events', lambda guest: 0):
            found = self.contract(START + STAGE + END)
        self.assertEqual((found.result, found.party), ('error', 'set-up'))

    def test_without_an_iommu_there_is_nothing_to_see(self):
        spec = self.spec(START + STAGE + END)
        spec.iommu = False
        with mock.patch.object(machine.Machine, 'checked_events', lambda guest: 0):
            found = runner.run_scenario(spec, 'smoke').verdicts
        self.assertNotIn('contract', {v.rule for v in found})

    def test_what_is_broken_is_told_in_full(self):
        found = self.contract([*START, violation(), *STAGE, *END])
        self.assertEqual((found.result, found.party, found.evidence), ('fail', 'kernel', LINE))
        self.assertEqual(found.violations[0].lines(), [
            LINE, '  function 00:02.0, entry was 0x1 0x2, entry is 0x0 0x2',
            '  rule: All owed. (VT-d rev 5.10, 6.5.3)'])

    def test_what_comes_after_the_last_stage_counts(self):
        found = self.contract([*START, *STAGE, *END[:-1], violation(), '>exit 0'])
        self.assertEqual((found.result, found.evidence), ('fail', LINE))
        self.assertEqual(found.violations[0].details, {})

    def test_what_was_listed_and_is_not_in_the_log_counts(self):
        found = self.contract([*START, violation(silent=True), *STAGE, *END])
        self.assertEqual((found.result, found.evidence), ('fail', LINE))

    def test_each_is_counted_once(self):
        found = self.contract([*START, violation(), *STAGE, '@stage unbound', '>await go',
                               violation(number=2, text='Others.'), *END])
        self.assertEqual([v.number for v in found.violations], [1, 2])
        self.assertTrue(found.evidence.endswith('(1 more)'))

    def test_a_run_that_breaks_off_is_accused_as_well(self):
        with mock.patch.object(runner, 'SCENARIO_MARGIN', 0):
            found = self.verdicts([*START, violation(), *STAGE, '>sleep'], timeout=0.6)
        self.assertEqual([(v.rule, v.result) for v in found],
                         [('contract', 'fail'), ('complete', 'error')])

    def test_so_is_one_that_panics(self):
        found = self.verdicts([*START, violation(), '>console Kernel panic - not syncing: Oops',
                               '>exit 0'])
        self.assertEqual([(v.rule, v.party) for v in found],
                         [('health', 'kernel'), ('contract', 'kernel')])

    def test_a_model_is_accused(self):
        found = self.contract([*START, violation(culprit='model'), *STAGE, *END])
        self.assertEqual(found.party, 'model')


class Provoked(unittest.TestCase):
    """What a scenario tells the driver to break, and machines that were moved."""

    def verdict(self, *violations, provoked=('range-missed',), complete=True, whole=True):
        run = mock.Mock(contract=contract.Judged(42, violations, whole), complete=complete)
        result = always.contract(provoked)(run)
        broken = [check for check in result.checks if not check.holds]
        return (broken[0].culprit, broken[0].text) if broken else result.evidence

    def test_what_is_broken_on_purpose_is_not_held_against_the_kernel(self):
        self.assertEqual(self.verdict(ON_PURPOSE),
                         'no rule broken in 42 events but, on purpose, range-missed')

    def test_another_rule_is(self):
        self.assertEqual(self.verdict(ON_PURPOSE, KERNEL), (verdict.KERNEL, 'drain: No drain.'))

    def test_so_is_a_model_that_breaks_the_same(self):
        model = replace(ON_PURPOSE, party=verdict.MODEL)
        self.assertEqual(self.verdict(model)[0], verdict.MODEL)

    def test_the_checker_must_notice(self):
        party, evidence = self.verdict()
        self.assertEqual(party, verdict.MODEL)
        self.assertIn('did not notice: range-missed', evidence)

    def test_but_not_in_a_run_that_broke_off(self):
        self.assertIn('no rule broken', self.verdict(complete=False))

    def test_a_machine_that_was_moved_proves_nothing(self):
        with self.assertRaises(NotApplicable):
            self.verdict(ON_PURPOSE, whole=False)
        self.assertEqual(self.verdict(KERNEL, whole=False)[0], verdict.KERNEL)

    def test_only_a_driver_that_does_not_stop_lets_its_device_fault(self):
        for how, rules in (('no-stop', ('bond-fault-noise',)), ('driver', ())):
            self.assertEqual(late.provoked(mock.Mock(fact=lambda name, how=how: how)), rules)


def broken(*violations, result=verdict.FAIL):
    party, evidence = contract.first(violations) if violations else (verdict.KERNEL, 'none')
    return verdict.Verdict('kill', verdict.OVERALL, 'contract', party, result, evidence,
                           violations=violations)


KERNEL = Violation(1, 'drain', verdict.KERNEL, 'No drain.')
ON_PURPOSE = Violation(3, 'range-missed', verdict.KERNEL, 'Missed.')
OTHER = Violation(2, 'order', verdict.KERNEL, 'Wrong order.')
KNOWN = Finding(9, 'old', (((6, 0, 0), None),), 'kill', {'contract': '^drain: No drain'}, '',
                ('x86_64',))


class Known(unittest.TestCase):

    def apply(self, item, strict=False):
        return findings.apply([item], [KNOWN], '7.2', strict)[0]

    def test_a_violation_may_be_known(self):
        found = self.apply(broken(KERNEL))
        self.assertEqual((found.result, found.finding), ('known', 'finding 9: old'))
        self.assertEqual(found.violations[0].finding, 'finding 9: old')

    def test_another_one_is_not_and_is_told_first(self):
        found = self.apply(broken(KERNEL, OTHER))
        self.assertEqual((found.result, found.finding), ('fail', ''))
        self.assertEqual(found.evidence, 'order: Wrong order.')
        self.assertEqual([v.finding for v in found.violations], ['finding 9: old', ''])

    def test_a_model_is_never_excused(self):
        found = self.apply(broken(replace(KERNEL, party=verdict.MODEL)))
        self.assertEqual((found.result, found.party), ('fail', 'model'))

    def test_one_that_is_gone_is_noticed(self):
        item = broken(result=verdict.PASS)
        self.assertEqual(self.apply(item).result, 'pass')
        self.assertEqual(self.apply(item, strict=True).party, 'set-up')


class Reports(unittest.TestCase):

    def setUp(self):
        self.found = [broken(contract.from_json(FOUND)).of('x86_64', '7.2', 1),
                      broken(KERNEL, OTHER).of('aarch64', '7.2', 1)]

    def test_the_table_lists_them(self):
        one, two = map(report.table, ([v] for v in self.found))
        self.assertEqual(one.count('Two pages'), 1)
        self.assertIn('entry was 0x1', one)
        self.assertIn('order: Wrong order.', two)

    def test_so_do_the_other_forms(self):
        self.assertIn('# contract: order: Wrong order.', report.ktap(self.found))
        self.assertIn('rule: All owed. (VT-d rev 5.10, 6.5.3)', report.junit(self.found))
        first = json.loads(report.to_json(self.found))['verdicts'][0]['violations'][0]
        self.assertEqual((first['rule'], first['party'], first['now'], first['rid']),
                         ('range-missed', 'kernel', ['0x0', '0x2'], 16))


class Stops(FakeMachine):

    def run_stopped(self, lines, **options):
        spec = self.spec(lines)
        spec.checker, spec.on_stop = machine.STOP, stopping.Stop(hold=False, **options)
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            found = runner.run_scenario(spec, 'smoke').verdicts
        return found, out.getvalue()

    def test_it_ends_where_the_rule_is_broken(self):
        found, out = self.run_stopped([*START, violation(), '>stop', *STAGE, *END])
        self.assertEqual([(v.rule, v.result) for v in found], [('contract', 'fail')])
        self.assertIn(f'stopped: {LINE}', out)
        self.assertIn('processors at 0xffffffff81000000', out)
        self.assertIn(machine.USER_QMP, out)

    def test_another_rule_lets_it_go_on(self):
        found, out = self.run_stopped([*START, violation(), '>stop', *STAGE, *END],
                                      rule='other')
        self.assertIn(('program', 'pass'), {(v.rule, v.result) for v in found})
        self.assertEqual(out, '')

    def test_before_the_kernel_says_what_it_is(self):
        found, _ = self.run_stopped([violation(), '>stop'])
        self.assertEqual([(v.rule, v.result) for v in found], [('contract', 'fail')])

    def test_while_it_powers_off(self):
        found, out = self.run_stopped([*START, *STAGE, *END[:-1], violation(), '>stop',
                                       '>exit 0'])
        self.assertEqual([(v.rule, v.result) for v in found], [('contract', 'fail')])

    def test_gdb_is_let_in(self):
        asked = []
        with mock.patch.object(machine.Qmp, 'monitor',
                               lambda qmp, line: asked.append(line) or 'Waiting for gdb'):
            _, out = self.run_stopped([*START, violation(), '>stop'], gdb=True)
        self.assertIn('gdbserver tcp::1234', asked)
        self.assertIn('target remote :1234', out)

    def test_a_port_that_is_taken_is_told(self):
        with mock.patch.object(machine.Qmp, 'monitor', lambda qmp, line: 'Address in use'):
            found, _ = self.run_stopped([*START, violation(), '>stop'], gdb=True)
        self.assertIn('gdb cannot attach: Address in use', found[0].evidence)

    def test_it_is_held_until_qemu_ends(self):
        spec = self.spec([*START, violation(), '>stop'])
        spec.checker, spec.on_stop = machine.STOP, stopping.Stop(hold=True)

        def end(guest):
            guest.process.kill()
            return wait(guest)
        wait = stopping.wait
        with mock.patch.object(stopping, 'wait', end), \
                mock.patch('sys.stdin', io.StringIO()), \
                contextlib.redirect_stdout(io.StringIO()):
            [found] = runner.run_scenario(spec, 'smoke').verdicts
        self.assertEqual(found.rule, 'contract')


class Options(unittest.TestCase):

    def equipped(self, *words):
        args = cli.build_parser().parse_args(['demo', *words])
        make = demo.equipped(args, lambda logs: machine.Spec('x86_64', None, None, logs))
        return make(Path('logs'))

    def test_they_reach_the_machine(self):
        spec = self.equipped('--adversary', '7')
        self.assertEqual((spec.adversary, spec.checker), (7, machine.REPORT))
        spec = self.equipped('--stop-on', 'inval-tlb-missing', '--gdb')
        self.assertEqual((spec.checker, spec.on_stop.rule, spec.on_stop.gdb),
                         (machine.STOP, 'inval-tlb-missing', True))
        self.assertIsNone(self.equipped().on_stop)

    def test_each_machine_has_a_stop_of_its_own(self):
        make = specs.stopped(lambda logs: machine.Spec('x86_64', None, None, logs),
                             stopping.Stop)
        self.assertIsNot(make(None).on_stop, make(None).on_stop)

    def test_gdb_alone_makes_no_sense(self):
        with self.assertRaisesRegex(SvaError, '--gdb needs --stop-on'):
            self.equipped('--gdb')

    def test_a_rule_that_the_checker_has_not(self):
        for word, near in (('inval-tlb-mising', 'do you mean inval-tlb-missing'),
                           ('speed-limit', '`sva list` names them')):
            with contextlib.redirect_stderr(io.StringIO()) as errors, \
                    self.assertRaises(SystemExit):
                self.equipped('--stop-on', word)
            self.assertIn(near, errors.getvalue())
        self.assertEqual(self.equipped('--stop-on', 'any').on_stop.rule, 'any')

    def test_a_seed_is_a_number(self):
        for word in ('0', 'x', '4294967296', '-1'):
            with contextlib.redirect_stderr(io.StringIO()), self.assertRaises(SystemExit):
                self.equipped('--adversary', word)


if __name__ == '__main__':
    unittest.main()
