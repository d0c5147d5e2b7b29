# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs of others that a guest ran: how each ended, and what the models saw of it."""

from typing import NamedTuple

from ..judge.verdict import MODEL, SETUP
from . import blame
from .facts import Missing, count
from .rule import Check, Result


class Program(NamedTuple):
    """A program that was executed; words are its name and its arguments."""
    status: int
    words: tuple

    @property
    def name(self):
        return self.words[0].rsplit('/', 1)[-1]

    def option(self, name, otherwise=''):
        """The value that follows an option."""
        words = self.words
        return words[words.index(name) + 1] if name in words[:-1] else otherwise

    def __str__(self):
        return f'{" ".join((self.name, *self.words[1:]))}: status {self.status}'


def executed(run, *names):
    """Those programs that the guest executed, in the order in which they ended."""
    found = []
    for line in run.values('exec'):
        status, _, *words = line.split()
        if words:
            found.append(Program(int(status), tuple(words)))
    if not found:
        raise Missing('the guest did not report exec')
    return [program for program in found if program.name in names]


def all_good(which, wanted, what, note=''):
    """A Result: these programs ended as they should have, and none is missing.

    which: [(program, whether it should have ended with status 0)].
    """
    bad = [program for program, good in which if (program.status == 0) != good]
    refused = sum(not good for _, good in which)
    return Result(count(len(which), what) + (f', {refused} of them refused as they have to be'
                                             if refused else '') + note, [
        Check(not bad, blame.work, f'{len(bad)} of {count(len(which), what)} failed: '
              + '; '.join(map(str, bad))),
        Check(len(which) >= wanted, SETUP, f'only {len(which)} of {count(wanted, what)} ran')],
        MODEL)
