# SPDX-License-Identifier: GPL-2.0-or-later
"""enqcmd: work is submitted by ENQCMD, under the PASID of the thread."""

from ..judge.verdict import BOUND, KERNEL, MODEL, SETUP, UNBOUND
from ..rules import pasid_register, shared
from ..rules.facts import count, number
from ..rules.rule import Check, Result, Rule

ARCHES = ('x86_64',)
TROUBLE = pasid_register.TROUBLE


def equip(spec, keys):
    spec.extra = [*spec.extra, '-device', 'sva-portal-testdev']


def act(guest, stage, run):
    if stage.name == 'done':
        pasid_register.read_counters(guest, stage, run)


def _accepted(run, who, pasid):
    """Checks that the portal took a command of somebody, under a PASID."""
    zf, seen, priv = (number(run, f'{who}.{name}') for name in ('zf', 'pasid', 'priv'))
    return [Check(zf == 0, MODEL, f'the portal had room, but ZF was {zf}'),
            Check(priv == 0, MODEL, 'ENQCMD had the PRIV bit set'),
            Check(seen == pasid, KERNEL, f'PASID {seen} instead of {pasid}')]


def own_pasid(run):
    """ENQCMD of a bound process carries its PASID, and nothing of its own choice."""
    pasid = number(run, 'pasid')
    return Result(f'PASID {pasid}', [
        Check(number(run, 'direct.posted') == 1, MODEL, 'MOVDIR64B did not arrive as one write'),
        *_accepted(run, 'main', pasid)])


def retry(run):
    """A full portal is reported to the program."""
    zf, retried = number(run, 'full.zf'), number(run, 'full.retried')
    return Result('ZF=1', [
        Check(retried == 1, MODEL, f'{count(retried, "retry", "retries")} of one command'),
        Check(zf == 1, MODEL, f'ZF was {zf}')])


def threads(run):
    """A thread that did nothing itself has the PASID of its process."""
    pasid = number(run, 'pasid')
    return Result(f'PASID {pasid}', _accepted(run, 'thread', pasid))


def switched(run):
    """The PASID goes with the thread when a processor switches to another process."""
    processes, rounds, wrong, state, same = (number(run, f'switch.{name}') for name in
                                             ('processes', 'rounds', 'wrong', 'state', 'same'))
    return Result(f'{count(processes * rounds, "command")} of '
                  f'{count(processes, "process", "processes")} that take turns on one processor, '
                  'each with its own PASID', [
        Check(processes > 1 and rounds > 0, SETUP, 'nothing was switched'),
        Check(not same, KERNEL, 'two of the processes have the same PASID'),
        Check(not wrong, KERNEL, f'{count(wrong, "command")} under another PASID'),
        Check(not state, MODEL, f'a vector register changed {count(state, "time")}')])


def stale(run):
    """A PASID that a thread still has in its register is given to nobody else."""
    pasid, kept, again, other = number(run, 'pasid'), number(run, 'stale.pasid'), \
        number(run, 'stale.again'), number(run, 'other.bond')
    return Result(f'the thread sends PASID {kept} after the last bond ended; another process got '
                  f'{other}', [
        Check(number(run, 'other.signal') == 0, SETUP, 'the other process was killed'),
        Check(kept == again, KERNEL, f'PASID {kept}, then {again}'),
        Check(kept == pasid, KERNEL, f'PASID {kept}, which never was the process\'s'),
        Check(other != kept, KERNEL, f'another process was bound under PASID {kept}')])


RULES = [
    Rule(BOUND, 'own-pasid', own_pasid),
    Rule(BOUND, 'retry', retry),
    Rule(BOUND, 'threads', threads),
    Rule(BOUND, 'not-bound', pasid_register.not_bound),
    Rule(BOUND, 'own-bond', pasid_register.own_bond(
        lambda run, bond: _accepted(run, 'own', bond))),
    Rule(BOUND, 'switched', switched),
    # Besides the processes that take turns: two threads, and two processes.
    Rule(BOUND, 'fixed-once', pasid_register.fixed_once(
        lambda run: 4 + number(run, 'switch.processes'))),
    Rule(BOUND, 'silence', shared.quiet('bound', 'submitted', 'done')),
    Rule(UNBOUND, 'drain', shared.drain('submitted', 'unbound')),
    Rule(UNBOUND, 'stale-pasid', stale),
]
