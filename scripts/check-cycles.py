#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Check that no files of hw/sva need each other in a circle.

    scripts/check-cycles.py [--root ROOT] [BUILD ...]

Looks at the #include lines of all files and, for each BUILD (a build folder
of meson), at the references between object files: one file needs another when
it calls it, uses its data or names one of its functions in a table. What must
call upwards is a function that the caller above hands in.

Prints each circle with the references that make it. Exit status 0: none, 1:
some, 2: wrong use, or something is not built.
"""

import argparse
import json
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)
FOLDERS = ('hw/sva', 'include/hw/sva')
# How many names are shown for one arrow.
SHOWN = 4


class BuildError(Exception):
    """A build folder cannot be read."""


def project_files(root):
    for folder in FOLDERS:
        yield from sorted((root / folder).rglob('*.[ch]'))


def include_graph(root):
    """Which file includes which: {file: {other: {header as written}}}."""
    graph = defaultdict(lambda: defaultdict(set))
    for path in project_files(root):
        for target in INCLUDE.findall(path.read_text(encoding='utf-8')):
            for base in (path.parent, root, root / 'include'):
                found = (base / target).resolve()
                if found.is_file() and found.is_relative_to(root):
                    graph[name_of(root, path)][name_of(root, found)].add(target)
                    break
    return graph


def name_of(root, path):
    return path.relative_to(root).as_posix()


def objects(root, build):
    """The object files of hw/sva in a build folder: [(source, object)]."""
    try:
        commands = json.loads((build / 'compile_commands.json').read_text(encoding='utf-8'))
    except (OSError, ValueError) as e:
        raise BuildError(f'{build} is no build folder of meson: {e}') from e
    found = []
    for command in commands:
        source = Path(command['directory'], command['file']).resolve()
        if source.is_relative_to(root / 'hw/sva'):
            found.append((name_of(root, source), Path(command['directory'], command['output'])))
    if not found:
        raise BuildError(f'{build} builds nothing of {root / "hw/sva"}')
    return found


def symbols(path):
    """The names that an object file defines for others, and those it needs."""
    done = subprocess.run(['nm', '-P', '-g', path], text=True, capture_output=True, check=False)
    if done.returncode:
        raise BuildError(done.stderr.strip())
    defined, needed = set(), set()
    for line in done.stdout.splitlines():
        name, kind = line.split()[:2]
        # Undefined, also weakly; all else is a definition.
        (needed if kind in 'Uwv' else defined).add(name)
    return defined, needed


def reference_graph(root, build):
    """Which source file needs which: {file: {other: {symbol}}}."""
    owners, needs = defaultdict(set), []
    for source, path in objects(root, build):
        defined, needed = symbols(path)
        needs.append((source, needed))
        for name in defined:
            owners[name].add(source)
    graph = defaultdict(lambda: defaultdict(set))
    for source, needed in needs:
        for name in needed:
            for owner in owners.get(name, ()):
                if owner != source:
                    graph[source][owner].add(name)
    return graph


def reached(graph, start):
    """What can be reached from @start; @start itself only by a circle."""
    seen, todo = set(), list(graph[start])
    while todo:
        node = todo.pop()
        if node not in seen:
            seen.add(node)
            todo += graph.get(node, ())
    return seen


def circles(graph):
    """The groups of files that need each other, each sorted."""
    reach = {node: reached(graph, node) for node in list(graph)}
    groups = {tuple(sorted(other for other in reach[node] if node in reach.get(other, ())))
              for node in reach if node in reach[node]}
    return sorted(groups)


def describe(kind, graph, group):
    yield f'{group[0]}:1: {kind}: {len(group)} files need each other'
    for node in group:
        for other in group:
            names = sorted(graph[node].get(other, ()))
            if names:
                more = f' and {len(names) - SHOWN} more' if len(names) > SHOWN else ''
                yield f'  {node} -> {other}: {", ".join(names[:SHOWN])}{more}'


def check(root, builds):
    graphs = [('includes', include_graph(root))]
    graphs += [(f'references in {build.name}', reference_graph(root, build)) for build in builds]
    for kind, graph in graphs:
        for group in circles(graph):
            yield from describe(kind, graph, group)


def main():
    parser = argparse.ArgumentParser(description='Check that no files need each other.')
    parser.add_argument('--root', type=Path, default=Path(__file__).resolve().parents[1],
                        help='top of the tree (default: the one of this script)')
    parser.add_argument('builds', nargs='*', type=Path, metavar='BUILD',
                        help='build folder of meson whose objects are looked at')
    args = parser.parse_args()
    root = args.root.resolve()
    if not (root / 'hw/sva').is_dir():
        parser.error(f'{root} has no hw/sva')
    try:
        findings = list(check(root, [build.resolve() for build in args.builds]))
    except BuildError as e:
        parser.error(str(e))
    for finding in findings:
        print(finding)
    return 1 if findings else 0


if __name__ == '__main__':
    sys.exit(main())
