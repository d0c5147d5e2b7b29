# SPDX-License-Identifier: GPL-2.0-or-later
"""dsa-user-tests: dsa_user_test_runner.sh of accel-config-test, unmodified."""

from ..guest import machine
from ..judge.verdict import BOUND, OVERALL
from ..rules import dsa_tests, programs
from ..rules.rule import Rule

DEVICE = machine.DSA_DEVICE
ARCHES = ('x86_64',)
NOT_OFFERED = 'needs Debian\'s test suites'
TEST = 'dsa_test'
BATCH = '0x1'
# Operation code, rule, how many times the script calls for it: with and without
# block-on-fault, on both kinds of queues, in several sizes, alone and in batches.
OPERATIONS = (
    ('0x0', 'op-noop', 40), ('0x2', 'op-drain', 20), ('0x3', 'op-memmove', 40),
    ('0x4', 'op-fill', 40), ('0x5', 'op-compare', 40), ('0x6', 'op-comp-pattern', 40),
    ('0x9', 'op-dualcast', 40), ('0x10', 'op-crc', 40), ('0x11', 'op-copy-crc', 40),
    ('0x20', 'op-cache-flush', 40), ('0x12', 'op-dif-check', 24), ('0x13', 'op-dif-insert', 24),
    ('0x14', 'op-dif-strip', 24), ('0x15', 'op-dif-update', 24),
)

# They write nothing that could be wrong; of a check the test reads the status alone.
NO_RESULT = ('op-noop', 'op-drain', 'op-cache-flush', 'op-dif-check')

equip = dsa_tests.equip
act = dsa_tests.act_at('done')


def operation(code, wanted):
    """A rule: each call for an operation ended well."""
    def rule(run):
        tests = [test for test in programs.executed(run, TEST)
                 if test.option('-b' if test.option('-o') == BATCH else '-o') == code]
        shared = sum(test.option('-w') == '1' for test in tests)
        batches = sum(test.option('-o') == BATCH for test in tests)
        blocking = sum(test.option('-f') == '0x1' for test in tests)
        return programs.all_good([(test, True) for test in tests], wanted, 'call', (
            f' of dsa_test: {shared} on a shared queue, {batches} batches, {blocking} with '
            'block-on-fault'))
    return rule


RULES = [*(Rule(BOUND, name, operation(code, wanted)) for code, name, wanted in OPERATIONS),
         Rule(OVERALL, 'exercised', dsa_tests.exercised('done', enqcmd=True))]
