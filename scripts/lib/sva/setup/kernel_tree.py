# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel tree that the user works in: where it is built, and for what.

As in the kernel's own makefiles O=DIR, or KBUILD_OUTPUT, is a build directory
outside of the source; it leads back to its source by a link of that name.
"""

import os
import re
from pathlib import Path
from typing import NamedTuple

from ..util import paths, proc
from ..util.errors import SvaError
from . import arch as arches, kconfig, linux, tools

# What the top of a source tree has.
TOP = ('Kbuild', 'Kconfig', 'Makefile', 'arch', 'scripts/kconfig/merge_config.sh')
# The symbol that says what a configuration is for.
ARCH_SYMBOLS = {'X86_64': arches.X86_64.name, 'ARM64': arches.AARCH64.name}
# What the scenarios need and use, on top of any configuration.
FRAGMENTS = paths.ROOT / 'configs/linux'


class Tree(NamedTuple):
    """A source tree and its build directory, which may be the same."""
    source: Path
    build: Path

    @property
    def config(self):
        return self.build / '.config'


def find(tree=None, output=None):
    """The tree that is named, or that the current directory is in."""
    if tree and not Path(tree).is_dir():
        raise SvaError(f'{tree}: no such directory')
    start = Path(tree or '.').resolve()
    places = [start] if tree else [start, *start.parents]
    for place in places:
        source = _source_of(place)
        if source:
            wanted = output or (None if source != place else os.environ.get('KBUILD_OUTPUT'))
            return Tree(source, Path(wanted).resolve() if wanted else place)
    if tree:
        raise SvaError(f'{tree} is neither a Linux source tree nor a build directory of one')
    raise SvaError('this is not inside of a Linux source tree: name one with --tree DIR')


def _source_of(place):
    """The source of a source tree, or of a build directory; None: it is neither."""
    for source in (place, place / 'source'):
        if all((source / name).exists() for name in TOP):
            return source.resolve()
    return None


def arch_of(tree, wanted=None):
    """The architecture that a tree is configured for, which must be the wanted one."""
    try:
        config = kconfig.parse(tree.config.read_text(encoding='utf-8'))
    except OSError:
        raise SvaError(f'{tree.build} is not configured: `sva config` does it') from None
    found = [arch for symbol, arch in ARCH_SYMBOLS.items() if symbol in config]
    if not found:
        raise SvaError(f'{tree.config} is for none of {", ".join(arches.ALL)}')
    if wanted and found != [wanted]:
        raise SvaError(f'{tree.config} is for {found[0]}, not for {wanted}')
    return found[0]


def image(tree, arch):
    """The kernel image, which must be there."""
    path = tree.build / arches.get(arch).image
    if not path.is_file():
        raise SvaError(f'{path} is not built yet: `sva build` does it')
    return path


def fragments(arch):
    """The files for merge_config.sh."""
    return [FRAGMENTS / 'sva.config', FRAGMENTS / f'sva-{arches.get(arch).linux}.config']


def make(tree, arch):
    """The beginning of a make command there."""
    elsewhere = [f'O={tree.build}'] if tree.build != tree.source else []
    return ['make', '-C', str(tree.source), *elsewhere, *linux.make_words(arch)]


def configure(tree, arch):
    """Merge what is needed into the configuration; symbols that the tree does not take."""
    log = paths.log('linux-config')
    command = make(tree, arch)
    tree.build.mkdir(parents=True, exist_ok=True)
    if not tree.config.is_file():
        proc.logged([*command, 'defconfig'], log, what='Linux defconfig')
    arch_of(tree, arch)
    before = _values(tree)
    proc.logged([tree.source / 'scripts/kconfig/merge_config.sh', '-m', '-O', tree.build,
                 tree.config, *fragments(arch)], log, cwd=tree.source, append=True,
                what='merge_config.sh')
    proc.logged([*command, 'olddefconfig'], log, append=True, what='Linux olddefconfig')
    kconfig.check(tree.config, arch)
    after = _values(tree)
    changed = sum(before.get(symbol) != after.get(symbol) for symbol in {*before, *after})
    return changed, [symbol for symbol, value in wanted(arch).items()
                     if after.get(symbol) != value]


def wanted(arch):
    """{symbol: value} of the fragments."""
    return {symbol: value for path in fragments(arch)
            for symbol, value in _parse(path.read_text(encoding='utf-8')).items()}


def _values(tree):
    return _parse(tree.config.read_text(encoding='utf-8'))


def _parse(text):
    return dict(re.findall(r'(?m)^CONFIG_(\w+)=(.*)$', text))


def build_command(tree, arch, jobs=None):
    """The command that builds image, and modules if there are any."""
    config = kconfig.parse(tree.config.read_text(encoding='utf-8'))
    kconfig.check(tree.config, arch)
    modules = ['modules'] if 'MODULES' in config else []
    return [*make(tree, arch), f'-j{jobs or tools.jobs()}', Path(arches.get(arch).image).name,
            *modules]
