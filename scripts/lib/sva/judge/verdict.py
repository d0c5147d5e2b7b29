# SPDX-License-Identifier: GPL-2.0-or-later
"""The result of a scenario: one verdict for each rule.

The names of the rules and what each one proves are in docs/devel/verdicts.rst.
"""

from dataclasses import asdict, dataclass, replace

from ..util.text import printable

PASS = 'pass'
FAIL = 'fail'
ERROR = 'error'
KNOWN = 'known'
RESULTS = (PASS, FAIL, ERROR, KNOWN)

MODEL = 'model'
KERNEL = 'kernel'
SETUP = 'set-up'
# A rule was broken, and the evidence does not show by whom.
UNDECIDED = 'undecided'
PARTIES = (MODEL, KERNEL, SETUP, UNDECIDED)

# The three states of a bond, in the order in which a report shows them, and
# the state of verdicts about a run as a whole.
BOUND = 'bound'
GONE = 'mm gone'
UNBOUND = 'unbound'
OVERALL = 'overall'
STATES = (BOUND, GONE, UNBOUND, OVERALL)

# Keys of the published JSON, in its order.
JSON_KEYS = ('arch', 'kernel', 'scenario', 'state', 'rule', 'party', 'result', 'expected',
             'finding', 'evidence', 'seconds')


@dataclass(frozen=True)
class Verdict:
    """One rule in one scenario.

    party is who broke the rule or, if nobody did, who was under test. evidence is one
    line with figures that can be checked.
    """
    scenario: str
    state: str
    rule: str
    party: str
    result: str
    evidence: str
    expected: str = PASS
    finding: str = ''
    arch: str = ''
    kernel: str = ''
    # How long the scenario took: one machine serves all of its rules.
    seconds: float = 0
    # Name of the kernel and the options, if a file lists several.
    configuration: str = ''
    # contract.Violation: of the rule `contract` only.
    violations: tuple = ()

    def __post_init__(self):
        assert self.result in RESULTS and self.party in PARTIES and self.state in STATES
        # Part of this was written by the guest.
        for name in ('scenario', 'evidence', 'finding', 'kernel', 'configuration'):
            object.__setattr__(self, name, printable(getattr(self, name)))

    @property
    def good(self):
        return self.result in (PASS, KNOWN)

    def of(self, arch, kernel, seconds=0):
        return replace(self, arch=arch, kernel=kernel, seconds=round(seconds, 3))

    def to_json(self):
        values = {**asdict(self), 'finding': self.finding or None}
        more = {'configuration': self.configuration} if self.configuration else {}
        if self.violations:
            more['violations'] = [v.to_json() for v in self.violations]
        return {key: values[key] for key in JSON_KEYS} | more


def exit_status(verdicts, boot_failed=False, boot_failure=2):
    """0 all rules kept (or known), 1 a rule broken, 2 nothing could be judged.

    boot_failure: instead of 2, if that is because the kernel did not boot.
    """
    if any(v.result == FAIL for v in verdicts):
        return 1
    if boot_failed:
        return boot_failure
    if not verdicts or any(v.result == ERROR for v in verdicts):
        return 2
    return 0
