# SPDX-License-Identifier: GPL-2.0-or-later
"""What the set-up has made, for the commands that use it."""

import sys

from ..util import files, paths
from ..util.errors import SvaError
from ..util.ui import Progress
from . import debian_kernel as debian_kernels, guest_files, linux, plan, qemu as qemu_steps, \
    steps, steptimes, tools


def ensure(*names, options=plan.Options(), brief=True):
    """Run the named set-up steps and what they need; without names all but those for tests.

    Returns the progress display, which knows how long it took.
    """
    paths.check()
    every = plan.steps(options)
    usual = [step.name for step in every if step.name not in plan.FOR_TESTS]
    wanted = steps.closure(every, plan.expand(names, every) or usual)
    with files.locked(paths.build('lock'), _say_waiting):
        past = steptimes.Past(options.arches)
        progress = Progress(brief=brief, rest=past.estimate(wanted))
        try:
            steps.run(wanted, progress, past.took)
        finally:
            past.keep()
    return progress


def _say_waiting():
    print('waiting for another set-up in this clone', file=sys.stderr, flush=True)


def qemu(arch, which=qemu_steps.PLAIN):
    """The emulator for a guest architecture."""
    path = qemu_steps.binary(arch, which)
    if not path.is_file():
        raise SvaError(f'{path.name} is not built yet: run `sva setup --only '
                       f'{which.source.name}`')
    return path


def qemu_build_dir(which=qemu_steps.PLAIN):
    return which.directory()


def qemu_sanitized(arch):
    """The emulator with sanitizers for a guest architecture."""
    return qemu_steps.binary(arch, qemu_steps.SANITIZED)


def qemu_to_fuzz(arch):
    """With sanitizers where it is built so."""
    built = arch in qemu_steps.SANITIZED.targets
    return qemu_sanitized(arch) if built else qemu(arch)


def qemu_for_races(arch):
    """The emulator with ThreadSanitizer."""
    return qemu_steps.binary(arch, qemu_steps.RACES)


def qemu_sanitized_dir():
    return qemu_steps.SANITIZED.directory()


def qemu_source():
    """{name, version, sha256} of QEMU's source."""
    return qemu_steps.MAIN.record()


def firmware_dir():
    """The directory for QEMU's option -L."""
    return tools.firmware_dir()


def meson():
    """The command that runs a new enough meson."""
    return [str(tools.python_env() / 'bin/meson')]


def avocado():
    """The command that runs Avocado."""
    return [str(tools.python_env() / 'bin/avocado')]


def kernel(arch, flavour='plain'):
    """The guest kernel built from source, with a build directory."""
    words = '' if flavour == 'plain' else f' --flavour {flavour}'
    return _recorded(linux.record_name(arch, flavour), f'--arch {arch}{words} --only kernel')


def debian_kernel(arch, version=''):
    """Debian's unmodified binary kernel, with a module directory; the newest by default."""
    step = '-'.join(filter(None, ('debian-kernel', arch, version)))
    return _recorded(debian_kernels.record_name(arch, version), f'--arch {arch} --only {step}')


def _recorded(name, words):
    found = linux.load(name)
    if not found:
        raise SvaError(f'that kernel is not there yet: run `sva setup {words}`')
    return found


def user_kernel(arch, image, kbuild=None):
    """A kernel that the user brings; see linux.Kernel for what it tells."""
    return linux.user_kernel(image, kbuild, arch)


def guest_programs(arch):
    """{name: path} of the static programs, built now if need be."""
    return guest_files.programs(arch)


def driver(kernel):
    """sva_accel.ko for a kernel with a build directory, built now if need be."""
    return guest_files.driver(kernel)


def initramfs(kernel, extra=(), arch='x86_64'):
    """The start archive for a kernel; extra holds (path, bytes, mode)."""
    return guest_files.initramfs(kernel, arch, extra)


def extended(initrd, arch, entries):
    """A start archive with more files: (path in the guest, bytes, mode)."""
    return guest_files.extended(initrd, arch, entries)


def initramfs_with_tools(kernel, arch='x86_64'):
    """The same with Debian's test suites."""
    return guest_files.with_tools(kernel, arch)
