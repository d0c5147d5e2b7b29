# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes the package of debian/ by dpkg-buildpackage, in a copy of the clone."""

import shutil
from dataclasses import replace
from pathlib import Path

from ..guest import tsc
from ..setup import arch as arches, artifacts, busybox, linux, plan, tools
from ..util import files, paths, proc

# To build it, and to look at it.
PACKAGES = ('debhelper', 'dpkg-dev', 'fakeroot', 'lintian', 'python3-sphinx')
LEFT_OUT = shutil.ignore_patterns('.git', '__pycache__', '*.pyc')


def build():
    """Set up what goes into it, then make it; the *.deb."""
    artifacts.ensure(*plan.FOR_SCENARIOS)
    tools.install(PACKAGES, 'package-packages')
    base = paths.build('package')
    files.remove(base)
    source = base / 'qemu-sva'
    source.mkdir(parents=True)
    _copy_clone(source)
    collect(source / 'prebuilt')
    proc.logged(['dpkg-buildpackage', '--build=binary', '--no-sign'], paths.log('package'),
                cwd=source, what='dpkg-buildpackage')
    return sorted(base.glob('*.deb'))


def _copy_clone(target):
    for path in paths.ROOT.iterdir():
        if path.is_dir() and path.name not in ('build', '.git'):
            shutil.copytree(path, target / path.name, symlinks=True, ignore=LEFT_OUT)
        elif path.is_file() and path.name != '.git':   # of a worktree
            shutil.copy2(path, target)


def collect(directory):
    """All that paths.prebuilt() leads to where the package is installed."""
    directory.mkdir()
    shutil.copytree(artifacts.firmware_dir(), directory / 'firmware')
    shutil.copy2(tsc.program(), directory / 'tsc')
    for arch in arches.ALL:
        shutil.copy2(artifacts.qemu(arch), directory)
        _collect_guest(arch, directory / 'guest')


def _collect_guest(arch, directory):
    user = directory / f'user-{arch}'
    user.mkdir(parents=True)
    for path in artifacts.guest_programs(arch).values():
        shutil.copy2(path, user)
    if arches.get(arch).cross:  # else that of the machine
        shutil.copy2(busybox.program(arch), directory / f'busybox-{arch}')
    _collect_kernel(linux.record_name(arch), artifacts.kernel(arch), directory)


def _collect_kernel(name, kernel, directory):
    (directory / name).mkdir()
    for source, target in ((kernel.image, 'image'), (artifacts.driver(kernel), 'sva_accel.ko')):
        shutil.copyfile(source, directory / name / target)
    files.write_json(directory / f'{name}.json', replace(
        kernel, image=Path(name, 'image'), kbuild=None,
        driver=Path(name, 'sva_accel.ko')).to_json())
