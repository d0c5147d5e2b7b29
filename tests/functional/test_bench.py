# SPDX-License-Identifier: GPL-2.0-or-later
"""sva bench --quick: all figures are there, and none is off by a factor of a thousand.

How fast it is depends on the host and is not tested.
"""

import json
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness import FunctionalTest  # noqa: E402
from sva import cli  # noqa: E402
from sva.testing import bench, bench_boot  # noqa: E402

ROWS = [('none', 'none', None), ('intel-iommu', 'legacy', None)] + [
    ('sva-vtd', mode, pasids) for mode in ('untranslated', 'ats') for pasids in (1, 100, 1000)]

# A few milliseconds are measured: another program may fall into them.
ATTEMPTS = 3


class Bench(FunctionalTest):

    def test_quick(self):
        self.logs.mkdir(parents=True, exist_ok=True)
        file = self.logs / 'bench.json'
        for _ in range(ATTEMPTS):
            status = cli.main(['bench', '--arch', 'x86_64', '--quick', '--json', str(file)])
            self.assertEqual(status, 0)
            found = json.loads(file.read_text(encoding='utf-8'))
            if all(row['ns_miss'] is None or row['ns_miss'] > row['ns_hit']
                   for row in found['rows']):
                break
        self.assertEqual(set(found), {'rows', 'copies', 'iothreads', 'guest', 'boot'})
        self.check_iothreads(found['iothreads'], 'x86_64', 'intel-iommu', 'sva-vtd')
        self.assertEqual([(r['config'], r['mode'], r['pasids']) for r in found['rows']], ROWS)
        for row in found['rows']:
            self.check_row(row)
        self.assertEqual([(r['config'], r['mode'], r['pasids'], r['pages'])
                          for r in found['copies']],
                         [(*row, pages) for pages in ('4 KiB', '2 MiB')
                          for row in (*ROWS, ('limit', 'memcpy', None))])
        for row in found['copies']:
            self.check_copy(row)
        self.assertEqual([set(row) for row in found['guest']], [set(bench.GuestRow._fields)])
        guest = found['guest'][0]
        self.assertEqual(guest['arch'], 'x86_64')
        for name in ('device_faults_s', 'cpu_faults_s', 'binds_s'):
            self.assertGreater(guest[name], 10, name)
            self.assertLess(guest[name], 10_000_000, name)
        self.assertEqual([row['config'] for row in found['boot']], ['intel-iommu', 'sva-vtd'])
        self.assertEqual(found['boot'][0]['ratio_stock'], 1)
        for row in found['boot']:
            self.assertEqual(set(row), set(bench_boot.BootRow._fields))
            self.assertGreater(row['processor_s'], 0.1)
            self.assertLess(row['elapsed_s'], 300)
            self.assertGreater(row['ratio_stock'], 0.1)
            self.assertLess(row['ratio_stock'], 10)

    def test_iothreads(self):
        self.logs.mkdir(parents=True, exist_ok=True)
        file = self.logs / 'iothreads.json'
        status = cli.main(['bench', '--arch', 'aarch64', '--quick', '--iothreads',
                           '--json', str(file)])
        self.assertEqual(status, 0)
        found = json.loads(file.read_text(encoding='utf-8'))
        self.assertEqual(set(found), {'iothreads'})
        self.check_iothreads(found['iothreads'], 'aarch64', 'smmuv3', 'sva-smmuv3')

    def check_iothreads(self, rows, arch, stock, ours):
        self.assertEqual([(row['arch'], row['config'], row['threads']) for row in rows],
                         [(arch, config, threads) for config in ('none', stock, ours)
                          for threads in (1, 2, 4)])
        for row in rows:
            self.assertEqual(set(row), set(bench.IothreadRow._fields))
            self.assertGreater(row['reads_s'], 1000)
            self.assertLess(row['reads_s'], 100_000_000)
            self.assertEqual(row['vs_stock'] is not None, row['config'] == ours)

    def test_checker(self):
        self.logs.mkdir(parents=True, exist_ok=True)
        file = self.logs / 'checker.json'
        status = cli.main(['bench', '--arch', 'x86_64', '--quick', '--checker', '--json', str(file)])
        self.assertEqual(status, 0)
        found = json.loads(file.read_text(encoding='utf-8'))
        self.assertEqual(set(found), {'checker'})
        self.assertEqual([(r['config'], r['mode'], r['pasids'], r['checker'])
                          for r in found['checker']],
                         [(*row, checker) for row in ROWS[2:]
                          for checker in ('off', 'report', 'paranoid')])
        for row in found['checker']:
            self.assertEqual(set(row), set(bench.CheckerRow._fields))
            for name in ('copy_ratio', 'hit_ratio', 'miss_ratio'):
                if row['checker'] == 'off':
                    self.assertEqual(row[name], 1)
                self.assertGreater(row[name], 0.05)
                self.assertLess(row[name], 100)

    def test_sink(self):
        self.logs.mkdir(parents=True, exist_ok=True)
        file = self.logs / 'sink.json'
        self.assertEqual(cli.main(['bench', '--arch', 'x86_64', '--quick', '--sink', '--json',
                                   str(file)]), 0)
        found = json.loads(file.read_text(encoding='utf-8'))
        self.assertEqual(set(found), {'sink'})
        self.assertEqual([(r['mode'], r['sink']) for r in found['sink']],
                         [(mode, sink) for mode in ('untranslated', 'ats')
                          for sink in ('off', 'json', 'no-hits')])
        for row in found['sink']:
            self.assertEqual(set(row), set(bench.SinkRow._fields))
            if row['sink'] == 'off':
                self.assertEqual(row['copy_ratio'], 1)
            self.assertGreater(row['copy_ratio'], 0.05)
            self.assertLess(row['copy_ratio'], 100)

    def test_dsa(self):
        self.logs.mkdir(parents=True, exist_ok=True)
        file = self.logs / 'dsa.json'
        self.assertEqual(cli.main(['bench', '--dsa', '--quick', '--json', str(file)]), 0)
        found = json.loads(file.read_text(encoding='utf-8'))
        self.assertEqual(set(found), {'dsa', 'guest'})
        self.assertEqual([(row['queue'], row['size']) for row in found['guest']],
                         [(queue, size) for queue in ('dedicated', 'shared')
                          for size in ('4 KiB', '2 MiB')])
        for row in found['guest']:
            self.assertGreater(row['descriptors_s'], 1)
            self.assertLess(row['descriptors_s'], 10_000_000)
        self.assertEqual([(row['config'], row['size']) for row in found['dsa']],
                         [(config, size) for config in ('none', 'sva-vtd')
                          for size in ('4 KiB', '2 MiB')])
        for row in found['dsa']:
            self.assertEqual(set(row), set(bench.DsaRow._fields))
            self.assertGreater(row['gib_s'], 0.01)
            self.assertLess(row['gib_s'], 500)
            self.assertGreater(row['ratio_none'], 0.01)
            self.assertLess(row['ratio_none'], 10)

    def check_copy(self, row):
        self.assertEqual(set(row), set(bench.CopyRow._fields))
        self.assertEqual(row['arch'], 'x86_64')
        self.assertGreater(row['gib_s'], 0.01)
        self.assertLess(row['gib_s'], 500)
        for name in ('ratio_none', 'ratio_limit'):
            self.assertGreater(row[name], 0.01)
            self.assertLess(row[name], 100)

    def check_row(self, row):
        self.assertEqual(set(row), set(bench.Row._fields))
        self.assertEqual(row['arch'], 'x86_64')
        self.assertGreater(row['gib_s'], 0.01)
        self.assertLess(row['gib_s'], 500)
        self.assertGreater(row['ratio_none'], 0.01)
        self.assertLess(row['ratio_none'], 10)
        self.assertGreater(row['ns_hit'], 2)
        self.assertLess(row['ns_hit'], 20_000)
        if row['config'] == 'none':
            self.assertIsNone(row['ns_miss'])
        else:
            self.assertGreater(row['ns_miss'], row['ns_hit'])
        ours = row['config'] == 'sva-vtd'
        self.assertEqual(row['miss_vs_stock'] is not None, ours)
        if not ours:
            self.assertIsNone(row['added_hit_vs_stock'])


if __name__ == '__main__':
    unittest.main()
