# SPDX-License-Identifier: GPL-2.0-or-later
"""no-bind: the machine cannot do SVA, or not all of it."""

import re
from typing import NamedTuple

from ..errors import SvaError
from ..verdict import BOUND, KERNEL, MODEL, SETUP
from . import shared
from .claims import Check, Claim, Rule, count, judge as hold, number, text

NAME = 'no-bind'

# No IOMMU or none that can do SVA; no PASID; PASID or ATS of the device not enabled.
ENODEV, ENOSPC, EINVAL = 19, 28, 22
# Result of the ENABLE command.
NO_PRI = 6
LINE = re.compile(r'cannot bind \S+\[\d+\]: error -(\d+)')


class Case(NamedTuple):
    """A machine, and what Linux makes of it.

    enable: results of ENABLE in the modes untranslated, ats and ats-pri, if there
    is a bond after all.
    """
    extra: tuple = ()
    cmdline: str = ''
    iommu: bool = True
    errno: int = 0
    enable: tuple = ()


def option(name):
    return ('-global', name)


CASES = {
    'no-iommu': Case(iommu=False, errno=ENODEV),
    'iommu-off': Case(cmdline='intel_iommu=off', errno=ENODEV),
    'scalable-mode-off': Case(cmdline='intel_iommu=on,sm_off', errno=ENOSPC),
    'iommu-legacy': Case(option('sva-vtd.scalable-mode=off'), errno=ENOSPC),
    'iommu-no-pasid': Case(option('sva-vtd.pasid-bits=0'), errno=ENOSPC),
    'iommu-no-la57': Case(option('sva-vtd.first-level-5=off'), errno=ENODEV),
    'iommu-no-ats': Case(option('sva-vtd.device-iotlb=off'), errno=EINVAL),
    'device-no-ats': Case(option('sva-accel.ats=off'), errno=EINVAL),
    'pci-noats': Case(cmdline='pci=noats', errno=EINVAL),
    'iommu-no-pri': Case(option('sva-vtd.pri=off'), enable=(0, 0, NO_PRI)),
    'device-no-pri': Case(option('sva-accel.pri=off'), enable=(0, 0, NO_PRI)),
}


def case_of(scenario):
    keys = dict(word.partition('=')[::2] for word in scenario.split(',')[1:])
    try:
        return CASES[keys.get('case', '')]
    except KeyError:
        raise SvaError(f'no-bind: key case= is one of {", ".join(CASES)}') from None


def equip(spec, keys):
    case = case_of(f'{NAME},case={keys.get("case", "")}')
    spec.extra = [*spec.extra, *case.extra]
    spec.cmdline = f'{spec.cmdline} {case.cmdline}'.strip()
    spec.iommu = case.iommu


def refused(run):
    """The same clear error each time, or a bond."""
    case = case_of(run.scenario)
    attempts, errno, others = (number(run, key) for key in
                               ('attempts', 'bind.errno', 'bind.other-errno'))
    what = f'errno {errno}' if errno else 'bound'
    return Claim(f'{count(attempts, "attempt")}: {what}', [
        Check(attempts > 0, SETUP, 'nobody tried'),
        Check(errno == case.errno, KERNEL, f'{what} instead of '
              + (f'errno {case.errno}' if case.errno else 'a bond')),
        Check(others == 0, KERNEL, f'{others} of {attempts} attempts ended otherwise')])


def told(run):
    """The log says why, once for each attempt; or nothing."""
    case, attempts = case_of(run.scenario), number(run, 'attempts')
    errors = [int(match[1]) for line in run.kmsg() for match in [LINE.search(line)] if match]
    wanted = attempts if case.errno else 0
    return Claim(f'{count(len(errors), "line")} of the driver', [
        Check(len(errors) == wanted, MODEL, f'{count(len(errors), "line")} of the driver for '
              f'{count(wanted, "failure")}'),
        Check(set(errors) <= {case.errno}, MODEL, f'the log tells of errors {set(errors)}')])


def modes_that_work(run):
    """What is there works; what is not is refused when a context is enabled."""
    case, checks, story = case_of(run.scenario), [], []
    if case.errno:
        return Claim('no bond, nothing to use', [Check(run.fact('enable.untranslated') is None,
                                                       KERNEL, 'a context was enabled')])
    for mode, wanted in zip(('untranslated', 'ats', 'ats-pri'), case.enable):
        result, status, different = number(run, f'enable.{mode}'), \
            number(run, f'copy.{mode}.status'), number(run, f'copy.{mode}.different')
        story.append(f'{mode}: {"refused" if result else "copied"}')
        checks.append(Check(result == wanted, KERNEL if wanted else MODEL,
                            f'{mode}: ENABLE gave {result}, not {wanted}'))
        if not result:
            checks.append(Check(status == shared.STATUS_SUCCESS and not different, MODEL,
                                f'{mode}: a copy ended with status {status:#x}, '
                                f'{count(different, "byte")} wrong'))
    return Claim(', '.join(story), checks)


def silence(run):
    if not case_of(run.scenario).iommu:
        return Claim('no IOMMU', [Check(text(run, 'case') == 'no-iommu', SETUP, 'no IOMMU')])
    return shared.quiet('begin', 'done')(run)


RULES = [
    Rule(BOUND, 'refused', refused),
    Rule(BOUND, 'told', told),
    Rule(BOUND, 'modes', modes_that_work),
    Rule(BOUND, 'silence', silence),
]


def judge(run):
    return hold(run, RULES)
