# SPDX-License-Identifier: GPL-2.0-or-later
"""uio: as kill, under the kernel's own driver uio_pci_generic_sva."""

from . import kill
from .claims import judge as hold

NAME = 'uio'


def judge(run):
    return hold(run, kill.RULES)
