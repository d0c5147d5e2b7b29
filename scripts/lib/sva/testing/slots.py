# SPDX-License-Identifier: GPL-2.0-or-later
"""Processors for suites of tests that run side by side, and what they have used of them."""

import contextlib
import itertools
import threading
import time
from concurrent import futures
from fractions import Fraction

from ..util import estimate
from ..util.errors import SvaError

# What a machine uses of a processor, for much of a scenario it stands still. A fraction:
# what is taken and given back is the same.
MACHINE = Fraction(3, 5)


class Slots:
    """So many processors; whoever is first in the order gets one first.

    Nobody goes ahead of one who waits for several, or that one would wait for ever.
    """

    def __init__(self, number, clock=time.monotonic):
        self.number = self.free = number
        self.clock = clock
        self.waiting = []
        self.counter = itertools.count()
        self.closed = False
        self.changed = threading.Condition()

    @contextlib.contextmanager
    def take(self, rank, wanted):
        me = rank, next(self.counter)
        with self.changed:
            self.waiting.append(me)
            try:
                self.changed.wait_for(lambda: self.closed or (
                    me == min(self.waiting) and self.free >= wanted))
                if self.closed:
                    raise SvaError('not run: interrupted')
                self.free -= wanted
            finally:
                self.waiting.remove(me)
                self.changed.notify_all()
        try:
            yield
        finally:
            with self.changed:
                self.free += wanted
                self.changed.notify_all()

    def close(self):
        """Nobody gets one any more."""
        with self.changed:
            self.closed = True
            self.changed.notify_all()


class Jobs:
    """What one suite does, as parts that take a processor, some less."""

    def __init__(self, slots, rank=0, say=print, on_begin=lambda: None, alone=False):
        """say prints whole lines; on_begin is called when the first part begins.

        alone: no other suite runs.
        """
        self.slots = slots
        self.alone = alone
        self.rank = rank
        self.say = say
        self.on_begin = on_begin
        self.lock = threading.Lock()
        self.used = 0.0
        self.running = {}       # number of processors and when it began, of each part

    @contextlib.contextmanager
    def one(self, wanted=1):
        with self.slots.take(self.rank, wanted):
            me = object()
            self.begin()
            with self.lock:
                self.running[me] = wanted, self.slots.clock()
            try:
                yield
            finally:
                with self.lock:
                    number, began = self.running.pop(me)
                    self.used += number * (self.slots.clock() - began)

    def begin(self):
        with self.lock:
            first, self.on_begin = self.on_begin, lambda: None
        first()

    @contextlib.contextmanager
    def several(self):
        """For a program that runs many tests: how many processes it shall have.

        One beside other suites, which then need not wait until all processors are free.
        """
        number = self.slots.number if self.alone else 1
        with self.one(number):
            yield number

    def each(self, function, items, wanted=1):
        """function(item) for all, with so many processors for each; the results in order."""
        def part(item):
            with self.one(wanted):
                return function(item)
        with futures.ThreadPoolExecutor(self.at_once(wanted)) as pool:
            return list(pool.map(part, items))

    def at_once(self, wanted):
        """How many parts run at a time that take so many processors."""
        return max(1, int(self.slots.number / wanted))

    def work(self):
        """Seconds of processors that it has had until now."""
        with self.lock:
            now = self.slots.clock()
            return self.used + sum(number * (now - began)
                                   for number, began in self.running.values())


class Rest(estimate.Estimate):
    """The rest of suites, by the processors that each had in earlier runs."""

    def __init__(self, number):
        super().__init__({})
        self.number = number
        self.suites = {}

    def expect(self, title, seconds, jobs):
        self.add(title, seconds)
        self.suites[title] = jobs

    def share(self, title):
        expected = self.jobs[title].seconds
        return min(self.suites[title].work() / expected, 0.99) if expected else None

    def rest(self):
        total = 0.0
        for title, job in self.jobs.items():
            if job.done:
                continue
            if job.seconds is None:
                return None
            had = self.suites[title].work()
            total += max(job.seconds - had, had * estimate.LATE)
        return total / self.number


# For whoever runs a suite on its own.
def alone():
    return Jobs(Slots(2), alone=True)


def grouped(names, times, least, usual):
    """Lists of names that take at least so many seconds each, the longest first.

    times: what is known of them; usual: what the others are taken to take.
    """
    groups, seconds = [], 0.0
    for name in sorted(names, key=lambda name: -times.get(name, usual)):
        if not groups or seconds >= least:
            groups.append([])
            seconds = 0.0
        groups[-1].append(name)
        seconds += times.get(name, usual)
    return groups
