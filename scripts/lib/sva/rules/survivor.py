# SPDX-License-Identifier: GPL-2.0-or-later
"""Rules about a process that survives the bound address space."""

from ..judge.verdict import KERNEL, SETUP
from . import blame
from .facts import count, entry, modes, number
from .rule import Check, Result


def memory(run):
    """The survivor's memory at the addresses of the dead address space does not change."""
    pages, changed, words = number(run, 'survivor.pages'), number(run, 'survivor.changed'), \
        entry(run, 'mm-gone')
    return Result(f'0 of {count(pages, "page")} at the same addresses changed', [
        Check(pages > 0, SETUP, 'nothing lives on at these addresses'),
        Check(changed == 0, blame.access('mm-gone'),
              f'{changed} of {count(pages, "page")} changed; {words}')])


def pasid_kept(run):
    """Until the unbind no other process gets the PASID."""
    pasid, tried, taken, busy = (number(run, key) for key in (
        'pasid', 'kept.attempts', 'kept.taken', 'kept.busy'))
    return Result(f'PASID {pasid} was given to none of {count(tried, "process", "processes")}', [
        Check(tried > 0, SETUP, 'no other process was bound'),
        Check(taken == 0, KERNEL, f'PASID {pasid} was given to {taken} of '
              f'{count(tried, "process", "processes")} before the unbind'),
        Check(busy == 0, KERNEL, f'{busy} of {count(tried, "process", "processes")} could not '
              'be bound before the unbind: EBUSY, the PASID that they were to get is in use')])


def bond_kept(run):
    """The bond lasts as long as a process has the files."""
    bound, wanted = number(run, 'survivor.bound'), len(modes(run))
    return Result(f'{count(bound, "context")} still bound when the address space was gone', [
        Check(bound == wanted, blame.work, f'only {bound} of {wanted} contexts still bound')])
