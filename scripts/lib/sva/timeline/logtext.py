# SPDX-License-Identifier: GPL-2.0-or-later
"""Lines of the console and of the control channel, and when they were."""

import re
from typing import NamedTuple

from ..guest import kmsg
from ..guest.session import KTAP
from ..util.text import printable

KERNEL = re.compile(r'\[ *(\d+)\.(\d{6})\] ')
# Of each log, half of it from its begin.
MOST = 6000


class Line(NamedTuple):
    """kind: LOG (kernel), STAGE, CHECK or FACT; time: virtual ns; label: a shorter text."""
    time: int
    kind: str
    tone: str
    text: str
    label: str


def console(text, clocks):
    """(Lines, how many are left out): what the kernel printed."""
    found, now = [], 0
    for line in text.splitlines():
        match = KERNEL.match(line)
        if match:
            at = clocks.kernel(int(match[1] + match[2]))
            if at is None:
                continue
            now = at
        tone = 'bad' if kmsg.splats([line]) else 'warn' if kmsg.about_faults([line]) else 'neutral'
        found.append(Line(now, 'LOG', tone, printable(line),
                          printable(line[match.end() if match else 0:])))
    return _bounded(found)


def control(text, clocks):
    """(Lines, how many are left out): what the program in the guest told."""
    found = []
    for number, line in enumerate(map(printable, text.splitlines())):
        time, (word, _, rest) = clocks.control(number), line.partition(' ')
        if time is None:
            break
        check = KTAP.fullmatch(line)
        if check:
            found.append(Line(time, 'CHECK', 'good' if check[1] == 'ok' else 'bad',
                              line, check[3]))
        elif word in ('@begin', '@stage', '@end', '@bye', '@hello'):
            found.append(Line(time, 'STAGE', 'stage', line[1:],
                              rest if word == '@stage' else line[1:]))
        elif word in ('@fact', '@error'):
            found.append(Line(time, 'FACT', 'bad' if word == '@error' else 'neutral', line[1:],
                              rest))
    return _bounded(found)


def _bounded(lines):
    if len(lines) <= MOST:
        return lines, 0
    half = MOST // 2
    return lines[:half] + lines[-half:], len(lines) - 2 * half


def stages(lines):
    """{name: time} of the stages, with the names that session.Session gives them."""
    found, times = {}, {}
    for line in lines:
        word, _, name = line.text.partition(' ')
        if line.kind == 'STAGE' and word in ('stage', 'end'):
            name = name.strip() if word == 'stage' else 'end'
            times[name] = times.get(name, 0) + 1
            found[name if times[name] == 1 else f'{name}#{times[name]}'] = line.time
    return found
