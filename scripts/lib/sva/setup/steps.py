# SPDX-License-Identifier: GPL-2.0-or-later
"""Running set-up steps in the order of their needs, two at a time.

A step belongs to a lane: 'fetch' waits for the network, 'build' for the
processors. Each lane runs one step at a time, so that downloads overlap with
builds and builds do not fight each other.
"""

import threading
import traceback
from typing import Callable, NamedTuple

from ..util import paths, proc
from ..util.errors import SvaError

LANES = ('fetch', 'build')


class Step(NamedTuple):
    name: str
    title: str
    lane: str
    needs: tuple
    # Gets a function (now, goal) for the bar; returns a short note.
    run: Callable


def closure(steps, names):
    """The named steps and everything they need, in a workable order."""
    table = {step.name: step for step in steps}
    order = []

    def visit(name):
        if name not in table:
            raise SvaError(f'there is no set-up step {name}')
        if table[name] in order:
            return
        for need in table[name].needs:
            visit(need)
        order.append(table[name])

    for name in names:
        visit(name)
    return order


def run(steps, progress):
    """Run all steps; the first failure stops what has not begun yet."""
    state = _State(steps, progress)
    for lane in LANES:
        threading.Thread(target=state.lane, args=(lane,), daemon=True).start()
    try:
        state.wait()
    except BaseException:
        # The threads clean up what is half-made when their programs end.
        state.interrupt()
        state.wait()
        raise
    finally:
        progress.stop()
    if state.error:
        raise state.error


class _State:
    def __init__(self, steps, progress):
        self.waiting = list(steps)
        self.progress = progress
        self.done = set()
        self.error = None
        self.stop = False
        self.changed = threading.Condition()
        self.ends = {lane: threading.Event() for lane in LANES}
        progress.total += len(steps)

    def interrupt(self):
        with self.changed:
            self.stop = True
            self.changed.notify_all()
        proc.stop_all()

    def wait(self):
        # Not Thread.join(): before Python 3.12 an interrupted join takes the
        # thread for finished.
        for end in self.ends.values():
            end.wait()

    def lane(self, lane):
        try:
            while True:
                step = self._next(lane)
                if step is None:
                    return
                self._run(step)
        finally:
            self.ends[lane].set()

    def _next(self, lane):
        with self.changed:
            while not self.stop and not self.error:
                mine = [s for s in self.waiting if s.lane == lane]
                if not mine:
                    return None
                for step in mine:
                    if self.done.issuperset(step.needs):
                        self.waiting.remove(step)
                        return step
                self.changed.wait()
        return None

    def _run(self, step):
        self.progress.start(step.title)
        error = None
        try:
            note = step.run(lambda now, goal: self.progress.update(step.title, now, goal))
            self.progress.finish(step.title, note)
        except SvaError as e:
            error = e
        except OSError as e:
            error = SvaError(f'{step.title}: {e.strerror or e}'
                             + (f': {e.filename}' if e.filename else ''))
        except Exception:  # our own mistake; the other lane must not wait for ever
            log = paths.log(step.name)
            log.write_text(traceback.format_exc(), encoding='utf-8')
            error = SvaError(f'{step.title}: internal error', log)
        if error and not self.stop:
            self.progress.failed(step.title)
        with self.changed:
            self.done.add(step.name)
            self.error = self.error or error
            self.changed.notify_all()
