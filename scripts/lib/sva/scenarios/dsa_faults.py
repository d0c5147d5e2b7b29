# SPDX-License-Identifier: GPL-2.0-or-later
"""dsa-faults: page faults of jobs on Intel DSA, and records that cannot be written."""

from ..guest import machine
from ..judge.verdict import BOUND, KERNEL, MODEL, UNBOUND
from ..rules import blame, dsa, shared
from ..rules.facts import count, number, numbers
from ..rules.rule import Check, Result, Rule

DEVICE = machine.DSA_DEVICE
ARCHES = ('x86_64',)
act = dsa.act({'cases': ('cases', 'dev')})

QUEUES = ('dedicated', 'shared')
# 5.8.1: Page Fault, and Page Request refused; bit 7 says that a write failed (8.2.2).
FAULT, REFUSED, WRITE = 0x03, 0x04, 0x80
GOOD = 'untouched-blocking'
CASES = {
    GOOD: dsa.SUCCESS, 'untouched': FAULT | WRITE, 'half-touched': FAULT | WRITE,
    'unmapped-blocking': REFUSED | WRITE, 'unmapped': FAULT | WRITE,
    'read-unmapped-blocking': REFUSED, 'read-unmapped': FAULT,
    'read-only-blocking': REFUSED | WRITE, 'read-only': FAULT | WRITE,
    'munmap-blocking': REFUSED | WRITE, 'munmap': FAULT | WRITE}
# 5.8.1: Completion Record Address not translated.
RECORD_FAULT = 0x1a
MEMMOVE = 3


def _all():
    return [(queue, case) for queue in QUEUES for case in CASES]


def data(run):
    """A job that blocks on faults has its pages brought in."""
    success, failure = numbers(run, 'delta.cases.dev', 'prg_success', 'prg_failure')
    checks = [Check(success > 0, KERNEL, 'no page request was answered Success'),
              Check(not failure, KERNEL, f'{failure} x Response Failure')]
    for queue in QUEUES:
        status, different = numbers(run, f'case.{queue}.{GOOD}', 'status', 'different')
        checks += [Check(status == dsa.SUCCESS, blame.work,
                         f'{queue} queue: the copy ended with status {status:#x}'),
                   Check(not different, blame.work,
                         f'{queue} queue: {count(different, "byte")} of the copy wrong')]
    return Result(f'{count(success, "page request")} answered Success, copies identical in '
                  f'{len(QUEUES)} queues', checks)


def completion(run):
    """The completion record tells status, address, direction and progress."""
    checks = []
    for queue, case in _all():
        status, addr, want_addr, done, want_done = numbers(
            run, f'case.{queue}.{case}', 'status', 'address', 'address-expected', 'bytes',
            'bytes-expected')
        name, expected = f'{case}, {queue} queue', CASES[case]
        checks.append(Check(status == expected, blame.work,
                            f'{name}: status {status:#x}, not {expected:#x}'))
        if case != GOOD:
            checks += [Check(addr == want_addr, MODEL,
                             f'{name}: address {addr:#x}, not {want_addr:#x}'),
                       Check(done == want_done, MODEL,
                             f'{name}: {done} bytes done, not {want_done}')]
    return Result(f'{len(_all())} records with the right status, address and progress', checks,
                  MODEL)


def invalid_request(run):
    """What a job blocks on, and may not touch, is refused; others do not ask."""
    invalid = number(run, 'delta.cases.dev.prg_invalid')
    wanted = sum(CASES[case] & ~WRITE == REFUSED for _, case in _all())
    return Result(f'{invalid} x Invalid Request in {wanted} cases', [
        Check(invalid >= wanted, KERNEL, f'{invalid} x Invalid Request in {wanted} cases'),
        Check(invalid == wanted, MODEL, f'{invalid} x Invalid Request in {wanted} cases: a job '
              'has asked that does not block')])


def alive(run):
    """The process lives on, and so does its bond."""
    dead = [f'{case}, {queue} queue' for queue, case in _all()
            if number(run, f'case.{queue}.{case}.alive') != 1]
    return Result(f'a good copy worked after each of {len(_all())} cases', [
        Check(not dead, KERNEL, f'no good copy after {"; ".join(dead)}')])


def _events(run):
    """The checks of both entries of the event log."""
    pasid, checks = number(run, 'pasid'), []
    for case in ('delivered', 'read-only'):
        new, *found = numbers(run, f'event.{case}', 'new', 'error', 'write', 'opcode', 'pasid',
                              'status', 'queue', 'address')
        wanted = [RECORD_FAULT, 1, MEMMOVE, pasid, dsa.SUCCESS,
                  *numbers(run, f'event.{case}', 'queue-expected', 'address-expected')]
        checks += [Check(new == 1, MODEL, f'{case}: {count(new, "new event")}'),
                   Check(found == wanted, MODEL, f'{case}: {_event(found)}, not {_event(wanted)}')]
    return checks


def event_log(run):
    """A record that cannot be written is in the event log, with all that belongs to it."""
    return Result('2 events with error, queue, operation, PASID, address and record', _events(run),
                  MODEL)


def _event(words):
    error, write, opcode, pasid, status, queue, address = words
    return (f'error {error:#x}, write {write}, operation {opcode:#x}, PASID {pasid}, queue {queue}, '
            f'address {address:#x}, record {status:#x}')


def records(run):
    """The kernel writes a record from the event log where the process can be written to."""
    there, faults, failures = numbers(run, 'record.delivered', 'status', 'faults', 'failures')
    not_there, more, refused = numbers(run, 'record.read-only', 'status', 'faults', 'failures')
    wrong = sum(number(run, f'record.{case}.different') for case in ('delivered', 'read-only'))
    # Who gets a wrong event cannot deliver the record.
    culprit = KERNEL if all(check.holds for check in _events(run)) else MODEL
    return Result('1 record delivered, 1 for read-only memory counted as failure', [
        Check(not wrong, blame.work, f'{count(wrong, "byte")} of the copies wrong'),
        Check(there == dsa.SUCCESS, culprit, f'the record delivered: status {there:#x}'),
        Check((faults, failures) == (1, 0), culprit, f'the record delivered: '
              f'{count(faults, "fault")} and {count(failures, "failure")} counted'),
        Check(not not_there, KERNEL, f'read-only memory changed: status {not_there:#x}'),
        Check((more, refused) == (1, 1), culprit, f'the record in read-only memory: '
              f'{count(more, "fault")} and {count(refused, "failure")} counted')])


RULES = [
    Rule(BOUND, 'data', data),
    Rule(BOUND, 'completion', completion),
    Rule(BOUND, 'invalid-request', invalid_request),
    Rule(BOUND, 'alive', alive),
    Rule(BOUND, 'event-log', event_log),
    Rule(BOUND, 'records', records),
    Rule(BOUND, 'silence', shared.quiet('bound', 'cases', 'done')),
    Rule(UNBOUND, 'drain', shared.drain('done', 'unbound')),
]
