# SPDX-License-Identifier: GPL-2.0-or-later
"""sva list: the scenarios, their rules, the rules of the checker, the known findings."""

import argparse
import json

from .. import scenarios
from ..guest import machine
from ..judge import checker_rules
from ..judge.verdict import STATES
from ..runs import findings
from ..setup import arch as arches

EXAMPLES = """examples:
  sva list                        what `sva demo` and `sva check` can run, and more
  sva list 'kill*'                only these scenarios, and their rules
  sva list --arch aarch64         only what there is for arm64 guests
  sva list --json                 the same for other programs

Which rules a scenario proves, and on what evidence, is in docs/devel/verdicts.rst;
docs/system/sva-checker.rst has the sources of the rules of the checker, and
docs/findings/ tells more about each finding.
"""

# Of the JSON: one more when something in it changes its meaning.
FORMAT = 1
# Scenarios that the line of a rule names.
NAMED = 3


def register(subparsers):
    parser = subparsers.add_parser(
        'list', help='list scenarios, rules and known findings', epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('scenario', nargs='*', metavar='NAME', type=scenarios.matching,
                        help='only these; `*` matches anything, `all` is all of them')
    parser.add_argument('--arch', choices=list(arches.ALL), help='for this guest architecture')
    parser.add_argument('--json', action='store_true', help='print JSON')
    parser.set_defaults(run=run)


def run(args):
    named = [name for names in args.scenario for name in names]
    names = [name for name in scenarios.ALL if name in named or not named]
    names = scenarios.of_arch(names, args.arch) if args.arch else names
    content = {'format': FORMAT, 'scenarios': [_scenario(name) for name in names],
               'rules': _rules(names)}
    if not named:
        content['checker_rules'] = [{'rule': rule, 'sentence': sentence}
                                    for rule, sentence in checker_rules.load().items()]
        content['findings'] = [_finding(f) for f in findings.load()
                               if not args.arch or args.arch in f.archs]
    print(json.dumps(content, indent=2) if args.json else '\n'.join(_lines(content)))
    return 0


def _scenario(name):
    device = scenarios.device_of(name)
    return {'name': name, 'title': scenarios.title(name), 'device': device,
            'default': name in scenarios.default(device), 'arch': list(scenarios.arches_of(name)),
            'rules': [{'rule': rule.name, 'state': rule.state}
                      for rule in scenarios.rules_of(name)]}


def _rules(names):
    found = scenarios.every_rule(names)
    return [{'rule': rule, 'state': state, 'scenarios': proven}
            for (state, rule), proven in sorted(
                found.items(), key=lambda item: (STATES.index(item[0][0]), item[0][1]))]


def _finding(finding):
    return {'id': finding.id, 'title': finding.title, 'rules': list(finding.rules),
            'arch': list(finding.archs), 'page': f'docs/findings/{finding.id}.rst'}


def _lines(content):
    yield 'Scenarios (* runs if none is named and the kernel has a driver of the device):'
    width = max((len(s['name']) for s in content['scenarios']), default=0)
    for scenario in content['scenarios']:
        yield (f'{"*" if scenario["default"] else " "} {scenario["name"]:{width}} '
               f'{scenario["title"]}{_only(scenario)}')
    yield '\nRules, with the state of the bond, and the scenarios that prove them:'
    for rule in content['rules']:
        yield f'  {rule["state"]:8} {rule["rule"]:17} {_some(rule["scenarios"])}'
    if 'checker_rules' in content:
        yield '\nRules of the checker (`--stop-on RULE`):'
        for rule in content['checker_rules']:
            yield f'  {rule["rule"]:25} {rule["sentence"]}'
        yield '\nKnown findings:'
        for finding in content['findings']:
            yield (f'{finding["id"]:3}  {finding["title"]}: {", ".join(finding["rules"])} '
                   f'({", ".join(finding["arch"])})')


def _only(scenario):
    """What a scenario needs beside the usual."""
    words = ([] if len(scenario['arch']) == len(arches.ALL)
             else [f'{", ".join(scenario["arch"])} only'])
    words += [] if scenario['device'] == machine.ACCEL_DEVICE else [scenario['device']]
    return f' ({"; ".join(words)})' if words else ''


def _some(names):
    more = f' and {len(names) - NAMED} more' if len(names) > NAMED else ''
    return ', '.join(names[:NAMED]) + more
