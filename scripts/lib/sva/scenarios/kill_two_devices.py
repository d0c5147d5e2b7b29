# SPDX-License-Identifier: GPL-2.0-or-later
"""kill-two-devices: SIGKILL of a process that is bound to two devices at work."""

from ..judge import iommus
from ..judge.verdict import BOUND, SETUP
from ..rules import machines, mm_gone, shared
from ..rules.facts import modes, text
from ..rules.rule import Check, Rule

equip = machines.second_accelerator


def act(guest, stage, run):
    """Take the entry of the other device if that of the first leads to no page tables."""
    if stage.entry and not stage.entry.present:
        other = iommus.of_arch(run.arch).read_entry(guest, run.number('pasid'),
                                                    machines.SECOND)
        stage.entry = other if other.present else stage.entry


def data(run):
    """As in kill; one context is on another device than the rest."""
    result, where = shared.data(run), sorted({text(run, f'{mode}.device') for mode in modes(run)})
    return result._replace(evidence=f'{result.evidence}, on {" and ".join(where)}', checks=[
        Check(len(where) == 2, SETUP, f'all contexts are on {where[0]}'), *result.checks])


RULES = [Rule(BOUND, 'data', data), *(rule for rule in mm_gone.KILLED if rule.name != 'data')]
