# SPDX-License-Identifier: GPL-2.0-or-later
"""completion: ends of jobs are told by interrupt, or found by polling."""

from ..judge.verdict import BOUND, KERNEL, SETUP, UNBOUND
from ..rules import blame, shared
from ..rules.facts import count, modes, number, numbers
from ..rules.rule import Check, Result, Rule

THOROUGH = ('rounds=2000', 1800)

KINDS = ('single', 'last', 'each', 'polled')


def data(run):
    """Every job has its record, while other contexts keep the device busy."""
    bad, different = number(run, 'records.bad'), number(run, 'data.different')
    jobs = sum(number(run, f'{kind}.jobs') for kind in KINDS)
    idle = [mode for mode in modes(run) if not number(run, f'delta.load.{mode}.bytes_written')]
    return Result(f'{count(jobs, "job")}, each with its record', [
        Check(jobs > 0, SETUP, 'there was no job'),
        Check(not idle, SETUP, f'no other work in mode {", ".join(idle)}'),
        Check(not bad, blame.work, f'{bad} of {count(jobs, "record")} wrong or missing'),
        Check(not different, blame.work, f'{count(different, "byte")} wrong')])


def interrupts(run):
    """A process that waits for the interrupt is woken in time."""
    checks, total, told = [], 0, 0
    for kind in KINDS:
        wanted, events, sent, late = numbers(run, kind, 'wanted', 'events', 'sent', 'late')
        total, told = total + wanted, told + events
        checks += [
            Check((wanted > 0) == (kind != 'polled'), SETUP, f'{kind}: {wanted} interrupts '
                  'wanted'),
            Check(sent == wanted, blame.work, f'{kind}: {sent} of {count(wanted, "message")} sent'),
            Check(not late, KERNEL, f'{kind}: {count(late, "wait")} in vain'),
            # Messages that arrive while one is pending merge into one interrupt.
            Check(events == sent if kind != 'each' else 0 < events <= sent, KERNEL,
                  f'{kind}: {count(sent, "message")}, {count(events, "interrupt")} counted'),
        ]
    return Result(f'{count(total, "message")}, {told:,} interrupts; nobody waited in vain', checks)


RULES = [
    Rule(BOUND, 'data', data),
    Rule(BOUND, 'interrupts', interrupts),
    Rule(BOUND, 'silence', shared.quiet('bound', 'done')),
    Rule(UNBOUND, 'drain', shared.drain('done', 'unbound')),
]
