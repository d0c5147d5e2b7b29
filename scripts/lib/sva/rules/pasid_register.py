# SPDX-License-Identifier: GPL-2.0-or-later
"""IA32_PASID: of the thread, loaded by the kernel when ENQCMD raises #GP."""

from ..judge.verdict import KERNEL
from .facts import count, number
from .rule import Check, Result

SIGSEGV = 11
# A user program ended by #GP; the same words in an oops are trouble.
TROUBLE = ('traps: sva-scenario[',)
COUNTERS = ('refused', 'pasid-writes')
# Processes that try it without a bond, and what they are.
UNBOUND = {'never': 'a process that was never bound', 'child': 'the child of a bound process'}


def read_counters(guest, stage, run):
    """Ask the processors what ENQCMD they refused, for want of a PASID."""
    for name in COUNTERS:
        run.add(stage, f'host.{name}', str(guest.qmp.get('/machine/sva-direct-stores', name)))


def not_bound(run):
    """A process that is not bound cannot send a command; ENQCMD is a segmentation fault."""
    checks = []
    for who, what in UNBOUND.items():
        signal, accepted = number(run, f'{who}.signal'), number(run, f'{who}.accepted')
        checks += [Check(not accepted, KERNEL, f'a command of {what} was accepted'),
                   Check(signal == SIGSEGV, KERNEL, f'{what} ended by signal {signal}')]
    return Result('SIGSEGV before the first bond, and after fork', checks)


def own_bond(sent):
    """The child that binds itself has a PASID of its own.

    sent(run, bond): checks of what it sent under that PASID.
    """
    def rule(run):
        pasid, bond = number(run, 'pasid'), number(run, 'own.bond')
        return Result(f'PASID {bond}, that of the parent is {pasid}', [
            Check(number(run, 'own.signal') == 0, KERNEL, 'the child was killed'),
            Check(bond != pasid, KERNEL, f'both have PASID {pasid}'), *sent(run, bond)])
    return rule


def fixed_once(threads):
    """The kernel gives a thread its PASID after the first #GP, and needs no second one.

    threads(run): how many threads of bound processes sent commands.
    """
    def rule(run):
        refused, writes = (number(run, f'host.{name}') for name in COUNTERS)
        killed = sum(number(run, f'{who}.signal') == SIGSEGV for who in UNBOUND)
        wanted = threads(run)
        return Result(f'{refused} times #GP, {count(killed, "process", "processes")} killed, '
                      f'IA32_PASID written {count(writes, "time")}', [
            Check(writes == wanted, KERNEL, f'IA32_PASID was written {count(writes, "time")} for '
                  f'{count(wanted, "thread")}'),
            Check(refused == writes + killed, KERNEL, f'{refused} times #GP, but '
                  f'{writes} times a PASID, and {count(killed, "process", "processes")} killed')])
    return rule
