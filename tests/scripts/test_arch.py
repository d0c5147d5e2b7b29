# SPDX-License-Identifier: GPL-2.0-or-later
"""Two guest architectures: what is built, what is booted, how it is shown."""

import os
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

from sva.commands import check  # noqa: E402
from sva.guest import machine, specs  # noqa: E402
from sva.judge import verdict  # noqa: E402
from sva.judge.verdict import Verdict  # noqa: E402
from sva.runs import report  # noqa: E402
from sva.setup import apt, arch, kconfig, linux, plan, qemu, steps  # noqa: E402
from sva.util import proc  # noqa: E402
from sva.util.errors import SvaError  # noqa: E402


class CommandLine(unittest.TestCase):

    def words(self, name, **more):
        spec = machine.Spec(name, Path('Image'), Path('initrd'), Path('logs'), **more)
        # What is built here is of no interest.
        with mock.patch.object(machine.artifacts, 'qemu',
                               lambda arch, build: Path(f'qemu-system-{arch}')):
            return machine.command(spec, Path('sockets'))

    def after(self, words, option):
        return [words[i + 1] for i, word in enumerate(words) if word == option]

    def test_x86_64(self):
        words = self.words('x86_64', cmdline='quiet')
        self.assertEqual(words[0], 'qemu-system-x86_64')
        self.assertEqual(self.after(words, '-append'),
                         ['console=ttyS0 sva.ctl=ttyS1 panic=-1 quiet'])
        self.assertEqual(self.after(words, '-device'),
                         ['sva-vtd,id=iommu0', 'sva-checker,id=checker0,policy=report',
                          'sva-accel,id=accel0'])
        self.assertEqual(self.after(words, '-serial'), ['chardev:console',
                                                        'chardev:control'])

    def test_a_slow_guest_is_told(self):
        words = self.words('aarch64', cmdline='quiet', timeout_multiplier=8)
        self.assertEqual(self.after(words, '-append'),
                         ['console=ttyAMA0 sva.ctl=ttyS0 panic=-1 sva.timeout-multiplier=8 quiet'])

    def test_aarch64(self):
        words = self.words('aarch64')
        self.assertEqual(words[0], 'qemu-system-aarch64')
        self.assertEqual(self.after(words, '-append'),
                         ['console=ttyAMA0 sva.ctl=ttyS0 panic=-1'])
        self.assertEqual(self.after(words, '-device')[:3],
                         ['sva-smmuv3,id=iommu0', 'sva-checker,id=checker0,policy=report',
                          'sva-accel,id=accel0'])
        self.assertRegex(self.after(words, '-device')[3], r'^pci-serial,chardev=control\b')
        self.assertEqual(self.after(words, '-serial'), ['chardev:console'])

    def test_liberties_are_taken_by_all_models(self):
        words = self.words('x86_64', adversary=7, iommu_options='pri=on', checker='',
                           devices=[('-device', 'sva-accel,id=more'), ('-M', 'sva-accel')])
        self.assertEqual(self.after(words, '-device'),
                         ['sva-vtd,id=iommu0,pri=on,adversary=7', 'sva-accel,id=accel0,adversary=7',
                          'sva-accel,id=more,adversary=7'])
        self.assertIn('sva-smmuv3,id=iommu0,adversary=1',
                      self.words('aarch64', adversary=1))

    def test_who_looks_at_a_guest_that_was_stopped_has_a_socket(self):
        words = self.words('x86_64', checker='stop')
        self.assertIn('sva-checker,id=checker0,policy=stop', words)
        self.assertEqual(self.after(words, '-qmp'), ['unix:sockets/user-qmp,server=on,wait=off'])
        self.assertEqual(self.after(self.words('x86_64'), '-qmp'), [])

    def test_without_an_iommu(self):
        words = self.words('aarch64', iommu=False, devices=[('-M', 'iommu=smmuv3')])
        self.assertNotIn('smmuv3,id', ' '.join(words))
        self.assertEqual(self.after(words, '-M'), ['virt,gic-version=3', 'iommu=smmuv3'])


class SetUp(unittest.TestCase):

    def names(self, options, *wanted):
        every = plan.steps(options)
        return [step.name for step in steps.closure(every, plan.expand(wanted, every))]

    def test_a_step_of_each_architecture(self):
        found = self.names(plan.Options(), 'kernel')
        self.assertEqual(found[-2:], ['kernel-x86_64', 'kernel-aarch64'])
        self.assertNotIn('qemu', found)
        self.assertEqual(self.names(plan.Options(('aarch64',)), 'kernel')[-1:],
                         ['kernel-aarch64'])

    def test_a_name_that_begins_like_another(self):
        self.assertNotIn('linux-source', self.names(plan.Options(), 'qemu'))
        self.assertEqual(plan.expand(['qemu'], plan.steps(plan.Options())), ['qemu'])

    def test_a_name_that_no_step_has(self):
        for name in ('none', 'debian-kernel'):
            with self.assertRaisesRegex(SvaError, f'no set-up step {name}'):
                self.names(plan.Options(('aarch64',)), name)

    def test_kernels_of_debian(self):
        base, usual = 'base-packages', 'debian-kernel-x86_64'
        older = [f'{usual}-{version}' for version in ('6.12.43', '6.12.57')]
        self.assertEqual(self.names(plan.Options(), 'debian-kernel'), [base, usual, *older])
        self.assertEqual(self.names(plan.Options(), usual), [base, usual])
        self.assertEqual(self.names(plan.Options(debian='6.12.57'), older[1]),
                         [base, older[1]])
        self.assertEqual(self.names(plan.Options(debian='6.6.6'), f'{usual}-6.6.6'),
                         [base, f'{usual}-6.6.6'])
        self.assertLessEqual(set(older), set(plan.FOR_TESTS))
        self.assertNotIn(usual, plan.FOR_TESTS)

    def test_the_flavour_is_a_kernel_of_its_own(self):
        found = self.names(plan.Options(('x86_64',), flavour='debug'), 'guest')
        self.assertIn('kernel-x86_64-debug', found)
        self.assertNotIn('kernel-x86_64', found)
        self.assertEqual(linux.record_name('x86_64'), 'kernel-x86_64')

    def test_only_what_the_architecture_takes(self):
        with mock.patch.object(plan.tools, 'install') as install:
            for name, cross in (('x86_64', False), ('aarch64', True)):
                [step] = [s for s in plan.steps(plan.Options((name,)))
                          if s.name == 'cross-packages']
                step.run(None)
                [names] = install.call_args.args
                self.assertEqual('gcc-aarch64-linux-gnu' in names, cross)

    def test_nobody_installs_more_than_he_takes(self):
        options = plan.Options(('x86_64',))
        debian = self.names(options, 'qemu', 'firmware', 'debian-kernel-x86_64')
        self.assertFalse({'linux-packages', 'cross-packages', 'more-packages'} & set(debian))
        demo = self.names(options, *plan.FOR_SCENARIOS)
        self.assertLessEqual({'linux-packages', 'cross-packages', 'qemu', 'kernel-x86_64'},
                             set(demo))
        self.assertFalse({'more-packages', 'debian-kernel-x86_64'} & set(demo))
        self.assertIn('more-packages', self.names(options, 'browser'))
        found = [*plan.tools.BASE_PACKAGES, *plan.tools.PACKAGES, *plan.tools.LINUX_PACKAGES,
                 *plan.tools.MORE_PACKAGES]
        self.assertEqual(len(found), len(set(found)))

    def test_a_user_s_kernel_takes_the_compiler_of_its_architecture(self):
        self.assertIn('cross-packages', self.names(plan.Options(('aarch64',)), *check.STEPS))

    def test_what_is_fetched_waits_for_no_compiler(self):
        every = plan.steps(plan.Options())
        for step in every:
            # The Python environment takes packages of the machine.
            if step.pool == 'fetch' and step.name != 'tools':
                needs = {one.name for one in steps.closure(every, [step.name])} - {step.name}
                self.assertEqual(needs, {'base-packages'}, step.name)

    def test_only_the_emulator_of_the_architecture(self):
        for chosen in (('x86_64',), ('aarch64',), ('x86_64', 'aarch64')):
            with mock.patch.object(qemu, 'configure'), \
                    mock.patch.object(proc, 'logged') as ran:
                [step] = [s for s in plan.steps(plan.Options(chosen)) if s.name == 'qemu']
                step.run(None)
            self.assertEqual(ran.call_args.args[0][3:], [f'qemu-system-{n}' for n in chosen])

    def test_packages_of_another_architecture_have_lists_of_their_own(self):
        with tempfile.TemporaryDirectory() as temp, \
                mock.patch.dict(os.environ, XDG_CACHE_HOME=temp), \
                mock.patch.object(apt, 'mirror', return_value='http://m/debian/'):
            ours, theirs = apt.PrivateRoot(), apt.PrivateRoot('arm64', ('trixie',))
            self.assertNotEqual(ours.dir, theirs.dir)
            self.assertIn('APT::Architecture "amd64";', ours._configuration())
            self.assertIn('APT::Architectures { "arm64"; };', theirs._configuration())
            self.assertNotIn('amd64', theirs._configuration())
            self.assertIn('Suites: trixie\n', theirs._sources())
            self.assertEqual(theirs._sources().count('Signed-By: /usr/share/keyrings/'), 1)


class UserKernel(unittest.TestCase):

    def setUp(self):
        temp = tempfile.TemporaryDirectory()
        self.addCleanup(temp.cleanup)
        self.image = Path(temp.name, 'Image')

    def choose(self, head, wanted=None):
        self.image.write_bytes(head + bytes(64))
        return specs.choose_arch(wanted, self.image)

    def test_the_image_says_what_it_is_for(self):
        x86, arm = bytes(0x202) + b'HdrS', bytes(0x38) + b'ARM\x64'
        self.assertEqual(self.choose(x86), 'x86_64')
        self.assertEqual(self.choose(arm), 'aarch64')
        self.assertEqual(self.choose(arm, 'aarch64'), 'aarch64')
        self.assertEqual(self.choose(b''), 'x86_64')
        self.assertEqual(self.choose(b'', 'aarch64'), 'aarch64')
        with self.assertRaisesRegex(SvaError, 'is an image for aarch64, not for x86_64'):
            self.choose(arm, 'x86_64')

    def test_no_image(self):
        with self.assertRaisesRegex(SvaError, 'no such kernel image'):
            specs.choose_arch('aarch64', self.image)

    def test_what_its_configuration_lacks(self):
        self.assertEqual(set(kconfig.NEEDED), set(arch.ALL))
        config = {symbol: 'y' for symbol in kconfig.NEEDED['aarch64']}
        self.assertEqual(kconfig.missing(config, 'aarch64'), [])
        del config['ARM_SMMU_V3_SVA']
        self.assertEqual([symbol for symbol, _ in kconfig.missing(config, 'aarch64')],
                         ['ARM_SMMU_V3_SVA'])
        self.assertIn('INTEL_IOMMU_SVM', dict(kconfig.missing(config, 'x86_64')))


class Reports(unittest.TestCase):

    def verdicts(self, *arches):
        return [Verdict('kill', verdict.BOUND, 'data', 'kernel', 'pass', 'fine').of(name, '7.2')
                for name in arches]

    def test_one_scenario_on_both(self):
        self.assertEqual(list(report.grouped(self.verdicts('x86_64', 'aarch64'))),
                         ['x86_64.kill', 'aarch64.kill'])
        self.assertEqual(list(report.grouped(self.verdicts('aarch64', 'aarch64'))),
                         ['aarch64.kill'])
        text = report.ktap(self.verdicts('x86_64', 'aarch64'))
        self.assertIn('\nok 1 x86_64.kill\n', text)
        self.assertIn('\nok 2 aarch64.kill\n', text)

    def test_titles(self):
        text = report.header('aarch64', '7.2', machine.devices_label('aarch64'), 'kill', 1)
        self.assertTrue(text.startswith('arm64 · Linux 7.2 · sva-smmuv3 + sva-accel · '))


if __name__ == '__main__':
    unittest.main()
