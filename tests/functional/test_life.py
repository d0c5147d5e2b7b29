# SPDX-License-Identifier: GPL-2.0-or-later
"""The life of processes, and what they have of the device."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness import FunctionalTest  # noqa: E402


class Life(FunctionalTest):
    """Ways for an address space to go while the device writes."""

    RULES = ('data', 'abort', 'silence', 'ats-no-access', 'invalid-request', 'drain',
             'late-dma', 'pasid-reuse')

    def test_daemonise(self):
        self.check('daemonise', [*self.RULES, 'other-memory', 'bond-kept', 'pasid-kept'])

    def test_exec_files_kept(self):
        self.check('exec', [*self.RULES, 'other-memory', 'bond-kept', 'pasid-kept'])

    def test_exec_files_closed(self):
        self.check('exec,files=cloexec', [*self.RULES, 'other-memory', 'pasid-kept'])

    def test_threads(self):
        self.check('threads', [*self.RULES, 'works-on'])

    def test_oom(self):
        self.check('oom', [*self.RULES, 'one-victim', 'responsive'])

    def test_oom_reaper(self):
        self.check('oom-reaper',
                   ['data', 'one-victim', 'responsive', 'reaper', 'no-access', 'silence',
                    'invalid-request', 'drain', 'late-dma', 'pasid-reuse'])


class Devices(FunctionalTest):

    def test_two_devices(self):
        self.check('two-devices', ['data', 'one-pasid', 'silence', 'drain', 'other-works',
                                   'late-dma', 'no-access', 'bind-again'])


if __name__ == '__main__':
    unittest.main()
