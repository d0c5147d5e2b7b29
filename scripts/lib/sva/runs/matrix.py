# SPDX-License-Identifier: GPL-2.0-or-later
"""A file that says what is to be checked: kernels x architectures x scenarios x options.

docs/system/ci.rst describes it.
"""

import argparse
import fnmatch
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from .. import scenarios
from ..setup import arch as arches, linux
from ..util.errors import SvaError

# A name is that of a directory, and a part of names of cases.
NAME = re.compile(r'[A-Za-z0-9_-][A-Za-z0-9_.-]*')
DEBIAN = 'debian:'
DEFAULT = 'default'
OF_FILE = {'architectures', 'scenarios', 'kernels', 'options', 'exclude'}
OF_KERNEL = {'kernel', 'kbuild', 'flavour', 'arch'}
OF_EXCLUDE = ('kernel', 'arch', 'scenario', 'options')
OF_OPTIONS = {'append': str, 'adversary': int, 'tier': str, 'findings': bool}
SEEDS = range(1, 1 << 32)


@dataclass(frozen=True)
class Kernel:
    """As the options of `sva check` name it; archs: empty if the image has to say it."""
    name: str
    kernel: str = ''
    kbuild: str = ''
    flavour: str = ''
    archs: tuple = ()


@dataclass(frozen=True)
class Options:
    """Options of `sva check`; without a name if the file has none."""
    name: str = ''
    append: str = ''
    adversary: int = 0
    tier: str = scenarios.TIERS[0]
    findings: bool = True


@dataclass(frozen=True)
class Matrix:
    path: Path
    archs: tuple
    # As the file has them: DEFAULT stands for those of a device.
    scenarios: tuple
    kernels: tuple
    options: tuple
    exclude: tuple

    def named(self, device):
        """The scenarios for kernels with a driver of this device."""
        return [name for word in self.scenarios for name in
                (scenarios.default(device) if word == DEFAULT else scenarios.matching(word))]

    def excludes(self, kernel, arch, scenario, options):
        words = dict(zip(OF_EXCLUDE, (kernel.name, arch, scenario, options.name)))
        return any(all(fnmatch.fnmatchcase(words[key], pattern) for key, pattern in one.items())
                   for one in self.exclude)


def configuration(kernel, options):
    """The name of a kernel with options."""
    return '+'.join(filter(None, (kernel.name, options.name)))


def load(path):
    """Read a file; SvaError says what is wrong with it, and where."""
    path = Path(path)
    try:
        record = tomllib.loads(path.read_text(encoding='utf-8'))
    except OSError as e:
        raise SvaError(f'{path}: {e.strerror}') from e
    except ValueError as e:     # of TOML and of UTF-8
        raise SvaError(f'{path} is no TOML: {e}') from e
    return Reader(path).matrix(record)


class Reader:
    """Turns the tables of a file into a Matrix."""

    def __init__(self, path):
        self.path = path

    def wrong(self, what):
        return SvaError(f'{self.path}: {what}')

    def matrix(self, record):
        self.keys(record, OF_FILE, 'the file')
        archs = self.words(record, 'architectures', 'the file') or tuple(arches.ALL)
        for arch in archs:
            self.one_of(arch, arches.ALL, 'architectures')
        kernels = tuple(self.kernel(name, table) for name, table in
                        self.tables(record, 'kernels').items())
        if not kernels:
            raise self.wrong('it names no kernel; a table [kernels.NAME] does')
        options = tuple(self.options(name, table) for name, table in
                        self.tables(record, 'options').items())
        return Matrix(self.path, archs, self.scenarios(record), kernels, options or (Options(),),
                      self.exclude(record.get('exclude', [])))

    def scenarios(self, record):
        words = self.words(record, 'scenarios', 'the file') or (DEFAULT,)
        for word in words:
            try:
                if word != DEFAULT:
                    scenarios.matching(word)
            except argparse.ArgumentTypeError as e:
                raise self.wrong(f'scenarios: {e}') from e
        return words

    def kernel(self, name, table):
        where = f'kernels.{name}'
        self.keys(table, OF_KERNEL, where)
        values = {key: self.value(table, key, str, where) or '' for key in
                  ('kernel', 'kbuild', 'flavour')}
        if bool(values['kernel']) == bool(values['flavour']):
            raise self.wrong(f'{where} needs either kernel, an image or debian:VERSION, or flavour')
        if values['flavour']:
            self.one_of(values['flavour'], linux.FLAVOURS, f'{where}.flavour')
        for key in ('kernel', 'kbuild'):
            if values[key] and not values[key].startswith(DEBIAN):
                values[key] = str(self.path.parent / Path(values[key]).expanduser())
        arch = self.value(table, 'arch', str, where)
        if arch:
            self.one_of(arch, arches.ALL, f'{where}.arch')
        return Kernel(name, **values, archs=(arch,) if arch else ())

    def options(self, name, table):
        where = f'options.{name}'
        self.keys(table, OF_OPTIONS, where)
        values = {key: self.value(table, key, kind, where) for key, kind in OF_OPTIONS.items()
                  if key in table}
        if values.get('adversary', 1) not in SEEDS:
            raise self.wrong(f'{where}.adversary: a seed is from 1 to {SEEDS[-1]}')
        self.one_of(values.get('tier', scenarios.TIERS[0]), scenarios.TIERS, f'{where}.tier')
        return Options(name, **values)

    def exclude(self, found):
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise self.wrong('exclude has to be tables, [[exclude]]')
        for one in found:
            self.keys(one, OF_EXCLUDE, 'exclude')
            if not one:
                raise self.wrong('an empty exclude would leave nothing')
            for key in one:
                self.value(one, key, str, 'exclude')
        return tuple(found)

    # -- parts of tables --

    def tables(self, record, key):
        found = record.get(key, {})
        if not isinstance(found, dict):
            raise self.wrong(f'{key} has to be tables, [{key}.NAME]')
        for name, table in found.items():
            if not NAME.fullmatch(name):
                raise self.wrong(f'{key}: a name has letters, digits, _ - and . alone, not {name}')
            if not isinstance(table, dict):
                raise self.wrong(f'{key}.{name} has to be a table')
        return found

    def keys(self, table, known, where):
        for name in table:
            if name not in known:
                raise self.wrong(f'{where} has no {name}, but ' + ', '.join(sorted(known)))

    def value(self, table, key, kind, where):
        found = table.get(key)
        if found is not None and type(found) is not kind:   # a bool is an int as well
            what = {str: 'a string', int: 'a number', bool: 'true or false'}[kind]
            raise self.wrong(f'{where}.{key} has to be {what}')
        return found

    def words(self, record, key, where):
        found = record.get(key, [])
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            raise self.wrong(f'{key} of {where} has to be a list of strings')
        return tuple(found)

    def one_of(self, word, known, where):
        if word not in known:
            raise self.wrong(f'{where}: there is no {word}, but {", ".join(known)}')
