# SPDX-License-Identifier: GPL-2.0-or-later
"""Running set-up steps in the order of their needs, some at a time.

A step belongs to a pool: 'install' waits for the machine's packages, 'fetch' for
the network, 'build' for the processors. Downloads overlap with builds. Two builds
run at a time: each has parts that keep but one processor busy.
"""

import graphlib
import threading
import traceback
from concurrent import futures
from typing import Callable, NamedTuple

from ..util import paths, proc
from ..util.errors import SvaError

POOLS = {'install': 1, 'fetch': 1, 'build': 2}


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


def run(steps, progress, on_end=lambda step, seconds: None):
    """Run all steps; the first failure stops what has not begun yet.

    on_end is called with each step that was done.
    """
    progress.total += len(steps)
    pools = {name: futures.ThreadPoolExecutor(workers) for name, workers in POOLS.items()}
    interrupted = threading.Event()
    try:
        _run_all(steps, lambda step: pools[step.pool].submit(_run, step, progress, interrupted,
                                                             on_end))
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
    ready, running = set(), {}
    while order.is_active():
        ready.update(order.get_ready())
        # Of those that may begin the first in the list, whoever waits longer.
        for step in [step for step in steps if step.name in ready]:
            busy = sum(table[name].pool == step.pool for name in running.values())
            if busy < POOLS[step.pool]:
                ready.remove(step.name)
                running[submit(step)] = step.name
        for future in futures.wait(running, return_when=futures.FIRST_COMPLETED).done:
            future.result()
            order.done(running.pop(future))


def _shut_down(pools, wait):
    for pool in pools.values():
        pool.shutdown(wait, cancel_futures=True)


def _run(step, progress, interrupted, on_end):
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
        on_end(step, progress.finish(step.title, note))
        return
    if not interrupted.is_set():
        progress.failed(step.title)
    raise error
