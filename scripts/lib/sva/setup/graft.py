# SPDX-License-Identifier: GPL-2.0-or-later
"""Put this repository into a QEMU source tree.

The tree gets a symbolic link to the repository, three lines in its build files
and two where the ACPI tables of Arm machines are made. Works on any unpacked
release; doing it twice changes nothing.
"""

import os
from pathlib import Path
from typing import NamedTuple

from ..util import files
from ..util.errors import SvaError

# The first is preferred.
SUPPORTED = ('10.2', '10.0')
LINK = 'sva'
IORT = 'hw/arm/virt-acpi-build.c'


class Line(NamedTuple):
    """One line to insert next to a unique anchor: a whole line, or the comment that ends one."""
    file: str
    anchor: str
    text: str
    after: bool


LINES = (
    # The source sets exist by then, the trace directory list is still open.
    Line('meson.build', "subdir('trace')", f"subdir('{LINK}/hw')", False),
    Line('meson.build', "subdir('tests')", f"subdir('{LINK}/tests/qtest')", True),
    Line('Kconfig', 'source hw/Kconfig', f'source {LINK}/Kconfig', True),
    # QEMU's IORT table always says that there is no ATS.
    Line(IORT, '#include "hw/virtio/virtio-acpi.h"',
         f'#include "{LINK}/include/hw/sva/hooks.h"', True),
    Line(IORT, '/* ATS Attribute */', 'sva_iort_ats(table_data);', True),
)


def version(tree):
    """The release number of a QEMU tree."""
    path = Path(tree) / 'VERSION'
    if not path.is_file() or not (Path(tree) / 'configure').is_file():
        raise SvaError(f'{tree} is not an unpacked QEMU source tree')
    return path.read_text(encoding='utf-8').strip()


def graft(tree, repository):
    """Insert link and lines; return the list of files that were changed."""
    tree = Path(tree)
    found = version(tree)
    texts = {}
    for line in LINES:
        if line.file not in texts:
            texts[line.file] = _read(tree / line.file, found)
        texts[line.file] = _insert(texts[line.file], line, found)
    # Nothing is written before every anchor has been found.
    changed = []
    for name, text in texts.items():
        if text != _read(tree / name, found):
            files.write(tree / name, text)
            changed.append(name)
    if _link(tree / LINK, Path(repository)):
        changed.append(LINK)
    return changed


def _read(path, found):
    try:
        return path.read_text(encoding='utf-8')
    except OSError as e:
        raise SvaError(f'cannot graft into QEMU {found}: {path}: {e.strerror}') from e


def _insert(text, line, found):
    lines = text.split('\n')
    bare = [one.strip() for one in lines]
    if bare.count(line.text) == 1:
        return text
    comment = line.anchor.startswith('/*')
    places = [i for i, one in enumerate(bare)
              if one == line.anchor or (comment and one.endswith(line.anchor))]
    if len(places) != 1 or line.text in bare:
        problem = 'was not found' if not places else 'is not unique'
        raise SvaError(
            f'cannot graft into QEMU {found}: anchor line "{line.anchor}" {problem} in '
            f'{line.file}; supported versions: ' + ', '.join(f'{v}.x' for v in SUPPORTED))
    at = places[0]
    indent = lines[at][:len(lines[at]) - len(lines[at].lstrip())]
    lines.insert(at + line.after, indent + line.text)
    return '\n'.join(lines)


def _link(link, repository):
    target = os.path.relpath(repository.resolve(), link.parent.resolve())
    if link.is_symlink():
        if os.readlink(link) == target:
            return False
        link.unlink()
    elif link.exists():
        raise SvaError(f'cannot graft: {link} exists and is not a symbolic link')
    link.symlink_to(target)
    return True
