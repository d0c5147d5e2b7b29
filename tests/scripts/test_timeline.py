# SPDX-License-Identifier: GPL-2.0-or-later
"""What the report page joins: requests and responses, waits, states, clocks."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

from sva.timeline import choice, clocks, commands, joins, logtext, states, stream  # noqa: E402
from synthetic_stream import Stream, life  # noqa: E402

WAIT = 0x100000025
PASID_TLB = 0x6 | 2 << 4 | 1 << 32
PASID_CACHE = 0x7 | 1 << 4 | 1 << 32


def events(source):
    found = stream.Streams()
    for line in source.text().splitlines():
        stream.add(found, line)
    return found.events


def times(spans):
    return [(s.first.time, s.last and s.last.time, s.tone) for s in spans]


class Reading(unittest.TestCase):

    def test_what_is_missing_is_counted(self):
        found = stream.Streams()
        for line in ('{"kind":"FORMAT","name":"sva-events","v":1}', '{"seq":1,"time":5,"kind":"RESET"}',
                     '{"kind":"LOST","time":7,"count":12}', '[1,234 lines, 99 bytes were cut here]', ''):
            stream.add(found, line)
        self.assertEqual((len(found.events), found.lost, found.cut, found.bad), (1, 12, 1234, 0))

    def test_what_is_no_event_is_counted_and_nothing_else(self):
        found = stream.Streams()
        for line in ('{', '[]', '5', 'null', '{"kind":7,"time":1}', '{"kind":"X"}', '[' * 4000,
                     '{"kind":"RESET","time":"0x5"}', '{"kind":"RESET","time":-1}',
                     '{"kind":"<b>","time":1}', '{"kind":"RESET","time":1,"x":"' + 'y' * 9000 + '"}'):
            stream.add(found, line)
        self.assertEqual((len(found.events), found.bad), (0, 11))

    def test_numbers(self):
        for value, number in ((5, 5), ('0x10', 16), ('10', None), (True, None), (None, None),
                              ([], None), ('0xg', None), (1.5, None)):
            self.assertEqual(stream.number(value), number, value)

    def test_members_that_are_not_there(self):
        event = stream.Event('', {'kind': 'XLATE', 'time': 1, 'xlate': 5, 'words': ['0x1', 'x']})
        self.assertIsNone(event.get('xlate', 'map', 'addr'))
        self.assertIsNone(event.rid)
        self.assertEqual(event.words('words'), [])


class Joins(unittest.TestCase):

    def test_requests_of_a_group_and_its_response(self):
        s = Stream()
        s.asked(3)
        s.asked(3)
        s.asked(4)
        s.answered(3)
        s.answered(4, code='FAILURE')
        s.asked(3)
        found = joins.page_requests(events(s))
        self.assertEqual(times(found), [(1000, 4000, 'good'), (3000, 5000, 'bad'),
                                        (6000, None, 'warn')])
        self.assertEqual([one.label for one in found],
                         ['group 3, 2 page requests: SUCCESS', 'group 4, 1 page request: FAILURE',
                          'group 3, 1 page request'])

    def test_a_group_is_one_of_its_pasid(self):
        s = Stream()
        s.asked(3)
        s.answered(3, pasid=2)
        s.asked(5, pasid=None)
        s.answered(5, pasid=None)
        self.assertEqual(times(joins.page_requests(events(s))),
                         [(1000, None, 'warn'), (3000, 4000, 'good')])

    def test_a_stop_marker_has_no_response(self):
        s = Stream()
        s.asked(0, access='')
        s.asked(1, access='p')
        self.assertEqual(joins.page_requests(events(s)), [])
        s.asked(2, pasid=None, access='')
        self.assertEqual(len(joins.page_requests(events(s))), 1)

    def test_a_reset_ends_no_group_and_begins_none(self):
        s = Stream()
        s.asked(1)
        s.add('RESET')
        s.asked(1)
        s.answered(1)
        self.assertEqual(times(joins.page_requests(events(s))),
                         [(1000, None, 'warn'), (3000, 4000, 'good')])

    def test_invalidations_of_an_atc(self):
        s = Stream()
        s.atc_invalidation(1)
        s.atc_invalidation(2)
        s.atc_done(2)
        s.atc_done(9)
        found = joins.atc_invalidations(events(s))
        self.assertEqual(times(found), [(1000, None, 'warn'), (2000, 3000, 'good')])
        self.assertEqual(found[0].label, 'invalidate everything, itag 1')

    def test_stalls(self):
        s = Stream()
        s.request('STALL', stall={'tag': '0x6', 'reason': 16})
        s.request('STALL', stall={'tag': '0x7', 'reason': 16})
        s.add('STALL_END', rid=16, stall={'tag': '0x7', 'action': 'ABORT'})
        self.assertEqual(times(joins.stalls(events(s))), [(1000, None, 'warn'), (2000, 3000, 'warn')])

    def test_jobs_of_two_accelerators(self):
        s, job = Stream(), {'id': '0x7', 'context': 2, 'opcode': 1}
        for rid in (16, 32):
            s.add('JOB_START', rid=rid, pasid=1, job=job)
        for rid, status in ((32, 1), (16, 36)):
            s.add('JOB_DONE', rid=rid, pasid=1, addr='0x0', job={**job, 'status': status})
        self.assertEqual(times(joins.jobs(events(s))), [(1000, 4000, 'bad'), (2000, 3000, 'good')])

    def test_an_invalidation_is_open_until_its_wait_completes(self):
        s = Stream()
        s.command(PASID_CACHE)
        s.command(PASID_TLB)
        s.command(WAIT)
        s.command(PASID_TLB)
        s.waited(WAIT)
        waits, invalidations = joins.waits(events(s), commands.vtd)
        self.assertEqual(times(waits), [(3000, 5000, 'good')])
        self.assertEqual(times(invalidations), [(1000, 5000, 'good'), (2000, 5000, 'good'),
                                                (4000, None, 'warn')])

    def test_waits_with_the_same_word_complete_in_order(self):
        s = Stream()
        for _ in range(2):
            s.command(PASID_TLB)
            s.command(WAIT)
        s.waited(WAIT)
        s.waited(WAIT)
        waits, invalidations = joins.waits(events(s), commands.vtd)
        self.assertEqual(times(waits), [(2000, 5000, 'good'), (4000, 6000, 'good')])
        self.assertEqual(times(invalidations), [(1000, 5000, 'good'), (3000, 6000, 'good')])

    def test_a_completion_without_a_word_is_that_of_all_before(self):
        s = Stream()
        s.command(PASID_TLB)
        s.waited(0)
        s.waited(0x77)
        waits, invalidations = joins.waits(events(s), commands.vtd)
        self.assertEqual((waits, times(invalidations)), ([], [(1000, 2000, 'good')]))

    def test_obligations(self):
        s = Stream()
        s.obligation(1, 200)
        s.obligation(2, 900, entries=9, type='VTD_FIRST')
        s.obligation_done(1, 2500)
        s.obligation(3, 3100, lost=7)
        s.obligation_done(3, 3200, end='WITHDRAWN')
        s.violation(1, 900, obligation=2)
        s.obligation_done(9, 1)         # its begin was not heard
        paid, broken, back = joins.obligations(events(s))
        self.assertEqual((paid.start, paid.end, paid.tone, paid.label),
                         (200, 2500, 'good', 'VTD_PASID, owed: IOTLB, device TLB'))
        self.assertEqual((broken.start, broken.end, broken.tone), (900, None, 'bad'))
        self.assertEqual(broken.label, 'inval-missing, VTD_FIRST, 9 entries, owed: IOTLB, device TLB')
        self.assertEqual((back.end, back.tone), (3200, 'neutral'))
        self.assertEqual(joins.untold(events(s)), 7)

    def test_obligations_that_make_no_sense(self):
        s = Stream()
        s.obligation(1, 10 ** 12, owed=None, entries='x', type=None)    # in the future
        s.obligation_done(1, 'x', end=5)
        s.add('OBLIGATION', rid=16)
        s.add('VIOLATION', violation=7)
        s.violation(1, 0)
        span, other = joins.obligations(events(s))
        self.assertEqual((span.start, span.end, span.tone), (1000, 2000, 'neutral'))
        self.assertEqual((other.end, other.tone), (None, 'warn'))

    def test_one_that_is_reported_and_done_later_stays_bad(self):
        s = Stream()
        s.obligation(1, 0)
        s.violation(1, 0, obligation=1)
        s.obligation_done(1, 2600)
        [span] = joins.obligations(events(s))
        self.assertEqual((span.end, span.tone), (2600, 'bad'))

    def test_rows(self):
        self.assertEqual(joins.rows([(0, 10), (1, 5), (5, 7), (6, 8), (10, 11)]), [0, 1, 1, 2, 0])
        self.assertEqual(joins.rows([(n, 100) for n in range(9)], 3), [0, 1, 2, 2, 2, 2, 2, 2, 2])


class States(unittest.TestCase):

    def periods(self, source, arch='x86_64', looks=()):
        return [(p.state, p.start, p.end) for p in
                states.periods(events(source), commands.of_arch(arch), looks)]

    def test_entries_of_vtd(self):
        s = Stream()
        s.entry('VTD_PASID', 0x41, 1, 0x5000)
        s.entry('VTD_PASID', 0x41, 1, 0x5000)
        s.entry('VTD_PASID', 0x2)
        s.command(PASID_CACHE)
        s.entry('VTD_PASID', 0)
        self.assertEqual(self.periods(s), [('bound', 1000, 3000), ('mm gone', 3000, 4000),
                                           ('changed', 4000, 5000), ('unbound', 5000, None)])

    def test_context_descriptors(self):
        s = Stream()
        s.entry('SMMU_CD', 1 << 31, 0x5000, 0)
        s.entry('SMMU_CD', 1 << 31 | 1 << 14, 0, 0)
        s.entry('SMMU_CD', 0, 0, 0)
        self.assertEqual([state for state, *_ in self.periods(s, 'aarch64')],
                         ['bound', 'mm gone', 'unbound'])

    def test_a_directory_without_the_entry(self):
        s = Stream()
        s.entry('VTD_PASID_DIR', 0x3001)
        s.entry('VTD_PASID_DIR', 0)
        self.assertEqual(self.periods(s), [('unbound', 2000, None)])

    def test_page_tables_say_nothing(self):
        s = Stream()
        s.entry('VTD_FIRST', 0)
        self.assertEqual(self.periods(s), [])

    def test_pasids_and_functions_are_apart(self):
        s = Stream()
        s.entry('VTD_PASID', 1)
        s.entry('VTD_PASID', 1, pasid=2)
        s.command(PASID_CACHE)
        self.assertEqual(self.periods(s), [('bound', 1000, 3000), ('bound', 2000, None),
                                           ('changed', 3000, None)])

    def test_what_the_host_saw(self):
        s = Stream()
        s.entry('VTD_PASID', 1)
        s.translated()
        looks = [(1500, 16, 1, 'mm gone', (2,)), (9000, 16, 1, 'unbound', (0,))]
        self.assertEqual(self.periods(s, looks=looks), [
            ('bound', 1000, 1500), ('mm gone', 1500, 9000), ('unbound', 9000, None)])


class Commands(unittest.TestCase):

    def test_vtd(self):
        for first, second, expected in (
                (PASID_CACHE | 7 << 16, 0, ('configuration', 'PASID cache, PASID, DID 7', None, 1)),
                (PASID_TLB, 0, ('TLB', 'IOTLB, PASID, DID 0', None, 1)),
                (0x6 | 3 << 4 | 5 << 32, 0x7000 | 1 << 6 | 2,
                 ('TLB', 'IOTLB, page, DID 0, 0x7000 + 2^2 pages IH', None, 5)),
                (0x3 | 0x10 << 32, 0x3001, ('device TLB', 'device TLB, 0x0 + 2^3 pages', 16, None)),
                (0x8 | 0x10 << 16 | 5 << 32, 0x4000, ('device TLB', 'device TLB, 0x4000', 16, 5)),
                (0x8 | 0x10 << 16 | 5 << 32, 0x7fffffffffffffff & ~0x7ff | 0x800,
                 ('device TLB', 'device TLB, everything', 16, 5)),
                (0x9 | 1 << 4 | 0x10 << 16 | 5 << 32 | 1 << 12, 9 << 3,
                 ('response', 'group 9: Invalid Request', 16, 5)),
                (WAIT, 0x2000, ('wait', 'wait SW', None, None)),
                (0x4, 0, ('other', 'interrupt entry cache, global', None, None))):
            self.assertEqual(tuple(commands.vtd((first, second))), expected)

    def test_smmu(self):
        for first, second, expected in (
                (0x46, 0, ('wait', 'CMD_SYNC', None, None)),
                (0x05 | 1 << 12 | 8 << 32, 1, ('configuration', 'CMD_CFGI_CD Leaf', 8, 1)),
                (0x12 | 4 << 48, 0x7001, ('TLB', 'CMD_TLBI_NH_VA, ASID 4, 0x7000 Leaf', None, None)),
                (0x12 | 4 << 48 | 3 << 12, 0x7000 | 1 << 10,
                 ('TLB', 'CMD_TLBI_NH_VA, ASID 4, 0x7000 + 4 x 4 KiB', None, None)),
                (0x40 | 1 << 11 | 5 << 12 | 8 << 32, 52,
                 ('device TLB', 'CMD_ATC_INV, everything', 8, 5)),
                (0x44 | 1 << 12 | 8 << 32, 6, ('response', 'CMD_RESUME STAG 0x6: Retry', 8, None))):
            self.assertEqual(tuple(commands.smmu((first, second))), expected)

    def test_any_words_have_a_name(self):
        for decode in (commands.vtd, commands.smmu, commands.of_arch('riscv64')):
            for low in range(256):
                for words in ((low, 0), (low | ~0xff & (1 << 64) - 1, (1 << 64) - 1),
                              (low | 0xe00, 1 << 63)):
                    self.assertTrue(decode(words).name)


class Clocks(unittest.TestCase):

    def test_one_difference_for_the_host(self):
        found = clocks.Clocks({'streams': [500, None], 'control': [400, 900], 'console': []})
        self.assertEqual([found.control(n) for n in range(3)], [0, 400, None])
        self.assertIsNone(found.kernel(5))

    def test_the_quickest_line_near_by_counts(self):
        # The kernel is 7 ms behind the host; lines are seen late, one of them by 1 us only.
        late = [300, 1, 500, 200]
        console = [[1000 * n, (1000 * n + 7000 + late[n]) * 1000] for n in range(4)]
        found = clocks.Clocks({'streams': [2000000], 'console': console})
        self.assertEqual(found.kernel(3000), (3000 + 7000 + 1) * 1000 - 2000000)

    def test_a_clock_that_counts_unevenly_at_first(self):
        # It runs at half the speed for the first 40 lines.
        console = [[500 * n, 1000000 * n] for n in range(40)]
        console += [[500 * 40 + 1000 * n, 1000000 * (40 + n)] for n in range(40)]
        found = clocks.Clocks({'streams': [0], 'console': console})
        for usec, host in console[20:]:
            self.assertLess(abs(found.kernel(usec) - host), 4.1e6, usec)
        self.assertEqual(found.kernel(console[79][0]), console[79][1])

    def test_rubbish(self):
        for times_ in (None, [], {'streams': 5}, {'streams': ['x'], 'console': [1, [2], ['a', 'b']]}):
            found = clocks.Clocks(times_)
            self.assertIsNone(found.kernel(5))
            self.assertIsNone(found.control(0))


class Logs(unittest.TestCase):
    clocks = clocks.Clocks({'streams': [0], 'control': list(range(0, 90, 10)),
                            'console': [[n, n * 1000] for n in range(9)]})

    def test_control_channel(self):
        lines, left = logtext.control('@begin kill\nok 1 - good\nnot ok 2 - bad\n@stage bound\n'
                                      '@kmsg 4,1,2 x\n@stage bound\n@end kill 0\n', self.clocks)
        self.assertEqual([(one.time, one.kind, one.tone) for one in lines], [
            (0, 'STAGE', 'stage'), (10, 'CHECK', 'good'), (20, 'CHECK', 'bad'),
            (30, 'STAGE', 'stage'), (50, 'STAGE', 'stage'), (60, 'STAGE', 'stage')])
        self.assertEqual(left, 0)
        self.assertEqual(logtext.stages(lines), {'bound': 30, 'bound#2': 50, 'end': 60})

    def test_console(self):
        lines, _ = logtext.console('[    0.000002] one\nno time\n[    0.000005] BUG: x\n', self.clocks)
        self.assertEqual([(one.time, one.tone, one.label) for one in lines], [
            (2000, 'neutral', 'one'), (2000, 'neutral', 'no time'), (5000, 'bad', 'BUG: x')])

    def test_long_logs(self):
        lines, left = logtext.console('[    0.000002] x\n' * 50000, self.clocks)
        self.assertEqual((len(lines), left), (logtext.MOST, 50000 - logtext.MOST))


class Choice(unittest.TestCase):

    def test_all_if_there_is_room(self):
        found = events(life(Stream(), 100))
        self.assertEqual(choice.choose(found, len(found)), (found, {}))

    def test_what_says_most_stays(self):
        found = events(life(Stream(), 2000, violations=(1000,)))
        kept, left = choice.choose(found, 3000)
        self.assertEqual(len(kept), 3000)
        self.assertEqual(len(kept) + sum(left.values()), len(found))
        self.assertEqual([e.time for e in kept], sorted(e.time for e in kept))
        at = next(n for n, e in enumerate(found) if e.kind == 'VIOLATION')
        ids = {id(e) for e in kept}
        self.assertTrue(all(id(e) in ids for e in found[at - choice.AROUND:at + choice.AROUND]))

    def test_violations_alone_may_be_too_many(self):
        s = Stream()
        for _ in range(500):
            s.violation(1, 1)
        kept, left = choice.choose(events(s), 100)
        self.assertEqual((len(kept), left), (100, {'VIOLATION': 400}))


if __name__ == '__main__':
    unittest.main()
