# SPDX-License-Identifier: GPL-2.0-or-later
"""uio-twice: two processes open the device under uio_pci_generic_sva."""

from ..judge.verdict import BOUND, KERNEL, SETUP, UNBOUND
from ..rules import shared
from ..rules.facts import count, entry, number, numbers
from ..rules.rule import Check, Result, Rule

NOT_OFFERED = 'needs a kernel with UIO_PCI_GENERIC_SVA'


def own_bond(run):
    """Who opened the device is bound until it closes it, or is told at once."""
    errno, pasid, status, different = numbers(run, 'second', 'errno', 'pasid', 'status',
                                              'different')
    before, after = entry(run, 'bound'), entry(run, 'closed')
    if errno:
        return Result(f'the second process is refused: error {errno}', [])
    return Result(f'PASID {pasid} is bound when the other process has closed its file; {after}', [
        Check(before.present, SETUP, f'PASID {pasid} was not bound; {before}'),
        Check(after.present, KERNEL,
              f'PASID {pasid} is not bound any more when another process closes its file; {after}'),
        Check(status == shared.STATUS_SUCCESS and different == 0, KERNEL,
              f'a copy of the second process: status {status:#x}, {count(different, "byte")} wrong')])


def nothing_lost(run):
    """Who closed the device is not bound, alive as it is."""
    pasid, words = number(run, 'first.pasid'), entry(run, 'worked')
    return Result(f'PASID {pasid} unbound by the close; {words}', [
        Check(not words.present, KERNEL,
              f'PASID {pasid} is still bound after its only file was closed; {words}')])


RULES = [
    Rule(BOUND, 'own-bond', own_bond),
    Rule(UNBOUND, 'nothing-lost', nothing_lost),
]
