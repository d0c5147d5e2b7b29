# SPDX-License-Identifier: GPL-2.0-or-later
"""bench-faults, bench-bind: how many in a second; `sva bench` reads their facts.

They prove no rule, but what every scenario has to keep.
"""

from ..rules.claims import judge as hold

NAMES = ('bench-faults', 'bench-bind')

RULES = []


def judge(run):
    return hold(run, RULES)
