# SPDX-License-Identifier: GPL-2.0-or-later
"""uio: as kill, under the kernel's own driver uio_pci_generic_sva."""

from ..rules.claims import judge as hold
from . import kill

NAME = 'uio'
# Its driver binds one process: there is no other one that could get the PASID.
RULES = [rule for rule in kill.RULES if rule.name != 'pasid-kept']


def judge(run):
    return hold(run, RULES)
