# SPDX-License-Identifier: GPL-2.0-or-later
"""smoke: every operation in every mode; the guest program's own checks."""

from ..judge.verdict import BOUND, MODEL, SETUP
from ..rules import blame
from ..rules.facts import count
from ..rules.rule import Check, Result, Rule

NOT_OFFERED = 'tests the project, not the kernel'


def operations(run):
    failed = run.failed_checks()
    return Result(f'{count(len(run.checks), "check")} of operations, modes and interrupts', [
        Check(bool(run.checks), SETUP, 'the guest program checked nothing'),
        Check(not failed, blame.work, f'{failed[0] if failed else ""}')], MODEL)


RULES = [Rule(BOUND, 'operations', operations)]
