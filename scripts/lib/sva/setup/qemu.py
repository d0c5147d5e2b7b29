# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU: get the source, graft, configure, build."""

import bz2
import os
import re
import shutil
from pathlib import Path
from typing import NamedTuple

from ..util import files, paths, proc
from ..util.errors import SvaError
from . import graft, tools

PROGRESS = re.compile(r'^\[(\d+)/(\d+)\]')

CONFIGURE = (
    '--without-default-features', '--enable-system', '--disable-user', '--enable-tcg',
    '--enable-fdt=system', '--enable-slirp', '--enable-trace-backends=log',
    # Devices of other projects, whose caches the IOMMU has to invalidate.
    '--enable-vhost-user', '--enable-vhost-net', '--enable-vhost-kernel',
    '--disable-install-blobs', '--without-default-devices',
    # Names and lines are enough for a backtrace; all of it takes a quarter more time to
    # compile, and twice the time to link.
    '--disable-debug-info', '--extra-cflags=-g1',
)


class Source(NamedTuple):
    """A QEMU tree of this clone; series: release series, the preferred one first."""
    name: str
    series: tuple

    def path(self, *parts):
        """A path below what belongs to the tree; its builds lie there, too."""
        return paths.build(self.name, *parts)

    def directory(self):
        return self.path('src')

    def record(self):
        """{name, version, sha256} of the unpacked source, or None."""
        return files.read_json(self.path('source.json'))


MAIN = Source('qemu', graft.SUPPORTED)
# The oldest supported series, for tests.
OLDEST = Source(f'qemu-{graft.SUPPORTED[-1]}', graft.SUPPORTED[-1:])


class Build(NamedTuple):
    """A way to build QEMU, in a directory of its own."""
    name: str
    targets: tuple
    options: tuple = ()
    source: Source = MAIN

    def directory(self):
        return self.source.path(self.name)

    def log(self, what):
        name = self.source.name if self.name == 'obj' else f'{self.source.name}-{self.name}'
        return paths.log(f'{name}-{what}')

    def configure(self):
        """Options of configure."""
        return ('--target-list=' + ','.join(f'{t}-softmmu' for t in self.targets),
                *CONFIGURE, *self.options,
                # Relative to QEMU's configs/devices/<target>/.
                *(f'--with-devices-{t}=../../../sva/configs/{t}-softmmu' for t in self.targets))


PLAIN = Build('obj', ('x86_64', 'aarch64'))
# Less optimisation builds faster; a finding ends the emulator.
SANITIZED = Build('asan', ('x86_64', 'aarch64'),
                  ('--enable-asan', '--enable-ubsan', '-Doptimization=1',
                   '--extra-cflags=-fno-sanitize-recover=undefined'))
# A data race does not end the emulator: QEMU has some of its own.
RACES = Build('tsan', PLAIN.targets, ('--enable-tsan', '-Doptimization=1'))
PLAIN_OLDEST = Build('obj', PLAIN.targets, source=OLDEST)


def get_source(private, user_tree=None, update=False, source=MAIN):
    """Unpack a pristine QEMU for this clone, unless the right one is there."""
    have, directory = source.record(), source.directory()
    if user_tree:
        wanted = _user_source(Path(user_tree))
    elif have and not update and directory.is_dir():
        wanted = have  # also a tree that the user gave earlier
    else:
        wanted = _debian_source(private, update, source.series)
    if wanted != have or not directory.is_dir():
        files.remove(source.path('source.json'))
        _unpack(wanted, directory)
        files.write_json(source.path('source.json'), wanted)
    graft.graft(directory, paths.ROOT)
    return f'{wanted["name"]} sha256 {wanted["sha256"][:16]}...'


def _user_source(tree):
    tree = tree.resolve()
    version = graft.version(tree)
    if not version.startswith(tuple(f'{v}.' for v in graft.SUPPORTED)):
        raise SvaError(f'QEMU {version} in {tree} is not supported; supported versions: '
                       + ', '.join(f'{v}.x' for v in graft.SUPPORTED))
    # A tree has no single hash; its build files stand for it.
    key = files.content_key(tree / 'meson.build', tree / 'configure', tree / 'VERSION')
    return {'name': str(tree), 'version': version, 'sha256': key, 'user': True}


def _debian_source(private, update, series=graft.SUPPORTED):
    for prefix in series:
        record = None if update else _known(prefix)
        if record:
            return record
        path = _from_archive(private, prefix) or _from_downloads(prefix)
        if path:
            version = re.match(r'qemu_(.*?)\+', path.name)[1]
            record = {'name': path.name, 'version': version, 'file': str(path),
                      'sha256': files.sha256(path)}
            files.write_json(paths.cache('downloads', path.name + '.json'), record)
            return record
    raise SvaError('no supported QEMU source: Debian has no qemu ' +
                   ' or '.join(f'{v}.x' for v in series) +
                   ' and SVA_DOWNLOADS names no directory with one; use --qemu-src DIR')


def _known(prefix):
    """What an earlier set-up fetched."""
    for name in sorted(paths.cache('downloads').glob('qemu_*.json')):
        record = files.read_json(name)
        # A damaged file counts as none and is fetched again.
        if record and record['version'].startswith(prefix + '.') \
                and Path(record['file']).is_file() \
                and files.sha256(record['file']) == record['sha256']:
            return record
    return None


def _from_archive(private, prefix):
    try:
        records = private.records('showsrc', 'qemu')
    except SvaError:
        if os.environ.get('SVA_DOWNLOADS'):
            return None
        raise
    versions = [r['Version'] for r in records
                if re.sub(r'^\d+:', '', r.get('Version', '')).startswith(prefix + '.')]
    if not versions:
        return None
    newest = max(versions, key=lambda v: [int(n) for n in re.findall(r'\d+', v)])
    return private.download_source('qemu', newest, '.orig.tar.xz')


def _from_downloads(prefix):
    directory = os.environ.get('SVA_DOWNLOADS')
    if not directory:
        return None
    found = sorted(Path(directory).glob(f'qemu_{prefix}.*.orig.tar.xz'))
    if not found:
        return None
    sums = dict(reversed(line.split()) for line in
                (Path(directory) / 'SHA256SUMS').read_text(encoding='utf-8').splitlines())
    if sums.get(found[-1].name) != files.sha256(found[-1]):
        raise SvaError(f'{found[-1]} does not match SHA256SUMS in that directory')
    return found[-1]


def _unpack(record, directory):
    files.need_space(paths.build(), 3)
    with files.new_dir(directory) as temp:
        if record.get('user'):
            shutil.copytree(record['name'], temp, symlinks=True, dirs_exist_ok=True,
                            ignore=shutil.ignore_patterns('.git', 'build', graft.LINK))
        else:
            # roms/ is more than half of it: firmware sources, of no use here.
            proc.logged(['tar', '-xJf', record['file'], '-C', temp, '--strip-components=1',
                         '--exclude=*/roms/*'], paths.log('qemu-source'), what='unpacking QEMU')
        _fill_gaps(temp)


def _fill_gaps(tree):
    """Empty stand-ins for firmware that Debian strips from the source.

    QEMU's build files insist that these exist; nothing here builds or uses them.
    """
    text = (tree / 'pc-bios/meson.build').read_text(encoding='utf-8')
    for name in re.findall(r"'(edk2-[\w-]+\.fd)'", text):
        path = tree / 'pc-bios' / f'{name}.bz2'
        if not path.exists():
            path.write_bytes(bz2.compress(b''))


def configure(which):
    """Run QEMU's configure if the source or its options have changed."""
    wrapper = tools.compiler_wrapper(paths.build('cc'), paths.ROOT)
    options = [*which.configure(), f'--python={tools.python_env()}/bin/python3',
               f'--cc={wrapper}', f'--host-cc={wrapper}']
    key = files.content_key(*options, str(which.source.record()))
    directory = which.directory()
    stamp = directory / 'sva-key'
    if stamp.is_file() and stamp.read_text(encoding='utf-8') == key:
        return
    files.remove(directory)
    directory.mkdir(parents=True)
    proc.logged([which.source.directory() / 'configure', *options], which.log('configure'),
                cwd=directory, what='QEMU configure')
    files.write(stamp, key)


def build(on_progress=None, targets=(), which=PLAIN, arches=None):
    """Configure if needed, then build the emulators; ninja decides what to do.

    arches: those to build, all by default. More of them may follow in the same directory.
    """
    configure(which)

    def watch(line):
        found = PROGRESS.match(line)
        if found and on_progress:
            on_progress(int(found[1]), int(found[2]))

    programs = [f'qemu-system-{t}' for t in which.targets if t in (arches or which.targets)]
    proc.logged(['ninja', '-C', which.directory(), *programs, *targets], which.log('build'),
                on_line=watch, what='QEMU build')


def binary(arch, which=PLAIN):
    name = f'qemu-system-{arch}'
    if which == PLAIN and paths.prebuilt():
        return paths.prebuilt(name)
    return which.directory() / name
