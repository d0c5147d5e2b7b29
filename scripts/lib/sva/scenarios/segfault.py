# SPDX-License-Identifier: GPL-2.0-or-later
"""segfault: addresses that the process itself must not touch."""

from ..verdict import BOUND, KERNEL, MODEL, SETUP, UNBOUND
from . import shared
from .claims import Check, Claim, Rule, judge as hold, modes, number, numbers

NAME = 'segfault'

# What the completion record must say in mode ats-pri.
INVALID_REQUEST, PAGE_FAULT = 0x21, 0x20
CASES = {'write-unmapped': INVALID_REQUEST, 'read-unmapped': INVALID_REQUEST,
         'write-readonly': INVALID_REQUEST, 'write-protnone': INVALID_REQUEST,
         'read-protnone': INVALID_REQUEST, 'copy-partial': INVALID_REQUEST,
         'nonblocking': PAGE_FAULT}
READS = ('read-unmapped', 'read-protnone')


def invalid_request(run):
    """Each is answered Invalid Request, the one that may not ask asks not."""
    mode, total, checks = modes(run)[0], 0, []
    for case, expected in CASES.items():
        requests, invalid, failure = numbers(
            run, f'delta.{case}.{mode}', 'page_reqs', 'prg_invalid', 'prg_failure')
        total += invalid
        answers = (f'{case}: {requests} page requests, {invalid} x Invalid Request, '
                   f'{failure} x Response Failure')
        if expected == PAGE_FAULT:
            checks.append(Check(requests == 0, MODEL, answers))
        else:
            checks.append(Check(requests > 0, SETUP, answers))
            checks.append(Check(invalid > 0 and failure == 0, KERNEL, answers))
    return Claim(f'{total} x Invalid Request in {len(CASES) - 1} cases', checks)


def completion(run):
    """The completion record tells status, address, direction and progress."""
    checks = []
    for case, expected in CASES.items():
        status, addr, want_addr, write, done, want_done = numbers(
            run, f'case.{case}', 'status', 'address', 'address-expected', 'write', 'bytes',
            'bytes-expected')
        checks += [
            Check(status == expected, MODEL, f'{case}: status {status:#x}, not {expected:#x}'),
            Check(addr == want_addr, MODEL, f'{case}: address {addr:#x}, not {want_addr:#x}'),
            Check(done == want_done, MODEL, f'{case}: {done} bytes done, not {want_done}')]
        if case != 'nonblocking':
            checks.append(Check(write == (case not in READS), MODEL,
                                f'{case}: the record says write={write}'))
    return Claim(f'{len(CASES)} records with the right status, address and progress', checks,
                 MODEL)


def alive(run):
    """The process lives on, and so does its bond."""
    dead = [case for case in CASES if number(run, f'case.{case}.alive') != 1]
    return Claim(f'a good copy worked after each of {len(CASES)} cases', [
        Check(not dead, KERNEL, f'no good copy after {", ".join(dead)}')])


RULES = [
    Rule(BOUND, 'invalid-request', invalid_request),
    Rule(BOUND, 'completion', completion),
    Rule(BOUND, 'alive', alive),
    Rule(BOUND, 'silence', shared.quiet('bound', 'done')),
    Rule(UNBOUND, 'drain', shared.drain('done', 'unbound')),
]


def judge(run):
    return hold(run, RULES)
