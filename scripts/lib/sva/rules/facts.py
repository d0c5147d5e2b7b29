# SPDX-License-Identifier: GPL-2.0-or-later
"""The facts of a run: facts of the guest program, counters, registers, entries."""

from ..judge import counters, iommus
from . import blame


class Missing(Exception):
    """A fact or a counter that a rule needs was not reported."""


def number(run, key):
    value = run.number(key)
    if value is None:
        raise Missing(f'the guest did not report {key}')
    return value


def numbers(run, prefix, *names):
    """Several facts with one prefix."""
    return [number(run, f'{prefix}.{name}') for name in names]


def text(run, key):
    value = run.fact(key)
    if value is None:
        raise Missing(f'the guest did not report {key}')
    return value


def iommu(run):
    """What the run's IOMMU and its driver do differently; see iommus.py."""
    return iommus.of_arch(run.arch)


def stage(run, name):
    if name not in run.stages:
        raise Missing(f'the scenario did not come to stage {name}')
    return run.stages[name]


def entry(run, name):
    found = stage(run, name).entry
    if found is None:
        raise Missing(f'the {iommu(run).entry} was not read at stage {name}')
    return found


def delta(run, side, counter, first, last):
    """How far a model's counter went between two stages."""
    stage(run, first)
    stage(run, last)
    value = run.delta(side, counter, first, last)
    if value is None:
        raise Missing(f'the model has no counter {counter}')
    return value


def total(run, counter, name):
    """An IOMMU counter at a stage."""
    found = stage(run, name).iommu
    if not found or counter not in found:
        raise Missing(f'the model has no counter {counter}')
    return found[counter]


def faults(run, name):
    """DMA faults of the accelerator, or of all devices, recorded until a stage.

    Without a log of events the counter of the IOMMU is used, which covers all functions
    and interrupt requests as well.
    """
    look = stage(run, name).look
    if look and look.complete:
        return blame.dma_faults(look, look.rid)
    return total(run, counters.FAULTS, name)


def more_faults(run, first, last):
    return faults(run, last) - faults(run, first)


def register(run, name, which):
    """A register of the IOMMU at a stage."""
    found = stage(run, name).registers
    if which not in found:
        raise Missing(f'register {which} was not read at stage {name}')
    return found[which]


def modes(run):
    return text(run, 'mode').split('+')


def probe(run, when, kind):
    """(result, rights) of a single transaction."""
    words = text(run, f'probe.{when}.{kind}').split()
    if len(words) < 2:
        raise Missing(f'the guest did not report probe.{when}.{kind} in full')
    return words[0], words[1]


def count(value, noun, plural=None):
    return f'{value:,} {noun if value == 1 else plural or noun + "s"}'


def between(run, side, names, first, last):
    """What several counters of a model counted between two stages."""
    found = 0
    for name in names:
        values = [getattr(stage(run, at), side).get(name) for at in (first, last) if at]
        if None in values:
            raise Missing(f'a model has no counter {name}')
        found += values[-1] - (values[0] if first else 0)
    return found


def stages_with_device(run):
    return [name for name, found in run.stages.items() if found.accel]
