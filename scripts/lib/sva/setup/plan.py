# SPDX-License-Identifier: GPL-2.0-or-later
"""The list of set-up steps."""

from typing import NamedTuple, Optional

from ..util import paths
from . import apt, arch as arches, busybox, debian_kernel, debian_tools, guest_files, \
    linux, qemu, tools, variants
from .steps import Step

# Steps that there are for each guest architecture: their names say which.
PER_ARCH = ('kernel', 'debian-kernel', 'busybox', 'guest')

# What scenarios take on the kernels of the set-up.
FOR_SCENARIOS = ('qemu', 'firmware', 'kernel', 'guest')

# Only `sva test` uses these, if nobody names them.
FOR_TESTS = ('qemu-asan', 'qemu-tsan', 'browser', 'debian-tools', qemu.OLDEST.name,
             f'{qemu.OLDEST.name}-source',
             *(f'debian-kernel-{arch}-{version}' for arch, older in debian_kernel.OLDER.items()
               for version in older))


class Options(NamedTuple):
    """What the user may choose about the set-up."""
    arches: tuple = tuple(arches.ALL)
    qemu_src: Optional[str] = None
    kernel_src: Optional[str] = None
    update: bool = False
    flavour: str = 'plain'
    # A version of Debian's kernel beside the newest and those for tests.
    debian: str = ''


def steps(options):
    """All steps, in the best order to start them."""
    private = apt.PrivateRoot()
    cross = [name for arch in options.arches for name in arches.get(arch).packages]
    linux_packages = [*tools.LINUX_PACKAGES,
                      *[variants.PACKAGE] * (options.flavour == linux.VARIANTS)]
    common = [
        Step('base-packages', 'packages to fetch others', 'install', (),
             lambda bar: tools.install(tools.BASE_PACKAGES)),
        # The source arrives meanwhile.
        Step('packages', 'packages to build QEMU', 'install', ('base-packages',),
             lambda bar: tools.install(tools.PACKAGES)),
        Step('qemu-source', 'QEMU source', 'fetch', ('base-packages',),
             lambda bar: qemu.get_source(private, options.qemu_src, options.update)),
        Step('tools', 'meson, avocado', 'fetch', ('packages',),
             lambda bar: tools.make_python_env(private)),
        Step('linux-source', 'Linux source', 'fetch', ('base-packages',),
             lambda bar: linux.get_source(private, options.kernel_src, options.update)),
        Step('linux-packages', 'packages to build Linux', 'install', ('packages',),
             lambda bar: tools.install(linux_packages)),
        Step('cross-packages', 'compilers for guests', 'install', ('packages',),
             lambda bar: tools.install(cross)),
        Step('qemu', 'QEMU build', 'build', ('tools', 'qemu-source'),
             lambda bar: qemu.build(bar, arches=options.arches)),
        Step('qemu-asan', 'QEMU with sanitizers', 'build', ('tools', 'qemu-source'),
             lambda bar: qemu.build(bar, which=qemu.SANITIZED)),
        Step('qemu-tsan', 'QEMU with ThreadSanitizer', 'build', ('tools', 'qemu-source'),
             lambda bar: qemu.build(bar, which=qemu.RACES)),
        *_oldest_qemu(private, options),
        Step('firmware', 'firmware', 'fetch', ('base-packages',),
             lambda bar: tools.make_firmware(private)),
        Step('more-packages', 'packages to test', 'install', ('packages',),
             lambda bar: tools.install_more_packages()),
        Step('browser', 'chromium, to test the report page', 'install', ('more-packages',),
             lambda bar: tools.install([tools.BROWSER], 'browser')),
    ]
    per_arch = [step for arch in options.arches for step in _of_arch(arch, options, private)]
    return _without_ready([*common, *per_arch,
                           # Nothing waits for it.
                           Step('debian-tools', 'test suites for DSA', 'fetch', ('base-packages',),
                                lambda bar: debian_tools.get(private, options.update))])


# What a package brings; the emulators of tests are not in it.
READY = ('qemu', 'firmware', *(f'{what}-{arch}' for what in ('kernel', 'busybox')
                               for arch in arches.ALL))


def _without_ready(every):
    """The steps, without work for what a package has; with its emulators none is built."""
    if not paths.prebuilt():
        return every
    found = [step._replace(needs=(), run=lambda bar: 'of the package') if step.name in READY
             else step for step in every]
    return [step._replace(run=lambda bar: tools.install(tools.DRIVER_PACKAGES))
            if step.name == 'packages' else step for step in found]


def _oldest_qemu(private, options):
    name, title = qemu.OLDEST.name, f'QEMU {qemu.OLDEST.series[-1]}'
    return [
        Step(f'{name}-source', f'{title} source', 'fetch', ('base-packages',),
             lambda bar: qemu.get_source(private, None, options.update, qemu.OLDEST)),
        Step(name, f'{title} build', 'build', ('tools', f'{name}-source'),
             lambda bar: qemu.build(bar, which=qemu.PLAIN_OLDEST)),
    ]


def _of_arch(arch, options, private):
    title, flavour = arches.get(arch).title, options.flavour
    kernel = linux.record_name(arch, flavour)
    found = [
        Step(f'busybox-{arch}', f'busybox, {title}', 'fetch', ('base-packages',),
             lambda bar: busybox.get(arch)),
        Step(kernel, f'Linux build, {title}', 'build',
             ('linux-source', 'linux-packages', 'cross-packages'),
             lambda bar: linux.build(arch, bar, flavour)),
        Step(f'guest-{arch}', f'guest programs, driver, {title}', 'build',
             (kernel, f'busybox-{arch}'), lambda bar: _guest(arch, kernel)),
    ]
    return found + _debian_kernels(arch, options)


def _debian_kernels(arch, options):
    if arch not in debian_kernel.META:
        return []
    roots, title = debian_kernel.roots(), arches.get(arch).title
    versions = dict.fromkeys(('', *debian_kernel.OLDER[arch], options.debian))
    return [Step('-'.join(filter(None, ('debian-kernel', arch, version))),
                 ' '.join(filter(None, ('Debian kernel', version))) + f', {title}', 'fetch',
                 ('base-packages',), lambda bar, version=version: debian_kernel.get(
                     arch, roots, options.update, version)) for version in versions]


def expand(names, every):
    """The names of steps, with `kernel` for that of each architecture."""
    found = []
    for name in names:
        members = [step.name for step in every if step.name.startswith(f'{name}-')]
        found += members if name in PER_ARCH and members else [name]
    return found


def _guest(arch, kernel):
    image = guest_files.initramfs(linux.load(kernel), arch)
    return f'{image.name}, {image.stat().st_size >> 10} KiB'
