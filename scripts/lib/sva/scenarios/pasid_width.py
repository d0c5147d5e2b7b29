# SPDX-License-Identifier: GPL-2.0-or-later
"""pasid-width: processes bind until there is no PASID left."""

from ..judge import counters, iommus
from ..judge.verdict import BOUND, KERNEL, SETUP, UNBOUND
from ..rules import blame, shared
from ..rules.facts import count, delta, iommu, number, stage, text
from ..rules.rule import Check, NotApplicable, Result, Rule


EBUSY, ENOSPC = 16, 28
DEFAULTS = {'bits': '4', 'where': 'device'}
PLACES = ('device', 'iommu')


def equip(spec, keys):
    """Limit the PASID width of the device or of the IOMMU."""
    keys = {**DEFAULTS, **keys}
    if keys['where'] in PLACES:
        name = 'sva-accel.pasid-bits' if keys['where'] == 'device' else \
            iommus.of_arch(spec.arch).pasid_bits
        spec.extra = [*spec.extra, '-global', f'{name}={keys["bits"]}']


def usable(run):
    """(number of PASIDs, whether contexts run out first)."""
    pasids = (1 << number(run, 'bits')) - 1
    return pasids, number(run, 'contexts') < pasids


def all_pasids(run):
    """Every PASID of that width can be allocated, one per process."""
    pasids, many = usable(run)
    where, binds, highest, double, contexts = text(run, 'where'), *(number(run, key) for key in (
        'binds', 'pasid.highest', 'pasid.double', 'contexts'))
    wanted = contexts if many else pasids
    return Result(f'{count(binds, "process", "processes")} bound, PASIDs up to {highest}', [
        Check(where in PLACES, SETUP, f'no such place of the width: {where}'),
        Check(not double, KERNEL, f'{count(double, "process", "processes")} with the PASID of '
              'another'),
        Check(highest <= pasids, KERNEL, f'PASID {highest} is wider than the {where} can do'),
        Check(binds == wanted, KERNEL, f'{binds} processes bound, not {wanted}')])


def data(run):
    """Each of them works."""
    binds, failed = number(run, 'binds'), number(run, 'copies.failed')
    return Result(f'a copy in each of {count(binds, "process", "processes")}', [
        Check(binds > 0, SETUP, 'no process was bound'),
        Check(not failed, blame.work, f'{failed} of {count(binds, "copy", "copies")} failed')])


def refused(run):
    """One more bind is refused with the right error, however often it is tried."""
    _, many = usable(run)
    errno, others = number(run, 'bind.errno'), number(run, 'bind.other-errno')
    wanted = EBUSY if many else ENOSPC
    what = 'contexts' if many else 'PASIDs'
    return Result(f'no {what} left: errno {errno}', [
        Check(errno == wanted, blame.work if many else KERNEL,
              f'no {what} left: errno {errno}, not {wanted}'),
        Check(not others, KERNEL, f'{others} more attempts gave other errors')])


def recovers(run):
    """When one process has unbound another one can bind, with its PASID."""
    stage(run, 'recovered')
    _, many = usable(run)
    errno, freed, pasid, status, different = (number(run, f'recovered.{key}') for key in (
        'errno', 'freed', 'pasid', 'status', 'different'))
    return Result(f'PASID {pasid} given to the next process, a copy is right', [
        Check(errno == 0, KERNEL, f'after an unbind a bind still gives errno {errno}'),
        # With many PASIDs it depends on when the kernel drops the dead ones.
        Check(many or pasid == freed, KERNEL, f'PASID {pasid}, though {freed} is the only free one'),
        Check(status == shared.STATUS_SUCCESS and not different, blame.work,
              f'a copy with it: status {status:#x}, {count(different, "byte")} wrong')])


def drain(run):
    """Each unbind drains page requests."""
    if not iommu(run).drains:
        raise NotApplicable
    binds = number(run, 'binds')
    waits = delta(run, 'iommu', counters.DRAINS, 'recovered', 'unbound')
    return Result(f'{count(waits, "wait descriptor")} with page drain for '
                  f'{count(binds, "unbind")}', [
        Check(waits >= binds, KERNEL, f'only {count(waits, "drain")} for '
              f'{count(binds, "unbind")}')])


RULES = [
    Rule(BOUND, 'all-pasids', all_pasids),
    Rule(BOUND, 'data', data),
    Rule(BOUND, 'refused', refused),
    Rule(BOUND, 'silence', shared.quiet('full', 'freed', 'recovered', 'unbound')),
    Rule(UNBOUND, 'recovers', recovers),
    Rule(UNBOUND, 'drain', drain),
]
