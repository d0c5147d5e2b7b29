# SPDX-License-Identifier: GPL-2.0-or-later
"""dsa-dmadev: DPDK's dmadev_autotest on a queue of user space."""

import re

from ..guest import machine
from ..judge.verdict import BOUND, MODEL, OVERALL, SETUP
from ..rules import blame, dsa_tests
from ..rules.facts import Missing
from ..rules.rule import Check, Result, Rule

DEVICE = machine.DSA_DEVICE
ARCHES = ('x86_64',)
NOT_OFFERED = 'needs Debian\'s test suites'
CASE = re.compile(r'\+ TestCase \[ *\d+\] : (\w+) (\w+)')
GOOD = 'succeeded'
# With ordinary pages, then with huge ones.
RUNS = 2
API = ('test_dma_is_valid_dev', 'test_dma_count', 'test_dma_info_get', 'test_dma_configure',
       'test_dma_vchan_setup', 'test_dma_start_stop', 'test_dma_stats', 'test_dma_dump',
       'test_dma_completed', 'test_dma_completed_status')

equip = dsa_tests.equip
act = dsa_tests.act_at('huge')      # before the queue is disabled


def cases(run):
    """[(name, how it ended)] of all test cases."""
    if not run.values('output'):
        raise Missing('the guest did not report output')
    return [match.groups() for match in map(CASE.search, run.values('output')) if match]


def passed(*names):
    """A rule: these cases succeeded, each time."""
    def rule(run):
        mine = [(name, how) for name, how in cases(run) if name in names]
        bad = [f'{name} {how}' for name, how in mine if how == 'failed']
        good = sum(how == GOOD for _, how in mine)
        wanted = RUNS * len(names)
        return Result(f'{good} of {wanted} succeeded, with small and with huge pages', [
            Check(not bad, blame.work, f'{len(bad)} of {wanted} failed: {", ".join(bad)}'),
            Check(good == wanted, SETUP, f'only {good} of {wanted} ran')], MODEL)
    return rule


RULES = [
    Rule(BOUND, 'api', passed(*API)),
    Rule(BOUND, 'copy', passed('copy')),
    Rule(BOUND, 'sva-copy', passed('sva_copy')),
    Rule(BOUND, 'stop-start', passed('stop_start')),
    Rule(BOUND, 'burst', passed('burst_capacity')),
    Rule(BOUND, 'errors', passed('error_handling')),
    Rule(BOUND, 'fill', passed('fill')),
    Rule(OVERALL, 'exercised', dsa_tests.exercised('huge')),
]
