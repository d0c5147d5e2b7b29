# SPDX-License-Identifier: GPL-2.0-or-later
"""two-mms: a process holds the file of another one's context."""

from ..judge.verdict import BOUND, KERNEL, SETUP, UNBOUND
from ..rules import blame, shared
from ..rules.facts import count, number
from ..rules.rule import Check, Result, Rule


EPERM = 1


def isolation(run):
    """Work goes to the memory of the process that the context is bound to."""
    rounds, owner, holder, failed, different = number(run, 'rounds'), number(run, 'pasid'), \
        number(run, 'holder.pasid'), *(number(run, f'owner.{name}') + number(run, f'holder.{name}')
                                       for name in ('failed', 'different'))
    return Result(f'PASID {owner} and {holder}, {count(rounds, "copy", "copies")} in each process, '
                  'all with its own data', [
        Check(rounds > 0, SETUP, 'nothing was copied'),
        Check(owner != holder, KERNEL, f'both processes have PASID {owner}'),
        Check(not failed, blame.work, f'{count(failed, "copy", "copies")} failed'),
        Check(not different, blame.work, f'{count(different, "byte")} wrong')])


def passed_file(run):
    """Who holds the file cannot give work, but keeps the bond."""
    owner, errno, bound = (number(run, key) for key in
                           ('passed.owner', 'passed.mmap-errno', 'passed.bound'))
    return Result(f'mmap refused (errno {errno}), still bound when the owner had closed its file', [
        Check(owner == 0, blame.work, 'the holder passes for the owner'),
        Check(errno == EPERM, blame.work, f'mapping the doorbell gave errno {errno}'),
        Check(bound == 1, blame.work, 'the bond did not stay')])


def bind_again(run):
    """After the holder has unbound it, the owner can bind again."""
    pasid, failed, different = (number(run, f'again.{name}') for name in
                                ('pasid', 'failed', 'different'))
    return Result(f'the owner is bound again, PASID {pasid}, and a copy is right', [
        Check(not failed and not different, blame.work, f'after the owner bound again: '
              f'{count(failed, "copy", "copies")} failed, {count(different, "byte")} wrong'),
        Check(pasid != number(run, 'holder.pasid'), KERNEL, f'PASID {pasid} is the holder\'s')])


RULES = [
    Rule(BOUND, 'isolation', isolation),
    Rule(BOUND, 'passed-file', passed_file),
    Rule(BOUND, 'silence', shared.quiet('bound', 'passed', 'done')),
    Rule(UNBOUND, 'drain', shared.drain('passed', 'unbound')),
    Rule(UNBOUND, 'bind-again', bind_again),
]
