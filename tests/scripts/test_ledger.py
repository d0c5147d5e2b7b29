# SPDX-License-Identifier: GPL-2.0-or-later
"""Translations handed out and invalidated: the event log, and what commands cover.

Words of commands are written out from the specifications.
"""

import os
import re
import sys
import tempfile
import unittest
import unittest.mock
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

from sva.guest import logs  # noqa: E402
from sva.judge import debts, ledger as ledgers, page_table, waiting  # noqa: E402
from sva.judge.context_descriptor import ContextDescriptor  # noqa: E402
from sva.judge.ledger import ASKED_FAULT, ATC, ATS_ERROR, BY_KERNEL, BY_UNIT, CONFIG, FAULT, \
    GRANTED, IOTLB, Ledger, NO_ACCESS  # noqa: E402
from sva.judge.memory import PasidEntry  # noqa: E402
from sva.judge.takings import SMMU, VTD, Who  # noqa: E402
from sva.judge.verdict import KERNEL, MODEL, UNDECIDED  # noqa: E402
from sva.util import paths  # noqa: E402

VA, PA = 0x7f1200345000, 0x1234000
LIVE = PasidEntry((0x49, 0x80_0001, 0x9000, 0, 0, 0, 0, 0))
GONE = PasidEntry((0x2,) + (0,) * 7)
WHO = Who(0x10, 5, frozenset({1}))


def ats(seq, page=VA, pa=PA, rights='rw--', source='tables', rid=0x10, pasid=5, mask=0xfff):
    return (f'sva_ats {seq} rid {rid:#06x} pasid {pasid} addr {page:#x} rw-- -> {pa:#x} '
            f'mask {mask:#x} {rights} from {source} status 0')


def xlate(seq, **how):
    return ats(seq, **how).replace('sva_ats', 'sva_xlate').replace('status', 'outcome')


def command(seq, first, second=0):
    return f'sva_command {seq} type {first & 0xf} words {first:#x} {second:#x}'


# Of PASID 5 and domain 1: PASID cache, whole PASID of the IOTLB, whole device-TLB.
PASID_CACHE = 5 << 32 | 1 << 16 | 1 << 4 | 7
PASID_IOTLB = 5 << 32 | 1 << 16 | 2 << 4 | 6
DEVICE_TLB = (5 << 32 | 0x10 << 16 | 8, 0x7fff_ffff_ffff_f800)


def held(*lines, takings=VTD, who=WHO):
    ledger = Ledger(takings)
    ledger.feed(lines)
    return ledger.held(who)


def places(found):
    return {place for place in (ATC, IOTLB) if found.translations[place]} \
        | ({CONFIG} if found.config else set())


class Messages(unittest.TestCase):

    def test_what_a_translation_request_leaves(self):
        found = held(ats(7))
        self.assertEqual(places(found), {ATC, IOTLB, CONFIG})
        [given] = found.translations[ATC]
        self.assertEqual((given.seq, given.page, given.pa, given.rights), (7, VA, PA, 'rw--'))

    def test_an_untranslated_request_leaves_nothing_in_the_device(self):
        self.assertEqual(places(held(xlate(7))), {IOTLB, CONFIG})

    def test_an_answer_of_the_iotlb_may_do_without_the_entry(self):
        found = held(xlate(7), command(8, PASID_CACHE), xlate(9, source='cache'))
        self.assertEqual(places(found), {IOTLB})

    def test_answers_that_grant_nothing(self):
        for line in (ats(7, rights='----'), ats(7).replace('status 0', 'status 1'),
                     xlate(7).replace('outcome 0', 'outcome 1'), ats(7, pasid=-1)):
            self.assertEqual(places(held(line)), set(), line)

    def test_other_functions_and_pasids(self):
        self.assertEqual(places(held(ats(7, pasid=6), ats(8, rid=0x18))), set())

    def test_a_page_in_a_large_range(self):
        [given] = held(ats(7, page=VA, pa=0x4000_0000, mask=0x1fffff)).translations[ATC]
        self.assertEqual((given.pa, given.first, given.last),
                         (0x4014_5000, 0x7f1200200000, 0x7f12003fffff))

    def test_other_lines_are_no_messages(self):
        ledger = Ledger(VTD)
        ledger.feed(['', 'sva_ats', 'sva_command x', 'vtd: bad descriptor', 'sva_wait_done 3 words 0x5',
                     'sva_reset', 'sva_prq 3 rid'])
        self.assertEqual((ledger.position, ledger.tallies), (0, {}))

    def test_a_loop_is_one_message_until_something_happens(self):
        ledger = Ledger(VTD)
        ledger.feed([xlate(n) for n in range(1, 50)])
        self.assertEqual(ledger.position, 1)
        ledger.feed([command(50, 5), xlate(51)])
        self.assertEqual(ledger.position, 3)

    def test_a_reset_forgets_all(self):
        self.assertEqual(places(held(ats(7), 'sva_reset 8 rid 0x0000')), set())

    def test_counts_by_who_answered_and_by_reason(self):
        ledger = Ledger(VTD)
        ledger.feed(['sva_prq_auto 1 rid 0x0010 pasid 5 addr 0x7000 code 1 reason 0x59',
                     'sva_prg_response 2 rid 0x0010 pasid 5 prgi 3 code 1',
                     'sva_fault 3 rid 0x0010 pasid 5 addr 0x7000 -w-- reason 0x59 record 0x7000 '
                     '0x8000055980000010',
                     'sva_fault 4 rid 0x0010 pasid 5 addr 0x7000 -w-- reason 0x59 record 0x7000 '
                     '0x8000055990000010',
                     'sva_fault 5 rid 0xff00 pasid -1 addr 0x0 ---- reason 0x25 record 0x0 0x1'])
        self.assertEqual(ledger.tallies, {
            (BY_UNIT, 0x10, 5, 1): 1, (BY_KERNEL, 0x10, 5, 1): 1, (FAULT, 0x10, 5, 0x59): 2,
            (ASKED_FAULT, 0x10, 5, 0x59): 1, (FAULT, 0xff00, -1, 0x25): 1})


    def test_counts_of_translation_requests(self):
        ledger = Ledger(VTD)
        refused = ats(4).replace('status 0', 'status 1')
        ledger.feed([ats(1), ats(2), ats(3, rights='----'), refused, xlate(5)])
        self.assertEqual(ledger.tallies, {
            (GRANTED, 0x10, 5, 0): 2, (NO_ACCESS, 0x10, 5, 0): 1, (ATS_ERROR, 0x10, 5, 1): 1})


class Format(unittest.TestCase):
    """The parser matches the format strings of the models, or evidence is lost silently."""

    SAMPLES = {'granted': 'rw--', 'from': 'cache', 'status': '0', 'outcome': '0'}

    @classmethod
    def setUpClass(cls):
        text = (paths.ROOT / 'hw/sva/observe/trace-events').read_text(encoding='utf-8')
        cls.lines = {}
        for name, parameters, form in re.findall(r'^(sva_\w+)\((.*?)\) (".*)$', text, re.M):
            # PRIu64 and the like stand between the pieces of the string.
            form = re.sub(r'"\s*PRI([ux])64\s*"?', r'\1', form).strip('"')
            words = [parameter.split()[-1].lstrip('*') for parameter in parameters.split(',')]
            for word in words:
                form = re.sub('%[0-9]*[a-z]', cls.SAMPLES.get(word, '7'), form, count=1)
            cls.lines[name] = f'{name} {form}'

    def test_every_event_has_a_line(self):
        self.assertEqual(self.lines['sva_reset'], 'sva_reset 7 rid 0x7')
        self.assertEqual(self.lines['sva_ats'], 'sva_ats 7 rid 0x7 pasid 7 addr 0x7 7 -> 0x7 '
                                                'mask 0x7 rw-- from cache status 0')
        self.assertGreater(len(self.lines), 15)

    def test_what_the_ledger_reads(self):
        for name in ('sva_ats', 'sva_xlate', 'sva_command', 'sva_prq', 'sva_reset'):
            with self.subTest(name):
                self.assertIsNotNone(ledgers.parse(self.lines[name]))

    def test_what_is_counted(self):
        for name, (what, _) in ledgers.COUNTED.items():
            with self.subTest(name):
                ledger = Ledger(VTD)
                ledger.feed([self.lines[name]])
                code = 0 if what in (ledgers.QUEUED, ledgers.GRANTED) else 7
                self.assertEqual(ledger.tallies[what, 7, 7, code], 1)

    def test_what_waits(self):
        for name, pattern in waiting.KNOWN.items():
            with self.subTest(name):
                self.assertRegex(self.lines[name], pattern)


class Sources(unittest.TestCase):
    """An answer from a cache has come from the tables once, and nothing has dropped it."""

    def test_an_answer_from_the_cache_is_as_old_as_its_source(self):
        found = held(xlate(7), ats(9, source='cache'))
        self.assertEqual(found.broken, [])
        self.assertEqual(found.translations[ATC][0].seq, 7)

    def test_a_cache_that_was_emptied_answers_nothing(self):
        [(given, taken)] = held(xlate(7), command(8, PASID_IOTLB), xlate(9, source='cache')).broken
        self.assertEqual((given.seq, taken.seq), (9, 8))
        self.assertEqual(held(xlate(7), command(8, PASID_IOTLB), xlate(9)).broken, [])

    def test_another_page_was_dropped(self):
        near = 5 << 32 | 1 << 16 | 3 << 4 | 6
        self.assertEqual(held(xlate(7), command(8, near, VA + 0x1000),
                              xlate(9, source='cache')).broken, [])
        self.assertEqual(len(held(xlate(7), command(8, near, VA), xlate(9, source='cache')).broken),
                         1)

    def test_a_page_request_drops_the_page(self):
        prq = f'sva_prq 8 rid 0x0010 pasid 5 addr {VA:#x} -w-- prgi 1 entry 0x0 0x0'
        self.assertEqual(places(held(ats(7), prq)), {ATC, CONFIG})
        self.assertEqual(places(held(ats(7), prq, takings=SMMU)), {ATC, IOTLB, CONFIG})

    def test_a_function_may_profit_from_another(self):
        self.assertEqual(held(xlate(7, rid=0x18), xlate(9, source='cache')).broken, [])


class Skipped(unittest.TestCase):
    """The IOTLB comes first, then the device."""

    def skipped(self, *lines):
        return [(given.page, command.seq) for given, command in held(*lines).skipped]

    def test_a_page_that_was_looked_up_in_advance(self):
        fill = (f'sva_fill 9 rid 0x0010 pasid 5 addr {VA:#x} -> {PA:#x} mask 0xfff rw-- '
                f'asid 5 domain 1 kind 0')
        emptied = xlate(7), command(8, PASID_IOTLB)
        answer = xlate(10, source='cache')
        self.assertEqual(held(*emptied, fill, answer).broken, [])
        self.assertEqual(len(held(*emptied, fill.replace('pasid 5', 'pasid 6'),
                                  answer).broken), 1)
        self.assertEqual(len(held(*emptied, fill, command(10, PASID_IOTLB),
                                  xlate(11, source='cache')).broken), 1)

    def test_a_fill_is_kept_only_without_its_answer(self):
        ledger = Ledger(VTD)
        fill = (f'sva_fill {{}} rid 0x0010 pasid 5 addr {VA:#x} -> {PA:#x} mask 0xfff rw-- '
                f'asid 5 domain 1 kind 0')
        ledger.feed([fill.format(7), xlate(8), fill.format(9), command(10, PASID_IOTLB)])
        self.assertEqual([message.seq for message in ledger.messages], [8, 9, 10])

    def test_a_piece_of_what_was_answered(self):
        """A page request drops pages, not the whole range that an answer had."""
        huge, near = VA & ~0x1fffff, VA + 0x1000
        fill = (f'sva_fill 7 rid 0x0010 pasid 5 addr {VA:#x} -> {PA:#x} mask 0xfff rw-- '
                f'asid 5 domain 1 kind 0')
        prq = f'sva_prq 9 rid 0x0010 pasid 5 addr {huge:#x} -w-- prgi 1 entry 0x0 0x0'
        lines = fill, ats(8, mask=0x1fffff), prq
        self.assertEqual(held(*lines, xlate(10, source='cache')).broken, [])
        self.assertEqual(len(held(*lines, xlate(10, page=near, source='cache')).broken), 1)

    def test_an_invalidation_that_is_carried_out_late(self):
        late = f'sva_invalidated 11 type 6 words {PASID_IOTLB:#x} 0x0'
        lines = xlate(7), command(8, PASID_IOTLB), xlate(9, source='cache')
        self.assertEqual(len(held(*lines).broken), 1)
        found = held(*lines, late)
        self.assertEqual((found.broken, places(found)), ([], {CONFIG}))
        self.assertEqual(len(held(*lines, late, xlate(12, source='cache')).broken), 1)
        other = late.replace(f'{PASID_IOTLB:#x}', f'{PASID_IOTLB ^ 1 << 32:#x}')
        self.assertEqual(len(held(*lines, other).broken), 1)

    def test_a_device_alone(self):
        one = (DEVICE_TLB[0], VA)
        self.assertEqual(self.skipped(ats(7), command(8, *one)), [(VA, 8)])
        self.assertEqual(self.skipped(ats(7), command(8, *DEVICE_TLB)), [(VA, 8)])
        self.assertEqual(self.skipped(ats(7), command(8, PASID_IOTLB), command(9, *one)), [])
        self.assertEqual(self.skipped(ats(7), command(8, DEVICE_TLB[0], VA + 0x1000)), [])
        self.assertEqual(self.skipped(command(6, *one), ats(7)), [])

    def test_a_range_that_was_too_large_for_the_device(self):
        page = 5 << 32 | 1 << 16 | 3 << 4 | 6
        # The page goes later, and properly.
        self.assertEqual(self.skipped(ats(7), command(8, *DEVICE_TLB), command(9, page, VA)), [])
        self.assertEqual(self.skipped(ats(7), command(8, *DEVICE_TLB),
                                      command(9, page, VA + 0x1000)), [(VA, 8)])

    def test_a_page_request_is_no_invalidation(self):
        prq = f'sva_prq 9 rid 0x0010 pasid 5 addr {VA:#x} -w-- prgi 1 entry 0x0 0x0'
        self.assertEqual(self.skipped(ats(7), command(8, *DEVICE_TLB), prq), [(VA, 8)])


class VtdCommands(unittest.TestCase):
    """(words, what is left of all places)."""

    ALL = {ATC, IOTLB, CONFIG}

    def left(self, first, second=0, who=WHO):
        return places(held(ats(7), command(8, first, second), who=who))

    def test_each_kind(self):
        rest = self.ALL
        for words, left in (
                ((PASID_IOTLB,), rest - {IOTLB}),
                ((PASID_IOTLB + (1 << 32),), rest),                     # PASID 6
                ((PASID_IOTLB + (1 << 16),), rest),                     # domain 2
                ((1 << 4 | 2,), rest - {IOTLB}),                        # global
                ((1 << 16 | 2 << 4 | 2,), rest - {IOTLB}),              # domain
                ((2 << 16 | 2 << 4 | 2,), rest),
                ((1 << 16 | 3 << 4 | 2, 0x9000), rest - {IOTLB}),       # page in domain
                ((PASID_CACHE,), rest - {CONFIG}),
                ((PASID_CACHE + (1 << 32),), rest),
                ((1 << 16 | 7,), rest - {CONFIG}),                      # domain
                ((3 << 4 | 7,), rest - {CONFIG}),                       # global
                (DEVICE_TLB, rest - {ATC}),
                ((DEVICE_TLB[0] + (1 << 32), DEVICE_TLB[1]), rest),     # PASID 6
                ((DEVICE_TLB[0] + (1 << 32), DEVICE_TLB[1] | 1), rest - {ATC}),  # G
                ((DEVICE_TLB[0] + (8 << 16), DEVICE_TLB[1]), rest),     # function 18h
                ((0x10 << 32 | 3, 0x7fff_ffff_ffff_f001), rest),        # without PASID
                ((1 << 4 | 1,), rest), ((5,), rest)):                   # context cache, wait
            with self.subTest(words=[hex(word) for word in words]):
                self.assertEqual(self.left(*words), left)

    def test_pages_of_the_iotlb(self):
        page = 5 << 32 | 1 << 16 | 3 << 4 | 6
        for second, taken in ((VA, True), (VA + 0x1000, False), (VA - 0x5000 | 2, False),
                              (VA - 0x5000 | 3, True), (VA | 0x40, True), (0 | 52, True)):
            self.assertEqual(IOTLB not in self.left(page, second), taken, hex(second))

    def test_pages_of_the_device(self):
        first = DEVICE_TLB[0]
        for second, taken in ((VA, True), (VA + 0x1000, False),
                              # S and the lowest clear bit: 2 pages, 4 pages, 8 pages.
                              (VA & ~0x1fff | 0x800, True), (VA & ~0x3fff | 0x1800, True),
                              (VA - 0x5000 + 0x8000 | 0x3800, False)):
            self.assertEqual(ATC not in self.left(first, second), taken, hex(second))

    def test_a_domain_that_is_not_known_may_be_any(self):
        self.assertEqual(self.left(PASID_IOTLB + (1 << 16), who=Who(0x10, 5)), {ATC, CONFIG})


class SmmuCommands(unittest.TestCase):

    WHO = Who(0x10, 5, frozenset({0x31}))

    def left(self, first, second=0):
        return places(held(ats(7), command(8, first, second), takings=SMMU, who=self.WHO))

    def test_each_kind(self):
        rest, sid, asid = {ATC, IOTLB, CONFIG}, 0x10 << 32, 0x31 << 48
        for words, left in (
                ((sid | 5 << 12 | 5, 1), rest - {CONFIG}),              # CFGI_CD
                ((sid | 6 << 12 | 5, 1), rest),
                ((0x18 << 32 | 5 << 12 | 5, 1), rest),
                ((sid | 6,), rest - {CONFIG}),                          # CFGI_CD_ALL
                ((sid | 3, 1), rest - {CONFIG}),                        # CFGI_STE
                ((4, 31), rest - {CONFIG}),                             # CFGI_ALL
                ((sid | 8 << 32 | 4, 2), rest),                         # 18h..1fh
                ((asid | 0x11,), rest - {IOTLB}),                       # NH_ASID
                ((0x32 << 48 | 0x11,), rest),
                ((0x10,), rest - {IOTLB}), ((0x30,), rest - {IOTLB}),   # NH_ALL, NSNH_ALL
                ((asid | 0x21,), rest - {IOTLB}),                       # EL2_ASID
                ((0x2a, VA), rest),                                     # S2_IPA
                ((sid | 5 << 12 | 1 << 11 | 0x40, 52), rest - {ATC}),   # ATC_INV
                ((sid | 5 << 12 | 1 << 11 | 0x40, VA), rest - {ATC}),
                ((sid | 5 << 12 | 1 << 11 | 0x40, VA + 0x1000), rest),
                ((sid | 5 << 12 | 1 << 11 | 0x40, VA - 0x5000 | 3), rest - {ATC}),
                ((sid | 6 << 12 | 1 << 11 | 0x40, 52), rest),
                ((sid | 6 << 12 | 1 << 11 | 1 << 9 | 0x40, 52), rest - {ATC}),   # G
                ((sid | 0x40, 52), rest),                               # SSV=0
                ((0x46,), rest)):                                       # SYNC
            with self.subTest(words=[hex(word) for word in words]):
                self.assertEqual(self.left(*words), left)

    def test_ranges_of_addresses(self):
        asid = 0x31 << 48
        for first, second, taken in (
                (0x12, VA, True), (0x12, VA + 0x1000, False),
                (0x12 | 5 << 12, VA - 0x5000 | 1 << 10, True),          # 6 pages of 4 KiB
                (0x12 | 4 << 12, VA - 0x5000 | 1 << 10, False),         # 5 pages
                (0x12 | 2 << 12 | 1 << 20, VA - 0x5000 | 1 << 10, True)):   # 3 * 2 pages
            self.assertEqual(IOTLB not in self.left(asid | first, second), taken, hex(first))

    def test_a_range_is_about_one_granule(self):
        """What is meant for pages of 64 KiB need not reach those of 4 KiB."""
        first = 0x31 << 48 | 0x12 | 15 << 12
        for granules, tg, taken in (({12}, 1, True), ({12}, 2, False), ({12}, 3, False),
                                    ({16}, 3, True), ({12, 16}, 3, True), ({14}, 1, False),
                                    ((), 3, True)):
            who = self.WHO._replace(granules=frozenset(granules))
            left = places(held(ats(7), command(8, first, VA & ~0xffff | tg << 10),
                               takings=SMMU, who=who))
            with self.subTest(granules=granules, tg=tg):
                self.assertEqual(IOTLB not in left, taken)
        # One address, whatever the pages are.
        left = places(held(ats(7), command(8, 0x31 << 48 | 0x12, VA), takings=SMMU,
                           who=self.WHO._replace(granules=frozenset({14}))))
        self.assertNotIn(IOTLB, left)


class PageTables(unittest.TestCase):
    """Entries are written out from the formats."""

    def walk(self, words, make, *how):
        def read(addr, count):
            return [words.get(addr + 8 * i, 0) for i in range(count)]
        return make(read, *how)

    def x86(self, leaf=PA | 0x67, levels=4):
        """VA is indices 0fe, 048, 001, 145."""
        words = {0x9000 + 0xfe * 8: 0xa067, 0xa000 + 0x48 * 8: 0xb067,
                 0xb000 + 0x1 * 8: 0xc067, 0xc000 + 0x145 * 8: leaf}
        if levels == 5:
            words[0x8000] = 0x9067
        return self.walk(words, page_table.x86, 0x8000 if levels == 5 else 0x9000, levels)

    def test_x86(self):
        self.assertEqual(self.x86()(VA + 0x123), (PA, True))
        self.assertEqual(self.x86(levels=5)(VA), (PA, True))
        self.assertEqual(self.x86(PA | 0x65)(VA), (PA, False))
        for absent in (0, PA | 0x66, PA | 0x63):
            self.assertIsNone(self.x86(absent)(VA))
        self.assertIsNone(self.x86()(VA + 0x1000))

    def test_x86_large_pages_and_rights_of_upper_levels(self):
        words = {0x9000 + 0xfe * 8: 0xa067, 0xa000 + 0x48 * 8: 0xb065,
                 0xb000 + 0x1 * 8: 0x4000_00e7}
        self.assertEqual(self.walk(words, page_table.x86, 0x9000, 4)(VA), (0x4014_5000, False))

    def nested(self, leaf=0x14_5067, second=0x4000_0083):
        """The second stage has the first GiB at 0x4000_0000, tables included."""
        words = {0x1000: 0x2003, 0x2000: second, **{0x4000_0000 + at: word for at, word in (
            (0x9000 + 0xfe * 8, 0xa067), (0xa000 + 0x48 * 8, 0xb067),
            (0xb000 + 0x1 * 8, 0xc067), (0xc000 + 0x145 * 8, leaf))}}
        entry = PasidEntry((0x10c9, 1, 0x9000) + (0,) * 5)
        return entry.tables(lambda addr, count: [words.get(addr + 8 * i, 0)
                                                 for i in range(count)])

    def test_x86_nested(self):
        self.assertEqual(self.nested()(VA), (0x4014_5000, True))
        # Either stage takes the right to write away.
        self.assertEqual(self.nested(0x14_5065)(VA), (0x4014_5000, False))
        self.assertEqual(self.nested(second=0x4000_0081)(VA), (0x4014_5000, False))
        # Nothing there, in the first or the second stage; the second one ends.
        for absent in (self.nested(0), self.nested(second=0), self.nested(0x6000_0067)):
            self.assertIsNone(absent(VA))
        self.assertIsNone(self.nested()(VA + 0x1000))

    def arm64(self, leaf=PA | 0x00e0_0000_0000_0f43):
        """48 bits, 4 KiB: the same indices."""
        words = {0x9000 + 0xfe * 8: 0xa003, 0xa000 + 0x48 * 8: 0xb003,
                 0xb000 + 0x1 * 8: 0xc003, 0xc000 + 0x145 * 8: leaf}
        return self.walk(words, page_table.arm64, 0x9000, 48, 0)

    def test_arm64(self):
        self.assertEqual(self.arm64()(VA), (PA, True))
        self.assertEqual(self.arm64(PA | 0xfc3)(VA), (PA, False))
        # DBM: clean, and writable.
        self.assertEqual(self.arm64(PA | 1 << 51 | 0xfc3)(VA), (PA, True))
        # Not valid; a block on the last level; not for EL0.
        for absent in (0, PA | 0xf42, PA | 0xf41, PA | 0xf03):
            self.assertIsNone(self.arm64(absent)(VA))

    def test_arm64_block_and_granule(self):
        words = {0x9000 + 0xfe * 8: 0xa003, 0xa000 + 0x48 * 8: 0xb003,
                 0xb000 + 0x1 * 8: 0x4000_0f41}
        self.assertEqual(self.walk(words, page_table.arm64, 0x9000, 48, 0)(VA),
                         (0x4014_5000, True))
        # 64 KiB: VA is indices 001f, 1890, 0034.
        words = {0x9000_0000 + 0x1f * 8: 0xa000_0003, 0xa000_0000 + 0x1890 * 8: 0xb000_0003,
                 0xb000_0000 + 0x34 * 8: 0x4001_0f43}
        self.assertEqual(self.walk(words, page_table.arm64, 0x9000_0000, 48, 1)(0x7f1200345000),
                         (0x4001_5000, True))

    def test_entries_lead_to_tables(self):
        self.assertIsNone(GONE.tables(None))
        self.assertIsNone(PasidEntry((0x89, 1, 0x9000) + (0,) * 5).tables(None))  # second stage
        self.assertEqual(LIVE.tables(None).root, 0x9000)
        self.assertEqual((LIVE.tables(None).level, LIVE.tag), (3, 1))
        self.assertEqual(PasidEntry((0x49, 1, 0x9004) + (0,) * 5).tables(None).level, 4)
        cd = ContextDescriptor((0x0031_e205_c000_3510, 0x9000) + (0,) * 6)
        self.assertEqual((cd.tables(None).root, cd.tables(None).level, cd.tag),
                         (0x9000, 3, 0x31))


class Debts(unittest.TestCase):
    """Missing invalidations, and who owes them."""

    def owed(self, *lines, entry=LIVE, leaf=page_table.Leaf(PA, True), absent=None):
        tables = None if entry is GONE else lambda va: leaf
        return [(debt.party, debt.place) for debt in
                debts.owed(held(*lines), entry, tables, absent)]

    def test_what_agrees_is_no_debt(self):
        self.assertEqual(self.owed(ats(7)), [])
        # More rights than were given.
        self.assertEqual(self.owed(ats(7, rights='r---')), [])
        self.assertEqual(self.owed(ats(7, rights='r---'), leaf=page_table.Leaf(PA, False)), [])

    def test_what_the_tables_do_not_say(self):
        for leaf in (None, page_table.Leaf(PA + 0x1000, True), page_table.Leaf(PA, False)):
            self.assertEqual(self.owed(ats(7), leaf=leaf), [(KERNEL, ATC), (KERNEL, IOTLB)])

    def test_one_of_two_invalidations(self):
        self.assertEqual(self.owed(ats(7), command(8, PASID_IOTLB), leaf=None), [(KERNEL, ATC)])
        self.assertEqual(self.owed(ats(7), command(8, *DEVICE_TLB), leaf=None), [(KERNEL, IOTLB)])
        self.assertEqual(self.owed(ats(7), command(8, PASID_IOTLB), command(9, *DEVICE_TLB),
                                   leaf=None), [])

    def test_the_end_of_an_address_space(self):
        torn = [command(8, PASID_CACHE), command(9, PASID_IOTLB), command(10, *DEVICE_TLB)]
        self.assertEqual(self.owed(ats(7), *torn, entry=GONE), [])
        for missing, place in enumerate((CONFIG, IOTLB, ATC)):
            rest = torn[:missing] + torn[missing + 1:]
            self.assertEqual(self.owed(ats(7), *rest, entry=GONE), [(KERNEL, place)])

    def test_a_unit_that_goes_on_by_an_entry_in_its_cache(self):
        found = self.owed(ats(7), command(8, PASID_IOTLB), command(9, *DEVICE_TLB), ats(10),
                          entry=GONE, absent=9)
        self.assertEqual(set(found), {(KERNEL, ATC), (KERNEL, IOTLB), (KERNEL, CONFIG)})

    def test_an_iotlb_that_others_share(self):
        lines = [ats(7), xlate(8, rid=0x18), command(9, 0x10 << 32 | 5 << 12 | 5),
                 command(10, 0x10 << 32 | 5 << 12 | 1 << 11 | 0x40, 52)]
        smmu = Who(0x10, 5, frozenset({0x31}))

        def owed(*more):
            found = held(*lines, *more, takings=SMMU, who=smmu)
            return [(debt.party, debt.place) for debt in debts.owed(found, GONE, None)]
        self.assertEqual(owed(), [])
        # When the CD of the other function goes as well, its ASID may go to anybody.
        self.assertEqual(owed(command(11, 0x18 << 32 | 5 << 12 | 5)), [(KERNEL, IOTLB)])
        self.assertEqual(owed(command(11, 0x18 << 32 | 6 << 12 | 5)), [])
        self.assertEqual(owed(command(11, 0x18 << 32 | 5 << 12 | 5),
                              command(12, 0x31 << 48 | 0x11)), [])

    def test_an_iotlb_with_pasids_is_nobody_elses(self):
        self.assertEqual(self.owed(ats(7), xlate(8, rid=0x18), command(9, PASID_CACHE),
                                   command(10, *DEVICE_TLB), entry=GONE), [(KERNEL, IOTLB)])

    def test_an_answer_after_the_end(self):
        torn = [command(8, PASID_CACHE), command(9, PASID_IOTLB), command(10, *DEVICE_TLB)]
        after = [*torn, ats(12)]
        # The entry was seen without Present before event 12: no legal unit answers so.
        self.assertEqual(set(self.owed(ats(7), *after, entry=GONE, absent=11)),
                         {(MODEL, ATC), (MODEL, IOTLB), (MODEL, CONFIG)})
        # It was not seen: perhaps the kernel invalidated first.
        self.assertEqual(set(self.owed(ats(7), *after, entry=GONE)),
                         {(UNDECIDED, ATC), (UNDECIDED, IOTLB), (UNDECIDED, CONFIG)})

    def test_the_figure(self):
        [debt, _] = debts.owed(held(ats(7)), LIVE, lambda va: None)
        look = debts.Look([debt], {IOTLB: 2}, [], {})
        self.assertEqual(look.owed, '1 in the device-TLB, with 0 device-TLB, 2 IOTLB, 0 '
                         'configuration cache invalidations; the first: 0x7f1200345000 -> '
                         '0x1234000 rw-- (event 7), now nothing')


class Guest:
    """The parts of a machine that a look without PASID needs."""

    def __init__(self, log):
        self.events, self.moves = [log], 0


class Followed(unittest.TestCase):
    """The log is followed as it grows; a look covers all that was written before it."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.watch = debts.Watch('x86_64')
        self.log = logs.BoundedLog(Path(folder.name) / 'events.log', 1 << 10, self.watch.hear)
        self.addCleanup(self.log.close)
        with self.log.pipe() as fd:
            self.write = open(os.dup(fd), 'wb', buffering=0)  # closed below
        self.addCleanup(self.write.close)
        self.guest = Guest(self.log)

    def faults(self, number):
        line = ('sva_fault 3 rid 0x0010 pasid 5 addr 0x7000 -w-- reason 0x59 record 0x7000 '
                '0x8000055980000010\n')
        self.write.write(line.encode() * number)

    def test_nothing_is_missed_that_the_log_cannot_hold(self):
        for total in (1, 500, 999):
            self.faults(total - sum(self.watch.ledger.tallies.values()))
            look = self.watch.look(self.guest)
            self.assertEqual((look.tallies, look.complete), ({(FAULT, 0x10, 5, 0x59): total}, True))
        self.assertLess(len(self.log.text()), 4 << 10)

    def test_a_machine_that_moved_has_left_its_translations_behind(self):
        self.watch.hear([ats(7)])
        self.guest.moves = 1
        self.watch.look(self.guest)
        self.assertEqual(places(self.watch.ledger.held(WHO)), set())

    def test_a_log_that_is_written_too_fast_is_no_evidence(self):
        with unittest.mock.patch.object(self.log, 'settle', return_value=False):
            self.assertFalse(self.watch.look(self.guest).complete)

    def test_a_run_that_says_too_much(self):
        with unittest.mock.patch('sva.judge.ledger.MOST', 2):
            self.watch.hear([ats(7), ats(8, page=VA + 0x1000)])
            self.assertTrue(self.watch.look(self.guest).complete)
            self.watch.hear([ats(9, page=VA + 0x2000)])
            self.assertFalse(self.watch.look(self.guest).complete)


if __name__ == '__main__':
    unittest.main()
