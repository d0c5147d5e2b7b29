# SPDX-License-Identifier: GPL-2.0-or-later
"""Running set-up steps in the order of their needs, two at a time.

A step belongs to a pool: 'fetch' waits for the network, 'build' for the
processors. Each pool runs one step at a time, so that downloads overlap with
builds and builds do not fight each other.
"""

import graphlib
import threading
import traceback
from concurrent import futures
from typing import Callable, NamedTuple

from ..util import paths, proc
from ..util.errors import SvaError

POOLS = ('fetch', 'build')


class Step(NamedTuple):
    name: str
    title: str
    pool: str
    needs: tuple
    # Gets a function (now, goal) for the bar; returns a short note.
    run: Callable


def closure(steps, names):
    """The named steps and everything they need."""
    table = {step.name: step for step in steps}
    wanted, todo = set(), list(names)
    while todo:
        name = todo.pop()
        if name not in table:
            raise SvaError(f'there is no set-up step {name}')
        if name not in wanted:
            wanted.add(name)
            todo += table[name].needs
    return [step for step in steps if step.name in wanted]


def run(steps, progress):
    """Run all steps; the first failure stops what has not begun yet."""
    progress.total += len(steps)
    pools = {name: futures.ThreadPoolExecutor(1) for name in POOLS}
    interrupted = threading.Event()
    try:
        _run_all(steps, lambda step: pools[step.pool].submit(_run, step, progress, interrupted))
    except BaseException as e:
        _shut_down(pools, wait=False)
        if not isinstance(e, SvaError):
            interrupted.set()
            # The threads clean up what is half-made when their programs end.
            proc.stop_all()
        raise
    finally:
        _shut_down(pools, wait=True)
        progress.stop()


def _run_all(steps, submit):
    table = {step.name: step for step in steps}
    order = graphlib.TopologicalSorter({step.name: step.needs for step in steps})
    order.prepare()
    running = {}
    while order.is_active():
        running.update((submit(table[name]), name) for name in order.get_ready())
        for future in futures.wait(running, return_when=futures.FIRST_COMPLETED).done:
            future.result()
            order.done(running.pop(future))


def _shut_down(pools, wait):
    for pool in pools.values():
        pool.shutdown(wait, cancel_futures=True)


def _run(step, progress, interrupted):
    progress.start(step.title)
    try:
        note = step.run(lambda now, goal: progress.update(step.title, now, goal))
    except SvaError as e:
        error = e
    except OSError as e:
        error = SvaError(f'{step.title}: {e.strerror or e}'
                         + (f': {e.filename}' if e.filename else ''))
    except Exception:  # our own mistake
        log = paths.log(step.name)
        log.write_text(traceback.format_exc(), encoding='utf-8')
        error = SvaError(f'{step.title}: internal error', log)
    else:
        progress.finish(step.title, note)
        return
    if not interrupted.is_set():
        progress.failed(step.title)
    raise error
