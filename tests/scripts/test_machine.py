# SPDX-License-Identifier: GPL-2.0-or-later
"""The harness with guests that behave, and with guests that misbehave."""

import sys
import time
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

from fake_machine import END, FakeMachine, STAGE, START  # noqa: E402
from sva.guest import logs, machine  # noqa: E402
from sva.runs import runner  # noqa: E402
from sva.util.errors import SvaError  # noqa: E402


class RequesterId(unittest.TestCase):

    # Of a bridge QEMU tells the bus that it is on (number), and the one behind it.
    PCI = [{'bus': 0, 'devices': [
        {'qdev_id': 'port0', 'bus': 0, 'slot': 1, 'function': 0, 'pci_bridge': {
            'bus': {'number': 0, 'secondary': 1, 'subordinate': 1},
            'devices': [{'qdev_id': 'accel0', 'bus': 1, 'slot': 0, 'function': 1}]}},
        {'qdev_id': 'port1', 'bus': 0, 'slot': 2, 'function': 0, 'pci_bridge': {
            'bus': {'number': 0, 'secondary': 2, 'subordinate': 2}}}]}]

    def bdf(self, name):
        guest = mock.Mock()
        guest.qmp.execute.return_value = self.PCI
        return machine.Machine.bdf(guest, name)

    def test_below_a_port(self):
        self.assertEqual(self.bdf('accel0'), 0x101)

    def test_beside_it(self):
        self.assertEqual(self.bdf('port1'), 0x10)

    def test_nobody(self):
        self.assertRaises(SvaError, self.bdf, 'accel1')


class Harness(FakeMachine):

    def test_a_good_run(self):
        run = runner.run_machine(self.spec(START + STAGE + END), 'smoke')
        self.assertTrue(run.complete)
        self.assertEqual(run.number('pasid'), 1)
        self.assertEqual(run.setup['device'], '0000:00:02.0')
        self.assertEqual(run.checks, [(True, 'copy')])
        self.assertEqual(run.kmsg('bound'), ['hello'])
        self.assertEqual(run.kmsg(), ['hello', 'late words'])
        bound = run.stages['bound']
        self.assertEqual(bound.iommu, {'translations': 7, 'faults-recorded': 1})
        self.assertEqual(bound.accel, {'page-reqs': 3})
        self.assertEqual(bound.entry.words, (0x49, 0x800001, 0x5000, 0, 0, 0, 0, 0))
        self.assertTrue(bound.entry.present)
        for name in ('control.log', 'dmesg.log', 'evidence.json', 'qemu.log', 'command'):
            self.assertTrue((self.dir / name).is_file(), name)

    def test_a_good_run_is_judged(self):
        self.assertEqual({(v.rule, v.result) for v in self.verdicts(START + STAGE + END)
                          if v.rule in ('operations', 'health')},
                         {('operations', 'pass'), ('health', 'pass')})

    def test_a_guest_that_never_answers_is_an_error(self):
        with mock.patch.object(runner, 'BOOT_TIMEOUT', 0.6):
            found = self.only(['>console Booting', '>sleep'])
        self.assertEqual(found.result, 'error')
        self.assertIn('did not answer in time; last console line: Booting', found.evidence)

    def test_a_slow_guest_gets_more_time(self):
        spec = self.spec(['>console Booting', '>sleep'])
        spec.timeout_multiplier = 3
        began = time.monotonic()
        with mock.patch.object(runner, 'BOOT_TIMEOUT', 0.5):
            [found] = runner.run_scenario(spec, 'smoke', timeout=20).verdicts
        self.assertIn('did not answer in time', found.evidence)
        self.assertGreater(time.monotonic() - began, 1.4)
        self.assertIn('sva.timeout=60', spec.cmdline)

    def test_a_guest_that_stops_answering_is_an_error(self):
        with mock.patch.object(runner, 'SCENARIO_MARGIN', 0):
            [found] = self.verdicts(START + STAGE + ['>sleep'], timeout=0.6)
        self.assertEqual((found.result, found.party), ('error', 'set-up'))

    def test_a_panic_while_booting_is_an_error(self):
        found = self.only(['>console [1.0] Kernel panic - not syncing: No working init found.',
                           '>exit 0'])
        self.assertEqual(found.result, 'error')
        self.assertIn('the guest kernel panicked: No working init', found.evidence)

    def test_a_panic_in_a_scenario_is_the_kernels_failure(self):
        found = self.only(START + ['>console Kernel panic - not syncing: Fatal exception',
                                   '>exit 0'])
        self.assertEqual((found.result, found.party), ('fail', 'kernel'))

    def test_a_crash_of_qemu_in_a_scenario_is_the_models_failure(self):
        found = self.only(START + ['>signal 6'])
        self.assertEqual((found.result, found.party), ('fail', 'model'))
        self.assertIn('SIGABRT', found.evidence)

    def test_qemu_that_ends_early_is_an_error(self):
        found = self.only(['>exit 1'])
        self.assertEqual(found.result, 'error')
        self.assertIn('QEMU ended with status 1: fake: last words', found.evidence)

    def test_an_early_power_off_is_an_error(self):
        for lines in ([], START, START + STAGE):
            found = self.only(lines + ['>exit 0'])
            self.assertEqual(found.result, 'error')
            self.assertIn('powered off before it was done', found.evidence)

    REFUSED = ['@fact setup.bind-errno 95', '@error bind fails: Operation not supported (x)',
               '@begin smoke', '@end smoke 2', '@bye', '>exit 0']

    def test_a_kernel_that_refuses_sva_is_told_why_with_one_boot(self):
        names, results = ['smoke', 'dma', 'late'], []
        spec = self.spec([line.replace('6.12.57', '6.12.117') for line in START[:-2]]
                         + self.REFUSED)
        found = runner.run_all(lambda name: spec, names, (), results.append)
        self.assertEqual([result.scenario for result in results], ['smoke'])
        self.assertEqual([(v.party, v.result) for v in found], [('set-up', 'error')])
        self.assertRegex(found[0].evidence, r'Linux 6\.12\.117-test refuses SVA on x86: the fix of '
                         r'CVE-2025-71089 switched it off, .* from 6\.1\.163 on, from 6\.12\.64 on')

    def test_what_one_scenario_lacks_does_not_stop_the_others(self):
        results = []
        spec = self.spec(START + ['@error no memory to spare', '@end smoke 2', '@bye', '>exit 0'])
        runner.run_all(lambda name: spec, ['smoke', 'smoke'], (), results.append)
        self.assertEqual(len(results), 2)

    def test_a_missing_precondition_is_an_error_with_its_reason(self):
        reason = 'no PASID: the kernel lacks CONFIG_PCI_PASID'
        found = self.only(START[:4] + [f'@error {reason}', '@begin smoke', '@end smoke 2', '@bye',
                                       '>exit 0'])
        self.assertEqual((found.result, found.evidence), ('error', reason))

    def test_a_scenario_that_ends_badly_is_an_error(self):
        for status in ('2', '124', '137', 'x'):
            found = self.only(START + STAGE + [f'@end smoke {status}', '@bye', '>exit 0'])
            self.assertEqual(found.result, 'error')

    def test_another_protocol_is_an_error(self):
        found = self.only(['@hello 2 x86_64 7.2', '>sleep'])
        self.assertIn('protocol 2', found.evidence)

    def test_a_guest_that_says_goodbye_at_once_is_an_error(self):
        found = self.only(START[:3] + ['@bye', '>exit 0'])
        self.assertIn('did not begin', found.evidence)

    def test_another_boots_console_is_an_error(self):
        for lines in (START[1:], ['>console Command line: sva.token=0123456789abcdef', *START[1:]]):
            found = self.only(lines + STAGE + END)
            self.assertEqual((found.result, found.party), ('error', 'set-up'))
            self.assertIn('does not show the command line of this boot', found.evidence)

    def test_a_log_that_cannot_be_kept_is_an_error(self):
        def full(self_, lines):
            self_.error = self_.error or OSError(28, 'No space left on device')
        with mock.patch.object(logs.BoundedLog, '_take', full):
            found = self.only(START + STAGE + END)
        self.assertEqual((found.result, found.party), ('error', 'set-up'))
        self.assertIn('No space left', found.evidence)

    def test_another_scenario_is_an_error(self):
        for begun in ('fault-in', 'smoke,modes=ats', 'nonsense'):
            found = self.only([*START[:-2], f'@begin {begun}', *STAGE[:-2], *END])
            self.assertEqual((found.result, found.evidence.split(' (')[0]),
                             ('error', f'the guest runs {begun}, not smoke'))

    def test_each_boot_has_a_token_of_its_own(self):
        tokens = set()
        for _ in range(2):
            spec = self.spec(START + STAGE + END)
            runner.run_machine(spec, 'smoke')
            tokens.add(spec.token)
        self.assertEqual(len(tokens), 2)
        self.assertTrue(all(len(token) >= 16 for token in tokens), tokens)

    def test_what_a_guest_prints_is_escaped_in_all_logs(self):
        run = runner.run_machine(self.spec(
            START + STAGE[:-2] + ['@kmsg 6,9,9 red\x1b[31m', '>console \x1b[2J\udcff\x07']
            + STAGE[-2:] + END), 'smoke')
        self.assertEqual(run.console[1], r'\x1b[2J\xff\x07')
        self.assertIn(r'red\x1b[31m', run.kmsg())
        for path in self.dir.glob('*.log'):
            self.assertNotRegex(path.read_bytes(), rb'[\x00-\x08\x0b-\x1f\xff]', path)

    def test_long_logs_are_cut(self):
        with mock.patch.object(logs, 'LIMIT', 2000):
            found = self.verdicts(START + ['>events 1000'] + [f'>console line {n}' for n in
                                                              range(1000)] + STAGE + END)
        health = {v.rule: v for v in found}['health']
        self.assertEqual((health.result, health.party), ('error', 'set-up'))
        self.assertRegex(health.evidence, r'^\d{3} console lines were cut')
        for name, first, last in (('console.log', 'Command line', 'line 999'),
                                  ('events.log', 'event 0', 'event 999')):
            text = (self.dir / name).read_text(encoding='utf-8')
            self.assertLess(len(text), 2100)
            self.assertRegex(text, rf'^.*{first}[^$]*\n\[\d{{3}} lines, [\d,]+ bytes were cut '
                                   rf'here\]\n[^$]*{last}\n$')

    def test_a_guest_that_does_not_end_a_line(self):
        with mock.patch.object(machine, 'MOST_LINE', 1000), \
                mock.patch.object(runner, 'BOOT_TIMEOUT', 5):
            found = self.only(['>data 2000', '>sleep'])
        self.assertIn('too much on the control channel', found.evidence)

    def test_a_guest_that_does_not_stop_talking(self):
        with mock.patch.object(machine, 'MOST_HEARD', 2000):
            found = self.only(START + ['noise ' * 100] * 9 + ['>sleep'])
        self.assertIn('too much on the control channel', found.evidence)

    def test_qemu_that_cannot_be_run(self):
        spec = self.spec([])
        with mock.patch.object(machine, 'command', lambda *unused: ['/nonexistent/qemu']):
            with self.assertRaisesRegex(SvaError, 'cannot run /nonexistent/qemu'):
                with machine.Machine(spec):
                    pass


if __name__ == '__main__':
    unittest.main()
