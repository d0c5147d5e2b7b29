# SPDX-License-Identifier: GPL-2.0-or-later
"""hugetlb: huge pages are unmapped, and used again, while the device writes."""

from . import munmap_race
from .claims import judge as hold

NAME = 'hugetlb'
THOROUGH = ('rounds=300', 1800)


def judge(run):
    return hold(run, munmap_race.RULES)
