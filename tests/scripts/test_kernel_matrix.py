# SPDX-License-Identifier: GPL-2.0-or-later
"""The file of --matrix: what it means, what is wrong with it, and what is run."""

import io
import json
import sys
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

from own_root import OwnRoot  # noqa: E402
from sva import cli  # noqa: E402
from sva.commands import check, matrix_jobs  # noqa: E402
from sva.guest import specs  # noqa: E402
from sva.judge import verdict  # noqa: E402
from sva.runs import judging, matrix, runner  # noqa: E402
from sva.setup import artifacts  # noqa: E402
from sva.timeline import report as pages  # noqa: E402
from sva.util import files, paths  # noqa: E402
from sva.util.errors import SvaError  # noqa: E402

FILE = '''
architectures = ["x86_64", "aarch64"]
scenarios = ["kill", "late", "stall-across-exit"]

[kernels.ours]
flavour = "plain"

[kernels.mainline]
kernel = "linux/bzImage"
kbuild = "linux"
arch = "x86_64"

[options.usual]

[options.hostile]
adversary = 7
append = "nokaslr"
findings = false

[[exclude]]
kernel = "ours"
scenario = "late"
options = "host*"
'''
EXAMPLE = Path(__file__).resolve().parents[2] / 'contrib/ci/matrix.toml'


class Written(OwnRoot):

    def load(self, text):
        path = self.dir / 'm.toml'
        path.write_text(text, encoding='utf-8')
        return matrix.load(path)

    def args(self, *words):
        return cli.build_parser().parse_args(['check', '--matrix', str(self.dir / 'm.toml'), *words])

    def planned(self, text, *words):
        return matrix_jobs.planned(self.args(*words), self.load(text))


class Meaning(Written):

    def test_kernels_architectures_scenarios_options(self):
        found = {(job.configuration, job.arch): job.scenarios for job, _ in self.planned(FILE)}
        self.assertEqual(found, {
            ('ours+usual', 'x86_64'): ('kill', 'late'),
            ('ours+hostile', 'x86_64'): ('kill',),
            ('ours+usual', 'aarch64'): ('kill', 'late', 'stall-across-exit'),
            ('ours+hostile', 'aarch64'): ('kill', 'stall-across-exit'),
            ('mainline+usual', 'x86_64'): ('kill', 'late'),
            ('mainline+hostile', 'x86_64'): ('kill', 'late')})

    def test_options_of_each(self):
        [job, words] = {job.configuration: (job, words) for job, words in self.planned(FILE)}[
            'mainline+hostile']
        self.assertEqual((words.adversary, words.append, words.arch, words.flavour),
                         (7, 'nokaslr', 'x86_64', None))
        # Below the directory of the file.
        self.assertEqual((words.kernel, words.kbuild), (str(self.dir / 'linux/bzImage'),
                                                        str(self.dir / 'linux')))
        self.assertEqual((job.known, job.tier), ((), 'quick'))

    def test_what_is_left_out_has_a_default(self):
        found = self.planned('[kernels.debian]\nkernel = "debian:"\n[kernels.ours]\n'
                             'flavour = "debug"\narch = "aarch64"\n')
        self.assertEqual([(job.configuration, job.arch) for job, _ in found],
                         [('debian', 'x86_64'), ('ours', 'aarch64')])
        self.assertEqual(found[0][0].scenarios, tuple(judging.choose((), 'x86_64', 'sva-dsa')))
        self.assertEqual(found[1][0].scenarios, tuple(judging.choose((), 'aarch64')))
        self.assertTrue(found[0][0].known)

    def test_what_is_wrong_is_told(self):
        ours = '[kernels.a]\nflavour = "plain"\n'
        for text, why in (
                ('x', 'is no TOML'), ('', 'names no kernel'), ('kernel = 1', 'has no kernel, but'),
                ('kernels = 3', 'has to be tables'), ('[kernels]\na = 3', 'kernels.a has to be a t'),
                ('[kernels."a/b"]\nflavour = "plain"', 'a name has letters'),
                ('[kernels.".."]\nflavour = "plain"', 'a name has letters'),
                ('[kernels.a]', 'either kernel'), (ours + 'kernel = "x"', 'either kernel'),
                (ours + 'image = "x"', 'kernels.a has no image, but arch, flavour, kbuild, kernel'),
                ('[kernels.a]\nflavour = "nice"', 'there is no nice, but plain, debug'),
                (ours + 'arch = "vax"', 'there is no vax'), (ours + 'arch = 3', 'to be a string'),
                ('scenarios = ["munmap"]\n' + ours, 'do you mean munmap-race'),
                ('scenarios = "kill"\n' + ours, 'a list of strings'),
                ('architectures = ["vax"]\n' + ours, 'there is no vax'),
                (ours + '[options.x]\nadversary = 0', 'a seed is from 1'),
                (ours + '[options.x]\nadversary = true', 'adversary has to be a number'),
                (ours + '[options.x]\nfindings = 1', 'findings has to be true or false'),
                (ours + '[options.x]\ntier = "long"', 'there is no long'),
                (ours + '[options.x]\nseed = 1', 'options.x has no seed'),
                (ours + '[[exclude]]', 'an empty exclude'),
                (ours + '[exclude]\nkernel = "a"', 'exclude has to be tables'),
                (ours + '[[exclude]]\nkernels = "a"', 'exclude has no kernels')):
            with self.assertRaisesRegex(SvaError, why, msg=text):
                self.load(text)
        with self.assertRaisesRegex(SvaError, 'No such file'):
            matrix.load(self.dir / 'none.toml')
        with self.assertRaisesRegex(SvaError, 'nothing is left to check'):
            self.planned(ours + '[[exclude]]\nkernel = "*"')
        for words in (('--kernel', 'x'), ('--arch', 'x86_64'), ('--scenario', 'kill'), ('O=x',),
                      ('--adversary', '1'), ('--no-findings',), ('--tier', 'thorough')):
            with self.assertRaisesRegex(SvaError, f'{words[0].split("=")[0]}.* goes without --matrix'):
                self.planned(ours, *words)

    def test_the_one_to_copy(self):
        found = matrix.load(EXAMPLE)
        self.assertGreater(len(found.kernels), 1)
        self.assertGreater(len(found.options), 1)


class Runs(Written):

    def run_matrix(self, *words, missing=()):
        """(scenarios by directory, status); no kernel is there but in name."""
        seen = []

        def run(spec, scenario, *unused, **more):
            seen.append(spec)
            return runner.Result(scenario, [verdict.Verdict(
                scenario, verdict.BOUND, 'data', verdict.KERNEL, verdict.PASS, 'fine').of(
                    spec.parent.name, '7.2.13', 1)], '7.2.13', 1, None)

        def choose(words):
            if words.kernel in missing:
                raise SvaError(f'{words.kernel}: no such kernel image')
            return words.arch, 'sva-accel', lambda: lambda logs, **more: logs
        self.load(FILE)
        with mock.patch.object(runner, 'run_scenario', run), \
                mock.patch.object(check, 'choose', choose), \
                mock.patch('sys.stdout', io.StringIO()) as out:
            status = check.run(self.args(*words))
        self.out = out.getvalue()
        base = paths.build('runs/latest').resolve()
        return [str(path.relative_to(base)) for path in seen], status

    def test_each_has_a_directory(self):
        found, status = self.run_matrix()
        self.assertEqual(status, 0)
        self.assertEqual(len(found), 12)
        self.assertIn('mainline+hostile/x86_64/kill', found)
        self.assertIn('ours+usual/aarch64/stall-across-exit', found)
        self.assertIn('scenario kill of mainline+hostile', self.out)
        kept = json.loads(paths.build('runs/latest/verdicts.json').read_text('utf-8'))
        self.assertEqual(sorted(kept['run']['cases']), sorted(
            name.replace('/', '.') for name in found))
        self.assertEqual({v['configuration'] for v in kept['verdicts']},
                         {name.split('/')[0] for name in found})
        self.assertIn('mainline+hostile.x86_64.kill',
                      paths.build('runs/latest/verdicts.xml').read_text('utf-8'))

    def test_the_page_tells_them_apart(self):
        self.run_matrix()
        base = paths.build('runs/latest')
        files.write(base / 'mainline+hostile/x86_64/kill/control.log', '@bye\n')
        found = {one['name']: one['directory'] for one in pages.scenarios(base)
                 if one['arch'] == 'x86_64' and one['name'].startswith('kill')}
        self.assertEqual(found, {f'kill of {name}': base / name / 'x86_64/kill' for name in (
            'ours+usual', 'ours+hostile', 'mainline+usual', 'mainline+hostile')})
        [one] = pages.scenarios(base.resolve() / 'mainline+hostile/x86_64/kill')
        self.assertEqual((one['name'], len(one['verdicts'])), ('kill of mainline+hostile', 1))

    def test_parts(self):
        whole, _ = self.run_matrix()
        parts = [self.run_matrix('--shard', f'{n}/5')[0] for n in range(1, 6)]
        self.assertEqual(sorted(sum(parts, [])), sorted(whole))

    def test_kernels_are_there_before_anything_is_set_up(self):
        image = str(self.dir / 'linux/bzImage')
        with self.assertRaisesRegex(SvaError, 'no such kernel image'):
            self.run_matrix(missing=[image])
        self.assertFalse(paths.build('runs').exists())
        # One that is judged elsewhere need not be here.
        self.load(FILE)
        with mock.patch.object(artifacts, 'ensure', side_effect=AssertionError('built')), \
                mock.patch.object(specs, 'set_up', side_effect=AssertionError('built')), \
                mock.patch.object(judging, 'run_jobs', lambda args, jobs, command, ready: [
                    ready(job) for job in judging.of_shard(jobs, args.shard)]):
            jobs = check.run(self.args('--shard', '12/12'))
        self.assertEqual([job.configuration for job in jobs], ['ours+usual'])


if __name__ == '__main__':
    unittest.main()
