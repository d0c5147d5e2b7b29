# SPDX-License-Identifier: GPL-2.0-or-later
"""truncate: a mapped file becomes empty while the device writes."""

from ..rules.claims import judge as hold
from . import munmap_race

NAME = 'truncate'
THOROUGH = ('rounds=2000', 1800)


def judge(run):
    return hold(run, munmap_race.RULES)
