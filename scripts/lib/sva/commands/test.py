# SPDX-License-Identifier: GPL-2.0-or-later
"""sva test: the project's own tests."""

import argparse
import functools
import sys
import threading
import time
import traceback

from .. import scenarios
from ..runs import report
from ..setup import artifacts, tools
from ..testing import fuzzing, junit, slots, suites
from ..util import files, history, paths, proc, shard, text, ui
from ..util.errors import SvaError

# Seconds for what is interrupted to end.
STOP_TIMEOUT = 10

SUITES = [suite.name for suite in suites.all_suites()]

EXAMPLES = """examples:
  sva test                                 everything
  sva test --suite unit                    the models without QEMU, in seconds
  sva test --suite qtest --suite functional
  sva test --suite fuzz --fuzz-seconds 600 each fuzz harness for ten minutes
  sva test --shard 2/5 --junit 2.xml       the second of five machines; see `sva merge`
  sva test --list                          the suites and their tests

Sets up what is missing first. The output of a suite is in build/logs/; logs of
the functional tests are in build/functional/.
"""


def register(subparsers):
    parser = subparsers.add_parser(
        'test', help="run the project's own tests", epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--suite', action='append', choices=SUITES, default=[], metavar='NAME',
                        help='only this suite (may be repeated): ' + ', '.join(SUITES))
    parser.add_argument('--fuzz-seconds', type=positive, default=fuzzing.SECONDS, metavar='N',
                        help='time for each fuzz harness (%(default)s)')
    parser.add_argument('--tier', choices=scenarios.TIERS, default=scenarios.TIERS[0],
                        help='thorough: functional tests that repeat something do so very '
                        'often, for hours, and the oldest supported QEMU is built and tested '
                        '(default: %(default)s)')
    shard.add(parser, 'suites, and of the tests of the suites functional and mutants')
    parser.add_argument('--list', action='store_true', help='list the tests and stop')
    parser.add_argument('--junit', metavar='FILE', help='write the results as JUnit XML')
    parser.set_defaults(run=run, json=None)


def positive(text_):
    if not text_.isdecimal() or not int(text_):
        raise argparse.ArgumentTypeError(f'{text_} is no number of seconds')
    return int(text_)


def run(args):
    paths.need_clone('sva test')
    report.check_options(args)
    fuzzing.SECONDS, suites.TIER = args.fuzz_seconds, args.tier
    whole = suites.select(args.suite, args.tier)
    chosen = suites.of_shard(whole, args.shard)
    if args.list:
        return show_list(chosen)
    steps = sorted({step for suite in chosen for step in suite.steps})
    if steps:
        # Whatever is tested: a reader of results, a compiler, a checker.
        artifacts.ensure('more-packages', *steps)
    for suite in chosen:
        suite.prepare()
    # They share build directories and logs.
    with files.locked(paths.build('test-lock'), lambda: print(
            'waiting for other tests in this clone', file=sys.stderr, flush=True)):
        results, seconds = run_suites(chosen)
    if args.junit:
        files.write(args.junit, junit.to_xml(results, seconds, args.shard,
                                             [suite.name for suite in whole]))
    return summary(results)


def show_list(chosen):
    for suite in chosen:
        names = suite.list()
        print(f'{suite.name}: {suite.title}' + ('' if names else ' (known when it is built)'))
        for name in names:
            print(f'  {name}')
    return 0


def run_suites(chosen):
    """Run the suites side by side; {name: cases}, {name: seconds}, in the order of @chosen.

    They begin in that order, as processors come free.
    """
    pool, known, results = slots.Slots(tools.jobs()), history.load(), {}
    rest = slots.Rest(pool.number)
    shown = ui.Progress(rest=rest)

    def one(suite, jobs):
        cases = run_suite(suite, jobs)
        if pool.closed:     # what it says is of no interest
            return
        jobs.begin()
        seconds = shown.leave(suite.name)
        results[suite.name] = cases, seconds
        history.learn(learned(suite, cases, jobs))
        shown.say(told(suite, cases, seconds), sys.stdout)

    todo = []
    for rank, suite in enumerate(chosen):
        jobs = slots.Jobs(pool, rank, lambda text_: shown.say(text_, sys.stdout),
                          lambda name=suite.name: shown.start(name), len(chosen) == 1)
        rest.expect(suite.name, known.get(suites.suite_key(suite.name)), jobs)
        todo.append(functools.partial(one, suite, jobs))
    run_threads(todo, pool)
    shown.stop()
    return ({suite.name: results[suite.name][0] for suite in chosen},
            {suite.name: results[suite.name][1] for suite in chosen})


def run_threads(functions, pool):
    """Call each in a thread of its own, and wait for all of them."""
    # A join() that was interrupted takes the thread for one that has ended.
    ended = [threading.Event() for _ in functions]

    def run(function, event):
        try:
            function()
        finally:
            event.set()
    for words in zip(functions, ended):
        threading.Thread(target=run, args=words, daemon=True).start()
    try:
        for event in ended:
            event.wait()
    except BaseException:
        # What they run ends, and then they do.
        pool.close()
        proc.stop_all()
        deadline = time.monotonic() + STOP_TIMEOUT
        for event in ended:
            event.wait(max(0, deadline - time.monotonic()))
        raise


def learned(suite, cases, jobs):
    """Times to keep: of the suite, and of each case that was not cut short or too long."""
    if junit.count(cases, suites.FAIL):
        return {}
    whole = {} if suite.divided else {suites.suite_key(suite.name): jobs.work()}
    return {**whole, **{suites.case_key(suite.name, case.name): case.seconds for case in cases
                        if suite.name == 'functional'}}


def run_suite(suite, jobs):
    try:
        cases = suite.run(jobs)
    except SvaError as e:
        return [suites.Case('run', suites.FAIL, e.message + (f'\nlog: {e.log}' if e.log else ''))]
    except Exception:  # our own mistake, or one of the machine; the other suites go on
        return [suites.Case('run', suites.FAIL, traceback.format_exc())]
    return cases or [suites.Case('run', suites.FAIL, 'the suite ran no test')]


def told(suite, cases, seconds):
    """What is printed about a suite that has ended."""
    lines = [f'{suite.name:12} {suite.title:37} {junit.tally(cases)} ({seconds:.1f} s)']
    for case in cases:
        if case.result == suites.FAIL:
            lines.append(f'  FAILED {case.name}')
            # The reason is at the end of a long text.
            lines += [f'    {line}'
                      for line in text.block(case.detail.strip()).splitlines()[-12:]]
    if junit.count(cases, suites.FAIL):
        lines.append(f'  log: {paths.shown(paths.log(f"test-{suite.name}"))}')
    return '\n'.join(lines)


def summary(results):
    cases = [case for part in results.values() for case in part]
    print(junit.tally(cases))
    return 1 if junit.count(cases, suites.FAIL) else 0
