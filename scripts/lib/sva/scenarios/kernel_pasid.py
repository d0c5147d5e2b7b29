# SPDX-License-Identifier: GPL-2.0-or-later
"""kernel-pasid: a PASID of the kernel's own beside one of a process."""

from ..judge.verdict import BOUND, KERNEL, SETUP, UNBOUND
from ..rules import blame, shared
from ..rules.facts import count, entry, more_faults, number, probe, stage
from ..rules.rule import Check, Result, Rule


def isolation(run):
    """The PASID alone decides whose memory is reached."""
    ours, theirs = number(run, 'pasid'), number(run, 'process.pasid')
    checks = [Check(ours != theirs, KERNEL, f'kernel and process both have PASID {ours}')]
    for kind, wanted in (('read', 'ok'), ('write', 'ok'), ('ats', 'ok')):
        result, _ = probe(run, 'kernel', kind)
        checks.append(Check(result == wanted, blame.work, f'kernel, {kind}: {result}'))
    rights = probe(run, 'kernel', 'ats')[1]
    result, _ = probe(run, 'process', 'write')
    read, written, others, process, kernels = (number(run, key) for key in (
        'kernel.read', 'kernel.written', 'kernel.others', 'process.written', 'process.others'))
    return Result(f'PASID {ours} reaches the kernel, {theirs} the process, at one address', [
        *checks,
        Check(rights == 'rw', blame.work, f'a translation for the kernel: rights {rights}'),
        Check(result == 'ok', blame.work, f'process, write: {result}'),
        Check(read == 1 and written == 1, blame.work, 'the kernel\'s page was not reached: '
              f'read {read}, written {written}'),
        Check(others == 0, blame.work, 'a write with the kernel\'s PASID reached the process'),
        Check(process == 1, blame.work, 'the process\'s page was not reached'),
        Check(kernels == 0, blame.work, 'a write with the process\'s PASID reached the kernel')])


def no_access(run):
    """What the kernel unmaps is out of reach."""
    changed, words = number(run, 'unmapped.changed'), entry(run, 'unmapped')
    (result, _), (ats, rights) = probe(run, 'unmapped', 'write'), probe(run, 'unmapped', 'ats')
    recorded = more_faults(run, 'used', 'unmapped')
    return Result(f'a write: {result}, reported; a translation request: no rights', [
        Check(words.present, SETUP, f'the PASID is not attached any more; {words}'),
        Check(changed == 0, blame.revoked('unmapped'), 'the page that was unmapped changed'),
        Check(result == 'aborted', blame.revoked('unmapped'), f'a write after unmap: {result}'),
        Check((ats, rights) == ('ok', '-'), blame.revoked('unmapped'),
              f'a translation request after unmap: {ats}, rights {rights}'),
        Check(recorded > 0, blame.work, 'the write was not recorded')])


def pasid_kept(run):
    """No process gets the kernel's PASID, until it is given back."""
    stage(run, 'done')
    pasid, tried, taken, next_ = (number(run, key) for key in (
        'pasid', 'kept.attempts', 'kept.taken', 'reused.pasid'))
    return Result(f'PASID {pasid} was given to none of {count(tried, "process", "processes")}, '
                  'and to one after the detach', [
        Check(tried > 0, SETUP, 'no other process was bound'),
        Check(taken == 0, KERNEL, f'PASID {pasid} was given to a process as well'),
        Check(next_ == pasid, KERNEL, f'PASID {pasid} is not free after the detach: the last '
              f'process got {next_}')])


RULES = [
    Rule(BOUND, 'isolation', isolation),
    Rule(BOUND, 'silence', shared.quiet('bound', 'used')),
    Rule(BOUND, 'no-access', no_access),
    Rule(UNBOUND, 'drain', shared.drain('unmapped', 'unbound')),
    Rule(UNBOUND, 'late-dma', shared.late_write('unbound', 'late', ('late',))),
    Rule(UNBOUND, 'pasid-kept', pasid_kept),
]
