# SPDX-License-Identifier: GPL-2.0-or-later
"""Rules of the scenarios in which the OOM killer takes the bound process."""

import re

from ..judge.verdict import BOUND, KERNEL, SETUP
from . import mm_gone
from .facts import number
from .rule import Check, Result, Rule

KILLED = re.compile(r'Out of memory: Killed process (\d+)')
# Milliseconds of the guest's clock; a busy host alone costs some thousands.
RESPONSIVE = 10000
# The device takes 30 s by its own clock to stop; the guest's clock may differ a lot.
LEAST_STOP = 10000


def pids(run, pattern):
    return [int(match[1]) for line in run.kmsg() for match in [pattern.search(line)] if match]


def one_victim(run):
    """The OOM killer took the bound process and nobody else."""
    pid, kills, killed = number(run, 'pid'), number(run, 'oom.kills'), pids(run, KILLED)
    return Result(f'pid {pid} killed, memory came back, nobody else', [
        Check(kills > 0, SETUP, 'the OOM killer did nothing'),
        Check(kills == 1, KERNEL, f'the OOM killer took {kills} processes: {killed}'),
        Check(killed == [pid], KERNEL, f'the log says that {killed} were killed, not {pid}')])


def responsive(run):
    """The machine answers while the driver waits for the device."""
    ticks, longest, took = (number(run, key) for key in
                            ('tick.count', 'tick.max-ms', 'unbind.ms'))
    return Result(f'never silent for more than {longest} ms in {took / 1000:.0f} s', [
        Check(took >= LEAST_STOP, SETUP, f'the device stopped within {took} ms'),
        Check(ticks > 0, SETUP, 'nobody watched the time'),
        Check(longest <= RESPONSIVE, KERNEL, f'silent for {longest} ms')])


RULES = [
    Rule(BOUND, 'one-victim', one_victim),
    Rule(BOUND, 'responsive', responsive),
    *mm_gone.LATE_AND_REUSE,
]
