# SPDX-License-Identifier: GPL-2.0-or-later
"""Files for CI systems to copy: what they call exists, and their parts fit together."""

import re
import shlex
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'scripts/lib'))
# Where Debian has it, for a Python that comes from elsewhere.
sys.path.append('/usr/lib/python3/dist-packages')

import yaml  # noqa: E402

from sva import cli  # noqa: E402
from sva.commands import check  # noqa: E402
from sva.setup import plan, steps  # noqa: E402

FILES = {name: (ROOT / name).read_text(encoding='utf-8') for name in (
    'contrib/ci/gitlab-ci.yml', 'contrib/ci/github-workflow.yml', 'contrib/ci/Containerfile',
    'contrib/ci/matrix.toml', 'docs/system/ci.rst')}
VARIABLE = re.compile(r'\$\{\{.*?\}\}|\$\w+|\{\}')


def calls(text):
    """The words of each call of sva; 1 stands for variables."""
    text = re.sub(r' *\\\n +', ' ', text)
    # At the begin of a command: a sentence has it in the middle.
    for match in re.finditer(r'(?m)^(?:#? *|.*(?:&& |RUN |- run: |    - |--cleanup |--wrap \'|\.json ))'
                             r'(?:/opt/qemu-sva/scripts/)?sva ((?:[a-z-]+ )*-?[^\n\'&|:#]*)', text):
        words = shlex.split(VARIABLE.sub('1', match[1]))
        if words and words[0] in cli.COMMANDS:
            yield words


def options(words, name):
    return [words[n + 1] for n, word in enumerate(words) if word == name]


class Files(unittest.TestCase):

    def test_calls(self):
        least = {'contrib/ci/gitlab-ci.yml': 4, 'contrib/ci/github-workflow.yml': 4,
                 'contrib/ci/Containerfile': 2, 'contrib/ci/matrix.toml': 1,
                 'docs/system/ci.rst': 11}
        for name, text in FILES.items():
            found = list(calls(text))
            self.assertGreaterEqual(len(found), least[name], (name, found))
            for words in found:
                with self.subTest(name, words=words):
                    cli.build_parser().parse_args(words)

    def test_the_page_names_them(self):
        for name in FILES:
            if name.startswith('contrib'):
                self.assertIn(f'``{name}``', FILES['docs/system/ci.rst'])


class Gitlab(unittest.TestCase):

    def setUp(self):
        self.file = yaml.safe_load(FILES['contrib/ci/gitlab-ci.yml'])
        self.jobs = {name: job for name, job in self.file.items()
                     if isinstance(job, dict) and 'script' in job}

    def test_stages_and_needs(self):
        self.assertEqual(set(self.file) - set(self.jobs), {'variables', 'default', 'stages'})
        for name, job in self.jobs.items():
            self.assertIn(job['stage'], self.file['stages'])
            for need in job.get('needs', []):
                self.assertLess(self.file['stages'].index(self.jobs[need]['stage']),
                                self.file['stages'].index(job['stage']), name)
            self.assertTrue(all(isinstance(line, str) for line in job['script']))

    def test_parts_and_their_results(self):
        [words] = calls(''.join(f'    - {line}\n' for line in self.jobs['check']['script']))
        self.assertGreater(self.jobs['check']['parallel'], 1)
        self.assertIn('--shard $CI_NODE_INDEX/$CI_NODE_TOTAL', self.jobs['check']['script'][0])
        [results] = options(words, '--results')
        [path] = self.jobs['check']['artifacts']['paths']
        self.assertEqual(path, results.replace('1', '*'))
        [merge] = calls(''.join(f'    - {line}\n' for line in self.jobs['verdicts']['script']))
        self.assertEqual(merge[1], path)
        kept = self.jobs['verdicts']['artifacts']
        self.assertEqual(options(merge, '--junit'), [kept['reports']['junit']])
        self.assertEqual(options(merge, '--output') + options(merge, '--kcidb'), kept['paths'])

    def test_what_is_kept_of_broken_rules(self):
        for name in ('check', 'verdicts'):
            self.assertEqual(self.jobs[name]['artifacts']['when'], 'always')
        self.assertEqual(self.jobs['verdicts']['when'], 'always')


class Github(unittest.TestCase):

    def setUp(self):
        self.file = yaml.safe_load(FILES['contrib/ci/github-workflow.yml'])
        self.jobs = self.file['jobs']

    def steps(self, job, action):
        return [step for step in self.jobs[job]['steps']
                if step.get('uses', '').startswith(f'actions/{action}@v')]

    def test_steps_and_needs(self):
        # YAML 1.1 takes "on" for a truth value.
        self.assertEqual(set(self.file), {'name', True, 'permissions', 'jobs'})
        for name, job in self.jobs.items():
            self.assertIn(job.get('needs', name), self.jobs)
            self.assertTrue(job['runs-on'] and job['container']['image'])
            for step in job['steps']:
                self.assertEqual(len({'uses', 'run'} & set(step)), 1, step)
                self.assertLessEqual(set(step), {'uses', 'run', 'with', 'if'})

    def test_parts_and_their_results(self):
        strategy = self.jobs['check']['strategy']
        numbers = strategy['matrix']['part']
        self.assertEqual(numbers, list(range(1, len(numbers) + 1)))
        self.assertFalse(strategy['fail-fast'])
        [line] = [step['run'] for step in self.jobs['check']['steps'] if '--shard' in
                  step.get('run', '')]
        self.assertIn('--shard ${{ matrix.part }}/${{ strategy.job-total }} ', line)
        [words] = calls(f'- run: {line}')
        [kept] = self.steps('check', 'upload-artifact')
        self.assertEqual([kept['with']['path']], options(words, '--results'))
        self.assertEqual((kept['if'], self.jobs['verdicts']['if']), ('always()', 'always()'))
        [taken] = self.steps('verdicts', 'download-artifact')
        self.assertRegex(VARIABLE.sub('1', kept['with']['name']),
                         '^' + taken['with']['pattern'].replace('*', '[0-9]+') + '$')
        [merge] = calls(''.join(f'- run: {step["run"]}\n' for step in
                                self.jobs['verdicts']['steps'] if 'run' in step))
        self.assertEqual(merge[1], taken['with']['path'])
        [report] = self.steps('verdicts', 'upload-artifact')
        self.assertEqual([report['with']['path']], options(merge, '--output'))

    def test_the_kernel_comes_over(self):
        [kept], [taken] = self.steps('kernel', 'upload-artifact'), self.steps(
            'check', 'download-artifact')
        self.assertEqual(kept['with']['name'], taken['with']['name'])


class Container(unittest.TestCase):

    def setUp(self):
        self.lines = re.sub(r'\\\n *', '', FILES['contrib/ci/Containerfile']).splitlines()

    def test_instructions(self):
        words = [line.split()[0] for line in self.lines if line and not line.startswith('#')]
        self.assertEqual(words[0], 'FROM')
        self.assertLessEqual(set(words), {'FROM', 'RUN', 'COPY', 'ENV', 'USER', 'WORKDIR', 'CMD'})

    def test_what_check_and_demo_need_is_there(self):
        """So that neither fetches anything later."""
        made = {step for words in calls(FILES['contrib/ci/Containerfile'])
                for step in options(words, '--only')}
        every = plan.steps(plan.Options())
        named = plan.expand(sorted(made), every)
        self.assertLessEqual(set(named), {step.name for step in every})
        for needed in (check.STEPS, plan.FOR_SCENARIOS):
            self.assertLessEqual(set(plan.expand(needed, every)),
                                 {step.name for step in steps.closure(every, named)})

    def test_no_root_at_run_time(self):
        users = [line for line in self.lines if line.startswith('USER')]
        self.assertEqual(users, ['USER sva'])
        self.assertLess(self.lines.index('USER sva'), len(self.lines) - 1)
        late = self.lines[self.lines.index('USER sva'):]
        self.assertFalse([line for line in late if 'apt-get' in line])


if __name__ == '__main__':
    unittest.main()
