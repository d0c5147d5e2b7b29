# SPDX-License-Identifier: GPL-2.0-or-later
"""sva test: the project's own tests."""

import argparse
import sys
import time
from xml.etree import ElementTree

from .. import scenarios
from ..runs import report
from ..setup import artifacts
from ..testing import fuzzing, suites
from ..util import files, paths, text
from ..util.errors import SvaError

SUITES = [suite.name for suite in suites.all_suites()]

EXAMPLES = """examples:
  sva test                                 everything
  sva test --suite unit                    the models without QEMU, in seconds
  sva test --suite qtest --suite functional
  sva test --suite fuzz --fuzz-seconds 600 each fuzz harness for ten minutes
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
    parser.add_argument('--list', action='store_true', help='list the tests and stop')
    parser.add_argument('--junit', metavar='FILE', help='write the results as JUnit XML')
    parser.set_defaults(run=run, json=None)


def positive(text_):
    if not text_.isdecimal() or not int(text_):
        raise argparse.ArgumentTypeError(f'{text_} is no number of seconds')
    return int(text_)


def run(args):
    report.check_options(args)
    fuzzing.SECONDS, suites.TIER = args.fuzz_seconds, args.tier
    chosen = suites.select(args.suite, args.tier)
    if args.list:
        return show_list(chosen)
    steps = sorted({step for suite in chosen for step in suite.steps})
    if steps:
        # Whatever is tested: a reader of results, a compiler, a checker.
        artifacts.ensure('more-packages', *steps)
    # They share build directories and logs.
    with files.locked(paths.build('test-lock'), lambda: print(
            'waiting for other tests in this clone', file=sys.stderr, flush=True)):
        results, seconds = run_suites(chosen)
    if args.junit:
        files.write(args.junit, junit(results, seconds))
    return summary(results)


def show_list(chosen):
    for suite in chosen:
        names = suite.list()
        print(f'{suite.name}: {suite.title}' + ('' if names else ' (known when it is built)'))
        for name in names:
            print(f'  {name}')
    return 0


def run_suites(chosen):
    """Run one suite after the other; {name: cases}, {name: seconds}."""
    results, seconds = {}, {}
    for suite in chosen:
        began = time.monotonic()
        results[suite.name] = run_suite(suite)
        seconds[suite.name] = time.monotonic() - began
        show(suite, results[suite.name], seconds[suite.name])
    return results, seconds


def run_suite(suite):
    try:
        cases = suite.run()
    except SvaError as e:
        return [suites.Case('run', suites.FAIL, e.message + (f'\nlog: {e.log}' if e.log else ''))]
    except OSError as e:
        return [suites.Case('run', suites.FAIL, str(e))]
    return cases or [suites.Case('run', suites.FAIL, 'the suite ran no test')]


def count(cases, result):
    return sum(case.result == result for case in cases)


def tally(cases):
    skipped = count(cases, suites.SKIP)
    return (f'{count(cases, suites.PASS)} passed, {count(cases, suites.FAIL)} failed'
            + (f', {skipped} skipped' if skipped else ''))


def show(suite, cases, seconds):
    print(f'{suite.name:11} {suite.title:37} {tally(cases)} ({seconds:.1f} s)')
    for case in cases:
        if case.result == suites.FAIL:
            print(f'  FAILED {case.name}')
            # The reason is at the end of a long text.
            for line in text.block(case.detail.strip()).splitlines()[-12:]:
                print(f'    {line}')
    if count(cases, suites.FAIL):
        print(f'  log: {paths.log(f"test-{suite.name}").relative_to(paths.ROOT)}')
    sys.stdout.flush()


def summary(results):
    cases = [case for part in results.values() for case in part]
    print(tally(cases))
    return 1 if count(cases, suites.FAIL) else 0


def junit(results, seconds):
    root = ElementTree.Element('testsuites', _junit_counts(
        [case for cases in results.values() for case in cases], sum(seconds.values())))
    for name, cases in results.items():
        node = ElementTree.SubElement(root, 'testsuite', _junit_counts(cases, seconds[name]),
                                      name=name)
        for case in cases:
            item = ElementTree.SubElement(node, 'testcase', name=case.name, classname=name,
                                          time=f'{case.seconds:.3f}')
            if case.result == suites.FAIL:
                ElementTree.SubElement(item, 'failure').text = text.block(case.detail)
            elif case.result == suites.SKIP:
                ElementTree.SubElement(item, 'skipped', message=text.printable(case.detail))
    return report.xml(root)


def _junit_counts(cases, seconds):
    return {'tests': str(len(cases)), 'failures': str(count(cases, suites.FAIL)), 'errors': '0',
            'skipped': str(count(cases, suites.SKIP)), 'time': f'{seconds:.3f}'}
