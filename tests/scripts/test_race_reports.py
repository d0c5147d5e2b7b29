# SPDX-License-Identifier: GPL-2.0-or-later
"""Which reports of ThreadSanitizer are about the models; the reports are made up."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

from sva.testing import race_reports  # noqa: E402

RULE = '=' * 18


def report(first, second, made='#0 malloc ../x.c:1', kind='data race'):
    """Two accesses by their frames, and where the memory was made."""
    def stack(frames):
        return '\n'.join(f'    #{n} {frame} (qemu+0x1)' for n, frame in enumerate(frames))
    return (f'{RULE}\nWARNING: ThreadSanitizer: {kind} (pid=7)\n'
            f'  Write of size 8 at 0x7b by thread T3:\n{stack(first)}\n\n'
            f'  Previous read of size 8 at 0x7b by main thread:\n{stack(second)}\n\n'
            f'  Location is heap block of size 9 at 0x7b allocated by main thread:\n'
            f'    {made}\n\n'
            f'  Thread T3 (tid=9, running) created by main thread at:\n'
            f'    #0 pthread_create ../rtl.cpp:1\n\n'
            f'SUMMARY: ThreadSanitizer: data race ../src/x.c:9 in y\n{RULE}\n')


QEMU = ['aio_poll ../src/util/aio-posix.c:5', 'iothread_run ../src/iothread.c:7']
OURS = ['g_hash_table_lookup <null>', 'sva_pci_space ../src/sva/hw/sva/pci/space.c:31']


class Reports(unittest.TestCase):

    def test_a_race_of_the_models(self):
        self.assertEqual(race_reports.about_models(report(QEMU, OURS)), [
            'aio_poll (aio-posix.c:5) < iothread_run (iothread.c:7) / '
            'g_hash_table_lookup (<null>) < sva_pci_space (space.c:31)'])
        self.assertEqual(len(race_reports.about_models(report(OURS, QEMU))), 1)

    def test_a_race_of_qemu_itself(self):
        self.assertEqual(race_reports.about_models(report(QEMU, QEMU)), [])

    def test_where_memory_was_made_says_nothing(self):
        made = '#0 sva_vtd_init ../src/sva/hw/sva/vtd/vtd.c:31'
        self.assertEqual(race_reports.about_models(report(QEMU, QEMU, made)), [])

    def test_what_it_cannot_see_is_in_order(self):
        rcu = ['free <null>', 'flatview_destroy ../src/system/memory.c:1',
               'call_rcu_thread ../src/util/rcu.c:1']
        ram = ['memcpy ../src/x.c:1', 'flatview_write_continue_step ../src/system/physmem.c:1',
               'sva_write ../src/sva/hw/sva/pci/env-qemu.c:1']
        copy = ['memcpy ../src/x.c:1', 'sva_copy ../src/sva/hw/sva/pci/env-qemu.c:1']
        inline = ['memcpy /usr/include/string_fortified.h:29',
                  'address_space_read /qemu/src/include/system/memory.h:3198']
        for frames in (rcu, ram, inline):
            self.assertEqual(race_reports.about_models(report(OURS, frames)), [])
            self.assertEqual(race_reports.about_models(report(frames, OURS)), [])
        self.assertEqual(len(race_reports.about_models(report(copy, OURS))), 1)

    def test_what_waits_on_a_stack(self):
        text = report(OURS, QEMU).replace('Location is heap block of size 9 at 0x7b allocated by',
                                          'Location is stack of')
        self.assertEqual(race_reports.about_models(text), [])

    def test_a_caller_far_away_says_nothing(self):
        far = QEMU + ['sva_x ../src/sva/hw/sva/pci/endpoint.c:1']
        self.assertEqual(race_reports.about_models(report(far, QEMU)), [])

    def test_the_same_place_is_told_once(self):
        both = report(QEMU, OURS) + report(QEMU, OURS) + report(OURS, OURS)
        self.assertEqual(len(race_reports.about_models(both)), 2)

    def test_all_processes_are_read(self):
        with tempfile.TemporaryDirectory() as name:
            log = Path(name) / 'vtd'
            for pid, text in ((5, report(QEMU, OURS)), (6, report(OURS, OURS))):
                (Path(name) / f'vtd.{pid}').write_text(text, encoding='utf-8')
            self.assertEqual(len(race_reports.about_models(race_reports.read(log))), 2)
            self.assertEqual(race_reports.environment(log)['TSAN_OPTIONS'].split()[0],
                             f'log_path={log}')
