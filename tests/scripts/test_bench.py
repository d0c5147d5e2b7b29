# SPDX-License-Identifier: GPL-2.0-or-later
"""sva bench: from samples to rows; what it takes in and refuses."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

from sva.testing import bench, bench_boot  # noqa: E402
from sva.util.errors import SvaError  # noqa: E402


def samples(config, mode, pasids, **times):
    """hit=[...]: what sva-bench prints for one machine."""
    return [{'arch': 'x86_64', 'config': config, 'mode': mode, 'pasids': pasids,
             'what': what.replace('_', '-'), 'ns': ns}
            for what, values in times.items() for ns in values]


NONE = samples('none', 'none', 0, hit=[20, 10, 900], copy_page=[400, 390, 8000])
STOCK = samples('intel-iommu', 'legacy', 0, hit=[50, 50, 50], copy_page=[800], miss=[300])
OURS = samples('sva-vtd', 'ats', 1000, hit=[25, 35, 30], copy_page=[500], miss=[150])


class Rows(unittest.TestCase):

    def test_medians_and_ratios(self):
        none, stock, ours = bench.rows(NONE + STOCK + OURS)
        # 4096 bytes in 400 ns
        self.assertEqual(none, ('x86_64', 'none', 'none', None, 9.54, 1.0, 20.0, None, None, None))
        self.assertEqual(stock, ('x86_64', 'intel-iommu', 'legacy', None, 4.77, 0.5, 50.0, 300.0,
                                 None, None))
        # A hit adds 10 ns where the stock IOMMU adds 30.
        self.assertEqual(ours, ('x86_64', 'sva-vtd', 'ats', 1000, 7.63, 0.8, 30.0, 150.0,
                                0.333, 0.5))

    def test_each_number_of_pasids_is_a_row(self):
        more = samples('sva-vtd', 'ats', 1, hit=[20], copy_page=[400], miss=[300])
        found = bench.rows(NONE + STOCK + OURS + more)
        self.assertEqual([row.pasids for row in found], [None, None, 1000, 1])
        self.assertEqual(found[3].added_hit_vs_stock, 0.0)
        self.assertEqual(found[3].miss_vs_stock, 1.0)

    def test_nothing_is_divided_by_nothing(self):
        fast = samples('intel-iommu', 'legacy', 0, hit=[20], copy_page=[800], miss=[300])
        self.assertIsNone(bench.rows(NONE + fast + OURS)[2].added_hit_vs_stock)

    def test_what_was_not_measured_is_an_error(self):
        with self.assertRaisesRegex(SvaError, 'did not measure intel-iommu on x86_64'):
            bench.rows(NONE + OURS)
        with self.assertRaisesRegex(SvaError, 'did not measure none on x86_64'):
            bench.rows(STOCK + OURS)
        with self.assertRaisesRegex(SvaError, 'did not measure miss of sva-vtd'):
            bench.rows(NONE + STOCK + [s for s in OURS if s['what'] != 'miss'])


class CopyRows(unittest.TestCase):
    LIMIT = samples('limit', 'memcpy', 0, copy_page=[200], copy_huge=[100])
    NONE = samples('none', 'none', 0, hit=[20], copy_page=[400, 410, 9000], copy_huge=[300])
    OURS = samples('sva-vtd', 'ats', 1, hit=[20], copy_page=[250], copy_huge=[125], miss=[9])

    def test_each_size_beside_none_and_the_limit(self):
        found = bench.copy_rows(self.LIMIT + self.NONE + self.OURS)
        self.assertEqual(found, [
            ('x86_64', 'none', 'none', None, '4 KiB', 9.3, 1.0, 0.488),
            ('x86_64', 'sva-vtd', 'ats', 1, '4 KiB', 15.26, 1.64, 0.8),
            ('x86_64', 'limit', 'memcpy', None, '4 KiB', 19.07, 2.05, 1.0),
            ('x86_64', 'none', 'none', None, '2 MiB', 12.72, 1.0, 0.333),
            ('x86_64', 'sva-vtd', 'ats', 1, '2 MiB', 30.52, 2.4, 0.8),
            ('x86_64', 'limit', 'memcpy', None, '2 MiB', 38.15, 3.0, 1.0)])

    def test_the_limit_is_no_machine(self):
        self.assertEqual(bench.rows(self.LIMIT + NONE + STOCK + OURS),
                         bench.rows(NONE + STOCK + OURS))

    def test_what_was_not_measured_is_an_error(self):
        with self.assertRaisesRegex(SvaError, 'did not measure limit on x86_64'):
            bench.copy_rows(self.NONE + self.OURS)
        for part, name in ((self.LIMIT, 'limit'), (self.NONE, 'none'), (self.OURS, 'sva-vtd')):
            kept = [sample for sample in self.LIMIT + self.NONE + self.OURS
                    if sample not in part or sample['what'] != 'copy-huge']
            with self.assertRaisesRegex(SvaError, f'did not measure copy-huge of {name}'):
                bench.copy_rows(kept)


def with_listener(name, **times):
    return [{**sample, 'attached': name} for sample in samples('sva-vtd', 'ats', 1000, **times)]


OFF = with_listener('off', hit=[10, 20, 40], copy_page=[400, 500, 800], miss=[100] * 3)
REPORT = with_listener('report', hit=[10, 22, 80], copy_page=[440, 500, 8000], miss=[300] * 3)


class CheckerRows(unittest.TestCase):

    def test_rounds_are_compared_one_by_one(self):
        off, report = bench.checker_rows(OFF + REPORT)
        self.assertEqual(off, ('x86_64', 'sva-vtd', 'ats', 1000, 'off', 7.63, 1.0, 1.0, 1.0))
        # 440 of 400, 500 of 500, 8000 of 800
        self.assertEqual(report,
                         ('x86_64', 'sva-vtd', 'ats', 1000, 'report', 7.63, 1.1, 1.1, 3.0))

    def test_what_was_not_measured_is_an_error(self):
        for lost in ('hit', 'copy-page', 'miss'):
            for part in (OFF, REPORT):
                kept = [s for s in OFF + REPORT if s not in part or s['what'] != lost]
                with self.assertRaisesRegex(SvaError, f'did not measure {lost} of sva-vtd'):
                    bench.checker_rows(kept)
        with self.assertRaisesRegex(SvaError, 'with and without'):
            bench.checker_rows(REPORT)


class SinkRows(unittest.TestCase):

    def test_beside_none(self):
        off, json = bench.sink_rows(OFF + [{**s, 'attached': 'json'} for s in REPORT])
        self.assertEqual(off, ('x86_64', 'sva-vtd', 'ats', 'off', 7.63, 1.0, 1.0, 1.0))
        self.assertEqual(json, ('x86_64', 'sva-vtd', 'ats', 'json', 7.63, 1.1, 1.1, 3.0))


class GuestRows(unittest.TestCase):

    def test_faults_beside_those_of_the_cpu(self):
        facts = {'device-faults': 1000, 'cpu-faults': 20000, 'binds': 50}
        self.assertEqual(bench.guest_row('x86_64', facts), ('x86_64', 1000, 20000, 0.05, 50))
        self.assertEqual(bench.guest_row('x86_64', {**facts, 'cpu-faults': 0}).fault_ratio, 1000)


class BootRows(unittest.TestCase):

    def test_rounds_are_compared_one_by_one(self):
        stock, ours = bench_boot.rows('x86_64', {'intel-iommu': [(4, 6), (8, 9), (5, 7)],
                                                 'sva-vtd': [(4.4, 7), (4, 5), (5, 8)]})
        self.assertEqual(stock, ('x86_64', 'intel-iommu', 5, 7, 1))
        self.assertEqual(ours, ('x86_64', 'sva-vtd', 4.4, 7, 1))


class DsaRows(unittest.TestCase):

    def test_medians_and_ratios(self):
        found = bench.dsa_rows(samples('none', 'none', 0, move_4k=[800], move_2m=[400, 410, 9000])
                               + samples('sva-vtd', 'ats', 1, move_4k=[1600], move_2m=[512.5]))
        self.assertEqual(found, [('none', '4 KiB', 4.77, 1.0), ('none', '2 MiB', 9.3, 1.0),
                                 ('sva-vtd', '4 KiB', 2.38, 0.5), ('sva-vtd', '2 MiB', 7.44, 0.8)])

    def test_what_was_not_measured_is_an_error(self):
        with self.assertRaisesRegex(SvaError, 'did not measure move-4k of none'):
            bench.dsa_rows(samples('sva-vtd', 'ats', 1, move_4k=[1], move_2m=[1]))
        with self.assertRaisesRegex(SvaError, 'did not measure move-2m of sva-vtd'):
            bench.dsa_rows(samples('none', 'none', 0, move_4k=[1], move_2m=[1])
                           + samples('sva-vtd', 'ats', 1, move_4k=[1]))


def reads(config, **times):
    return samples(config, 'untranslated', 0, **times)


class IothreadRows(unittest.TestCase):

    def test_medians_and_ratios(self):
        none = reads('none', read_1=[500, 400, 9000], read_2=[250], read_4=[200])
        stock = reads('intel-iommu', read_1=[1500], read_2=[2000], read_4=[2000])
        ours = reads('sva-vtd', read_1=[1250], read_2=[625], read_4=[500])
        found = bench.iothread_rows(none + stock + ours)
        self.assertEqual([row[:4] for row in found[:3]],
                         [('x86_64', 'none', 1, 2000000), ('x86_64', 'none', 2, 4000000),
                          ('x86_64', 'none', 4, 5000000)])
        self.assertEqual(found[4], ('x86_64', 'intel-iommu', 2, 500000, 0.125, None, 0.75))
        self.assertEqual(found[7], ('x86_64', 'sva-vtd', 2, 1600000, 0.4, 3.2, 2.0))

    def test_what_was_not_measured_is_an_error(self):
        none = reads('none', read_1=[1], read_2=[1], read_4=[1])
        with self.assertRaisesRegex(SvaError, 'did not measure read-1, read-2, read-4 of intel'):
            bench.iothread_rows(none)
        with self.assertRaisesRegex(SvaError, 'did not measure read-4 of sva-vtd'):
            bench.iothread_rows(none + reads('intel-iommu', read_1=[1], read_2=[1], read_4=[1])
                                + reads('sva-vtd', read_1=[1], read_2=[1]))


class Table(unittest.TestCase):

    def test_the_checker_is_text(self):
        row = bench.CheckerRow('x86_64', 'sva-vtd', 'ats', 1000, 'off', 4.0, 1.0, 1.0, 1.0)
        head, line = bench.table(bench.CHECKER_HEADER, [row]).splitlines()
        self.assertEqual(line.split(), ['x86_64', 'sva-vtd', 'ats', '1,000', 'off', '4.00', '1.00',
                                        '1.00', '1.00'])
        self.assertEqual(line.index('off'), head.index('checker'))


    def test_columns(self):
        row = bench.Row('x86_64', 'sva-vtd', 'ats', 100000, 4.0, 0.9, 80.25, None, None, 0.5)
        head, line = bench.table(bench.HEADER, [row]).splitlines()
        self.assertEqual(line.split(), ['x86_64', 'sva-vtd', 'ats', '100,000', '4.00', '0.90',
                                        '80.25', '-', '-', '0.50'])
        self.assertEqual(len(head), len(line))


if __name__ == '__main__':
    unittest.main()
