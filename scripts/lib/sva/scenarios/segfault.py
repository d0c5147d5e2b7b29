# SPDX-License-Identifier: GPL-2.0-or-later
"""segfault: addresses that the process itself must not touch."""

from ..judge import counters
from ..judge.verdict import BOUND, GONE, KERNEL, MODEL, SETUP, UNBOUND
from ..rules import blame, shared
from ..rules.facts import count, delta, iommu, modes, number, numbers
from ..rules.rule import Check, Result, Rule

DEFAULT = True

# What the completion record must say in mode ats-pri.
INVALID_REQUEST, PAGE_FAULT = 0x21, 0x20
# The status of a stalled request.
ABORTED = 0x24
CASES = {'write-unmapped': INVALID_REQUEST, 'read-unmapped': INVALID_REQUEST,
         'write-readonly': INVALID_REQUEST, 'write-protnone': INVALID_REQUEST,
         'read-protnone': INVALID_REQUEST, 'copy-partial': INVALID_REQUEST,
         'nonblocking': PAGE_FAULT}
READS = ('read-unmapped', 'read-protnone')


def cases(run):
    """{case: status}; requests that stall cannot say that they do not wait."""
    if iommu(run).page_requests:
        return CASES
    return {case: ABORTED for case, status in CASES.items() if status != PAGE_FAULT}


def invalid_request(run):
    """Each case is answered Invalid Request; the non-blocking one sends no page request."""
    if not iommu(run).page_requests:
        return terminated(run)
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
    return Result(f'{total} x Invalid Request in {len(CASES) - 1} cases', checks)


def terminated(run):
    """The same for requests that stall: the kernel terminates each of them."""
    mode, expected = modes(run)[0], cases(run)
    aborts = delta(run, 'iommu', counters.STALL_ABORTS, 'bound', 'done')
    alive = [case for case in expected if not number(run, f'delta.{case}.{mode}.aborts')]
    return Result(f'{count(aborts, "stalled request")} terminated in {len(expected)} cases', [
        Check(not alive, KERNEL, f'nothing was aborted in {", ".join(alive)}'),
        Check(aborts >= len(expected), blame.work,
              f'{count(aborts, "stalled request")} terminated in {len(expected)} cases')])


def completion(run):
    """The completion record tells status, address, direction and progress."""
    checks = []
    for case, expected in cases(run).items():
        status, addr, want_addr, write, done, want_done = numbers(
            run, f'case.{case}', 'status', 'address', 'address-expected', 'write', 'bytes',
            'bytes-expected')
        checks += [
            Check(status == expected, blame.work, f'{case}: status {status:#x}, not {expected:#x}'),
            Check(addr == want_addr, blame.work, f'{case}: address {addr:#x}, not {want_addr:#x}'),
            Check(done == want_done, blame.work, f'{case}: {done} bytes done, not {want_done}')]
        if case != 'nonblocking':
            checks.append(Check(write == (case not in READS), blame.work,
                                f'{case}: the record says write={write}'))
    return Result(f'{len(cases(run))} records with the right status, address and progress', checks,
                  MODEL)


def alive(run):
    """The process lives on, and so does its bond."""
    dead = [case for case in cases(run) if number(run, f'case.{case}.alive') != 1]
    return Result(f'a good copy worked after each of {len(cases(run))} cases', [
        Check(not dead, KERNEL, f'no good copy after {", ".join(dead)}')])


def gone(run):
    """The address space of a process that ends is freed, whatever the device requested."""
    good, bad, took = numbers(run, 'ending', 'good', 'bad', 'gone-ms')
    wanted = cases(run)['write-unmapped']
    return Result(f'gone {took} ms after the end of a process with a good and a bad access', [
        Check(good == shared.STATUS_SUCCESS and bad == wanted, SETUP,
              f'the accesses of the process that ends: status {good:#x} and {bad:#x}'),
        Check(took >= 0, KERNEL, 'the address space of a process that ended after a good and a '
              'bad access is still there')])


RULES = [
    Rule(BOUND, 'invalid-request', invalid_request),
    Rule(BOUND, 'completion', completion),
    Rule(BOUND, 'alive', alive),
    Rule(BOUND, 'silence', shared.quiet('bound', 'done')),
    Rule(GONE, 'mm-gone', gone),
    Rule(UNBOUND, 'drain', shared.drain('done', 'unbound')),
]
