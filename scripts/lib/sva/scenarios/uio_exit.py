# SPDX-License-Identifier: GPL-2.0-or-later
"""uio-exit: a program under uio_pci_generic_sva dies, and nobody holds its file."""

from ..judge.verdict import BOUND, KERNEL, SETUP, UNBOUND
from ..rules import shared
from ..rules.facts import count, entry, modes, numbers
from ..rules.rule import Check, Result, Rule

NOT_OFFERED = 'needs a kernel with UIO_PCI_GENERIC_SVA'


def stopped(run):
    """Whoever unbinds has stopped the device before."""
    contexts, running = numbers(run, 'exit', 'contexts', 'running')
    tried = sum(sum(numbers(run, f'delta.exit.{mode}', 'accesses', 'xlate_reqs'))
                for mode in modes(run))
    return Result(f'{contexts} contexts at rest after the unbind', [
        Check(contexts > 0 and entry(run, 'bound').present, SETUP, 'the device had no work'),
        Check(not entry(run, 'unbound').present, SETUP,
              f'the process is dead and still bound: {entry(run, "unbound")}'),
        Check(not running and not tried, KERNEL,
              f'{running} of {contexts} contexts work on after the unbind, '
              f'{count(tried, "request")}')])


def next_process(run):
    """The next process with the PASID has its memory for itself."""
    pasid, pid, same, tries, changed = numbers(run, 'next', 'pasid', 'pid', 'same', 'attempts',
                                               'changed')
    return Result(f'PASID {pasid} bound again by pid {pid}, its memory untouched', [
        Check(same == 1, SETUP, f'{tries} processes got other PASIDs, the last {pasid}'),
        Check(entry(run, 'next').present, SETUP, f'it is not bound: {entry(run, "next")}'),
        Check(changed == 0, KERNEL, f'{count(changed, "page")} of pid {pid} written by work of '
              'the process before it')])


RULES = [
    Rule(BOUND, 'data', shared.data),
    Rule(UNBOUND, 'stopped', stopped),
    Rule(UNBOUND, 'pasid-reuse', next_process),
]
