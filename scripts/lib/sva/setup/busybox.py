# SPDX-License-Identifier: GPL-2.0-or-later
"""The shell of the guest: Debian's static busybox."""

from pathlib import Path

from ..util import files, paths, proc
from ..util.errors import SvaError
from . import apt, arch as arches

PACKAGE = 'busybox-static'
# The machine's own, from the package that the set-up installs.
NATIVE = Path('/bin/busybox')
# For other architectures: one suite is enough, and shorter lists.
SUITES = ('trixie',)


def get(arch):
    """Fetch the program; return a short note."""
    if not arches.get(arch).cross:
        return 'of this machine'
    known = files.read_json(_record(arch))
    if known and Path(known['path']).is_file():
        return known['origin']
    root = apt.PrivateRoot(arches.get(arch).debian, SUITES)
    version = root.newest(PACKAGE)['Version']
    target = paths.cache('busybox', f'{arch}_{version}')
    with files.locked(paths.cache('busybox', 'lock')):
        if not target.is_dir():
            [deb] = root.download(f'{PACKAGE}={version}')
            with files.new_dir(target) as temp:
                apt.extract(deb, temp)
            files.remove(deb)
    found = [path for path in (target / 'usr/bin/busybox', target / 'bin/busybox')
             if path.is_file()]
    if not found:
        raise SvaError(f'package {PACKAGE} {version} of {arch} holds no busybox')
    known = {'path': str(found[0]), 'origin': f'{PACKAGE} {version} (Debian)'}
    files.write_json(_record(arch), known)
    return known['origin']


def program(arch):
    """The static program for guests of an architecture."""
    if not arches.get(arch).cross:
        if apt.missing_packages([PACKAGE]) or not NATIVE.is_file():
            raise SvaError(f'package {PACKAGE} is missing')
        return NATIVE
    if paths.prebuilt():
        return paths.prebuilt('guest', f'busybox-{arch}')
    known = files.read_json(_record(arch))
    if not known or not Path(known['path']).is_file():
        raise SvaError(f'busybox for {arch} is not there yet: '
                       f'run `sva setup --arch {arch} --only busybox`')
    return Path(known['path'])


def applets():
    """The names it answers to, as the machine's own program lists them."""
    return proc.output([NATIVE, '--list']).split()


def _record(arch):
    return paths.cache('busybox', f'{arch}.json')
