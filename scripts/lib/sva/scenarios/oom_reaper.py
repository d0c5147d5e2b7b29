# SPDX-License-Identifier: GPL-2.0-or-later
"""oom-reaper: the OOM killer's victim waits in the driver and cannot exit."""

import re

from ..judge import counters
from ..judge.verdict import BOUND, KERNEL, SETUP, UNBOUND
from ..rules import blame, machines, mm_gone, oom, shared
from ..rules.facts import count, entry, iommu, number, numbers, probe, text
from ..rules.rule import Check, Result, Rule


REAPED = re.compile(r'oom_reaper: reaped process (\d+)')

equip = machines.little_memory


def reaper(run):
    """The OOM reaper empties an address space that cannot end."""
    pid, reaped = number(run, 'pid'), oom.pids(run, REAPED)
    return Result(f'pid {pid} reaped while a thread waited in the driver', [
        Check(reaped == [pid], KERNEL, f'the log says that {reaped} were reaped, not {pid}')])


def no_access(run):
    """Pages that the OOM reaper freed are out of the device's reach."""
    words, method = entry(run, 'reaped'), text(run, 'reuse.method')
    found, changed, other = (number(run, f'reuse.{key}')
                             for key in ('pages', 'changed', 'changed-other'))
    denied, granted, partial, errors, written = numbers(
        run, 'delta.gone.dev', 'ats_no_access', 'ats_granted', 'ats_partial', 'ats_error',
        'bytes_written')
    result, rights = probe(run, 'gone', 'ats')
    blamed = blame.revoked('reaped')
    return Result(f'{count(denied, "translation request")} refused, {changed} of {found} reaped '
                  'pages changed', [
        Check(words.present, SETUP, f'the address space has ended; {words}'),
        Check(denied > 0, SETUP, 'the device tried nothing'),
        Check(method != 'none', SETUP, 'freed pages cannot be recognised: the kernel lacks '
              'CONFIG_PROC_PAGE_MONITOR'),
        Check(found > 0, SETUP, 'none of the freed pages was found again'),
        Check(changed + other == 0, blamed, f'{changed} of {found} reaped pages changed, '
              f'{other} others'),
        Check(not written + granted + partial, blamed, f'{count(written, "byte")} written, '
              f'{count(granted + partial, "translation")} granted'),
        Check(errors == 0, blame.no_service('reaped'),
              f'{count(errors, "translation request")} ended with UR or CA'),
        Check((result, rights) == ('ok', '-'), blamed,
              f'a single translation request: {result}, rights {rights}')])


def invalid_request(run):
    """Page requests for reaped pages are refused."""
    if not iommu(run).page_requests:
        return shared.answered(run, counters.STALL_ABORTS, 'bound', 'reaped')
    return mm_gone.invalid_request(mm_gone.device, 'bound', 'reaped')(run)


RULES = [
    Rule(BOUND, 'data', shared.data),
    Rule(BOUND, 'reaper', reaper),
    Rule(BOUND, 'no-access', no_access),
    Rule(BOUND, 'silence', shared.quiet('bound', 'reaped')),
    Rule(BOUND, 'invalid-request', invalid_request),
    Rule(UNBOUND, 'drain', shared.drain('reaped', 'unbound')),
    *oom.RULES,
]
