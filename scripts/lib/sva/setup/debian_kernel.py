# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's own binary kernels, as they are: the image and its modules."""

import lzma
import re

from ..util import files, paths, proc
from ..util.errors import SvaError
from . import apt, arch as arches, linux

META = {'x86_64': 'linux-image-amd64'}
# Older versions are in this suite as long as the mirror keeps them.
OLDER_SUITE = 'bookworm-backports'
# Those that the tests use: the last ones that have SVA before stable kernels on x86
# refuse it (guest/refusal.py).
OLDER = {'x86_64': ('6.12.43', '6.12.57')}
# What the tests need if the kernel has it as modules: ordinary DMA, Intel DSA.
MODULES = ('virtio_pci', 'virtio_blk', 'virtio_net', 'nvme', 'e1000e', 'af_packet', 'idxd')


def roots():
    """Where kernels are looked for: the usual suites, and the one with older kernels."""
    return apt.PrivateRoot(), apt.PrivateRoot(suites=(OLDER_SUITE,), beside='older')


def record_name(arch, version=''):
    """What a kernel is recorded as; without a version the newest."""
    return '-'.join(filter(None, ('debian', arch, version)))


def get(arch, roots, update=False, version=''):
    """Unpack a kernel of Debian's into the cache; record it.

    roots: where to look for it, as apt.PrivateRoot; version: `6.12.57`, or the newest.
    """
    name = record_name(arch, version)
    current = paths.cache('debian-kernel', name.removeprefix('debian-') + '.json')
    known = files.read_json(current)
    if update or not known or not linux.Kernel.from_json(known).image.is_file():
        known = _unpack(arch, *_choose(arch, roots, version)).to_json()
        files.write_json(current, known)
    linux.save(name, linux.Kernel.from_json(known))
    return known['origin']


def _choose(arch, roots, version):
    """(root, package): the image of a version, the newest without."""
    if not version:
        return roots[0], _newest(arch, roots[0])
    form = rf'^linux-image-{re.escape(version)}[+-].*{arches.get(arch).debian}$'
    for root in reversed(roots):
        # Not those for a cloud, or with other schedulers.
        names = [name for name in root.names(form)
                 if re.fullmatch(r'linux-image-[^-]+-[^-]+', name)]
        if names:
            return root, max(names, key=_version)
    raise SvaError(f'Debian has no kernel {version} for {arch} in '
                   + ', '.join(suite for root in roots for suite in root.suites))


def _unpack(arch, private, image):
    wanted = _packages(private, image)
    version = wanted[0].split('=')[1]
    directory = paths.cache('debian-kernel', f'{arch}_{version}')
    with files.locked(paths.cache('debian-kernel', 'lock')):
        if not directory.is_dir():
            files.need_space(paths.cache(), 2)
            debs = private.download(*wanted)
            with files.new_dir(directory) as temp:
                for deb in debs:
                    apt.extract(deb, temp)
            for deb in debs:
                files.remove(deb)
    [modules] = [d for base in ('usr/lib/modules', 'lib/modules')
                 for d in directory.glob(f'{base}/*')]
    images = [f for f in (modules / 'vmlinuz', *directory.glob('boot/vmlinuz-*'))
              if f.is_file()]
    if not images:
        raise SvaError(f'the packages of {wanted[0]} hold no kernel image')
    return linux.Kernel(images[0], modules.name, f'{wanted[0].replace("=", " ")} (Debian)',
                        modules_dir=modules, arch=arch)


def _version(name):
    return linux.version_key(name.rpartition('-')[0])


def _newest(arch, private):
    """The name of the newest image package."""
    depends = private.newest(META[arch]).get('Depends', '')
    found = re.search(r'(linux-image-[^ ,]+) \(= ([^)]+)\)', depends)
    if not found or linux.version_key(found[1]) < list(linux.OLDEST):
        raise SvaError(f'Debian package {META[arch]} leads to no kernel from 7.0 on: {depends}')
    return found[1]


def _packages(private, image):
    """An image package and all of its parts, as name=version."""
    done, todo = {}, [image]
    while todo:
        name = todo.pop(0)
        if name in done:
            continue
        record = private.newest(name)
        done[name] = f'{name}={record["Version"]}'
        # The parts of one kernel build carry its version exactly.
        todo += re.findall(rf'(linux-\S+) \(= {re.escape(record["Version"])}\)',
                           record.get('Depends', ''))
    return list(done.values())


def modules_in_order(modules_dir, names=MODULES):
    """[(name, contents)] of the modules and what they depend on, load order."""
    index = {_name(path): path for path in sorted(modules_dir.rglob('*.ko*'))}
    built_in = {_name(line) for line in
                (modules_dir / 'modules.builtin').read_text(encoding='utf-8').split()}
    order = {}

    def visit(name):
        if name in order or name in built_in:
            return
        if name not in index:
            raise SvaError(f'{modules_dir} has no module {name}')
        data = _contents(index[name])
        depends = re.search(rb'(?:^|\0)depends=([^\0]*)\0', data)
        for need in (depends[1].decode().split(',') if depends and depends[1] else []):
            visit(need.replace('-', '_'))
        order[name] = data

    for name in names:
        if name in index or name in built_in:
            visit(name)
    return list(order.items())


def _name(path):
    return str(path).rsplit('/', 1)[-1].split('.ko')[0].replace('-', '_')


def _contents(path):
    if path.suffix == '.xz':
        return lzma.decompress(path.read_bytes())
    if path.suffix == '.zst':
        return proc.output_bytes(['zstd', '-dc', path])
    return path.read_bytes()
