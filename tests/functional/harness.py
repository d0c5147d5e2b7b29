# SPDX-License-Identifier: GPL-2.0-or-later
"""Base of the functional tests: boot, run a scenario, judge, keep the evidence.

Run them with `scripts/sva test --suite functional`, or, when everything is
built, with `avocado run tests/functional`.
"""

import os
import signal
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

from sva import scenarios  # noqa: E402
from sva.guest import specs  # noqa: E402
from sva.judge import verdict  # noqa: E402
from sva.runs import findings, report, rundir, runner  # noqa: E402
from sva.util import paths  # noqa: E402

ARCH = 'x86_64'
# Seconds for one test, the guest's own limits come first.
TIMEOUT = 420


class FunctionalTest(unittest.TestCase):
    """One machine, one scenario, all of its verdicts."""

    def setUp(self):
        signal.signal(signal.SIGALRM, self._too_long)
        signal.alarm(TIMEOUT)
        self.addCleanup(signal.alarm, 0)
        # test_kill.Kill.test_all_modes -> kill-all-modes
        module, _, method = self.id().split('.')[-3:]
        name = f'{module}-{method}'.replace('test_', '').replace('_', '-')
        self.logs = self.enterContext(rundir.exclusive(paths.build('functional', name)))

    def _too_long(self, *unused):
        raise TimeoutError(f'the test took longer than {TIMEOUT} s; evidence: {self.logs}')

    def judge(self, scenario, spec=None, known=None, strict=True, **options):
        """Run a scenario, on the kernel that was built by default; the verdicts."""
        scenario, seconds = scenarios.variant(scenario, os.environ.get('SVA_TIER', 'quick'))
        if seconds:
            signal.alarm(seconds + TIMEOUT)
            options.setdefault('timeout', seconds)
        spec = spec or specs.built(ARCH)(self.logs)
        known = findings.load() if known is None else known
        result = runner.run_scenario(spec, scenario, known, strict, **options)
        report.write_all(self.logs, result.verdicts)
        return result.verdicts

    def check(self, scenario, rules, **options):
        """Every rule must have a verdict, and be kept or broken as the findings say."""
        verdicts = self.judge(scenario, **options)
        bad = [f'{v.rule}: {v.result} ({v.party}): {v.evidence}' for v in verdicts if not v.good]
        self.assertEqual(bad, [], f'evidence: {self.logs}')
        self.assertLessEqual(set(rules), {v.rule for v in verdicts})
        return verdicts

    def assert_one_error(self, verdicts, pattern):
        self.assertEqual([v.result for v in verdicts], [verdict.ERROR], verdicts)
        self.assertRegex(verdicts[0].evidence, pattern)
