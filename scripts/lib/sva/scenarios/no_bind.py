# SPDX-License-Identifier: GPL-2.0-or-later
"""no-bind: the machine cannot do SVA, or not all of it."""

import re
from typing import NamedTuple

from ..judge.verdict import BOUND, KERNEL, SETUP
from ..rules import blame, shared
from ..rules.facts import count, number, text
from ..rules.rule import Check, Result, Rule
from ..util.errors import SvaError

NOT_OFFERED = 'needs a machine that cannot do SVA: key case='

# No IOMMU or none that can do SVA; no PASID; PASID or ATS of the device not enabled.
ENODEV, ENOSPC, EINVAL, EOPNOTSUPP = 19, 28, 22, 95
# Results of the ENABLE command.
NO_ATS, NO_PRI = 5, 6
LINE = re.compile(r'cannot bind \S+\[\d+\]: error -(\d+)')


class Case(NamedTuple):
    """A machine, and what Linux makes of it.

    enable: results of ENABLE in the modes untranslated, ats and ats-pri, if there
    is a bond all the same.
    """
    extra: tuple = ()
    cmdline: str = ''
    iommu: bool = True
    errno: int = 0
    enable: tuple = ()


def option(name):
    return ('-global', name)


X86_64 = {
    'no-iommu': Case(iommu=False, errno=ENODEV),
    'iommu-off': Case(cmdline='intel_iommu=off', errno=ENODEV),
    'scalable-mode-off': Case(cmdline='intel_iommu=on,sm_off', errno=ENOSPC),
    'iommu-legacy': Case(option('sva-vtd.scalable-mode=off'), errno=ENOSPC),
    'iommu-no-pasid': Case(option('sva-vtd.pasid-bits=0'), errno=ENOSPC),
    'iommu-no-la57': Case(option('sva-vtd.first-level-5=off'), errno=ENODEV),
    'iommu-not-coherent': Case(option('sva-vtd.coherent-walks=off'), errno=ENODEV),
    'iommu-no-ats': Case(option('sva-vtd.device-iotlb=off'), errno=EINVAL),
    'device-no-ats': Case(option('sva-accel.ats=off'), errno=EINVAL),
    'pci-noats': Case(cmdline='pci=noats', errno=EINVAL),
    'iommu-no-pri': Case(option('sva-vtd.pri=off'), enable=(0, 0, NO_PRI)),
    'device-no-pri': Case(option('sva-accel.pri=off'), enable=(0, 0, NO_PRI)),
}
# Linux never turns PRI on behind an SMMUv3, and needs ATS for nothing.
AARCH64 = {
    'no-iommu': Case(iommu=False, errno=ENODEV),
    'iommu-no-substreams': Case(option('sva-smmuv3.ssid-bits=0'), errno=ENOSPC),
    'iommu-small-addresses': Case(option('sva-smmuv3.oas=40'), errno=EOPNOTSUPP),
    'iommu-small-asids': Case(option('sva-smmuv3.asid-bits=8'), errno=EOPNOTSUPP),
    # For ordinary DMA Linux needs IOMMU pages that are not larger than its own.
    'iommu-no-4k': Case(option('sva-smmuv3.gran4k=off'), cmdline='iommu.passthrough=1',
                        errno=EOPNOTSUPP),
    'iommu-not-coherent': Case(option('sva-smmuv3.cohacc=off'), errno=EOPNOTSUPP),
    'iommu-no-stalls': Case(option('sva-smmuv3.stall-model=1'), enable=(0, 0, NO_PRI)),
    'iommu-forced-stalls': Case(option('sva-smmuv3.stall-model=2'), enable=(0, 0, NO_PRI)),
    'iommu-no-ats': Case(option('sva-smmuv3.ats=off'), enable=(0, NO_ATS, NO_ATS)),
    'device-no-ats': Case(option('sva-accel.ats=off'), enable=(0, NO_ATS, NO_ATS)),
    'pci-noats': Case(cmdline='pci=noats', enable=(0, NO_ATS, NO_ATS)),
    'iommu-no-pri': Case(option('sva-smmuv3.pri=off'), enable=(0, 0, NO_PRI)),
}
CASES = {'x86_64': X86_64, 'aarch64': AARCH64}


def case_of(arch, name):
    try:
        return CASES[arch][name]
    except KeyError:
        raise SvaError(f'no-bind: key case= is one of {", ".join(CASES[arch])}') from None


def case_of_run(run):
    keys = dict(word.partition('=')[::2] for word in run.scenario.split(',')[1:])
    return case_of(run.arch, keys.get('case', ''))


def equip(spec, keys):
    case = case_of(spec.arch, keys.get('case', ''))
    spec.extra = [*spec.extra, *case.extra]
    spec.cmdline = f'{spec.cmdline} {case.cmdline}'.strip()
    spec.iommu = case.iommu


def refused(run):
    """Each attempt gives the same error, or a bond."""
    case = case_of_run(run)
    attempts, errno, others = (number(run, key) for key in
                               ('attempts', 'bind.errno', 'bind.other-errno'))
    what = f'errno {errno}' if errno else 'bound'
    return Result(f'{count(attempts, "attempt")}: {what}', [
        Check(attempts > 0, SETUP, 'nobody tried'),
        Check(errno == case.errno, KERNEL, f'{what} instead of '
              + (f'errno {case.errno}' if case.errno else 'a bond')),
        Check(others == 0, KERNEL, f'{others} of {attempts} attempts ended otherwise')])


def told(run):
    """The log gives the reason once for each failed attempt."""
    case, attempts = case_of_run(run), number(run, 'attempts')
    errors = [int(match[1]) for line in run.kmsg() for match in [LINE.search(line)] if match]
    wanted = attempts if case.errno else 0
    return Result(f'{count(len(errors), "line")} of the driver', [
        Check(len(errors) == wanted, blame.work, f'{count(len(errors), "line")} of the driver for '
              f'{count(wanted, "failure")}'),
        Check(set(errors) <= {case.errno}, blame.work, f'the log tells of errors {set(errors)}')])


def modes_that_work(run):
    """Modes that the machine has work; the others are refused when a context is enabled."""
    case, checks, parts = case_of_run(run), [], []
    if case.errno:
        return Result('no bond, nothing to use', [Check(run.fact('enable.untranslated') is None,
                                                        KERNEL, 'a context was enabled')])
    for mode, wanted in zip(('untranslated', 'ats', 'ats-pri'), case.enable):
        result, status, different = number(run, f'enable.{mode}'), \
            number(run, f'copy.{mode}.status'), number(run, f'copy.{mode}.different')
        parts.append(f'{mode}: {"refused" if result else "copied"}')
        checks.append(Check(result == wanted, KERNEL if wanted else blame.work,
                            f'{mode}: ENABLE gave {result}, not {wanted}'))
        if not result:
            checks.append(Check(status == shared.STATUS_SUCCESS and not different, blame.work,
                                f'{mode}: a copy ended with status {status:#x}, '
                                f'{count(different, "byte")} wrong'))
    return Result(', '.join(parts), checks)


def silence(run):
    if not case_of_run(run).iommu:
        return Result('no IOMMU', [Check(text(run, 'case') == 'no-iommu', SETUP, 'no IOMMU')])
    return shared.quiet('begin', 'done')(run)


RULES = [
    Rule(BOUND, 'refused', refused),
    Rule(BOUND, 'told', told),
    Rule(BOUND, 'modes', modes_that_work),
    Rule(BOUND, 'silence', silence),
]
