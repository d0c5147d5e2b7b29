# SPDX-License-Identifier: GPL-2.0-or-later
"""The oldest supported QEMU: a tree and builds of its own, tests of the thorough tier."""

import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

from sva.guest import specs  # noqa: E402
from sva.guest.machine import Spec, command  # noqa: E402
from sva.judge import verdict  # noqa: E402
from sva.runs import runner  # noqa: E402
from sva.setup import artifacts, graft, plan, qemu  # noqa: E402
from sva.testing import slots, suites  # noqa: E402
from sva.util import files, proc  # noqa: E402
from sva.util.errors import SvaError  # noqa: E402

STEPS = {'qemu-10.0-source', 'qemu-10.0'}
SUITES = ['qtest-10.0', 'demo-10.0']


class OwnTree(unittest.TestCase):

    def setUp(self):
        temp = tempfile.TemporaryDirectory()
        self.addCleanup(temp.cleanup)
        self.root = Path(temp.name)
        for target, value in (('sva.util.paths.build', lambda *parts: self.root.joinpath(*parts)),
                              ('sva.util.paths.log', lambda name: self.root / f'{name}.log')):
            patch = mock.patch(target, value)
            patch.start()
            self.addCleanup(patch.stop)

    def test_both_sources_lie_side_by_side(self):
        def unpack(record, directory):
            files.write(directory / 'VERSION', record['version'])

        def find(private, update, series):
            return {'name': f'qemu_{series[0]}.9', 'version': f'{series[0]}.9', 'sha256': '0' * 64}
        with mock.patch.object(qemu, '_unpack', unpack), \
                mock.patch.object(qemu, '_debian_source', find), \
                mock.patch.object(graft, 'graft') as grafted:
            for source in (qemu.MAIN, qemu.OLDEST):
                qemu.get_source(None, source=source)
        self.assertEqual([call.args[0] for call in grafted.mock_calls],
                         [self.root / 'qemu/src', self.root / 'qemu-10.0/src'])
        self.assertEqual((self.root / 'qemu/src/VERSION').read_text(), '10.2.9')
        self.assertEqual((self.root / 'qemu-10.0/src/VERSION').read_text(), '10.0.9')
        self.assertEqual((qemu.MAIN.record()['version'], qemu.OLDEST.record()['version']),
                         ('10.2.9', '10.0.9'))

    def test_only_the_oldest_series_will_do(self):
        archive = mock.Mock(records=lambda *_: [{'Version': '1:10.2.2+ds-1'}])
        with mock.patch.object(qemu, '_known', lambda prefix: None), \
                mock.patch.object(qemu, '_from_downloads', lambda prefix: None):
            with self.assertRaisesRegex(SvaError, 'Debian has no qemu 10.0.x and'):
                qemu._debian_source(archive, False, qemu.OLDEST.series)

    def test_a_build_belongs_to_its_source(self):
        self.assertEqual(qemu.PLAIN_OLDEST.directory(), self.root / 'qemu-10.0/obj')
        self.assertEqual(qemu.PLAIN.directory(), self.root / 'qemu/obj')
        ran = []
        with mock.patch.object(proc, 'logged', lambda cmd, log, **_: ran.append((cmd[0], log))), \
                mock.patch.object(qemu.tools, 'compiler_wrapper', lambda *_: 'cc'):
            for build in (qemu.PLAIN, qemu.SANITIZED, qemu.PLAIN_OLDEST):
                qemu.build(which=build)
        self.assertEqual(ran[::2], [
            (self.root / 'qemu/src/configure', self.root / 'qemu-configure.log'),
            (self.root / 'qemu/src/configure', self.root / 'qemu-asan-configure.log'),
            (self.root / 'qemu-10.0/src/configure', self.root / 'qemu-10.0-configure.log')])

    def test_a_machine_names_the_emulator_that_it_wants(self):
        for build in (qemu.PLAIN, qemu.PLAIN_OLDEST):
            files.write(build.directory() / 'qemu-system-x86_64', '')
            spec = Spec('x86_64', Path('k'), Path('i'), Path('logs'), build=build)
            self.assertEqual(command(spec)[0], str(build.directory() / 'qemu-system-x86_64'))
        with self.assertRaisesRegex(SvaError, 'sva setup --only qemu-10.0'):
            artifacts.qemu('aarch64', qemu.PLAIN_OLDEST)


class ThoroughTier(unittest.TestCase):

    def test_the_steps_are_there_and_nobody_else_pays_for_them(self):
        every = {step.name for step in plan.steps(plan.Options())}
        self.assertLessEqual(STEPS, every)
        self.assertLessEqual(STEPS, set(plan.FOR_TESTS))

    def test_suites(self):
        def names(*args):
            return [suite.name for suite in suites.select(*args)]
        self.assertFalse(set(SUITES) & set(names((), 'quick')))
        self.assertEqual(names((), 'thorough'), names((), 'quick') + ['races'] + SUITES)
        self.assertEqual(names(SUITES), SUITES)
        for suite in suites.select(SUITES):
            self.assertIn('qemu-10.0', suite.steps)

    def test_qtests_of_that_tree(self):
        with mock.patch.object(suites, 'run_qtest') as ran:
            for suite in suites.select(['qtest', 'qtest-10.0']):
                suite.run(slots.alone())
        self.assertEqual([call.args for call in ran.mock_calls],
                         [('qtest', qemu.PLAIN.directory(), 2),
                          ('qtest-10.0', qemu.PLAIN_OLDEST.directory(), 2)])

    def test_demo_on_that_emulator(self):
        """Each scenario is a case; a broken rule fails it, a known finding does not."""
        asked = []

        def judged(make_spec, names, known, on_result, tier='quick'):
            for name in names:
                spec = make_spec(name)
                asked.append((spec.arch, name, spec.build, spec.logs))
                result = verdict.FAIL if name == 'late' else verdict.KNOWN
                on_result(runner.Result(name, [verdict.Verdict(
                    name, verdict.OVERALL, 'health', verdict.KERNEL, result, '3 lines')], '7', 1,
                    spec.logs))
        with mock.patch.object(specs, '_maker', lambda arch, kernel, **fixed: lambda logs: Spec(
                arch, Path('k'), Path('i'), logs, build=fixed['build'])), \
                mock.patch.object(artifacts, 'kernel'), \
                mock.patch.object(runner, 'run_all', judged):
            [demo] = suites.select(['demo-10.0'])
            cases = demo.run(slots.alone())
        self.assertEqual({build for _, _, build, _ in asked}, {qemu.PLAIN_OLDEST})
        self.assertEqual({arch for arch, *_ in asked}, {'x86_64', 'aarch64'})
        self.assertEqual(len({logs for *_, logs in asked}), len(asked))
        self.assertEqual([case.name for case in cases], demo.list())
        for case in cases:
            self.assertEqual(case.result, 'fail' if case.name.endswith('.late') else 'pass', case)


if __name__ == '__main__':
    unittest.main()
