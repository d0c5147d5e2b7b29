# SPDX-License-Identifier: GPL-2.0-or-later
"""The tables of the documents agree with the scenarios, their rules and tiers."""

import importlib
import re
import subprocess
import sys
import unittest
from pathlib import Path
from types import SimpleNamespace
from unittest import mock
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'scripts/lib'))

from sva import cli, scenarios  # noqa: E402
from sva.judge.verdict import STATES  # noqa: E402

DOCUMENTS = {name: (ROOT / f'docs/devel/{name}.rst').read_text(encoding='utf-8')
             for name in ('arm64', 'guest-protocol', 'verdicts')}
# Keys that choose other rules.
VARIANTS = ('', ',files=cloexec')


def rules_of(name):
    """{(scenario, state, rule)}: all that a scenario may be judged by."""
    module = scenarios.MODULES[name]
    choose = getattr(module, 'rules', lambda run: module.RULES)
    return {(name, rule.state, rule.name) for variant in VARIANTS
            for rule in choose(SimpleNamespace(scenario=name + variant))}


def rows(text):
    """The cells of the rows of list tables."""
    for row in re.split(r'\n   \* - ', text)[1:]:
        cells = re.split(r'\n     - ', re.split(r'\n(?=\S)', row)[0])
        yield [' '.join(cell.split()) for cell in cells]


def documented(text):
    """{(scenario, state, rule)} of the tables of rules."""
    for cells in rows(text):
        for names, state in re.findall(r'([^()]+) \(([^()]+)\)', cells[1]):
            for name in names.strip(', ').split(', '):
                for rule in re.findall(r'``(\S+?)``', cells[0]):
                    yield name, state, rule


class Documents(unittest.TestCase):

    def test_rules(self):
        told = {found for name in ('arm64', 'verdicts') for found in documented(DOCUMENTS[name])
                if found[1] in STATES}
        there = {found for name in scenarios.MODULES for found in rules_of(name)}
        told |= {found for found in there if ('all', *found[1:]) in told}
        # A scenario with the rules of another one has no rows of its own.
        like = re.findall(r'\*(\S+)\* has\s+the rules of \*(\S+)\*', DOCUMENTS['verdicts'])
        self.assertEqual(like, [('kill-two-devices', 'kill'), ('uio', 'kill')])
        told |= {(name, *found[1:]) for name, other in like for found in told
                 if found[0] == other and (name, *found[1:]) in there}
        self.assertEqual(sorted(there - told), [])
        self.assertEqual(sorted(found for found in told - there if found[0] != 'all'), [])

    def test_tiers(self):
        _, _, table = DOCUMENTS['verdicts'].partition('scenario        quick')
        table = table.split('\n==')[1].splitlines()[1:]
        told = {words[0]: words[2].split()[0].replace(',', '') for words in
                (re.split(' {2,}', line) for line in table)}
        there = {name: module.THOROUGH[0].partition('=')[2]
                 for name, module in scenarios.MODULES.items() if hasattr(module, 'THOROUGH')}
        self.assertEqual(told, there)

    def test_facts(self):
        titles = re.findall(r'\n([a-z0-9, -]+)\n[~^]+\n', DOCUMENTS['guest-protocol'])
        told = {name for title in titles for name in title.split(', ')}
        self.assertEqual(sorted(set(scenarios.MODULES) ^ told), [])

    def test_the_page_of_the_commands(self):
        """It has each command with each option; so has the manual page."""
        sys.path.insert(0, str(ROOT / 'docs'))
        self.addCleanup(sys.path.remove, str(ROOT / 'docs'))
        commands = importlib.import_module('commands')
        with mock.patch.dict('os.environ'):
            text = '\n'.join(node.astext() for node in commands.Commands.run(mock.Mock()))
        for name in cli.COMMANDS:
            self.assertIn(f'sva {name} [-h]', text)
        usage = subprocess.run([sys.executable, ROOT / 'scripts/sva', 'run', '--help'], text=True,
                               stdout=subprocess.PIPE, check=True).stdout
        for option in re.findall(r'(?m)^  (--[a-z]+)', usage):
            self.assertRegex(text, rf'(?m)^{option}\b')

    def test_pictures(self):
        """Each is well-formed, says what it shows, and is used."""
        used = {name for path in (ROOT / 'docs').rglob('*.rst') for name in
                re.findall(r'image:: \S*images/(\S+)', path.read_text(encoding='utf-8'))}
        found = {path.name: ElementTree.parse(path).getroot()
                 for path in (ROOT / 'docs/images').glob('*.svg')}
        self.assertEqual(set(found), used)
        for root in found.values():
            self.assertTrue(root.findtext('{http://www.w3.org/2000/svg}title'))


if __name__ == '__main__':
    unittest.main()
