# SPDX-License-Identifier: GPL-2.0-or-later
"""The example of docs/devel/adding-a-scenario.rst works, and a scenario is two files."""

import importlib.util
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from judge_cases import JudgeCases, at, fact
from synthetic import LIVE, ZERO, run
from sva import scenarios

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / 'docs/devel/examples'


def dontneed():
    return run('dontneed', {'mode': 'ats-pri', 'pasid': 1, 'pid': 140,
                            'before.status': '0x02', 'after.status': '0x01',
                            'after.different': 0},
               {'bound': (LIVE, {}, []), 'done': (LIVE, {}, []),
                'unbound': (ZERO, {'waits-page-drain': 1}, [])})


# The documentation shows these lines, with the name of the module synthetic.
synthetic = sys.modules[__name__]
MUTATIONS = [
    (synthetic.dontneed, fact('before.status', '0x01'), 'fresh', 'error', 'set-up'),
    (synthetic.dontneed, fact('after.status', '0x02'), 'fresh', 'fail', 'kernel'),
    (synthetic.dontneed, fact('after.status', '0x21'), 'fresh', 'fail', 'kernel'),
    (synthetic.dontneed, at('done', faults_recorded=1), 'silence', 'fail', 'undecided'),
    (synthetic.dontneed, at('unbound', waits_page_drain=0), 'drain', 'fail', 'kernel'),
]


def load_example():
    """The judge of the example, as if it lay among the scenarios."""
    spec = importlib.util.spec_from_file_location('sva.scenarios.dontneed',
                                                  EXAMPLES / 'dontneed.py')
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Example(JudgeCases, unittest.TestCase):

    MAKERS = [dontneed]
    MUTATIONS = MUTATIONS

    def setUp(self):
        patch = mock.patch.dict(scenarios.MODULES, dontneed=load_example())
        patch.start()
        self.addCleanup(patch.stop)

    def test_the_line_for_the_list(self):
        self.assertEqual(scenarios.title('dontneed'), 'pages that a process gave back')


class GuestPrograms(unittest.TestCase):

    def test_they_register_themselves(self):
        """Each judge has its program and the other way round; so has the example."""
        with tempfile.TemporaryDirectory() as temp:
            tests = Path(temp, 'tests/guest')
            shutil.copytree(ROOT / 'tests/guest/user', tests / 'user')
            shutil.copy(EXAMPLES / 'scenario-dontneed.c', tests / 'user')
            for name in ('tests/guest/driver', 'include'):
                Path(temp, name).symlink_to(ROOT / name)
            made = subprocess.run(['make', '-s', '-j2', '-C', tests / 'user', 'CFLAGS=-O0',
                                   f'O={temp}/out', f'{temp}/out/sva-scenario'],
                                  capture_output=True, text=True, check=False)
            self.assertEqual((made.returncode, made.stderr), (0, ''))
            told = subprocess.run([f'{temp}/out/sva-scenario'], capture_output=True, text=True,
                                  check=False).stderr
        names = re.search(r'NAME: (.*)', told)[1].split()
        self.assertEqual(sorted(names), sorted([*scenarios.MODULES, 'dontneed']))


if __name__ == '__main__':
    unittest.main()
