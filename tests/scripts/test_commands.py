# SPDX-License-Identifier: GPL-2.0-or-later
"""Mistakes of the user give one line and status 2."""

import io
import json
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

from sva import cli, scenarios  # noqa: E402
from sva.guest import interactive, machine, specs  # noqa: E402
from sva.judge import checker_rules  # noqa: E402
from sva.runs import judging, rundir  # noqa: E402
from sva.setup import artifacts, kconfig, plan, steps  # noqa: E402
from sva.util import paths  # noqa: E402


def sva(*args):
    return subprocess.run([sys.executable, paths.ROOT / 'scripts/sva', *map(str, args)],
                          text=True, capture_output=True, stdin=subprocess.DEVNULL, check=False)


class Commands(unittest.TestCase):

    def setUp(self):
        temp = tempfile.TemporaryDirectory()
        self.addCleanup(temp.cleanup)
        self.dir = Path(temp.name)
        self.image = self.dir / 'bzImage'
        self.image.write_bytes(b'')

    def refused(self, pattern, *args):
        done = sva(*args)
        self.assertEqual(done.returncode, 2, done)
        self.assertRegex(done.stderr, f'(?m)^sva.*: error: .*{pattern}')
        self.assertNotIn('Traceback', done.stderr)

    def test_missing_files(self):
        self.refused('no such kernel image', 'check', '--kernel', self.dir / 'none')
        self.refused('no such directory', 'check', '--kernel', self.image, '--kbuild',
                     self.dir / 'none')
        self.refused('no such directory', 'demo', '--json', self.dir / 'none/x.json')
        self.refused('no such directory', 'test', '--junit', self.dir / 'none/x.xml')

    def test_an_image_outside_of_a_build_directory(self):
        self.refused('--kbuild', 'check', '--kernel', self.image)

    def test_a_kernel_without_sva(self):
        symbols = [s for s in kconfig.NEEDED['x86_64'] if s != 'INTEL_IOMMU_SVM']
        (self.dir / '.config').write_text(''.join(f'CONFIG_{s}=y\n' for s in symbols),
                                          encoding='utf-8')
        (self.dir / 'Module.symvers').write_text('', encoding='utf-8')
        for command in ('check', 'run'):
            self.refused(r'CONFIG_INTEL_IOMMU_SVM \(shared', command, '--kernel', self.image)

    def test_a_kernel_that_is_too_old(self):
        (self.dir / 'Module.symvers').write_text('', encoding='utf-8')
        (self.dir / 'include/config').mkdir(parents=True)
        (self.dir / '.config').write_text('', encoding='utf-8')
        for release, pattern in (('5.15.204-1-amd64', r'Linux 5\.15\.204-1-amd64; the guest driver '
                                  r'is for Linux 6\.1 and later'),
                                 ('6.1.192', 'its configuration lacks')):
            (self.dir / 'include/config/kernel.release').write_text(release + '\n',
                                                                    encoding='utf-8')
            for command in ('check', 'run'):
                self.refused(pattern, command, '--kernel', self.image)

    def test_an_image_for_another_architecture(self):
        self.image.write_bytes(bytes(0x38) + b'ARM\x64' + bytes(64))
        for command in ('check', 'run'):
            self.refused('is an image for aarch64, not for x86_64', command, '--arch', 'x86_64',
                         '--kernel', self.image)

    def test_an_arm64_kernel_without_sva(self):
        self.image.write_bytes(bytes(0x38) + b'ARM\x64' + bytes(64))
        symbols = [s for s in kconfig.NEEDED['aarch64'] if s != 'ARM_SMMU_V3_SVA']
        (self.dir / '.config').write_text(''.join(f'CONFIG_{s}=y\n' for s in symbols),
                                          encoding='utf-8')
        (self.dir / 'Module.symvers').write_text('', encoding='utf-8')
        self.refused(r'CONFIG_ARM_SMMU_V3_SVA \(shared', 'check', '--kernel', self.image)

    def test_wrong_options(self):
        for args in ((), ('frobnicate',), ('demo', '--arch', 'vax'), ('check',),
                     ('check', '--flavour', 'none'),
                     ('check', '--flavour', 'debug', '--kernel', self.image),
                     ('demo', '--scenario', 'none'), ('test', '--suite', 'none'),
                     ('test', '--fuzz-seconds', '-1'), ('list', 'none'),
                     ('check', '--kernel', self.image, '--boot-failure', '3')):
            self.refused('', *args)

    def test_nothing_is_built_for_wrong_arguments(self):
        with mock.patch.object(artifacts, 'ensure', side_effect=AssertionError('built')), \
                mock.patch('sys.stderr', io.StringIO()) as errors:
            for args in (('demo', '--arch', 'x86_64', '--scenario', 'evtq-full'),
                         ('check', '--flavour', 'plain', '--scenario', 'evtq-full'),
                         ('check', '--kernel', self.image, '--kbuild', self.dir, '--scenario',
                          'evtq-full'),
                         ('demo', '--scenario', 'kill', '--shard', '3/3'),
                         ('check', '--flavour', 'plain', '--scenario', 'kill', '--shard', '2/2'),
                         ('check', '--matrix', self.dir / 'none'),
                         ('check', '--flavour', 'plain', '--results', self.dir),
                         ('demo', '--results', self.dir), ('mutants', '--results', self.dir),
                         ('mutants', 'unbind-no-drain', '--shard', '9/9'),
                         ('test', '--suite', 'style', '--shard', '2/2'),
                         ('run', '--scenario', 'none'), ('run', '--scenario', 'evtq-full'),
                         ('check', '--kernel', self.image, '--kbuild', self.dir),
                         ('run', '--kernel', self.image, '--kbuild', self.dir),
                         ('setup', '--kernel-src', self.dir / 'none'),
                         ('setup', '--qemu-src', self.dir / 'none'),
                         ('demo', '--json', self.dir), ('bench', '--json', self.dir)):
                errors.truncate(0)
                self.assertEqual(cli.main(list(map(str, args))), 2, args)
                self.assertRegex(errors.getvalue(), 'sva: error: .*(no scenario|no such directory'
                                                    '|is a directory|not the build dir'
                                                    '|No such file|nothing is left for part|empty directory)', args)

    def test_a_scenario_that_is_nearly_right(self):
        self.refused('there is no scenario munmap; do you mean munmap-race', 'demo', '--scenario',
                     'munmap')

    def test_scenarios_by_pattern(self):
        parser = cli.build_parser()

        def chosen(*names):
            words = [f'--scenario={name}' for name in names]
            return judging.choose(parser.parse_args(['demo', *words]).scenario, 'x86_64')
        self.assertEqual(chosen(), list(scenarios.DEFAULT))
        self.assertEqual(chosen('kill*', 'late', 'kill'),
                         ['kill', 'kill-with-queued-requests', 'kill-with-requests',
                          'kill-two-devices', 'late'])
        self.assertEqual(chosen('all'), scenarios.of_device(
            scenarios.of_arch(scenarios.ALL, 'x86_64'), machine.ACCEL_DEVICE))

    def test_scenarios_by_the_device_of_the_kernel(self):
        with mock.patch.dict(scenarios.MODULES, {'dsa-a': mock.Mock(spec=['DEVICE', 'DEFAULT']),
                                                 'dsa-b': mock.Mock(spec=['DEVICE'])}):
            for name in ('dsa-a', 'dsa-b'):
                scenarios.MODULES[name].DEVICE = 'sva-dsa'
            self.assertNotIn('dsa-a', judging.choose((), 'x86_64'))
            self.assertIn('dsa-a', judging.choose((), 'x86_64', 'sva-dsa'))
            for device, found in (('sva-accel', ['kill']), ('sva-dsa', ['dsa-b'])):
                self.assertEqual(judging.choose(('kill', 'dsa-b'), 'x86_64', device), found)

    def test_kernels_of_debian(self):
        self.refused('debian:6.x is not debian:VERSION', 'check', '--kernel', 'debian:6.x')
        self.refused('needs no --kbuild', 'check', '--kernel', 'debian:6.12.57', '--kbuild', '.')
        self.refused('SVA on x86_64 alone, not on aarch64', 'check', '--kernel', 'debian:',
                     '--arch', 'aarch64')
        for words in (('check', '--kernel', 'debian:'), ('demo', '--stock')):
            self.refused('no scenario kill for x86_64 guests with sva-dsa', *words, '--scenario',
                         'kill')

    def test_a_kernel_of_debian_is_fetched_and_no_other(self):
        with mock.patch.object(judging, 'having'), \
                mock.patch.object(artifacts, 'ensure') as ensure, \
                mock.patch.object(specs, 'debian') as debian, \
                mock.patch.object(judging, 'run', return_value=0) as run:
            for version, words in (('6.12.57', ('check', '--kernel', 'debian:6.12.57')),
                                   ('', ('check', '--kernel', 'debian:')), ('', ('demo', '--stock'))):
                self.assertEqual(cli.main(words), 0)
                kernel = f'debian-kernel-x86_64-{version}'.rstrip('-')
                self.assertEqual(ensure.call_args.args,
                                 ('qemu', 'firmware', 'busybox-x86_64', kernel))
                every = plan.steps(ensure.call_args.kwargs['options'])
                found = {step.name for step in steps.closure(every, ensure.call_args.args)}
                self.assertFalse(found & {'linux-source', 'kernel-x86_64', 'busybox-aarch64'})
                debian.assert_called_with('x86_64', version)
                self.assertEqual(run.call_args.kwargs['device'], 'sva-dsa')

    def test_list(self):
        lines = sva('list').stdout.splitlines()
        for name in scenarios.ALL:
            [line] = [line for line in lines if re.match(rf'[ *] {name} ', line)]
            self.assertEqual(line[0] == '*', name in scenarios.default(
                scenarios.device_of(name)))
            self.assertGreater(len(line), 40)
        self.assertTrue([line for line in lines if re.match('  1  .*silence', line)])
        self.assertTrue([line for line in lines if re.match('  unbound +drain +.* more$', line)])
        some = sva('list', '*-full', 'kill', '--arch', 'x86_64').stdout.splitlines()
        self.assertEqual([line.split()[1] for line in some[1:some.index('')]], ['kill'])
        self.assertFalse([line for line in some if 'prq' in line or 'inval-' in line])

    def test_list_for_programs(self):
        content = json.loads(sva('list', '--json').stdout)
        self.assertEqual([s['name'] for s in content['scenarios']], list(scenarios.ALL))
        [kill] = [s for s in content['scenarios'] if s['name'] == 'kill']
        self.assertTrue(kill['default'])
        self.assertIn({'rule': 'abort', 'state': 'mm gone'}, kill['rules'])
        proven = {(r['state'], r['rule']): r['scenarios'] for r in content['rules']}
        self.assertEqual(proven['overall', 'health'], list(scenarios.ALL))
        self.assertIn('kill', proven['mm gone', 'abort'])
        self.assertEqual(content['findings'][0]['id'], 1)
        for finding in content['findings']:
            self.assertTrue((paths.ROOT / finding['page']).is_file())
        arm = json.loads(sva('list', '--json', '--arch', 'aarch64').stdout)
        self.assertNotIn('enqcmd', [s['name'] for s in arm['scenarios']])

    def test_list_has_the_rules_of_the_checker(self):
        told = re.findall(r'(?m)^``([a-z0-9-]+)``\n    \S', (
            paths.ROOT / 'docs/system/sva-checker.rst').read_text(encoding='utf-8'))
        rules = checker_rules.load()
        self.assertEqual(sorted(rules), sorted(told))
        self.assertEqual({s for s in rules.values() if not s.endswith('.')}, set())

    def test_every_scenario_says_what_it_is(self):
        for name, module in scenarios.MODULES.items():
            self.assertTrue(scenarios.title(name), name)
            self.assertIn(name, module.__doc__.splitlines()[0], name)

    def command_line(self, *args):
        """The kernel command line of the machine that a command would boot."""
        seen = []

        def spec(logs, **more):
            return machine.Spec('x86_64', self.image, self.image, Path(logs), 'loglevel=7', **more)

        def judge(args, makers, command, **more):
            seen.append(makers['x86_64'](self.dir))
            return 0

        with mock.patch.object(specs, 'set_up', lambda arch, flavour: spec), \
                mock.patch.object(rundir, 'begin', lambda command: self.dir), \
                mock.patch.object(judging, 'run', judge), \
                mock.patch('sys.stdin', mock.Mock(isatty=lambda: True)), \
                mock.patch.object(interactive, 'run', lambda spec, *_: seen.append(spec) or 0):
            self.assertEqual(cli.main(list(args)), 0)
        return seen[0].cmdline

    def test_verdicts_do_not_wait_for_the_other_architecture(self):
        told = []

        def judge(args, makers, command, set_up=None, **more):
            for arch in makers:
                set_up(arch)
                makers[arch](self.dir)

        with mock.patch.object(judging, 'run', judge), \
                mock.patch.object(artifacts, 'ensure', lambda *names, options: told.append(
                    ('set up', *options.arches))), \
                mock.patch.object(specs, 'built', lambda arch: lambda logs: told.append(
                    ('boot', arch))):
            cli.main(['demo'])
        self.assertEqual(told, [('set up', 'x86_64'), ('boot', 'x86_64'), ('set up', 'aarch64'),
                                ('boot', 'aarch64')])

    def test_more_words_for_the_kernel(self):
        check = 'check', '--flavour', 'plain'
        self.assertEqual(self.command_line(*check), 'loglevel=7')
        self.assertEqual(self.command_line(*check, '--append', ' nokaslr  slub_debug=FZP'),
                         'loglevel=7 nokaslr slub_debug=FZP')
        self.assertEqual(
            self.command_line('run', '--scenario', 'late', '--append', 'nokaslr'),
            'loglevel=7 sva.run=late loglevel=4 sva.shell sva.nohost nokaslr')

    def test_version(self):
        newest = re.search(r'\n(\d+(?:\.\d+)+)\n---', (paths.ROOT / 'CHANGELOG.rst').read_text('utf-8'))
        done = sva('--version')
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stdout, rf'^sva {re.escape(newest[1])}( \(.+\))?\n$')

    def test_every_command_has_help_with_examples(self):
        for name in cli.COMMANDS:
            done = sva(name, '--help')
            self.assertEqual(done.returncode, 0)
            self.assertIn('examples:', done.stdout)


if __name__ == '__main__':
    unittest.main()
