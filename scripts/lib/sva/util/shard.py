# SPDX-License-Identifier: GPL-2.0-or-later
"""Parts of a run, for several machines that know nothing of each other.

Which part something is in follows from the names alone: neither the order in which they
come nor anything that one machine has learned may change it.
"""

import argparse
import re
from typing import NamedTuple

from . import files
from .errors import SvaError


class Shard(NamedTuple):
    """Part number, from 1 on, of that many."""
    number: int
    parts: int

    def __str__(self):
        return f'{self.number}/{self.parts}'

    def take(self, names):
        """Those of this part, in the order in which they come."""
        mine = set(sorted(set(names))[self.number - 1::self.parts])
        return [name for name in names if name in mine]


def parse(word):
    """I/N, as the argument of an option."""
    found = re.fullmatch(r'([0-9]{1,6})/([0-9]{1,6})', word)
    if not found:
        raise argparse.ArgumentTypeError(f'{word} is not I/N, as 2/5: the second of five parts')
    shard = Shard(int(found[1]), int(found[2]))
    if not shard.number:
        raise argparse.ArgumentTypeError(f'{word}: parts are counted from 1; add 1 to a number '
                                         'of a job that begins with 0')
    if shard.number > shard.parts:
        raise argparse.ArgumentTypeError(f'{word}: the last of {shard.parts} parts is '
                                         f'{shard.parts}/{shard.parts}')
    return shard


def add(parser, what):
    parser.add_argument('--shard', type=parse, metavar='I/N', help=f'only part I of N of the '
                        f'{what}: each is in one part, the same on all machines')


def key(names):
    """The same for all parts of one run, another for a run of something else."""
    return files.content_key(*sorted(set(names)))


def take(shard, names, what):
    """Those of a part, all without one. Nothing to do is told: nobody may take it for good."""
    found = shard.take(names) if shard else list(names)
    if shard and not found:
        number = len(set(names))
        raise SvaError(f'nothing is left for part {shard}: there '
                       + (f'is 1 {what}' if number == 1 else f'are {number} {what}s')
                       + f'; use at most {max(number, 1)} part' + 's' * (number > 1))
    return found
