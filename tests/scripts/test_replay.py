# SPDX-License-Identifier: GPL-2.0-or-later
"""What is recorded, what of it is kept, and what a replay refuses."""

import gzip
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

from sva.guest import gdb, machine, replaying  # noqa: E402
from sva.guest.qmp import QmpClosed, QmpSilent  # noqa: E402
from sva.judge import verdict  # noqa: E402
from sva.runs import progress, replay, runner  # noqa: E402
from sva.setup import arch as arches, artifacts  # noqa: E402
from sva.util import files  # noqa: E402
from sva.util.errors import SvaError  # noqa: E402


class Recorded(unittest.TestCase):

    def setUp(self):
        self.dir = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.program = self.dir / 'qemu'
        self.program.write_text('emulator')
        self.enterContext(mock.patch.object(artifacts, 'qemu', lambda *unused: self.program))
        self.enterContext(mock.patch.object(artifacts, 'firmware_dir', lambda: self.dir))

    def spec(self, arch='x86_64', which=replaying.FAILING, **more):
        logs = self.dir / 'kill'
        logs.mkdir(exist_ok=True)
        for name in ('Image', 'initrd'):
            (self.dir / name).write_text(name)
        spec = machine.Spec(arch, self.dir / 'Image', self.dir / 'initrd', logs,
                            'tsc_early_khz=2600000 loglevel=7', stream=True, token='word', **more)
        spec.record = which
        replaying.prepare(spec, 'nokaslr')
        return spec

    def words(self, spec, *args):
        return machine.command(spec, self.dir, machine.usual_files(spec), *args)

    def kept(self):
        spec = self.spec(checker='report')
        (spec.logs / replaying.LOG).write_text('log')
        replaying.keep(spec, 'gdb vmlinux')
        return spec.logs

    def test_one_processor_that_counts_instructions(self):
        for arch in arches.ALL:
            words = self.words(self.spec(arch))
            self.assertEqual(words[words.index('-smp') + 1], '1')
            self.assertIn('shift=3,rr=record', words[words.index('-icount') + 1])

    def test_x86_64_has_no_x2apic_and_a_counter_of_nanoseconds(self):
        text = ' '.join(self.words(self.spec(iommu_options='aw-bits=48')))
        self.assertIn('-cpu max,-x2apic', text)
        self.assertIn('sva-vtd,id=iommu0,aw-bits=48,eim=off', text)
        self.assertIn('tsc_early_khz=1000000', text)
        self.assertIn('-global apic-common.vapic=off', text)
        self.assertNotIn('2600000', text)

    def test_what_is_not_recorded_is_as_before(self):
        for arch in arches.ALL:
            spec = self.spec(arch)
            spec.recording = ''
            text = ' '.join(self.words(spec))
            self.assertIn('-smp 2', text)
            self.assertNotIn('-icount', text)
            self.assertNotIn('-parallel', text)
            self.assertNotIn('vapic', text)

    def test_qemu_records_the_control_channel_of_both(self):
        for arch in arches.ALL:
            words = self.words(self.spec(arch))
            ports = [words[n + 1] for n, word in enumerate(words)
                     if word in ('-serial', '-parallel')]
            self.assertIn('chardev:control', ports)

    def test_a_replay_has_the_same_machine(self):
        spec, about = replaying.load(self.kept(), machine.Spec)
        self.assertEqual(about['gdb'], 'gdb vmlinux')
        self.assertEqual((spec.token, spec.checker, spec.logs.name), ('word', 'report', 'replay'))
        words = self.words(spec, 'control.log')
        self.assertIn(f'shift=3,rr=replay,rrfile={spec.recorded_in}/replay.bin', words)
        self.assertIn('file,id=control,path=control.log', words)

    def test_it_stops_at_an_event(self):
        spec, _ = replaying.load(self.kept(), machine.Spec)
        spec.stop_at, spec.held = 77, True
        words = self.words(spec)
        self.assertIn('sva-events,chardev=stream,buffer=64M,stop-at=77',
                      [*words, *self.words_of_stream(spec)])
        self.assertIn('-S', words)

    def words_of_stream(self, spec):
        return machine.command(spec, self.dir, machine.Files('a', 'b', 'c'))

    def test_another_emulator_is_refused(self):
        directory = self.kept()
        self.program.write_text('another')
        with self.assertRaisesRegex(SvaError, 'another one than recorded this'):
            replaying.load(directory, machine.Spec)

    def test_a_damaged_record_is_refused(self):
        directory = self.kept()
        for content in ([], {}, {'qemu': 1}, {**files.read_json(directory / replaying.ABOUT),
                                              'spec': {'arch': 'x86_64'}}):
            files.write_json(directory / replaying.ABOUT, content)
            with self.assertRaisesRegex(SvaError, 'damaged'):
                replaying.load(directory, machine.Spec)

    def test_a_log_that_is_gone_is_told(self):
        directory = self.kept()
        (directory / replaying.LOG).unlink()
        with self.assertRaisesRegex(SvaError, 'has no replay.bin'):
            replaying.load(directory, machine.Spec)

    def test_a_run_is_found_if_it_is_the_only_one(self):
        directory = self.kept()
        self.assertEqual(replaying.find(self.dir), directory)
        (self.dir / 'late').mkdir()
        (self.dir / 'late' / replaying.ABOUT).write_text('{}')
        with self.assertRaisesRegex(SvaError, 'name one of them'):
            replaying.find(self.dir)
        with self.assertRaisesRegex(SvaError, 'nothing is recorded'):
            (self.dir / 'empty').mkdir()
            replaying.find(self.dir / 'empty')

    def test_only_what_fails_is_kept(self):
        for result, which, kept in ((verdict.PASS, replaying.FAILING, False),
                                    (verdict.FAIL, replaying.FAILING, True),
                                    (verdict.KNOWN, replaying.FAILING, True),
                                    (verdict.PASS, 'all', True)):
            spec = self.spec(which=which)
            (spec.logs / replaying.LOG).write_text('log')
            runner._keep_replay(spec, [verdict.Verdict('kill', verdict.BOUND, 'data',
                                                       verdict.KERNEL, result, '')])
            found = {name for name in replaying.ALL if (spec.logs / name).exists()}
            self.assertEqual(found, set(replaying.ALL) if kept else set(), (result, which))
            replaying.drop(spec)

    def test_what_needs_two_processors_is_not_recorded(self):
        with mock.patch.object(runner, 'run_machine', side_effect=SvaError('seen')):
            for scenario, recorded in (('kill', True), ('kill-with-queued-requests', False)):
                spec = self.spec()
                spec.recording = ''
                runner.run_scenario(spec, scenario)
                self.assertEqual(spec.recording == replaying.RECORD, recorded)

    def test_until_takes_a_number_a_rule_or_any(self):
        with gzip.open(self.dir / replay.EVENTS, 'wt') as stream:
            stream.write('{"seq":1,"kind":"RESET"}\n'
                         '{"seq":5,"kind":"VIOLATION","violation":{"rule":"a"}}\n'
                         '{"seq":9,"kind":"VIOLATION","violation":{"rule":"b"}}\n')
        for until, event in (('3', 3), ('any', 5), ('a', 5), ('b', 9)):
            self.assertEqual(replay._event(self.dir, until), event)
        with self.assertRaisesRegex(SvaError, 'found no violation of c'):
            replay._event(self.dir, 'c')

    def test_gdb_attaches_on_any_port(self):
        self.assertEqual(gdb.on_port("gdb -ex 'target remote :1234' -ex 'lx-symbols a:1234'", 77),
                         "gdb -ex 'target remote :77' -ex 'lx-symbols a:1234'")


class Hangs(unittest.TestCase):

    def setUp(self):
        self.now, self.icount, self.status = 0, 0, 'running'
        self.enterContext(mock.patch.object(progress.time, 'monotonic', lambda: self.now))
        qmp = mock.Mock(execute=self.answer)
        self.progress = progress.Progress(mock.Mock(qmp=qmp), 90)
        self.assertEqual(qmp.timeout, 90)

    def answer(self, command):
        if isinstance(self.icount, Exception):
            raise self.icount
        return {'query-status': {'status': self.status},
                'query-replay': {'icount': self.icount}}[command]

    def pass_time(self, seconds, step=0):
        for _ in range(seconds):
            self.now += 1
            if step:
                self.icount += step
            self.progress()

    def test_one_that_gets_on_may_take_hours(self):
        self.pass_time(10000, step=1)

    def test_one_that_is_stopped_may_stand_for_hours(self):
        self.status = 'debug'
        self.pass_time(10000)
        self.status = 'running'
        self.pass_time(89)

    def test_one_that_executes_nothing_is_ended(self):
        self.pass_time(50, step=1000)
        with self.assertRaisesRegex(SvaError, 'hangs at instruction 50,000: it has executed'):
            self.pass_time(92)

    def test_one_that_does_not_answer_is_ended(self):
        self.icount = QmpSilent('QEMU does not answer')
        with self.assertRaisesRegex(SvaError, 'has not answered for 90 s and is ended'):
            self.pass_time(1)

    def test_one_that_has_ended_does_not_hang(self):
        self.icount = QmpClosed('gone')
        self.pass_time(1000)


if __name__ == '__main__':
    unittest.main()
