# SPDX-License-Identifier: GPL-2.0-or-later
"""How long the rest takes: jobs that wait for each other and share processors."""

import time
from dataclasses import dataclass
from typing import Optional

# Below it the part that is done says nothing about the whole.
LEAST_SHARE = 0.05
# What a job that is late still takes, of the time that it took.
LATE = 0.1


@dataclass
class Job:
    """Something with a name; seconds: what it took before, None if nobody knows."""
    seconds: Optional[float]
    needs: tuple = ()
    # Jobs of a pool share its workers; this one takes so many.
    pool: str = ''
    workers: int = 1
    began: Optional[float] = None
    share: float = 0.0
    done: bool = False

    def rest(self, now):
        """Seconds to its end; None: unknown."""
        if self.done:
            return 0.0
        if self.began is None:
            return self.seconds
        took = now - self.began
        if self.share >= LEAST_SHARE:
            seen = took * (1 - self.share) / self.share
            # What was seen of it counts more, the further it is.
            before = seen if self.seconds is None else self.seconds * (1 - self.share)
            return seen * self.share + before * (1 - self.share)
        return None if self.seconds is None else max(self.seconds - took, took * LATE)


class Estimate:
    """All jobs of a run; workers: how many run at once, by pool."""

    def __init__(self, workers, clock=time.monotonic):
        self.workers = workers
        self.clock = clock
        self.jobs = {}

    def add(self, name, seconds, needs=(), pool='', workers=1):
        self.jobs[name] = Job(seconds, tuple(needs), pool, workers)

    def begin(self, name):
        if name in self.jobs:
            self.jobs[name].began = self.clock()

    def update(self, name, share):
        if name in self.jobs:
            self.jobs[name].share = min(max(share, 0.0), 1.0)

    def share(self, name):
        """The part of a job that is done, as far as it is known; None: not at all."""
        return self.jobs[name].share or None if name in self.jobs else None

    def end(self, name):
        if name in self.jobs:
            self.jobs[name].done = True

    def rest(self):
        """Seconds; None while the time of a job is unknown.

        No schedule is shorter than its longest chain, nor than what a pool has to do
        divided by its workers; the longer of them is close to what the run takes.
        """
        now = self.clock()
        rests = {name: job.rest(now) for name, job in self.jobs.items()}
        if None in rests.values():
            return None
        ends, work = {}, {}
        for name, job in self.jobs.items():
            self._end_of(name, rests, ends)
            work[job.pool] = work.get(job.pool, 0) + rests[name] * job.workers
        return max([0.0, *ends.values(),
                    *(seconds / self.workers.get(pool, 1) for pool, seconds in work.items())])

    def _end_of(self, name, rests, ends):
        if name not in ends:
            needs = [need for need in self.jobs[name].needs if need in self.jobs]
            ends[name] = rests[name] + max(
                [0.0, *(self._end_of(need, rests, ends) for need in needs)])
        return ends[name]


def words(seconds):
    """As one would say it: `40 s`, `3 min`."""
    if seconds < 55:
        return f'{max(5, round(seconds / 5) * 5)} s'
    return f'{max(1, round(seconds / 60))} min'
