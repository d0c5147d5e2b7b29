#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Check the include graph: layers point down only.

    scripts/check-layers.py [ROOT]

Prints one line for each include that breaks a rule (docs/devel, "Layers") and
for each source file that no meson.build, or more than one list, names. Exit
status 0: none, 1: some, 2: wrong use.
"""

import argparse
import re
import sys
from pathlib import Path

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]')
LIST = re.compile(r'(\w+)\s*\+?=\s*files\((.*?)\)', re.S)

# Headers of include/hw/sva that need QEMU; the others build with GLib alone.
QEMU_HEADERS = {'cache-summary.h', 'compat.h', 'direct-store.h', 'endpoint-pci.h', 'hooks.h',
                'portal.h'}
# Files of a model folder that hold its QOM type or its machine part.
QEMU_FILE = re.compile(r'(device|direct-stores|pci-api|pci-function|portal-device|q35|tcg|virt|vmstate)\.[ch]$')
QEMU_FOLDERS = {'pci'}
OBSERVE_QEMU = re.compile(r'(trace-sink|trace|stream-device|checker-device)\.[ch]$')

# What an environment-free file may take from outside of the project.
SYSTEM = {'glib.h', 'inttypes.h', 'limits.h', 'stdarg.h', 'stdbool.h',
          'stddef.h', 'stdint.h', 'string.h'}
# QEMU's headers that have a stand-in in tests/unit/shim, osdep.h apart.
STAND_INS = {'hw/registerfields.h'}
# The guest ABI is shared with the kernel and with user programs.
ABI_SYSTEM = {'linux/types.h', 'linux/build_bug.h', 'stdint.h'}

# Layer -> patterns (on the path below hw/sva/ or include/hw/sva/) of the
# project's headers that its files may include.
ALLOWED = {
    'include': [r'include/(?!cache-summary|compat|direct-store|endpoint-pci|hooks|portal)'],
    'include-qemu': [r'include/'],
    'core': [r'include/(types|env|event|fabric|adversary)\.h', r'core/'],
    'vtd': [r'include/(types|env|event|iommu|adversary)\.h', r'core/', r'vtd/(?!device\.|q35\.)'],
    'smmuv3': [r'include/(types|env|event|iommu|adversary)\.h', r'core/',
               r'smmuv3/(?!device\.|virt\.)'],
    'endpoint': [r'include/(types|env|event|endpoint|adversary)\.h', r'endpoint/(?!pci-function\.|vmstate\.)'],
    'accel': [r'include/(types|env|event|endpoint|accel-abi)\.h',
              r'endpoint/(?!pci-function\.|vmstate\.)',
              r'accel/(?!device\.|vmstate\.)'],
    'dsa': [r'include/(types|env|event|endpoint)\.h', r'endpoint/(?!pci-function\.|vmstate\.)',
            r'dsa/(?!device\.|vmstate\.)'],
    'testdev': [r'include/(types|env|event|endpoint)\.h', r'endpoint/(?!pci-function\.|vmstate\.)',
                r'testdev/(?!device\.|pci-api\.|portal-device\.)'],
    'observe': [r'include/(types|env|event|accel-abi)\.h',
                r'observe/(?!trace|stream-device|checker-device)'],
    # Judges the models, by the specifications alone.
    'oracle': [r'include/types\.h', r'observe/oracle/'],
    'vtd-qemu': [r'include/', r'core/', r'vtd/', r'pci/'],
    'smmuv3-qemu': [r'include/', r'core/', r'smmuv3/', r'pci/'],
    'endpoint-qemu': [r'include/', r'endpoint/'],
    'accel-qemu': [r'include/', r'endpoint/', r'accel/'],
    'dsa-qemu': [r'include/', r'endpoint/', r'dsa/'],
    'testdev-qemu': [r'include/', r'endpoint/', r'testdev/'],
    'observe-qemu': [r'include/', r'observe/', r'pci/(env-qemu|guest-time)\.h'],
    'x86': [r'x86/(?!direct-stores|tcg)'],
    'x86-qemu': [r'include/(compat|direct-store|portal)\.h', r'x86/'],
    'pci-qemu': [r'include/(?!accel-abi)', r'pci/', r'core/due\.h'],
}


def layer_of(name):
    """The layer of a file, from its path below hw/sva/ or include/hw/sva/."""
    folder, _, rest = name.partition('/')
    if name.startswith('observe/oracle/'):
        return 'oracle'
    if folder == 'include':
        return 'include-qemu' if rest in QEMU_HEADERS else 'include'
    qemu = OBSERVE_QEMU if folder == 'observe' else QEMU_FILE
    if folder in QEMU_FOLDERS or qemu.fullmatch(rest):
        return f'{folder}-qemu'
    return folder


def project_name(root, path, target):
    """How this script names the header that @target means, None if foreign."""
    near = (path.parent / target).resolve()
    for base, prefix in ((root / 'hw/sva', ''), (root / 'include/hw/sva', 'include/')):
        if near.is_file() and near.is_relative_to(base):
            return prefix + near.relative_to(base).as_posix()
    for base, prefix, start in ((root / 'include', 'include/', 'hw/sva/'),
                                (root, '', 'hw/sva/')):
        if target.startswith(start) and (base / target).is_file():
            return prefix + target[len(start):]
    return None


def check_include(layer, name, quote, target, found):
    """Why the include is not allowed, or None."""
    if found:
        if any(re.match(pattern, found) for pattern in ALLOWED[layer]):
            return None
        return f'{layer} must not depend on {layer_of(found)}'
    if layer.endswith('-qemu'):
        return None
    if target == 'qemu/osdep.h':
        return None if name.endswith('.c') else 'a header must not include it'
    if name == 'include/accel-abi.h':
        return None if target in ABI_SYSTEM else 'the guest ABI needs no more than stdint.h'
    if quote == '<' and target in SYSTEM or target in STAND_INS:
        return None
    return f'{layer} is environment-free'


def check_file(root, path, name):
    layer = layer_of(name)
    where = path.relative_to(root).as_posix()
    if layer not in ALLOWED:
        yield f'{where}:1: folder {layer} is in no layer; add it to this script'
        return
    first = None
    for number, line in enumerate(path.read_text(encoding='utf-8').splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        quote, target = match.groups()
        first = first or target
        found = project_name(root, path, target)
        reason = check_include(layer, name, quote, target, found)
        if reason:
            yield f'{where}:{number}: must not include {target}: {reason}'
    if path.suffix == '.c' and first != 'qemu/osdep.h':
        yield f'{where}:1: qemu/osdep.h must be included first'


def sources(root):
    """All C files: path and the name used in the rules."""
    for base, prefix in (('hw/sva', ''), ('include/hw/sva', 'include/')):
        for path in sorted((root / base).rglob('*.[ch]')):
            yield path, prefix + path.relative_to(root / base).as_posix()


def check_lists(root):
    """Each source file is in one list, and in the right one."""
    listed = {}
    for build in sorted((root / 'hw/sva').glob('*/meson.build')):
        text = re.sub(r'#.*', '', build.read_text(encoding='utf-8'))
        for variable, body in LIST.findall(text):
            for file in re.findall(r"'([^']+)'", body):
                listed.setdefault(f'{build.parent.name}/{file}', []).append(variable)
    for path, name in sources(root):
        if path.suffix != '.c':
            continue
        where = path.relative_to(root).as_posix()
        lists = listed.get(name, [])
        if len(lists) != 1:
            yield f'{where}:1: named by {len(lists)} lists of meson.build, not by one'
        elif lists[0].endswith('_qemu_files') != layer_of(name).endswith('-qemu'):
            yield f'{where}:1: {lists[0]} is the wrong list for layer {layer_of(name)}'


def check(root):
    for path, name in sources(root):
        yield from check_file(root, path, name)
    yield from check_lists(root)


def main():
    parser = argparse.ArgumentParser(description='Check that includes point down only.')
    parser.add_argument('root', nargs='?', type=Path,
                        default=Path(__file__).resolve().parents[1],
                        help='top of the tree (default: the one of this script)')
    root = parser.parse_args().root.resolve()
    if not (root / 'hw/sva').is_dir():
        parser.error(f'{root} has no hw/sva')
    findings = list(check(root))
    for finding in findings:
        print(finding)
    return 1 if findings else 0


if __name__ == '__main__':
    sys.exit(main())
