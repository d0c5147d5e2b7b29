# SPDX-License-Identifier: GPL-2.0-or-later
"""Machine specifications for the kernels that the commands boot."""

from pathlib import Path

from ..setup import arch as arches, artifacts, kconfig, linux, plan
from ..util.errors import SvaError
from . import replaying, tsc
from .machine import STOP, Spec

# A full log on the console, to see where a guest hangs; it costs no time.
CMDLINE = 'loglevel=7'
# The oldest kernel that the guest driver is for.
OLDEST_DRIVER = (6, 1)
# The debug kernel is slow.
TIMEOUT_MULTIPLIER = {'plain': 1, 'debug': 8, linux.VARIANTS: 1}


def built(arch, flavour='plain', **fixed):
    """The kernel that the set-up builds, with the guest driver."""
    return _maker(arch, artifacts.kernel(arch, flavour),
                  timeout_multiplier=TIMEOUT_MULTIPLIER[flavour], **fixed)


def set_up(arch, flavour='plain'):
    """The same, after running the set-up steps that are missing."""
    artifacts.ensure(*plan.FOR_SCENARIOS, options=plan.Options((arch,), flavour=flavour))
    return built(arch, flavour)


def choose_arch(wanted, image):
    """The architecture of a user's kernel: as the image says, or as asked for."""
    image = Path(image)
    if not image.is_file():
        raise SvaError(f'{image}: no such kernel image')
    found = linux.image_arch(image)
    if wanted and found and wanted != found:
        raise SvaError(f'{image} is an image for {found}, not for {wanted}')
    return wanted or found or arches.DEFAULT


def find_kbuild(arch, image, kbuild):
    """Check a user's kernel before spending time on it.

    Returns the build directory; the tree that the image lies in by default.
    """
    image = Path(image)
    if not kbuild:
        trees = [tree for tree in image.resolve().parents if (tree / 'Module.symvers').is_file()]
        if not trees:
            raise SvaError(f'{image} lies in no kernel build directory; name it with --kbuild, '
                           'the guest driver is built against it')
        kbuild = trees[0]
    kbuild = Path(kbuild)
    if not kbuild.is_dir():
        raise SvaError(f'{kbuild}: no such directory')
    _check_age(kbuild)
    kconfig.check(kbuild / '.config', arch)
    return kbuild


def _check_age(kbuild):
    try:
        release = (kbuild / 'include/config/kernel.release').read_text(encoding='utf-8').strip()
    except OSError:
        return  # what is missing there is told later
    if linux.version_key(release)[:2] < list(OLDEST_DRIVER):
        oldest = '.'.join(map(str, OLDEST_DRIVER))
        raise SvaError(f'{kbuild} is a build of Linux {release}; the guest driver is for Linux '
                       f'{oldest} and later')


def user(arch, image, kbuild):
    """A kernel of the user's."""
    return _maker(arch, artifacts.user_kernel(arch, image, kbuild))


def appended(make_spec, words):
    """That kernel, with more words on its command line."""
    def make(logs, **more):
        spec = make_spec(logs, **more)
        spec.cmdline = ' '.join(filter(None, (spec.cmdline, *words.split())))
        return spec
    return make


def with_files(make_spec, entries):
    """That kernel, with more files in the guest: (path, bytes, mode)."""
    def make(logs, **more):
        spec = make_spec(logs, **more)
        spec.initrd = artifacts.extended(spec.initrd, spec.arch, entries)
        return spec
    return make if entries else make_spec


def changed(make_spec, **fields):
    """That kernel, in a machine of which some members are others."""
    def make(logs, **more):
        spec = make_spec(logs, **more)
        for name, value in fields.items():
            setattr(spec, name, value)
        return spec
    return make


def recorded(make_spec, which=replaying.FAILING):
    """That kernel, in a machine that QEMU records, if it can; which: what is kept of it."""
    def make(logs, **more):
        spec = make_spec(logs, **more)
        spec.record = which
        return spec
    return make


def stopped(make_spec, make_stop):
    """That kernel, with a checker that stops it; make_stop() makes a Spec.on_stop."""
    def make(logs, **more):
        spec = make_spec(logs, **more)
        spec.checker, spec.on_stop = STOP, make_stop()
        return spec
    return make


def debian(arch, version=''):
    """Debian's unmodified kernel, for the devices that it has a driver of: not ours."""
    return _maker(arch, artifacts.debian_kernel(arch, version), accel=False)


def with_tools(arch):
    """The same kernel with Debian's test suites for DSA."""
    kernel = artifacts.debian_kernel(arch)
    return _maker(arch, kernel, artifacts.initramfs_with_tools(kernel, arch), accel=False)


def _maker(arch, kernel, initrd=None, **fixed):
    """A function (log directory, ...) that makes specifications for a kernel."""
    initrd = initrd or artifacts.initramfs(kernel, arch=arch)
    clock = tsc.cmdline() if arch == 'x86_64' else ''
    cmdline = ' '.join(filter(None, (arches.get(arch).cmdline, clock, CMDLINE)))

    def make(logs, **more):
        return Spec(arch, Path(kernel.image), initrd, Path(logs), cmdline, built=kernel,
                    **fixed, **more)
    return make
