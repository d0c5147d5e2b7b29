# SPDX-License-Identifier: GPL-2.0-or-later
"""What the scenarios with test suites for Intel DSA have in common."""

from ..judge.verdict import MODEL, SETUP
from . import blame
from .facts import Missing, count, number, stage
from .rule import Check, Result

PROCESSOR = '/machine/sva-direct-stores'
# What is shown, and judged.
OF_DEVICE = ('accepted', 'retried', 'dropped', 'completed', 'failed', 'page-reqs', 'faults',
             'interrupts')
OF_PROCESSOR = ('enqcmd', 'enqcmds', 'movdir64b')


def equip(spec, keys):
    """A device that writes wrong data on demand: what does not notice tests nothing."""
    if keys.get('corrupt'):
        spec.extra = [*spec.extra, '-global', 'sva-dsa.x-corrupt=on']


def act_at(stage_name):
    """Ask the processors at a stage what they did."""
    def act(guest, at, run):
        if at.name == stage_name:
            for name in OF_PROCESSOR:
                run.add(at, f'host.cpu.{name}', str(guest.qmp.get(PROCESSOR, name)))
    return act


def exercised(name, enqcmd=False):
    """The programs used the device: what it and the processors counted until a stage."""
    def rule(run):
        counted = stage(run, name).accel
        if not set(OF_DEVICE) <= set(counted):
            raise Missing('the device did not report what it counted')
        accepted, retried, dropped, completed, failed, asked, faults, interrupts = (
            counted[which] for which in OF_DEVICE)
        user, kernel, direct = (number(run, f'host.cpu.{which}') for which in OF_PROCESSOR)
        return Result(
            f'{count(accepted, "submission")} accepted and {retried:,} refused for want of room '
            f'({user:,} x ENQCMD, {kernel:,} x ENQCMDS, {direct:,} x MOVDIR64B); '
            f'{count(completed, "descriptor")}, {failed:,} of them without success; '
            f'{count(asked, "page request")}, {count(faults, "fault")}, '
            f'{count(interrupts, "interrupt")}', [
                Check(accepted > 0, SETUP, 'nothing was submitted'),
                Check(completed > 0, SETUP, 'no descriptor was completed'),
                Check(user > 0 or not enqcmd, SETUP, 'nothing was submitted by ENQCMD'),
                Check(not dropped, blame.work, f'{count(dropped, "submission")} dropped')], MODEL)
    return rule
