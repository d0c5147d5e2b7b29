# SPDX-License-Identifier: GPL-2.0-or-later
"""Evidence about SMMUv3: context descriptors, events on the console, judges."""

import sys
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

import synthetic  # noqa: E402
from synthetic_arm import arm  # noqa: E402
from sva import scenarios  # noqa: E402
from sva.guest import kmsg  # noqa: E402
from sva.guest.session import Stage  # noqa: E402
from sva.judge import iommus  # noqa: E402
from sva.judge.context_descriptor import context_descriptor  # noqa: E402
from sva.runs import judging  # noqa: E402
from sva.util.errors import SvaError  # noqa: E402

STREAM = 0x0110  # 01:02.0
LIVE = 0x0003_e205_c000_3510
QUIET = 0x0003_c205_c000_4000


class Walk(unittest.TestCase):
    """Addresses and words are written out from the tables of the specification."""

    def setUp(self):
        # RA, base 0x4100_0000; two levels, SPLIT 8, 2^16 streams.
        self.base, self.config = 0x4000_0000_4100_0000, 0x1_0210
        self.words = {
            0x4100_0008: 0x4200_0009,               # streams 0x100..0x1ff
            0x4200_0400: 0x8000_0000_4300_002b,     # V, stage 1, 64K leaves, S1CDMax 16
            0x4300_0008: 0x4401_0001,               # substreams 0x400..0x7ff
            0x4401_0040: LIVE,                      # substream 0x401
            0x4401_0048: 0x1234_5000,
        }

    def cd(self, substream=0x401, stream=STREAM):
        def read(addr, count):
            return [self.words.get(addr + 8 * i, 0) for i in range(count)]
        return context_descriptor(read, self.base, self.config, stream, substream)

    def test_a_live_descriptor(self):
        found = self.cd()
        self.assertEqual(found.words[:2], (LIVE, 0x1234_5000))
        self.assertEqual((found.asid, found.ttb0), (3, 0x1234_5000))
        self.assertTrue(found.present)
        self.assertFalse(found.silent)
        self.assertEqual(str(found), 'CD 0x3e205c0003510 0x12345000 (V R A, ASID 3, '
                         'TTB0 0x12345000)')
        self.assertEqual(found.silence, 'EPD0 not set, R set')

    def test_after_the_mm_is_gone(self):
        self.words[0x4401_0040], self.words[0x4401_0048] = QUIET, 0
        found = self.cd()
        self.assertEqual((found.present, found.silent, found.valid), (False, True, True))
        self.assertEqual(found.silence, 'EPD0 set, R clear')
        self.assertIn('(V EPD0 A, ASID 3', str(found))

    def test_what_records_or_stalls_is_not_silent(self):
        for bit in (44, 45):
            self.words[0x4401_0040] = QUIET | 1 << bit
            self.assertFalse(self.cd().silent)

    def test_after_unbind(self):
        self.words[0x4401_0040] = LIVE & ~(1 << 31)
        found = self.cd()
        self.assertEqual((found.present, found.silent, found.valid), (False, False, False))
        self.assertEqual((found.silence, str(found)), ('not valid', 'CD 0x3e20540003510, V clear'))

    def test_a_linear_stream_table(self):
        self.config = 9
        self.words[0x4100_4400] = self.words.pop(0x4200_0400)
        self.assertTrue(self.cd().present)
        self.assertEqual(self.cd(stream=0x200).level, 'no stream table entry')
        # Reserved formats act as linear, and the base is aligned to the table.
        self.config |= 2 << 16
        self.base |= 0x40
        self.assertTrue(self.cd().present)

    def test_a_reserved_split_acts_as_6(self):
        self.config = 0x1_0010 | 7 << 6
        self.words = {addr: word for addr, word in self.words.items() if addr > 0x4300_0000}
        self.words[0x4100_0000 + 4 * 8] = 0x4200_0007
        self.words[0x4200_0400] = 0x8000_0000_4300_002b
        self.assertTrue(self.cd().present)

    def test_a_span_that_is_too_short(self):
        for span, stream, good in ((9, 0x1ff, True), (5, 0x10f, True), (5, 0x110, False),
                                   (0, 0x110, False), (10, 0x110, False), (1, 0x100, True)):
            self.words[0x4100_0008] = 0x4200_0000 | span
            level = self.cd(stream=stream).level
            self.assertEqual(level != 'no stream table entry', good, (span, stream))

    def test_streams_beyond_the_table(self):
        self.assertEqual(self.cd(stream=0x1_0000).level, 'no stream table entry')

    def test_an_entry_that_has_no_descriptors(self):
        for word, level in ((0x2a, 'STE not valid'), (0x1, 'STE aborts'),
                            (0x9, 'STE bypasses stage 1'), (0xd, 'STE bypasses stage 1')):
            self.words[0x4200_0400] = word
            found = self.cd()
            self.assertEqual((found.level, found.present), (level, False))
            self.assertEqual(found.silent, level == 'STE aborts')
            self.assertIn(level, str(found))

    def test_leaves_of_4_kib(self):
        self.words[0x4200_0400] = 0x8000_0000_4300_001b
        self.words[0x4300_0080] = 0x4402_1001
        self.words[0x4402_1040] = LIVE
        self.assertTrue(self.cd().present)

    def test_a_linear_table(self):
        self.words[0x4200_0400] = 0x1800_0000_4300_000b     # S1CDMax 3
        self.words[0x4300_0140] = LIVE
        self.assertTrue(self.cd(5).present)
        self.assertEqual(self.cd(8).level, 'no entry in the CD table')

    def test_without_substreams(self):
        self.words[0x4200_0400] = 0x4300_000b
        self.words[0x4300_0000] = LIVE
        self.assertTrue(self.cd(0).present)
        self.assertEqual(self.cd(1).level, 'no entry in the CD table')

    def test_a_leaf_that_is_not_there(self):
        self.words[0x4300_0008] &= ~1
        self.assertEqual(self.cd().level, 'no entry in the CD table')

    def test_a_descriptor_of_zeros(self):
        self.assertEqual(str(self.cd(0x402)), 'CD 0x0, V clear')


def event_lines(number, words, text=()):
    prefix = 'arm-smmu-v3 9050000.smmuv3: '
    return [f'{prefix}event {number:#04x} received:',
            *(f'{prefix}\\x09{word:#018x}' for word in words),
            *(prefix + line for line in text)]


BAD_CD = event_lines(0x0a, (0x0000_0110_0000_180a, 0, 0x7f00_1000, 0),
                     ['event: C_BAD_CD client: 0000:01:02.0 sid: 0x110 ssid: 0x1'])


class Events(unittest.TestCase):

    def test_a_record_is_what_its_words_say(self):
        [fault] = kmsg.faults(['before', *BAD_CD, 'after'])
        self.assertEqual((fault.what, fault.pasid, fault.device, fault.addr, fault.reason),
                         ('C_BAD_CD', 1, '0x110', 0x7f00_1000, 0x0a))
        self.assertEqual(kmsg.faults(BAD_CD, 2), [])

    def test_a_request_without_a_substream(self):
        lines = event_lines(0x10, (0x0000_0110_0000_1010, 0, 0x1000, 0))
        self.assertIsNone(kmsg.faults(lines)[0].pasid)

    def test_a_bad_substream_is_known_without_ssv(self):
        """IHI 0070 G.b, 7.3.9: the record has no SSV."""
        [fault] = kmsg.faults(event_lines(0x08, (0x0000_0110_0000_1008, 0, 0, 0)))
        self.assertEqual((fault.pasid, fault.reason), (1, 0x08))

    def test_a_record_that_is_cut_short_is_none(self):
        self.assertEqual(kmsg.faults(BAD_CD[:4]), [])
        self.assertEqual(len(kmsg.faults(BAD_CD[:3] + BAD_CD)), 1)

    def test_all_lines_of_an_event(self):
        explained = event_lines(0x10, (0, 0, 0, 0), [
            'event: F_TRANSLATION client: 0000:00:01.0 sid: 0x8 ssid: 0x1 iova: 0x0 ipa: 0x0',
            'unpriv data write s1 "Input address caused fault" stag: 0x0',
            'EVTQ overflow detected -- events lost'])
        self.assertEqual(kmsg.about_faults(explained), explained)
        self.assertEqual(kmsg.about_faults(
            ['arm-smmu-v3 9050000.smmuv3: allocated 65536 entries for evtq',
             'arm-smmu-v3 9050000.smmuv3: oas 48-bit (features 0x00020b3f)']), [])

    def test_trouble(self):
        for text in ('CMDQ error (cons 0x01000004): Illegal command', 'CMDQ timeout',
                     'CMD_SYNC timeout at 0x00000004 [hwprod 0x5, hwcons 0x4]',
                     'unexpected PRI request received:', 'unexpected global error reported',
                     'device has entered Service Failure Mode!'):
            line = f'arm-smmu-v3 9050000.smmuv3: {text}'
            self.assertEqual(kmsg.splats([line]), [line])


class Judges(unittest.TestCase):
    """One source of rules; the architecture comes with the run."""

    def kill(self, arch='aarch64'):
        run = synthetic.kill('untranslated+ats')
        if arch == 'x86_64':
            return synthetic.kill()
        for key in [key for key in run.facts if '.ats-pri.' in key]:
            del run.facts[key]
        return arm(run, copy_stalls=256)

    def results(self, run):
        return {v.rule: v for v in scenarios.judge(run)}

    def test_rules_that_only_one_kernel_owes(self):
        rules = {arch: set(self.results(self.kill(arch))) for arch in iommus.TABLE}
        self.assertEqual(rules['x86_64'] - rules['aarch64'], {'drain', 'invalid-request'})
        self.assertEqual(rules['aarch64'] - rules['x86_64'], set())

    def test_pages_come_by_stalls(self):
        found = self.results(self.kill())['data']
        self.assertEqual((found.result, found.evidence),
                         ('pass', '256 stalled requests resumed, 1,024 KiB copied, identical'))
        found = self.results(arm(self.kill(), copy_stalls=0))['data']
        self.assertEqual((found.result, found.party), ('error', 'set-up'))
        run = self.kill()
        del run.facts['copy.stalls']
        self.assertEqual(self.results(run)['data'].result, 'error')

    def test_stalls_are_counted_alike(self):
        run = self.kill()
        self.assertEqual(self.results(run)['models-agree'].result, 'pass')
        list(run.stages.values())[-2].accel['stalls'] += 1
        found = self.results(run)['models-agree']
        self.assertEqual((found.result, found.party), ('fail', 'model'))
        self.assertIn('stalled requests: 300 at the IOMMU, 301 at the device', found.evidence)

    def segfault(self):
        run = synthetic.segfault()
        mode = 'untranslated'
        for case in ('write-unmapped', 'read-unmapped', 'write-readonly', 'write-protnone',
                     'read-protnone', 'copy-partial'):
            run.add(Stage('synthetic'), f'case.{case}.status', '0x24')
            for key, value in synthetic.delta(case, mode, aborts=1).items():
                run.add(Stage('synthetic'), key, str(value))
        for key in [key for key in run.facts if 'nonblocking' in key]:
            del run.facts[key]
        run.add(Stage('synthetic'), 'mode', mode)
        run.add(Stage('synthetic'), 'ending.bad', '0x24')
        arm(run)
        run.stages['done'].iommu['stall-aborts'] = 6
        return run

    def test_requests_that_are_terminated(self):
        found = self.results(self.segfault())
        self.assertEqual({rule: v.result for rule, v in found.items() if v.result != 'pass'}, {})
        self.assertEqual(found['invalid-request'].evidence,
                         '6 stalled requests terminated in 6 cases')
        run = self.segfault()
        run.add(Stage('synthetic'), 'delta.read-protnone.untranslated.aborts', '0')
        found = self.results(run)['invalid-request']
        self.assertEqual((found.result, found.party), ('fail', 'kernel'))
        self.assertIn('read-protnone', found.evidence)
        run = self.segfault()
        run.stages['done'].iommu['stall-aborts'] = 5
        self.assertEqual(self.results(run)['invalid-request'].party, 'undecided')
        run = self.segfault()
        run.add(Stage('synthetic'), 'case.read-protnone.status', '0x21')
        self.assertEqual(self.results(run)['completion'].result, 'fail')

    def carried(self, run, **iommu):
        """A synthetic run of a scenario without what only page requests bring."""
        for key in [key for key in run.facts if '.ats-pri.' in key]:
            del run.facts[key]
        arm(run, mode='untranslated+ats')
        for stage in run.stages.values():
            if stage.accel:
                stage.iommu.update({name.replace('_', '-'): 0 for name in iommu},
                                   **{'faults-recorded': 0})
            stage.kmsg = []
        run.stages['done'].iommu.update({k.replace('_', '-'): v for k, v in iommu.items()})
        return run

    def test_rights_that_are_taken_away(self):
        """Requests stall and are terminated; nothing is reported."""
        for make in (synthetic.munmap_race, synthetic.mprotect):
            found = self.results(self.carried(make(), stall_aborts=25))
            self.assertEqual({rule: v for rule, v in found.items() if v.result != 'pass'}, {})
            self.assertEqual(found['invalid-request'].evidence, '25 stalled requests terminated')
            self.assertNotIn('drain', found)
            found = self.results(self.carried(make(), stall_aborts=0))
            self.assertEqual(found['invalid-request'].party, 'kernel')
            run = self.carried(make(), stall_aborts=25)
            run.stages['done'].kmsg = list(BAD_CD)
            self.assertEqual(self.results(run)['silence'].result, 'fail')

    def test_sharing_that_a_write_ends(self):
        run = self.carried(synthetic.fork(), stall_retries=80)
        found = self.results(run)['page-requests']
        self.assertEqual((found.result, found.evidence), ('pass', '80 stalled requests resumed'))
        run.stages['done'].iommu['stall-retries'] = 0
        self.assertEqual(self.results(run)['page-requests'].party, 'kernel')

    def test_no_drain_of_a_storm(self):
        self.assertNotIn('drain', self.results(arm(synthetic.bind_storm())))
        self.assertIn('drain', self.results(synthetic.bind_storm()))

    def silence(self, words, lines=(), **counters):
        run = self.kill()
        entry = context_descriptor_of(words)
        synthetic.mutate(run, 'mm-gone', lines, entry, **counters)
        [found] = [v for v in scenarios.judge(run) if v.rule == 'silence']
        return found

    def test_silence_of_a_descriptor(self):
        good = self.silence((QUIET, 0), faults_silent=4)
        self.assertEqual(good.result, 'pass')
        self.assertRegex(good.evidence, r'0 SMMU lines; CD 0x3c205c0004000 .*EPD0 set, R clear')
        printed = self.silence((QUIET | 1 << 45, 0), BAD_CD, faults_recorded=1)
        self.assertEqual((printed.result, printed.party), ('fail', 'kernel'))
        self.assertIn('SMMU fault line', printed.evidence)
        self.assertIn('R set', printed.evidence)
        # An event in spite of R clear: perhaps R was cleared late.
        wrong = self.silence((QUIET, 0), BAD_CD, faults_recorded=1)
        self.assertEqual((wrong.result, wrong.party), ('fail', 'undecided'))

    def test_the_reason_of_late_dma(self):
        for number, result in ((0x0a, 'pass'), (0x08, 'pass'), (0x10, 'fail')):
            run = self.kill()
            lines = event_lines(number, (0x0000_0110_0000_1800 | number, 0, 0x7f00_1000, 0))
            run.stages['late'].kmsg = lines
            for name in ('unbound', 'late'):
                run.stages[name].entry = context_descriptor_of((0, 0))
            [found] = [v for v in scenarios.judge(run) if v.rule == 'late-dma']
            self.assertEqual(found.result, result, found)
        self.assertEqual(found.party, 'model')

    def test_what_is_run(self):
        self.assertEqual(judging.choose(None, 'x86_64'), list(scenarios.DEFAULT))
        # There are no page requests that could be queued.
        self.assertEqual(judging.choose(None, 'aarch64'),
                         [name for name in scenarios.DEFAULT if 'queued' not in name])
        self.assertEqual(judging.choose(['prq-overflow'], 'aarch64'), [])
        self.assertEqual(judging.choose(['fork'], 'aarch64'), ['fork'])
        self.assertLessEqual({arch for name in scenarios.MODULES
                              for arch in scenarios.arches_of(name)}, set(iommus.TABLE))
        args = mock.Mock(scenario=['prq-overflow'])
        with self.assertRaisesRegex(SvaError, 'no scenario prq-overflow for aarch64 guests'):
            judging.run(args, {'aarch64': None}, 'check')

    def test_an_architecture_that_nobody_knows(self):
        with self.assertRaisesRegex(SvaError, 'no IOMMU known for vax'):
            iommus.of_arch('vax')


def context_descriptor_of(words):
    walk = Walk('test_a_live_descriptor')
    walk.setUp()
    walk.words[0x4401_0040], walk.words[0x4401_0048] = words
    return walk.cd()


if __name__ == '__main__':
    unittest.main()
