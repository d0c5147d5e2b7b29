# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's binary kernels, through their own driver of Intel DSA."""

import json
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness import ARCH, FunctionalTest  # noqa: E402
from sva.guest import specs  # noqa: E402
from sva.judge import verdict  # noqa: E402
from sva.util import paths  # noqa: E402

# What they are expected to do; all other rules are kept.
OLDER = {'silence': verdict.PASS, 'drain': verdict.PASS, 'invalidated': verdict.KNOWN,
         'contract': verdict.KNOWN, 'late-dma': verdict.KNOWN}
NEWEST = {'silence': verdict.KNOWN, 'drain': verdict.KNOWN, 'invalidated': verdict.PASS,
          'contract': verdict.KNOWN, 'late-dma': verdict.PASS}


class DebianDsa(FunctionalTest):
    """A process is killed while DSA works for it, on kernels before and after finding 1."""

    def assert_results(self, found, wanted):
        self.assertEqual({rule: found.get(rule) for rule in wanted}, wanted)

    def older(self, version):
        spec = specs.debian(ARCH, version)(self.logs)
        verdicts = self.check('dsa-kill', OLDER, spec=spec)
        self.assertTrue(all(v.kernel.startswith(version) for v in verdicts))
        self.assert_results({v.rule: v.result for v in verdicts}, OLDER)

    def test_6_12_43(self):
        self.older('6.12.43')

    def test_6_12_57(self):
        self.older('6.12.57')

    def test_demo(self):
        self.logs.mkdir(parents=True, exist_ok=True)
        report = self.logs / 'verdicts.json'
        done = subprocess.run(
            [sys.executable, paths.ROOT / 'scripts/sva', 'demo', '--stock', '--json', report],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        words = done.stdout + done.stderr
        self.assertEqual(done.returncode, 0, words)
        found = json.loads(report.read_text(encoding='utf-8'))['verdicts']
        self.assertLessEqual({v['result'] for v in found}, {verdict.PASS, verdict.KNOWN}, words)
        self.assert_results({v['rule']: v['result'] for v in found
                             if v['scenario'] == 'dsa-kill'}, NEWEST)


if __name__ == '__main__':
    unittest.main()
