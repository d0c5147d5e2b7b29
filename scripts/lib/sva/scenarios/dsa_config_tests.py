# SPDX-License-Identifier: GPL-2.0-or-later
"""dsa-config-tests: dsa_config_test_runner.sh of accel-config-test, unmodified."""

from ..guest import machine
from ..judge.verdict import BOUND, OVERALL
from ..rules import dsa_tests, programs
from ..rules.rule import Rule

DEVICE = machine.DSA_DEVICE
ARCHES = ('x86_64',)
NOT_OFFERED = 'needs Debian\'s test suites'
# Rule, the sub-commands of accel-config, how many of them there are.
COMMANDS = (
    ('config-group', ('config-group',), 12),
    ('config-engine', ('config-engine',), 4),
    ('config-wq', ('config-wq',), 10),
    ('config-device', ('config-device',), 2),
    ('enable', ('enable-device', 'enable-wq', 'disable-device', 'disable-wq'), 6),
)
# The operations configuration of the queue decides: none is on, then Memory Move.
EXPECTED = (False, False, True, False, False)

equip = dsa_tests.equip
act = dsa_tests.act_at('done')


def commands(names, wanted):
    """A rule: each of these sub-commands ended well."""
    def rule(run):
        return programs.all_good([(program, True) for program in
                                  programs.executed(run, 'accel-config')
                                  if program.words[1:2] and program.words[1] in names],
                                 wanted, 'command', ' of accel-config')
    return rule


def operations(run):
    """What the queue is configured for works, and all else is refused."""
    tests = programs.executed(run, 'dsa_test')
    return programs.all_good(list(zip(tests, EXPECTED)), len(EXPECTED), 'call', ' (dsa_test)')


RULES = [*(Rule(BOUND, name, commands(names, wanted)) for name, names, wanted in COMMANDS),
         Rule(BOUND, 'op-config', operations),
         Rule(OVERALL, 'exercised', dsa_tests.exercised('done'))]
