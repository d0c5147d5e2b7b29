# SPDX-License-Identifier: GPL-2.0-or-later
"""The form of a rule.

A rule is a function of the run that returns a Result: what is to be shown when the
rule is kept, and the checks that must all hold. A check that fails names its culprit,
which is a party, or a function of the run that finds it (blame.py); a check with culprit
SETUP means that the run did not test the rule, which is an error and never a pass.
"""

from typing import NamedTuple

from ..judge.verdict import KERNEL


class Check(NamedTuple):
    holds: bool
    culprit: object
    text: str


class Result(NamedTuple):
    evidence: str
    checks: list
    # Who is under test; shown with a pass.
    party: str = KERNEL
    # contract.Violation: what the checker of the models found.
    violations: tuple = ()


class Rule(NamedTuple):
    state: str
    name: str
    # A function of the run that returns a Result.
    judge: object


class NotApplicable(Exception):
    """The kernel does not owe this rule on this architecture: no verdict."""
