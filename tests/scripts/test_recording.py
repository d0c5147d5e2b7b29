# SPDX-License-Identifier: GPL-2.0-or-later
"""What a run leaves for its report: the event stream, and when things were seen."""

import gzip
import json
import sys
import time
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

from fake_machine import END, FakeMachine, STAGE, START  # noqa: E402
from sva.guest import logs, machine, recording, times  # noqa: E402
from sva.runs import runner  # noqa: E402
from sva.setup import artifacts  # noqa: E402


class Stream(FakeMachine):

    def run_with(self, *lines):
        spec = self.spec([*START, *lines, *STAGE, *END])
        spec.stream = True
        self.assertTrue(runner.run_machine(spec, 'smoke').complete)

    def test_it_is_kept_and_packed(self):
        self.run_with('>stream 1000')
        with gzip.open(self.dir / 'events.jsonl.gz', 'rt', encoding='ascii') as file:
            found = [json.loads(line) for line in file]
        self.assertEqual([event['seq'] for event in found], list(range(1000)))
        self.assertFalse((self.dir / 'events.jsonl').exists())

    def test_it_is_bounded(self):
        with mock.patch.object(logs, 'LIMIT', 20000):
            self.run_with('>stream 5000')
        with gzip.open(self.dir / 'events.jsonl.gz', 'rt', encoding='ascii') as file:
            found = file.read().splitlines()
        self.assertLess(sum(map(len, found)), 21000)
        self.assertIn('"seq":0,', found[0])
        self.assertIn('"seq":4999,', found[-1])
        self.assertEqual(sum('were cut here' in line for line in found), 1)

    @staticmethod
    def entry(word, pasid=1, addr=0, where=0x4000):
        return ('>stream {"seq":1,"time":5,"kind":"ENTRY","rid":16,"pasid":%s,"addr":"%#x","entry":{'
                '"type":"VTD_PASID","level":0,"shift":0,"pa":"%#x","words":["%#x","0x0"]}}'
                % (pasid, addr, where, word))

    def test_reads_that_say_nothing_new_are_left_out(self):
        self.run_with(self.entry(1), self.entry(1), self.entry(1, addr=0x5123),
                      self.entry(1, pasid=2), self.entry(1, pasid='null'), self.entry(0),
                      self.entry(1), self.entry(1, where=0x5000), self.entry(1), '>stream 2')
        with gzip.open(self.dir / 'events.jsonl.gz', 'rt', encoding='ascii') as file:
            found = [json.loads(line) for line in file]
        self.assertEqual([(e['pasid'], e['entry']['pa'], e['entry']['words'][0])
                          for e in found if e['kind'] == 'ENTRY'],
                         [(1, '0x4000', '0x1'), (2, '0x4000', '0x1'), (None, '0x4000', '0x1'),
                          (1, '0x4000', '0x0'), (1, '0x4000', '0x1'), (1, '0x5000', '0x1')])
        self.assertEqual(len(found), 8)
        self.assertEqual(json.loads((self.dir / 'times.json').read_text('utf-8'))['repeated'], 3)

    def test_what_is_remembered_of_entries_is_bounded(self):
        log = recording.Recording(self.dir / 'log')
        self.addCleanup(log.close)
        with mock.patch.object(recording, 'MOST', 4):
            for n in range(50):
                log._safe([self.entry(n, where=n * 8).removeprefix('>stream ').encode()])
                self.assertLessEqual(len(log.said), 4)

    def test_the_one_of_an_earlier_run_goes(self):
        (self.dir / 'events-1.jsonl.gz').write_bytes(b'old')
        self.run_with()
        self.assertFalse((self.dir / 'events-1.jsonl.gz').exists())

    def test_who_does_not_want_it_gets_none(self):
        self.assertTrue(runner.run_machine(self.spec(START + STAGE + END), 'smoke').complete)
        self.assertEqual(list(self.dir.glob('events*.jsonl*')), [])

    def test_options_of_qemu(self):
        spec = machine.Spec('x86_64', Path('k'), Path('i'), Path('l'))
        with mock.patch.object(artifacts, 'qemu', lambda *unused: Path('qemu')):
            without = machine.command(spec, Path('s'))
            words = machine.command(spec, Path('s'), machine.Files('c', 'e', 'a,b'))
        self.assertNotIn('sva-events', ' '.join(without))
        self.assertIn('file,id=stream,path=a,,b,append=on', words)
        self.assertIn('sva-events,chardev=stream', words)


class Seen(FakeMachine):

    def test_each_line_has_its_time(self):
        before = time.monotonic_ns()
        spec = self.spec(START + ['>console [    1.000250] one', '>stream 10'] + STAGE + END)
        spec.stream = True
        runner.run_machine(spec, 'smoke')
        found = json.loads((self.dir / 'times.json').read_text(encoding='utf-8'))
        lines = (self.dir / 'control.log').read_text(encoding='utf-8').splitlines()
        self.assertEqual(len(found['control']), len(lines))
        self.assertEqual(found['control'], sorted(found['control']))
        self.assertLess(before, found['control'][0])
        self.assertEqual([usec for usec, _ in found['console']], [1000250])
        self.assertEqual(len(found['streams']), 1)
        self.assertLess(before - 10, found['streams'][0])

    def test_the_smallest_difference_counts(self):
        seen = times.Times()
        hear = seen.new_stream()
        for now, line in ((500, b'{"seq":1,"time":100,"kind":"RESET"}'),
                          (900, b'{"seq":2,"time":650,"kind":"RESET"}'),
                          (990, b'{"kind":"FORMAT"}'),
                          (1000, b'{"seq":3,"time":700,"kind":"RESET"}')):
            with mock.patch.object(time, 'monotonic_ns', lambda now=now: now):
                hear([line])
        self.assertEqual(seen.record()['streams'], [250])

    def test_a_guest_that_says_much_does_not_fill_it(self):
        seen = times.Times()
        with mock.patch.object(times, 'MOST', 5):
            for _ in range(9):
                seen.hear_control()
                seen.hear_console(['[    0.000001] x', 'no time'])
        self.assertEqual((len(seen.control), len(seen.console)), (5, 5))


if __name__ == '__main__':
    unittest.main()
