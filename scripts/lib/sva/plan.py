# SPDX-License-Identifier: GPL-2.0-or-later
"""The list of set-up steps."""

from typing import NamedTuple, Optional

from . import apt, debian_kernel, guest_build, linux, qemu, tools
from .steps import Step


class Options(NamedTuple):
    """What the user may choose about the set-up."""
    arch: str = 'x86_64'
    qemu_src: Optional[str] = None
    kernel_src: Optional[str] = None
    update: bool = False


def steps(options):
    """All steps for one guest architecture, in the order they are best begun."""
    private = apt.PrivateRoot()
    arch = options.arch
    return [
        Step('packages', 'build packages', 'fetch', (),
             lambda bar: tools.install_packages()),
        Step('tools', 'meson, avocado', 'fetch', ('packages',),
             lambda bar: tools.make_python_env(private)),
        Step('qemu-source', 'QEMU source', 'fetch', ('packages',),
             lambda bar: qemu.get_source(private, options.qemu_src, options.update)),
        Step('qemu', 'QEMU build', 'build', ('tools', 'qemu-source'), qemu.build),
        Step('firmware', 'firmware', 'fetch', ('packages',),
             lambda bar: tools.make_firmware(private)),
        Step('linux-source', 'Linux source', 'fetch', ('packages',),
             lambda bar: linux.get_source(private, options.kernel_src, options.update)),
        Step('kernel', 'Linux build', 'build', ('linux-source',),
             lambda bar: linux.build(arch, bar)),
        Step('debian-kernel', 'Debian kernel', 'fetch', ('packages',),
             lambda bar: debian_kernel.get(arch, private, options.update)),
        Step('guest', 'guest programs, driver', 'build', ('packages', 'kernel'),
             lambda bar: _guest(arch)),
    ]


def _guest(arch):
    image = guest_build.initramfs(linux.load(f'kernel-{arch}'), arch)
    return f'{image.name}, {image.stat().st_size >> 10} KiB'
