# SPDX-License-Identifier: GPL-2.0-or-later
"""kill-two-devices: SIGKILL of a process that is bound to two devices at work."""

from ..judge import iommus
from ..judge.verdict import BOUND, SETUP
from ..rules import shared
from ..rules.claims import Check, Rule, judge as hold, modes, text
from . import kill, two_devices

NAME = 'kill-two-devices'

equip = two_devices.equip


def act(guest, stage, run):
    """Of two entries that one counts that leads to page tables."""
    if stage.entry and not stage.entry.present:
        other = iommus.of_arch(run.arch).read_entry(guest, run.number('pasid'),
                                                    two_devices.SECOND)
        stage.entry = other if other.present else stage.entry


def data(run):
    """As in kill; one context is on another device than the rest."""
    claim, where = shared.data(run), sorted({text(run, f'{mode}.device') for mode in modes(run)})
    return claim._replace(evidence=f'{claim.evidence}, on {" and ".join(where)}', checks=[
        Check(len(where) == 2, SETUP, f'all contexts are on {where[0]}'), *claim.checks])


RULES = [Rule(BOUND, 'data', data), *(rule for rule in kill.RULES if rule.name != 'data')]


def judge(run):
    return hold(run, RULES)
