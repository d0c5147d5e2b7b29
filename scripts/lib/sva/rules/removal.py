# SPDX-License-Identifier: GPL-2.0-or-later
"""Rules of the scenarios in which the device is removed or reset while in use."""

from ..judge.verdict import BOUND, KERNEL, MODEL, SETUP, UNBOUND
from . import blame, shared
from .facts import count, modes, number, numbers, stage
from .rule import Check, Result, Rule

EIO, ENODEV = 5, 19


def data(run):
    """Before its removal the device writes in every mode."""
    written = {mode: number(run, f'delta.bound.{mode}.bytes_written') for mode in modes(run)}
    aborted = sum(number(run, f'delta.bound.{mode}.aborts') for mode in modes(run))
    idle = [mode for mode, amount in written.items() if not amount]
    return Result(f'{sum(written.values()):,} bytes written in {len(written)} modes', [
        Check(not idle, SETUP, f'the device wrote nothing in mode {", ".join(idle)}'),
        Check(aborted == 0, blame.work, f'{count(aborted, "write")} aborted')], MODEL)


def errors(errno, doorbells):
    """Processes get errors, and none hangs.

    errno: of a command; doorbells: whether access to them fails.
    """
    def rule(run):
        contexts, polled, found, sigbus, ms = numbers(
            run, 'removed', 'contexts', 'polled', 'errno', 'sigbus', 'ms')
        lost = contexts if doorbells else 0
        return Result(f'{contexts} contexts: poll() tells, commands fail with {found}, '
                      f'{sigbus} doorbells gone, after {ms} ms', [
                          Check(contexts > 0, SETUP, 'no context was bound'),
                          Check(polled == contexts, blame.work,
                                f'poll() told of {polled} of {contexts} contexts'),
                          Check(found == errno, blame.work,
                                f'commands fail with error {found} instead of {errno}'),
                          Check(sigbus == lost, blame.work,
                                f'{sigbus} of {contexts} doorbells are gone instead of {lost}')],
                      MODEL)
    return rule


def no_dma(bonds, forgets=False):
    """No DMA that was in flight reaches memory afterwards.

    bonds: whether the bonds survive; if not, the driver has ended them. forgets: the
    device was reset, and has sent nothing since.
    """
    def rule(run):
        contexts, changed, running, bound = numbers(run, 'removed', 'contexts', 'changed',
                                                    'running', 'bound')
        left = contexts if bonds else 0
        return Result(f'0 pages changed, no work left, {bound} bonds left', [
            Check(contexts > 0, SETUP, 'no context was bound'),
            *(forgotten(run) if forgets else ()),
            Check(changed == 0, blame.work, f'{count(changed, "page")} changed'),
            Check(running == 0, blame.work, f'{running} of {contexts} contexts still work'),
            Check(bound == left, blame.work, f'{bound} of {contexts} bonds are left, not {left}')],
            MODEL)
    return rule


def forgotten(run):
    """A reset device has sent nothing since."""
    sent = {name: stage(run, 'recovered').accel.get(name) for name in
            ('accesses', 'xlate-reqs', 'page-reqs')}
    absent = [name for name, value in sent.items() if value is None]
    return [Check(not absent, SETUP, 'the counters of the device were not read'),
            *(Check(not value, blame.work, f'{name}: {value} since the reset')
              for name, value in sent.items())]


def bind_again(run):
    """The process is still alive and binds again with the same PASID."""
    errno, pasid, status, different = numbers(run, 'again', 'errno', 'pasid', 'status',
                                              'different')
    before = number(run, 'pasid')
    return Result(f'PASID {pasid} bound again, 256 KiB copied, identical', [
        Check(errno == 0, KERNEL, f'the device cannot be opened: error {errno}'),
        Check(pasid == before, KERNEL, f'PASID {pasid}, {before} before'),
        Check(status == shared.STATUS_SUCCESS and different == 0, blame.work,
              f'the copy ended with status {status:#x}, {count(different, "byte")} wrong')])


UNPLUGGED = [
    Rule(BOUND, 'data', data),
    Rule(UNBOUND, 'no-dma', no_dma(bonds=False)),
    Rule(UNBOUND, 'errors', errors(ENODEV, doorbells=True)),
    Rule(UNBOUND, 'drain', shared.drain('bound', 'removed')),
    Rule(UNBOUND, 'silence', shared.quiet('bound', 'removed', 'recovered', 'again', 'done')),
    Rule(UNBOUND, 'bind-again', bind_again),
    Rule(UNBOUND, 'nothing-lost', shared.nothing_lost),
]
