# SPDX-License-Identifier: GPL-2.0-or-later
"""sva merge: the results of several runs as one."""

import argparse
import sys
from pathlib import Path

from ..merging import inputs, kcidb, merge, outputs
from ..runs import exploration, mutation, report, rundir
from ..testing import junit
from ..util import files, paths
from ..util.errors import SvaError

EXAMPLES = """examples:
  sva merge part-1 part-2 part-3        directories of runs, or with such in them
  sva merge results                     all that is below it
  sva merge results test-*.xml          with what `sva test --junit` wrote
  sva merge results --junit all.xml --json all.json --kcidb kcidb.json

Reads what `sva check`, `sva demo`, `sva mutants` (a directory of build/runs, or their
--json), `sva explore` (a directory) and `sva test` (its --junit) left, and writes
merged.json, merged.xml and report.html. What is there more than once counts once, with
the worst result.
docs/system/ci.rst has whole examples.

exit status: 1 a rule is broken, a broken kernel was not caught or a test failed;
else 2 if something is missing, in conflict or could not be judged; else 0
"""


def register(subparsers):
    parser = subparsers.add_parser(
        'merge', help='put the results of several runs or machines together', epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('result', nargs='+', metavar='DIR',
                        help='directory with results, or a file of them')
    parser.add_argument('--output', metavar='DIR', type=Path,
                        help='where to write (default: a new directory in build/runs)')
    parser.add_argument('--json', metavar='FILE', help='write the result as JSON, too')
    parser.add_argument('--junit', metavar='FILE', help='write the result as JUnit XML, too')
    parser.add_argument('--kcidb', metavar='FILE', help='write the verdicts as KCIDB takes them, '
                        f'version {kcidb.VERSION["major"]}.{kcidb.VERSION["minor"]} of its schema')
    parser.add_argument('--origin', metavar='NAME', type=kcidb.origin, default=kcidb.ORIGIN,
                        help='with --kcidb: who reports (default: %(default)s)')
    parser.set_defaults(run=run)


def run(args):
    report.check_options(args, args.kcidb)
    if args.output and args.output.exists() and not args.output.is_dir():
        raise SvaError(f'{args.output} is a file, not a directory')
    merged = merge.merge(inputs.read(args.result))
    directory = args.output or rundir.begin('merge')
    directory.mkdir(parents=True, exist_ok=True)
    page = outputs.write(directory, merged)
    for name, write in ((args.json, outputs.to_json), (args.junit, outputs.to_junit),
                        (args.kcidb, lambda merged: kcidb.to_json(merged, args.origin))):
        if name:
            files.write(name, write(merged))
    print('\n'.join(told(merged)))
    print(f'report: {paths.shown(page)}', flush=True)
    for problem in merged.problems:
        print(f'sva: {problem.text}', file=sys.stderr)
    return merge.exit_status(merged)


def told(merged):
    """What is not as it should be, then how much there is."""
    lines = []
    for unit in merged.scenarios:
        bad = [item for item in unit.content if not item.good]
        if bad:
            lines += [f'{unit.name} (Linux {bad[0].kernel})', report.table(bad)]
    missed = [mutation.row(one) for one in merged.outcomes if not one.caught]
    lines += [mutation.header(), *missed] if missed else []
    lines += _explored(merged)
    failed = [(suite, one) for suite, found in merged.cases().items() for one in found
              if one.result == junit.FAIL]
    lines += [f'FAILED {suite}.{one.name}' for suite, one in failed]
    return lines + summary(merged)


def _explored(merged):
    """Of each exploration and what happened the first point that failed."""
    lines, found = [], {}
    for one in sorted(merged.explored, key=lambda one: one.outcome.event):
        if one.outcome.rules:
            found.setdefault((one.arch, one.scenario, one.outcome.fault), one)
    for one in found.values():
        lines.append(f'{one.arch}.{one.scenario}, first with {one.outcome.fault}: event '
                     f'{one.outcome.event:,}')
        lines += ['  ' + line for line in report.wrap(one.outcome.evidence, 90)]
    return lines


def summary(merged):
    found = []
    if merged.scenarios:
        scenarios = len(merged.scenarios)
        found.append(f'{scenarios} scenario{"s" * (scenarios > 1)}, '
                     + report.summary(merged.verdicts))
    if merged.outcomes:
        found.append(mutation.summary(merged.outcomes) + '.')
    if merged.points:
        failed = sum(bool(one.outcome.rules) for one in merged.explored)
        found.append(f'{len(merged.points)} points explored, {failed} fail.')
        found += [f'  {label}: in {number} of them' for label, number in exploration.known(
            one.outcome for one in merged.explored).items()]
    tests = [unit.content[1] for unit in merged.tests]
    if tests:
        found.append(f'{len(tests)} tests: {junit.tally(tests)}.')
    if merged.repeated:
        found.append(f'{merged.repeated} results came more than once.')
    return found
