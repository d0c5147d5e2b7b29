# SPDX-License-Identifier: GPL-2.0-or-later
"""dsa-fork: Intel DSA writes to the zero page's place, and to pages that fork shares."""

from ..guest import machine
from ..judge.verdict import BOUND, KERNEL, SETUP, UNBOUND
from ..rules import blame, dsa, shared
from ..rules.facts import count, number, numbers
from ..rules.rule import Check, Result, Rule

DEVICE = machine.DSA_DEVICE
ARCHES = ('x86_64',)
act = dsa.act({'done': ('fork', 'dev')})

QUEUES = ('dedicated', 'shared')
EPERM = 1


def copy_on_write(run):
    """What the device writes is in a page of the process's own."""
    pages, checks = number(run, 'pages'), []
    blamed = blame.revoked('done')
    for queue in QUEUES:
        for what in ('zero', 'fork'):
            status, wrong = numbers(run, f'{what}.{queue}', 'status', 'wrong')
            checks += [Check(status == dsa.SUCCESS, blame.work,
                             f'{what}, {queue} queue: status {status:#x}'),
                       Check(not wrong, blamed, f'{what}, {queue} queue: {count(wrong, "word")} '
                             'without what the device wrote')]
        others, child = number(run, f'zero.{queue}.others'), number(run, f'child.{queue}.changed')
        checks += [Check(not others, blamed, f'{count(others, "word")} of other memory changed '
                         'where the zero page stands'),
                   Check(not child, blamed, f'{count(child, "word")} of the child changed')]
    return Result(f'{count(pages, "page")} written in {len(QUEUES)} queues: all seen by the '
                  'process, none by the child or where the zero page stands', checks)


def page_requests(run):
    """A page request ends the sharing of a page, and it succeeds."""
    requests, success, invalid, failure = numbers(
        run, 'delta.fork.dev', 'page_reqs', 'prg_success', 'prg_invalid', 'prg_failure')
    answers = (f'{count(requests, "page request")}, {success} x Success, {invalid} x Invalid '
               f'Request, {failure} x Response Failure')
    return Result(answers, [
        Check(requests >= 2 * len(QUEUES) * number(run, 'pages'), SETUP, answers),
        Check(success > 0 and not invalid and not failure, KERNEL, answers)])


def own_context(run):
    """The child cannot use the parent's queue; its own bond works."""
    pasid, checks, bonds = number(run, 'pasid'), [], []
    for queue in QUEUES:
        inherited, written, mapped, bond, status, different = numbers(
            run, f'child.{queue}', 'inherited', 'write-errno', 'mmap-errno', 'pasid',
            'copy.status', 'copy.different')
        bonds.append(f'{bond}')
        checks += [
            Check(not inherited, KERNEL, f'the child has the portal of the {queue} queue'),
            Check(written == mapped == EPERM, KERNEL, f'{queue} queue: write() of the child gave '
                  f'errno {written}, mmap() {mapped}'),
            Check(bond != pasid, KERNEL, f'parent and child both have PASID {pasid}'),
            Check(status == dsa.SUCCESS and not different, blame.work,
                  f'a copy of the child: status {status:#x}, {count(different, "byte")} wrong')]
    return Result('portal not inherited, write() and mmap() refused, children bound under PASID '
                  + ' and '.join(sorted(set(bonds))), checks)


RULES = [
    Rule(BOUND, 'copy-on-write', copy_on_write),
    Rule(BOUND, 'page-requests', page_requests),
    Rule(BOUND, 'own-context', own_context),
    Rule(BOUND, 'silence', shared.quiet('bound', 'done')),
    Rule(UNBOUND, 'drain', shared.drain('done', 'unbound')),
]
