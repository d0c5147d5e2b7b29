# SPDX-License-Identifier: GPL-2.0-or-later
"""domain-type: the device's own domain changes from pass-through to translation and back."""

from ..judge.verdict import OVERALL, SETUP
from ..rules import blame
from ..rules.facts import count, more_faults, numbers, text
from ..rules.rule import Check, Result, Rule

PASSED = ('before', 'after')


def of_type(run, when, wanted):
    """The domain is of the type that was asked for, and pages were tried in it."""
    found, (pages,) = text(run, f'{when}.type'), numbers(run, when, 'pages')
    return [Check(found == wanted, SETUP, f'{when}: a domain of type {found}, not {wanted}'),
            Check(pages > 0, SETUP, f'{when}: no page was tried')]


def pass_through(run):
    """Physical addresses lead to memory."""
    checks, tried = [], 0
    for when in PASSED:
        pages, wrote, arrived, read, granted = numbers(
            run, when, 'pages', 'writes', 'arrived', 'reads', 'granted')
        tried += pages
        checks += [*of_type(run, when, 'identity'),
                   Check(wrote == pages, blame.work, f'{when}: {wrote} of '
                         f'{count(pages, "write")} carried out'),
                   Check(arrived == pages, blame.work, f'{when}: {arrived} of '
                         f'{count(pages, "word")} arrived'),
                   Check(read == pages, blame.work,
                         f'{when}: {read} of {count(pages, "word")} read back')]
        if run.arch == 'x86_64':    # Linux has no ATS in such domains of an SMMUv3.
            checks.append(Check(granted == pages, blame.work, f'{when}: {granted} of '
                                f'{count(pages, "translation request")} granted'))
    recorded = more_faults(run, 'changed-back', 'after')
    return Result(f'{count(tried, "word")} written and read back at physical addresses, no fault', [
        *checks, Check(recorded == 0, blame.work, f'{count(recorded, "fault")} recorded')])


def no_access(run):
    """They lead nowhere while nothing is mapped."""
    when = 'translated'
    pages, wrote, arrived, read, granted, refused = numbers(
        run, when, 'pages', 'writes', 'arrived', 'reads', 'granted', 'refused')
    recorded = more_faults(run, 'before', when)
    return Result(f'{count(pages, "page")} out of reach, {count(recorded, "fault")} recorded', [
        *of_type(run, when, 'DMA'),
        Check(wrote == 0, blame.work, f'{count(wrote, "write")} carried out'),
        Check(arrived == 0, blame.work, f'{count(arrived, "word")} arrived'),
        Check(read == 0, blame.work, f'{count(read, "word")} read'),
        Check(granted == 0, blame.work, f'{count(granted, "translation request")} granted'),
        Check(refused == pages, blame.work,
              f'{refused} of {count(pages, "translation request")} answered without rights'),
        Check(recorded > 0, blame.work, 'nothing was recorded')])


RULES = [
    Rule(OVERALL, 'pass-through', pass_through),
    Rule(OVERALL, 'no-access', no_access),
]
# A driver that comes resets the device, which forgets its counters.
INTERVALS = (('begin', 'before'), ('changed', 'translated'), ('changed-back', None))
