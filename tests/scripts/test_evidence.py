# SPDX-License-Identifier: GPL-2.0-or-later
"""Evidence and its presentation: guest memory, kernel messages, findings, reports."""

import io
import json
import os
import sys
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path
from unittest import mock
from xml.etree import ElementTree

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

import synthetic  # noqa: E402
from sva import scenarios  # noqa: E402
from sva.guest import kmsg  # noqa: E402
from sva.judge import memory, verdict  # noqa: E402
from sva.judge.verdict import Verdict  # noqa: E402
from sva.runs import findings, report  # noqa: E402
from sva.setup import kconfig  # noqa: E402
from sva.util.errors import SvaError  # noqa: E402

RTADDR = 0x10_0000 | 1 << 10
BDF = 0x0110  # 01:02.0


class Memory(unittest.TestCase):
    """Addresses and words are written out from the tables of the specification."""

    def setUp(self):
        self.words = {
            0x10_0010: 0x20_0001,             # root entry of bus 1, lower half
            0x20_0200: 0x30_0201,             # context entry 0x10: PDTS 1, present
            0x30_0008: 0x40_0001,             # directory entry 1: PASIDs 0x40..0x7f
            0x40_0000 + 5 * 64: 0x49,         # PASID 0x45
            0x40_0008 + 5 * 64: 0x80_0001,
            0x40_0010 + 5 * 64: 0x123_4000,
        }

    def entry(self, pasid=0x45, rtaddr=RTADDR, bdf=BDF):
        def read(addr, count):
            return [self.words.get(addr + 8 * i, 0) for i in range(count)]
        return memory.pasid_entry(read, rtaddr, bdf, pasid)

    def test_a_present_entry(self):
        found = self.entry()
        self.assertEqual(found.words[:3], (0x49, 0x80_0001, 0x123_4000))
        self.assertTrue(found.present)
        self.assertFalse(found.fpd)
        self.assertEqual(str(found), 'PASID entry 0x49 0x800001 0x1234000')

    def test_fault_processing_disable_without_present(self):
        self.words[0x40_0000 + 5 * 64] = 0x2
        self.assertFalse(self.entry().present)
        self.assertTrue(self.entry().fpd)

    def test_an_entry_of_zeros(self):
        found = self.entry(pasid=0x46)
        self.assertFalse(found.present or found.fpd)
        self.assertEqual(str(found), 'PASID entry 0x0')

    def test_each_level_that_may_be_missing(self):
        for addr, level in ((0x10_0010, 'root entry'), (0x20_0200, 'context entry'),
                            (0x30_0008, 'directory entry')):
            self.setUp()
            self.words[addr] &= ~1
            found = self.entry()
            self.assertEqual(found.level, level)
            self.assertFalse(found.present)

    def test_fault_processing_disable_on_the_way(self):
        for addr in (0x20_0200, 0x30_0008):
            self.setUp()
            self.words[addr] |= 2
            self.assertTrue(self.entry().fpd)

    def test_the_upper_half_of_a_bus(self):
        self.words[0x10_0018] = 0x50_0001
        self.words[0x50_0000 + 0x10 * 32] = 0x30_0201
        self.assertTrue(self.entry(bdf=0x0190).present)

    def test_a_pasid_beyond_the_directory(self):
        self.assertEqual(self.entry(pasid=256 * 64).level, 'directory (too small)')
        self.assertEqual(self.entry(pasid=256 * 64 - 1).level, 'directory entry')

    def test_legacy_mode_has_no_pasid_entries(self):
        self.assertIn('scalable', self.entry(rtaddr=0x10_0000).level)

    def test_what_is_no_memory_is_no_entry_that_is_not_present(self):
        """Lines as QEMU 10.0 and 10.2 print them."""
        for text, words in (
                ('0000000040001000: 0x00000000003a000a 0x0300000000020000\r\n',
                 [0x3a000a, 0x300000000020000]),
                ('0000000040001000: Cannot access memory\r\n', None),
                ('0000000040000ff8: 0x00000000003a000a\r\n', None)):
            with self.subTest(text):
                read = memory.reader(mock.Mock(monitor=lambda line, text=text: text))
                if words:
                    self.assertEqual(read(0x40001000, 2), words)
                else:
                    with self.assertRaisesRegex(SvaError, 'cannot be read'):
                        read(0x40001000, 2)


class Kmsg(unittest.TestCase):

    def test_fault_lines_of_both_kernels(self):
        new = ('DMAR: [DMA Write PASID 0x1] Request device [0000:00:02.0] fault addr '
               '0x7f0012345000 [fault reason 0x59] SM: Present bit in PASID entry is clear')
        old = new.replace('0000:00', '00').replace('PASID 0x1', 'NO_PASID')
        [first, second] = kmsg.faults([new, 'something else', old])
        self.assertEqual((first.pasid, first.reason, first.addr, first.device),
                         (1, 0x59, 0x7f0012345000, '0000:00:02.0'))
        self.assertIsNone(second.pasid)
        self.assertEqual(kmsg.faults([new, old], 1), [first])
        self.assertEqual(kmsg.faults([new], 2), [])

    def test_lines_without_a_record(self):
        for line in ('DMAR: DRHD: handling fault status reg 2',
                     'dmar_fault: 43 callbacks suppressed',
                     'DMAR: Unexpected page request in Privilege Mode'):
            self.assertEqual(kmsg.about_faults([line]), [line])
        self.assertEqual(kmsg.about_faults(['DMAR: IOMMU performance enabled']), [])

    def test_trouble(self):
        for line in ('WARNING: CPU: 1 PID: 60 at drivers/iommu/x.c:10 f+0x1/0x2',
                     'BUG: sleeping function called from invalid context at mm/x.c:1',
                     'Oops: general protection fault', 'INFO: task init:1 blocked for more',
                     'rcu: INFO: rcu_preempt self-detected stall on CPU',
                     'watchdog: BUG: soft lockup - CPU#0 stuck for 26s!',
                     'kmemleak: 2 new suspected memory leaks (see /sys/kernel/debug/kmemleak)',
                     'WARNING: possible circular locking dependency detected',
                     'BUG: KASAN: slab-use-after-free in iopf_group_response+0x1/0x2'):
            self.assertEqual(kmsg.splats([line]), [line])
        for line in ('DMAR: Host address width 48', 'random: crng init done',
                     'sva_accel: loading out-of-tree module taints kernel.',
                     'kmemleak: Kernel memory leak detector initialized (mem pool available: 9)'):
            self.assertEqual(kmsg.splats([line]), [])

    def test_whose_trouble_it_is(self):
        head = '[  9.1] WARNING: kernel/workqueue.c:100 at '
        for report in (['BUG: KASAN: slab-use-after-free in sva_accel_stop+0x1c/0x90 [sva_accel]'],
                       [head + 'debug_print_object+0x10/0x20', 'Modules linked in: sva_accel(O)',
                        'RIP: 0010:debug_print_object+0x10/0x20', 'Call Trace:',
                        ' ? iommu_attach+0x1/0x2', ' __debug_check_no_obj_freed+0x1/0x2',
                        ' kfree+0x10/0x20', ' sva_accel_release+0x3/0x4 [sva_accel]'],
                       ['BUG: sleeping function called from invalid context at mm/x.c:1',
                        'Call trace:', ' __might_resched+0x1/0x2', ' __mutex_lock+0x5/0x6',
                        ' sva_accel_ioctl+0x3/0x4 [sva_accel]']):
            self.assertEqual(kmsg.blame(report), ([], report[:1]))
        for report in (['BUG: KASAN: slab-use-after-free in iopf_group_response+0x1/0x2',
                        'Call Trace:', ' sva_accel_stop+0x1c/0x90 [sva_accel]'],
                       [head + 'iommu_sva_unbind_device+0x1/0x2', 'pc : f+0x1/0x2', 'Call trace:',
                        ' sva_accel_release+0x3/0x4 [sva_accel]'],
                       ['INFO: task init:1 blocked for more'],
                       # The next report is another one.
                       ['rcu: INFO: rcu_preempt self-detected stall on CPU']):
            self.assertEqual(kmsg.blame(report), (report[:1], []))
        two = ['Oops: general protection fault', 'BUG: KASAN: x in f+0x1/0x2 [sva_accel]']
        self.assertEqual(kmsg.blame(two), (two[:1], two[1:]))


VAX = ('{"findings": [{"id": 1, "title": "", "arch": ["vax"], "kernels": [], "scenario": "", '
       '"rules": {}, "description": ""}]}')


class Findings(unittest.TestCase):

    def known(self, release, entry=synthetic.ZERO, lines=(synthetic.PASID_LINE,), drains=0, strict=False,
              faults=4):
        run = synthetic.kill()
        synthetic.mutate(run, 'mm-gone', lines, entry, faults_recorded=faults)
        for stage in ('unbound', 'late', 'reused'):
            synthetic.mutate(run, stage, waits_page_drain=drains)
        synthetic.mutate(run, 'late', faults_recorded=5)
        judged = findings.apply(scenarios.judge(run), findings.load(), release, strict)
        return {v.rule: v for v in judged}

    def test_a_listed_kernel_with_the_finding(self):
        for release in ('6.12.75', '7.2.13', '7.2.13+deb14-amd64', '8.0.0-rc1'):
            found = self.known(release)
            for rule in ('silence', 'drain'):
                self.assertEqual((found[rule].result, found[rule].expected), ('known', 'known'))
                self.assertIn('finding 1', found[rule].finding)
            self.assertEqual(found['abort'].result, 'pass')

    def test_other_kernels(self):
        for release in ('6.12.57', '6.12.74', '6.13.1', '6.6.100'):
            found = self.known(release)
            for rule in ('silence', 'drain'):
                self.assertEqual((found[rule].result, found[rule].expected), ('fail', 'pass'))

    def test_another_architecture(self):
        """A finding in a driver of one IOMMU is none elsewhere; the others are for all."""
        broken = Verdict('kill', verdict.GONE, 'silence', 'kernel', 'fail',
                         'PASID entry 0x0, FPD not set')
        asked = Verdict('userfaultfd', verdict.BOUND, 'user-fault', 'kernel', 'fail',
                        'the process was not asked for the page: 1 stalled request, 1 terminated')
        for arch, result in (('x86_64', 'known'), ('aarch64', 'fail')):
            [first, second] = findings.apply([broken, asked], findings.load(), '7.2.13', True, arch)
            self.assertEqual((first.result, second.result), (result, 'known'))

    def test_other_evidence_is_no_finding(self):
        found = self.known('7.2.13', entry=synthetic.LIVE)
        self.assertEqual(found['silence'].result, 'fail')

    def test_no_drain_though_the_entry_is_silent_is_another_bug(self):
        found = self.known('7.2.13', entry=synthetic.QUIET, lines=(), faults=0)['drain']
        self.assertEqual((found.result, found.party), ('fail', 'kernel'))
        self.assertIn('PASID entry 0x2 before it', found.evidence)

    def test_who_is_not_the_kernel_for_certain_is_not_excused(self):
        found = self.known('7.2.13', entry=synthetic.QUIET)
        self.assertEqual((found['silence'].result, found['silence'].party),
                         ('fail', 'undecided'))

    def test_a_listed_kernel_that_keeps_the_rule(self):
        for strict, result in ((False, 'pass'), (True, 'fail')):
            found = self.known('7.2.13', synthetic.QUIET, (), 1, strict, faults=0)
            for rule in ('silence', 'drain'):
                self.assertEqual(found[rule].result, result, found[rule])
                if strict:
                    self.assertIn('no longer appears', found[rule].evidence)

    def test_a_race_need_not_appear(self):
        kept = Verdict('dsa-exit', verdict.OVERALL, 'health', 'kernel', 'pass', 'no warning')
        broken = replace(kept, result='fail', evidence='1 line of trouble, the first: [    8.6] '
                         'BUG: Bad rss-counter state mm:01 type:MM_ANONPAGES val:17 Comm:kworker')
        other = replace(broken, evidence='1 line of trouble, the first: Oops: 0000')
        for item, result in ((kept, 'pass'), (broken, 'known'), (other, 'fail')):
            [found] = findings.apply([item], findings.load(), '7.2.13', True)
            self.assertEqual(found.result, result)

    def test_an_error_stays_an_error(self):
        error = Verdict('kill', verdict.GONE, 'silence', 'set-up', 'error', 'no machine')
        self.assertEqual(findings.apply([error], findings.load(), '7.2.13', True), [error])

    def test_a_list_that_cannot_be_read(self):
        with tempfile.TemporaryDirectory() as temp:
            path = Path(temp, 'findings.json')
            for text in ('', '[]', '{"findings": [{"id": 1}]}', VAX):
                path.write_text(text, encoding='utf-8')
                with self.assertRaises(SvaError):
                    findings.load(path)


class Report(unittest.TestCase):

    def setUp(self):
        self.verdicts = [
            Verdict('kill', verdict.GONE, 'silence', 'kernel', 'known', 'PASID entry 0x0', 'known',
                    'finding 1: Linux >= 6.12.75'),
            Verdict('kill', verdict.BOUND, 'data', 'kernel', 'pass', 'word ' * 40),
            Verdict('kill', verdict.UNBOUND, 'drain', 'kernel', 'known', 'no drain', 'known',
                    'finding 1: Linux >= 6.12.75'),
            Verdict('late', verdict.UNBOUND, 'abort', 'model', 'fail', '<3> pages & changed'),
            Verdict('late', verdict.OVERALL, 'complete', 'set-up', 'error', 'no machine'),
        ]
        self.verdicts = [v.of('x86_64', '7.2.13') for v in self.verdicts]

    def test_the_table(self):
        text = report.table(self.verdicts[:3])
        lines = text.splitlines()
        self.assertTrue(all(len(line) <= 100 for line in lines))
        self.assertTrue(lines[0].startswith('  bound     data             pass    word'))
        self.assertIn('known   PASID entry 0x0  [finding 1: Linux >= 6.12.75]', text)
        self.assertTrue(text.endswith('no drain  [finding 1]'))
        self.assertIn('fail    model: <3> pages', report.table(self.verdicts[3:]))
        self.assertNotIn('\033', text)
        self.assertIn('\033[33mknown\033[0m', report.table(self.verdicts, colour=True))

    def test_terminals(self):
        """From 60 columns on; words are whole, and so are names of logs with blanks in them."""
        log = '(log: /home/me/my-very-long-kernel directory/with/runs/x86_64/kill/qemu.log)'
        long = Verdict('kill', verdict.OVERALL, 'complete', 'set-up', 'error', f'it ended {log}')
        for columns in (60, 79, 80, 100, 120):
            text = report.table([*self.verdicts, long], columns=columns)
            rows = [line for line in text.splitlines() if log not in line]
            self.assertLessEqual(max(map(len, rows)), columns)
            self.assertGreater(max(map(len, rows)), columns - 8)
            self.assertEqual(len(rows), len(text.splitlines()) - 1)
            text = report.header('x86_64', '7.2.13-with-a-long-name', 'sva-vtd + sva-accel',
                                 'kill-with-queued-requests', 104.94, columns)
            if columns < 100:
                self.assertLessEqual(max(map(len, text.splitlines())), columns)
            else:
                self.assertNotIn('\n', text)
            self.assertTrue(text.endswith(' (104.9 s)'))
        for there, wanted in ((40, 60), (77, 77), (200, 120)):
            with mock.patch('shutil.get_terminal_size', return_value=os.terminal_size((there, 9))):
                self.assertEqual(report.width(mock.Mock(isatty=lambda: True)), wanted)
        self.assertEqual(report.width(io.StringIO()), 100)

    def test_header_and_summary(self):
        text = report.header('x86_64', '7.2.13', 'sva-vtd + sva-accel', 'kill', 4.94)
        self.assertEqual(len(text), 100)
        self.assertTrue(text.startswith('x86-64 · Linux 7.2.13 · sva-vtd + sva-accel · '))
        self.assertTrue(text.endswith('(4.9 s)'))
        self.assertEqual(report.summary(self.verdicts, 'build/x/'),
                         '5 verdicts: 1 pass, 2 known, 1 fail, 1 error.   log: build/x/')

    def test_no_colour_into_a_file(self):
        self.assertFalse(report.wants_colour(io.StringIO()))

    def test_ktap(self):
        text = report.ktap(self.verdicts)
        self.assertTrue(text.startswith('KTAP version 1\n1..2\n'))
        self.assertIn('  ok 2 data\n', text)
        self.assertIn('  ok 1 silence # XFAIL finding 1', text)
        self.assertIn('\nok 1 x86_64.kill\n', text)
        self.assertIn('  not ok 1 abort # model\n', text)
        self.assertIn('  not ok 2 complete # ERROR no machine\n', text)
        self.assertTrue(text.endswith('\nnot ok 2 x86_64.late\n'))

    def test_junit(self):
        root = ElementTree.fromstring(report.junit(self.verdicts))
        self.assertEqual([(s.get('name'), s.get('tests'), s.get('failures'), s.get('errors'))
                          for s in root],
                         [('x86_64.kill', '3', '0', '0'), ('x86_64.late', '2', '1', '1')])
        self.assertIn('<3> pages & changed', root.find('.//failure').text)

    def test_json_has_the_published_keys(self):
        [first, *_] = json.loads(report.to_json(self.verdicts))['verdicts']
        self.assertEqual(first, {
            'arch': 'x86_64', 'kernel': '7.2.13', 'scenario': 'kill', 'state': 'mm gone',
            'rule': 'silence', 'party': 'kernel', 'result': 'known', 'expected': 'known',
            'finding': 'finding 1: Linux >= 6.12.75', 'evidence': 'PASID entry 0x0',
            'seconds': 0})

    def test_exit_status(self):
        known, good, _, bad, error = self.verdicts
        for items, status in (([good, known], 0), ([good, bad], 1), ([bad, error], 1),
                              ([good, error], 2), ([], 2)):
            self.assertEqual(verdict.exit_status(items), status)

    def test_a_verdict_of_unknown_kind_cannot_be_made(self):
        with self.assertRaises(AssertionError):
            replace(self.verdicts[0], result='maybe')


class Kconfig(unittest.TestCase):

    def config(self, *without):
        with tempfile.TemporaryDirectory() as temp:
            path = Path(temp, '.config')
            path.write_text('# CONFIG_FOO is not set\n' + ''.join(
                f'CONFIG_{s}=y\n' for s in kconfig.NEEDED['x86_64'] if s not in without),
                encoding='utf-8')
            kconfig.check(path, 'x86_64')

    def test_a_complete_configuration(self):
        self.config()

    def test_each_missing_symbol_is_named(self):
        for symbol in kconfig.NEEDED['x86_64']:
            with self.assertRaisesRegex(SvaError, f'CONFIG_{symbol} '):
                self.config(symbol)

    def test_no_configuration_at_hand_is_no_complaint(self):
        kconfig.check(Path('/nonexistent/.config'), 'x86_64')


if __name__ == '__main__':
    unittest.main()
