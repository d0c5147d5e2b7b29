# SPDX-License-Identifier: GPL-2.0-or-later
"""How long set-up steps took, to tell how long the rest takes."""

from ..util import estimate, files, history, paths
from . import steps


class Past:
    """A step takes long when a clone runs it the first time, and hardly any time later."""

    def __init__(self, arches):
        self.arches = '+'.join(arches)
        self.times = history.load()
        # Names of steps that were done in this clone.
        self.done = set(files.read_json(self._file()) or ())
        self.now = {}

    @staticmethod
    def _file():
        return paths.build('steps.json')

    def _key(self, step):
        return '/'.join(('setup', 'again' if self._mark(step) in self.done else 'first',
                         self._mark(step)))

    def _mark(self, step):
        # One emulator is built in half of the time.
        return f'{step.name}@{self.arches}' if step.pool == 'build' else step.name

    def estimate(self, wanted):
        titles = {step.name: step.title for step in wanted}
        found = estimate.Estimate(steps.POOLS)
        for step in wanted:
            found.add(step.title, self.times.get(self._key(step)),
                      [titles[need] for need in step.needs], step.pool)
        return found

    def took(self, step, seconds):
        self.now[self._key(step)] = seconds
        self.done.add(self._mark(step))

    def keep(self):
        history.learn(self.now)
        files.write_json(self._file(), sorted(self.done))
