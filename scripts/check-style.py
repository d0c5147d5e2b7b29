#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Check the limits of the house style.

    scripts/check-style.py [ROOT]

Every text file has an SPDX line near its top, no trailing blanks and a final
newline. Sources (C, Python, shell, JavaScript) have less than 600 lines, functions less
than 60. C of the models and their tests has no tabs and lines of at most 80
columns; what is in kernel style is exempt from that.

Exit status 0: nothing found, 1: something, 2: wrong use.
"""

import argparse
import ast
import os
import re
import sys
from pathlib import Path

MAX_FILE = 599
MAX_FUNCTION = 59
MAX_COLUMNS = 80
SPDX_WITHIN = 20

SKIPPED_FOLDERS = {'.git', '.cache', '__pycache__', 'build', 'LICENSES'}
C_FILES = {'.c', '.h'}
SOURCES = C_FILES | {'.js', '.py', '.sh'}
TEXT = SOURCES | {'.build', '.rst', '.mak', '.config', '.toml', '.yml', '.yaml', '.json',
                  '.options', '.txt', '.css', '.html'}
TEXT_NAMES = {'Kconfig', 'Makefile', '.gitignore', '.editorconfig', 'trace-events'}
QEMU_STYLE = ('hw/', 'include/', 'tests/unit/', 'tests/bench/', 'tests/fuzz/',
              'tests/qtest/')
# Shared with the kernel.
KERNEL_STYLE = ('include/hw/sva/accel-abi.h',)

SPDX = re.compile(r'SPDX-License-Identifier:\s+(\S.*?)\s*(?:\*/|-->|["\',]*$)')
LICENSES = {'GPL-2.0-or-later', 'GPL-2.0-or-later OR MIT'}


def is_script(path):
    with open(path, 'rb') as file:
        return file.read(2) == b'#!'


def files(root):
    """All text files of the tree, with their path from the top."""
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in SKIPPED_FOLDERS)
        for name in sorted(names):
            path = Path(folder, name)
            if path.is_symlink() or not path.is_file():
                continue
            if path.suffix in TEXT or name in TEXT_NAMES or (not path.suffix and is_script(path)):
                yield path, path.relative_to(root).as_posix()


def check_text(name, text):
    lines = text.splitlines()
    found = [SPDX.search(line) for line in lines[:SPDX_WITHIN]]
    licenses = [match[1] for match in found if match]
    if not licenses:
        yield 1, f'no SPDX-License-Identifier in the first {SPDX_WITHIN} lines'
    elif licenses[0] not in LICENSES:
        yield 1, f'license {licenses[0]} is not one of the project'
    if text and not text.endswith('\n'):
        yield len(lines), 'no newline at the end'
    for number, line in enumerate(lines, 1):
        if line != line.rstrip():
            yield number, 'blanks at the end of the line'
    if Path(name).suffix in SOURCES and len(lines) > MAX_FILE:
        yield 1, f'{len(lines)} lines, at most {MAX_FILE}'


def check_columns(text):
    for number, line in enumerate(text.splitlines(), 1):
        if '\t' in line:
            yield number, 'tab'
        if len(line) > MAX_COLUMNS:
            yield number, f'{len(line)} columns, at most {MAX_COLUMNS}'


def c_code(text):
    """The text with comments and strings blanked, lines kept."""
    def blank(match):
        return re.sub(r'[^\n]', ' ', match[0])
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank,
                  text, flags=re.S)


def c_functions(text):
    """Line, length with head, and head of each function of a C file."""
    lines = c_code(text).splitlines()
    start = None
    for number, line in enumerate(lines):
        if line.rstrip() == '{':
            start = number
        elif line.rstrip() == '}' and start is not None:
            head = start
            while head > 0 and lines[head - 1].strip() and \
                    not re.match(r'#|.*[;}]\s*$', lines[head - 1]):
                head -= 1
            yield head + 1, number - head + 1, ' '.join(lines[head:start])
            start = None


def check_c_functions(text):
    for number, length, head in c_functions(text):
        if length > MAX_FUNCTION:
            name = re.search(r'(\w+)\s*\(', head)
            yield number, f'{name[1] if name else head}(): {length} lines, at most {MAX_FUNCTION}'


def check_python(text):
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        yield error.lineno or 1, f'syntax error: {error.msg}'
        return
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            # Decorators do not count.
            length = node.end_lineno - node.lineno + 1
            if length > MAX_FUNCTION:
                yield node.lineno, f'{node.name}(): {length} lines, at most {MAX_FUNCTION}'


def check_file(path, name):
    try:
        text = path.read_text(encoding='utf-8')
    except UnicodeDecodeError:
        yield 1, 'not UTF-8'
        return
    yield from check_text(name, text)
    if path.suffix in C_FILES:
        if name.startswith(QEMU_STYLE) and not name.startswith(KERNEL_STYLE):
            yield from check_columns(text)
        yield from check_c_functions(text)
    elif path.suffix == '.py' or text.startswith('#!/usr/bin/env python3'):
        yield from check_python(text)


def main():
    parser = argparse.ArgumentParser(description='Check the limits of the house style.')
    parser.add_argument('root', nargs='?', type=Path,
                        default=Path(__file__).resolve().parents[1],
                        help='top of the tree (default: the one of this script)')
    root = parser.parse_args().root.resolve()
    if not root.is_dir():
        parser.error(f'{root} is no directory')
    bad = False
    for path, name in files(root):
        for number, message in check_file(path, name):
            print(f'{name}:{number}: {message}')
            bad = True
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
