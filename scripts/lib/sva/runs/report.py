# SPDX-License-Identifier: GPL-2.0-or-later
"""Verdicts as a table, as KTAP, as JUnit XML and as JSON."""

import json
import os
import re
import shutil
import textwrap
from pathlib import Path
from xml.etree import ElementTree

from ..judge import verdict
from ..setup import arch as arches
from ..util import files
from ..util.errors import SvaError
from ..util.text import printable
from . import about

# Version of the JSON; raise it when the meaning of something changes.
FORMAT = 1

# Of the table where the output is no terminal; on one it is as wide as that, within limits.
WIDTH = 100
NARROWEST, WIDEST = 60, 120
# Columns of a row: indent, state, rule, result; the evidence takes the rest.
ROW = '  {:<10}{:<17}{:<8}{}'
EVIDENCE_AT = len(ROW.format('', '', '', ''))
# On a narrow terminal it has lines of its own.
EVIDENCE_BELOW = 6
ROOM_BESIDE = 80
# The name of a file, which may have blanks in it.
LOG = re.compile(r'\(log: [^)]*\)$')
COLOURS = {verdict.PASS: '32', verdict.FAIL: '31;1', verdict.ERROR: '35;1', verdict.KNOWN: '33'}


def wants_colour(stream):
    return (stream.isatty() and 'NO_COLOR' not in os.environ
            and os.environ.get('TERM') != 'dumb')


def width(stream):
    """Columns for a table on a stream."""
    if not stream.isatty():
        return WIDTH
    return min(max(shutil.get_terminal_size((WIDTH, 24)).columns, NARROWEST), WIDEST)


def wrap(text, columns, indent=''):
    """Lines of a text; no word is broken, nor the name of a log at its end."""
    text = LOG.sub(lambda found: found[0].replace(' ', '\0'), text)
    lines = textwrap.wrap(text, columns, break_long_words=False, break_on_hyphens=False,
                          subsequent_indent=indent)
    return [line.replace('\0', ' ') for line in lines] or ['']


def header(arch, kernel, devices, scenario, seconds, columns=WIDTH):
    left = (f'{arches.get(arch).title} · Linux {printable(kernel)} · {devices} · '
            f'scenario {printable(scenario)}')
    right = f'({seconds:.1f} s)'
    # One line for programs that read it, as long as nobody's terminal is narrower.
    if columns < WIDTH and len(left) + len(right) >= columns:
        *lines, left = wrap(left, columns - len(right) - 1, '  ')
        return '\n'.join([*lines, left + right.rjust(columns - len(left))])
    return left + right.rjust(max(columns - len(left), len(right) + 1))


def table(verdicts, colour=False, columns=WIDTH):
    """The rows of one scenario, grouped by the state of the bond."""
    lines, last, shown = [], None, set()
    for item in sorted(verdicts, key=lambda v: verdict.STATES.index(v.state)):
        state = item.state if item.state != last else ''
        last = item.state
        lines += _row(state, item, colour, shown, columns)
        for violation in item.violations:
            # A single one is the evidence already.
            lines += [' ' * _indent(columns) + wrapped for line in
                      violation.lines()[len(item.violations) == 1:]
                      for wrapped in wrap(line, columns - _indent(columns), '  ')]
    return '\n'.join(lines)


def _indent(columns):
    """Where evidence begins: beside the rule, or below it if there is no room."""
    return EVIDENCE_AT if columns >= ROOM_BESIDE else EVIDENCE_BELOW


def _row(state, item, colour, shown, columns):
    evidence = item.evidence
    if item.result == verdict.FAIL:
        evidence = f'{item.party}: {evidence}'
    if item.finding:
        # Full title once per table, then the number only.
        label = item.finding if item.finding not in shown else item.finding.split(':')[0]
        shown.add(item.finding)
        evidence += f'  [{label}]'
    indent = _indent(columns)
    wrapped = wrap(evidence, columns - indent)
    first = ROW.format(state, item.rule, item.result, '')
    if colour:
        first = first.replace(f' {item.result} ',
                              f' \033[{COLOURS[item.result]}m{item.result}\033[0m ', 1)
    if indent == EVIDENCE_AT:
        first += wrapped.pop(0)
    return [first.rstrip()] + [' ' * indent + line for line in wrapped]


def last_lines(lines):
    """The end of the console of a kernel that did not boot."""
    return '\n'.join(f'    | {line}' for line in lines)


def summary(verdicts, log=None):
    def count(result):
        return sum(v.result == result for v in verdicts)
    errors = count(verdict.ERROR)
    text = (f'{len(verdicts)} verdict{"" if len(verdicts) == 1 else "s"}: '
            f'{count(verdict.PASS)} pass, {count(verdict.KNOWN)} known, '
            f'{count(verdict.FAIL)} fail' + (f', {errors} error' if errors else '') + '.')
    return text + (f'   log: {log}' if log else '')


def grouped(verdicts):
    """Verdicts by configuration, architecture and scenario, in the order in which these appear.

    The keys are titles, which differ from all names of rules.
    """
    groups = {}
    for item in verdicts:
        title = about.case(item.arch, item.scenario, item.configuration)
        groups.setdefault(title, []).append(item)
    return groups


def ktap(verdicts):
    """As Documentation/dev-tools/ktap.rst of Linux and its kunit_parser.py have it."""
    groups = grouped(verdicts)
    lines = ['KTAP version 1', f'1..{len(groups)}']
    for number, (title, items) in enumerate(groups.items(), 1):
        lines += ['  KTAP version 1', f'  # Subtest: {title}', f'  1..{len(items)}',
                  f'  # Linux {items[0].kernel}, {items[0].seconds:.1f} s']
        for index, item in enumerate(items, 1):
            lines.append(f'  # {item.rule}: {item.evidence}')
            lines += [f'  # {item.rule}: {line}' for v in item.violations for line in v.lines()]
            lines.append(f'  {_ktap_result(index, item)}')
        good = all(v.good for v in items)
        lines.append(f'{"ok" if good else "not ok"} {number} {title}')
    return '\n'.join(lines) + '\n'


def _ktap_result(index, item):
    """An expected failure is ok."""
    word = 'ok' if item.good else 'not ok'
    directive = {verdict.KNOWN: f'XFAIL {item.finding}', verdict.FAIL: item.party,
                 verdict.ERROR: f'ERROR {item.evidence}'}.get(item.result, '')
    # A second directive would count: the guest may have written " # SKIP" there.
    return f'{word} {index} {item.rule}' + (' # ' + directive.replace('#', r'\#')
                                            if directive else '')


def junit(verdicts):
    groups = grouped(verdicts)
    root = ElementTree.Element('testsuites', _junit_counts(verdicts),
                               time=f'{sum(v[0].seconds for v in groups.values()):.3f}')
    for title, items in groups.items():
        seconds = items[0].seconds
        suite = ElementTree.SubElement(root, 'testsuite', _junit_counts(items), name=title,
                                       time=f'{seconds:.3f}')
        properties = ElementTree.SubElement(suite, 'properties')
        for name in ('arch', 'kernel', 'scenario', 'configuration'):
            if getattr(items[0], name):
                ElementTree.SubElement(properties, 'property', name=name,
                                       value=getattr(items[0], name))
        for item in items:
            # Readers add up the times of the rules, which share one run.
            case = ElementTree.SubElement(suite, 'testcase', name=item.rule, classname=title,
                                          time=f'{seconds / len(items):.3f}')
            tag = {verdict.FAIL: 'failure', verdict.ERROR: 'error',
                   verdict.KNOWN: 'skipped'}.get(item.result)
            if tag:
                text = f'{item.party}: {item.evidence}'
                message = item.finding or text
                ElementTree.SubElement(case, tag, message=message).text = text
            ElementTree.SubElement(case, 'system-out').text = '\n'.join(
                [item.evidence, *(line for v in item.violations for line in v.lines())])
    return xml(root)


def _junit_counts(verdicts):
    def count(result):
        return str(sum(v.result == result for v in verdicts))
    return {'tests': str(len(verdicts)), 'failures': count(verdict.FAIL),
            'errors': count(verdict.ERROR), 'skipped': count(verdict.KNOWN)}


def xml(root):
    ElementTree.indent(root)
    # Python would declare the encoding of the terminal.
    return ('<?xml version="1.0" encoding="UTF-8"?>\n'
            + ElementTree.tostring(root, encoding='unicode') + '\n')


def to_json(verdicts, run=None):
    """Described by docs/specs/verdicts.schema.json; run: see about.py."""
    return as_json({'format': FORMAT, **({'run': run} if run else {}),
                    'verdicts': [v.to_json() for v in verdicts]})


def as_json(value):
    return json.dumps(value, indent=2, ensure_ascii=False) + '\n'


def write_files(args, verdicts, run=None):
    """Write what the options --json and --junit ask for."""
    if args.json:
        files.write(args.json, to_json(verdicts, run))
    if args.junit:
        files.write(args.junit, junit(verdicts))


def write_all(directory, verdicts, run=None):
    """All three forms of the verdicts in a directory of logs."""
    for name, text in (('verdicts.json', to_json(verdicts, run)),
                       ('verdicts.xml', junit(verdicts)), ('verdicts.ktap', ktap(verdicts))):
        files.write(directory / name, text)


def check_options(args, *more):
    """Check that the files can be written before the work begins."""
    for name in filter(None, (args.json, args.junit, *more)):
        path = Path(name).absolute()
        if not path.parent.is_dir():
            raise SvaError(f'{name}: no such directory')
        if path.is_dir():
            raise SvaError(f'{name} is a directory, not a file')
        if not os.access(path.parent, os.W_OK):
            raise SvaError(f'{name}: cannot write in that directory')


def add_options(parser):
    parser.add_argument('--json', metavar='FILE', help='write the verdicts as JSON')
    parser.add_argument('--junit', metavar='FILE', help='write the verdicts as JUnit XML')
    parser.add_argument('--ktap', action='store_true',
                        help='print KTAP instead of the table')
