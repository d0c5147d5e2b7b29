# SPDX-License-Identifier: GPL-2.0-or-later
"""kernel-tables: the kernel frees a page table of its own that the device has asked about."""

from ..judge.verdict import BOUND, SETUP, UNBOUND
from ..rules import blame, shared
from ..rules.facts import count, more_faults, number
from ..rules.rule import Check, Result, Rule

# The tables of a process on arm64 do not lead to those of the kernel.
ARCHES = ('x86_64',)
THOROUGH = ('rounds=100', 1800)


def no_access(run):
    """Nothing of the kernel's is in reach, and that somebody asks is reported."""
    rounds, served, refused, freed = (number(run, key) for key in (
        'rounds', 'probes.served', 'probes.refused', 'tables.freed'))
    recorded = more_faults(run, 'bound', 'done')
    return Result(f'{count(freed, "table")} freed; {count(refused, "read")} of the kernel\'s '
                  'memory refused and recorded', [
        Check(freed == rounds > 0, SETUP, f'{freed} of {count(rounds, "table")} were freed'),
        Check(served == rounds, blame.work, f'{served} of {rounds} reads of the process\'s memory '
              'were served'),
        Check(refused == 2 * rounds, blame.work, f'{refused} of {2 * rounds} reads were refused'),
        Check(recorded >= refused, blame.work, f'{count(recorded, "fault")} recorded')])


RULES = [
    Rule(BOUND, 'no-access', no_access),
    Rule(UNBOUND, 'drain', shared.drain('done', 'unbound')),
]
