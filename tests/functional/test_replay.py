# SPDX-License-Identifier: GPL-2.0-or-later
"""A recorded scenario is the same when it is executed again, in all that we announce."""

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness import TIMEOUT, FunctionalTest  # noqa: E402
from sva import scenarios  # noqa: E402
from sva.guest import specs  # noqa: E402
from sva.runs import replay  # noqa: E402
from sva.setup import linux  # noqa: E402
from sva.util import paths  # noqa: E402

SCENARIO = 'kill'
THOROUGH = os.environ.get('SVA_TIER') == 'thorough'
# The variant of a kernel that does not invalidate, and where x86-64 guests with five levels
# of page tables see physical memory.
VARIANT = 'release-no-iotlb'
RULE = 'inval-walk-missing'
DIRECT_MAP = 0xff11000000000000


class Replay(FunctionalTest):

    def record(self, arch, scenario=SCENARIO):
        spec = specs.recorded(specs.built(arch), 'all')(self.logs, stream=True)
        self.check(scenario, ['contract', 'health'], spec=spec)

    @staticmethod
    def can(scenario):
        return not scenarios.not_recorded(scenario)

    def again(self, arch, scenario=SCENARIO):
        self.record(arch, scenario)
        self.assertEqual(replay.run(self.logs), replay.Outcome(console=True, events=True))

    def test_x86_64(self):
        self.again('x86_64')

    def test_arm64(self):
        self.again('aarch64')

    def test_it_stops_at_an_event(self):
        self.record('aarch64')
        self.assertTrue(replay.run(self.logs, until='1000').stopped)

    if THOROUGH:
        def test_every_default_scenario(self):
            self.every_default_scenario()

    def every_default_scenario(self):
        base = self.logs
        for arch in ('x86_64', 'aarch64'):
            for scenario in filter(self.can, scenarios.of_arch(scenarios.DEFAULT, arch)):
                with self.subTest(arch=arch, scenario=scenario):
                    self.logs = base / arch / scenario
                    signal.alarm(TIMEOUT)
                    self.again(arch, scenario)


def free_port():
    with socket.socket() as s:
        s.bind(('', 0))
        return s.getsockname()[1]


class Debugger(FunctionalTest):
    """gdb goes backwards, with the command that `sva replay` prints."""

    def record(self, spec):
        """Whatever comes out of it."""
        self.judge(SCENARIO, spec=spec)
        self.assertTrue((self.logs / 'replay.json').exists(), self.logs)

    def gdb(self, until, *commands):
        """What gdb says at an event."""
        tool = [sys.executable, paths.ROOT / 'scripts/sva', 'replay', self.logs, '--until',
                until, '--gdb', '--port', str(free_port())]
        with subprocess.Popen(tool, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT) as child:
            self.addCleanup(child.kill)
            heard = []
            for line in child.stdout:
                heard.append(line)
                if 'gdb: ' in line:
                    break
            else:
                self.fail(''.join(heard))
            _, *words = shlex.split(line.partition('gdb: ')[2])
            for command in ('set pagination off', *commands, 'kill'):
                words += ['-ex', command]
            done = subprocess.run(['gdb-multiarch', '-nx', '-batch', *words], text=True,
                                  check=False, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            child.communicate()
        self.assertEqual(child.returncode, 0, done.stdout)
        return done.stdout

    def steps_back(self, arch):
        self.record(specs.recorded(specs.built(arch), 'all')(self.logs, stream=True))
        said = self.gdb('1000', 'printf "at %lx\\n", $pc', 'reverse-stepi',
                        'printf "at %lx\\n", $pc', 'stepi', 'printf "at %lx\\n", $pc')
        there, before, again = re.findall('^at (.*)$', said, re.MULTILINE)
        self.assertNotEqual(there, before, said)
        self.assertEqual(there, again, said)

    def test_it_steps_back_x86_64(self):
        self.steps_back('x86_64')

    def test_it_steps_back_arm64(self):
        self.steps_back('aarch64')

    if THOROUGH:
        def test_it_finds_the_store_that_broke_the_rule(self):
            self.it_finds_the_store_that_broke_the_rule()

    def it_finds_the_store_that_broke_the_rule(self):
        signal.alarm(0)     # the kernel may have to be built
        make = specs.set_up('x86_64', linux.VARIANTS)
        signal.alarm(TIMEOUT)
        make = specs.recorded(specs.appended(make, f'sva.variant={VARIANT}'))
        self.record(make(self.logs, stream=True))
        signal.alarm(TIMEOUT)
        broken = json.loads((self.logs / 'contract.json').read_text(encoding='utf-8'))
        entry = next(int(v['pa'], 0) for v in broken if v['rule'] == RULE)
        said = self.gdb(RULE, f'watch *(unsigned long *){entry + DIRECT_MAP:#x}',
                        'reverse-continue', 'printf "first\\n"', 'bt 3',
                        'reverse-continue', 'printf "second\\n"', 'bt 3')
        first, second = re.findall(r'(?s)(?:first|second)\n(.*?)(?=\n\n|\Z)', said)
        self.assertRegex(first, '(?s)^#0 .*pasid_clear_entry.*intel_pasid_tear_down_entry')
        self.assertRegex(second, '(?s)^#0 .*intel_pasid_tear_down_entry')


if __name__ == '__main__':
    unittest.main()
