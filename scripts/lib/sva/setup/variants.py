# SPDX-License-Identifier: GPL-2.0-or-later
"""Guest kernels that are broken on purpose: the semantic patches and their tree.

All variants of an architecture are in one kernel; sva.variant=NAME on its command
line chooses one. Each is a file NAME.cocci for Coccinelle, whose head says

// file: PATH                       of the kernel that it changes; one or more
// shown: ARCH SCENARIO RULE [SECONDS] [adversary=SEED]
                                    what shows it there, by which rule, how long that
                                    may take, and whether the models take liberties;
                                    RULE is `none` if nothing is wrong with the kernel
"""

import os
import re
import shutil
from pathlib import Path
from typing import NamedTuple

from ..util import files, paths, proc
from ..util.errors import SvaError
from . import arch as arches

DIRECTORY = paths.ROOT / 'tests/guest/kernel/variants'
# Says which variant is chosen; compiled into the kernel.
CHOOSER = 'sva-variant.c'
CHOOSER_DIR = 'drivers/iommu'
DECLARATION = 'extern int sva_variant(const char *name);\n'
# The Debian package that applies semantic patches.
PACKAGE = 'coccinelle'
SPATCH = 'spatch'
NONE = 'none'
# A scenario that is not hung by it takes a fraction of this.
SECONDS = 90

HEAD = re.compile(r'(?://.*\n)*')
SHOWN = re.compile(r'shown: (?P<arch>\S+) (?P<scenario>\S+) (?P<rule>\S+)'
                   r'( (?P<seconds>[1-9]\d{0,3}))?( adversary=(?P<adversary>[1-9]\d{0,8}))?')


class Shown(NamedTuple):
    """Which scenario shows a variant, the rule that must name it, seconds it may take.

    adversary: seed of the liberties that the models take; 0: none.
    """
    scenario: str
    rule: str
    seconds: int = SECONDS
    adversary: int = 0


class Variant(NamedTuple):
    """One way in which a kernel is broken."""
    name: str
    title: str
    path: Path
    files: tuple
    shown: dict    # by architecture


def load(directory=DIRECTORY):
    """All variants, by name."""
    return {path.stem: parse(path) for path in sorted(Path(directory).glob('*.cocci'))}


def parse(path):
    """A variant from its file; SvaError if the head of the file is not as above."""
    content = path.read_text(encoding='utf-8')
    head = [line[2:].strip() for line in HEAD.match(content)[0].splitlines()]
    named = tuple(line.partition(': ')[2] for line in head if line.startswith('file: '))
    shown = {}
    for line in head:
        if line.startswith('shown: '):
            match = SHOWN.fullmatch(line)
            if not match or match['arch'] not in arches.ALL or match['arch'] in shown:
                raise SvaError(f'{path}: not `shown: ARCH SCENARIO RULE [SECONDS] '
                               f'[adversary=SEED]`, once for each architecture: {line}')
            shown[match['arch']] = Shown(match['scenario'], match['rule'],
                                         int(match['seconds'] or SECONDS),
                                         int(match['adversary'] or 0))
    title = ' '.join(line for line in head if line and
                     not line.startswith(('SPDX-', 'file: ', 'shown: ')))
    if not (named and shown and title):
        raise SvaError(f'{path}: says not what is wrong, in which file, and what shows it')
    if f'sva_variant("{path.stem}")' not in content:
        raise SvaError(f'{path}: sva_variant("{path.stem}") occurs nowhere in it')
    return Variant(path.stem, title, path, named, shown)


def body(variant):
    """The patch alone: what its head says changes no kernel."""
    return HEAD.sub('', variant.path.read_text(encoding='utf-8'), count=1)


def broken_source(source):
    """The record of a kernel source into which all variants were put.

    source: that of the kernel as it is, which stays untouched.
    """
    every = load()
    key = files.content_key(source['tree'], *map(body, every.values()), DIRECTORY / CHOOSER)
    where = paths.build('guest') if source.get('user') else paths.cache('linux')
    tree = where / f'variants-{key}'
    where.mkdir(parents=True, exist_ok=True)
    with files.locked(where / 'variants.lock'):
        if source.get('user'):
            files.remove(tree)      # nobody knows what was changed since
        if not tree.is_dir():
            _make(Path(source['tree']), tree, every.values())
    return {**source, 'tree': str(tree), 'origin': f'{source["origin"]}, with variants'}


def _make(source, tree, variants):
    log = paths.log('linux-variants')
    with files.new_dir(tree) as temp:
        # Hard links: a file is replaced, never written.
        link = '--link' if os.stat(source).st_dev == os.stat(temp).st_dev else '--reflink=auto'
        proc.logged(['cp', '-a', link, f'{source}/.', temp], log, what='copying Linux')
        with files.new_dir(tree.with_name(f'{tree.name}-work')) as work:
            apply(source, work, variants, log)
            for path in filter(Path.is_file, work.rglob('*')):
                _replace(temp / path.relative_to(work), path.read_text(encoding='utf-8'))
        files.remove(tree.with_name(f'{tree.name}-work'))


def _replace(path, content):
    path.unlink(missing_ok=True)
    path.write_text(content, encoding='utf-8')


def apply(source, work, variants, log):
    """Put variants into copies, below the directory work, of the files that they change."""
    for variant in variants:
        for name in variant.files:
            copy = work / name
            if not copy.is_file():
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source / name, copy)
            _patch(variant, copy, log)
    for name in {name for variant in variants for name in variant.files}:
        copy = work / name
        copy.write_text(DECLARATION + copy.read_text(encoding='utf-8'), encoding='utf-8')
    makefile = (source / CHOOSER_DIR / 'Makefile').read_text(encoding='utf-8')
    (work / CHOOSER_DIR).mkdir(parents=True, exist_ok=True)
    (work / CHOOSER_DIR / 'Makefile').write_text(
        f'{makefile}\nobj-y += {Path(CHOOSER).stem}.o\n', encoding='utf-8')
    shutil.copyfile(DIRECTORY / CHOOSER, work / CHOOSER_DIR / CHOOSER)


def _patch(variant, copy, log):
    new = copy.with_name(f'{copy.name}.new')
    proc.logged([SPATCH, '--very-quiet', '--sp-file', variant.path, copy, '-o', new], log,
                append=True, what=f'variant {variant.name}')
    if not new.is_file() or new.read_bytes() == copy.read_bytes():
        raise SvaError(f'the variant {variant.name} finds nothing to change in {copy.name} of '
                       'this kernel', log)
    os.replace(new, copy)
