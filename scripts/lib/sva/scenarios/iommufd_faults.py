# SPDX-License-Identifier: GPL-2.0-or-later
"""iommufd-faults: a program answers the faults of a device itself."""

from ..judge.verdict import BOUND, KERNEL, UNBOUND
from ..rules import blame, iommufd, shared
from ..rules.facts import iommu, number, numbers
from ..rules.rule import Check, Result, Rule

NOT_OFFERED = 'needs a kernel with IOMMUFD, VFIO_DEVICE_CDEV and VFIO_PCI'
EINVAL = 22
INVALID_REQUEST, ACCESS_ABORTED = 0x21, 0x24


def told(run, name):
    """Checks that a fault with all its details reached the program."""
    pasid = number(run, 'pasid')
    faults, seen = number(run, f'{name}.faults'), number(run, f'{name}.fault.pasid')
    checks = [Check(faults == 1, KERNEL, f'{name}: no fault came to the queue'),
              Check(seen == pasid, KERNEL, f'{name}: a fault of PASID {seen}, not {pasid}')]
    for what in ('device', 'address', 'write', 'last'):
        good = number(run, f'{name}.fault.{what}')
        checks.append(Check(good == 1, KERNEL, f'{name}: the fault tells another {what}'))
    return checks


def answered(run, name, wanted):
    """Checks that the answer of the program ended the job, and that a second one is refused."""
    errno, status, again = (number(run, f'{name}.{key}') for key in
                            ('answer.errno', 'status', 'again.errno'))
    return [Check(errno == 0, KERNEL, f'{name}: the answer ended with error {errno}'),
            Check(status == wanted, blame.work,
                  f'{name}: the job ended with status {status:#x}, not {wanted:#x}'),
            Check(again == EINVAL, KERNEL, f'{name}: a second answer ended with error {again}')]


def data(run):
    different = number(run, 'served.different')
    return Result('a fault was told, the page mapped, the answer let the job go on', [
        *told(run, 'served'), *answered(run, 'served', shared.STATUS_SUCCESS),
        Check(not different, blame.work, 'the data are wrong')])


def invalid_request(run):
    ends = INVALID_REQUEST if iommu(run).page_requests else ACCESS_ABORTED
    return Result('an answer Invalid ended the job', [
        *told(run, 'refused'), *answered(run, 'refused', ends)])


def unanswered(run):
    """A fault that waits when its PASID is detached is answered by the kernel."""
    mode = iommu(run).asking
    over, late = number(run, 'orphan.over'), number(run, 'orphan.answer.errno')
    invalid, aborts = numbers(run, f'delta.orphan.{mode}', 'prg_invalid', 'aborts')
    refusals = invalid if iommu(run).page_requests else aborts
    return Result('a fault that waited was answered Invalid when its PASID was detached', [
        *told(run, 'orphan'),
        Check(over == 1, KERNEL, 'the job still waits for an answer'),
        Check(refusals > 0, KERNEL, 'the device was given no answer that refuses'),
        Check(late == EINVAL, KERNEL, f'an answer after that ended with error {late}')])


RULES = [
    Rule(BOUND, 'data', data),
    Rule(BOUND, 'invalid-request', invalid_request),
    Rule(BOUND, 'silence', shared.quiet('bound', 'served', 'refused')),
    Rule(UNBOUND, 'detach', iommufd.detach),
    Rule(UNBOUND, 'unanswered', unanswered),
]
INTERVALS = (('bound', None),)
