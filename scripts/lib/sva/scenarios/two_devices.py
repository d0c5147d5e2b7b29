# SPDX-License-Identifier: GPL-2.0-or-later
"""two-devices: one address space, bound to two accelerators."""

from ..guest import kmsg
from ..judge.verdict import BOUND, KERNEL, SETUP, UNBOUND, UNDECIDED
from ..rules import blame, machines, shared
from ..rules.facts import count, delta, entry, iommu, modes, number, numbers, stage, text
from ..rules.rule import Check, Result, Rule


equip = machines.second_accelerator


def written(run, *windows):
    """{(window, mode): bytes written}, and the checks that nothing was refused."""
    found, checks = {}, []
    for window in windows:
        for mode in modes(run):
            bytes_, aborts, failure, invalid = numbers(
                run, f'delta.{window}.{mode}', 'bytes_written', 'aborts', 'prg_failure',
                'prg_invalid')
            found[window, mode] = bytes_
            checks += [
                Check(bytes_ > 0, KERNEL, f'{window}: nothing was written in mode {mode}'),
                Check(not aborts + failure + invalid, KERNEL, f'{window}, {mode}: {aborts} x '
                      f'abort, {invalid} x Invalid Request, {failure} x Response Failure')]
    return found, checks


def good_copy(run, name):
    status, different = number(run, f'{name}.status'), number(run, f'{name}.different')
    return Check(status == shared.STATUS_SUCCESS and not different, blame.work,
                 f'{name}: a copy ended with status {status:#x}, {count(different, "byte")} wrong')


def data(run):
    """Both devices work, at the same time."""
    found, checks = written(run, 'first', 'second')
    return Result(f'{count(sum(found.values()) // 8, "word")} written by two devices, a copy on '
                  'each', [*checks, good_copy(run, 'bound.first'), good_copy(run, 'bound.second')])


def one_pasid(run):
    """Both bonds have the PASID of the address space."""
    first, second = number(run, 'first.pasid'), number(run, 'second.pasid')
    where = [text(run, f'{name}.device') for name in ('first', 'second')]
    return Result(f'PASID {first} on {where[0]} and {where[1]}', [
        Check(where[0] != where[1], SETUP, f'there is only one device, {where[0]}'),
        Check(first == second, KERNEL, f'PASID {first} on one device, {second} on the other')])


def other_works(run):
    """The device that is still bound works on."""
    stage(run, 'unbound')
    found, checks = written(run, 'alone', 'late')
    return Result(f'{count(sum(found.values()) // 8, "word")} written by the other device', checks)


def late_dma(run):
    """The unbound device is refused, and it is the one that is reported."""
    result = shared.late_write('unbound', 'late', ('late',))(run)
    device = text(run, 'first.device')
    strange = [fault for fault in kmsg.faults(run.kmsg('late'))
               if fault.device != iommu(run).device(device)]
    return Result(f'{result.evidence}, for {device}', [
        *result.checks,
        Check(not strange, UNDECIDED, f'{count(len(strange), "fault")} reported for another device, '
              f'the first: {strange[0] if strange else ""}')])


def no_access(run):
    """What is unmapped after the unbind is out of reach of the other device."""
    found, changed, other, refused = (number(run, key) for key in (
        'reuse.pages', 'reuse.changed', 'reuse.changed-other', 'revoked.refused'))
    method, words = text(run, 'reuse.method'), entry(run, 'late')
    sent = delta(run, 'accel', 'invalidations', 'late', 'revoked')
    blamed = KERNEL if not sent else UNDECIDED
    bytes_ = sum(number(run, f'delta.revoked.{mode}.bytes_written') for mode in modes(run))
    return Result(f'refused in every mode, 0 of {found} pages changed, '
                  f'{count(sent, "invalidation")}', [
        Check(not words.present, KERNEL, f'the unbound device: {words}'),
        Check(method != 'none', SETUP, 'freed pages cannot be recognised: the kernel lacks '
              'CONFIG_PROC_PAGE_MONITOR'),
        Check(found > 0, SETUP, 'none of the freed pages was found again'),
        Check(changed + other == 0, blamed, f'{changed} of {found} freed pages changed, '
              f'{other} others'),
        Check(refused == 1, blamed, 'not every mode was refused'),
        Check(not bytes_, blamed, f'{count(bytes_, "byte")} written after munmap')])


def bind_again(run):
    """The first device can be bound again, and works without the second one."""
    stage(run, 'done')
    pasid, again = number(run, 'pasid'), number(run, 'again.pasid')
    return Result(f'PASID {again} again, a copy is right', [
        Check(pasid == again, KERNEL, f'PASID {again} instead of {pasid}'),
        good_copy(run, 'again.first')])


RULES = [
    Rule(BOUND, 'data', data),
    Rule(BOUND, 'one-pasid', one_pasid),
    Rule(BOUND, 'silence', shared.quiet('bound', 'unbound')),
    Rule(UNBOUND, 'drain', shared.drain('bound', 'unbound')),
    Rule(UNBOUND, 'other-works', other_works),
    Rule(UNBOUND, 'late-dma', late_dma),
    Rule(UNBOUND, 'no-access', no_access),
    Rule(UNBOUND, 'bind-again', bind_again),
]
