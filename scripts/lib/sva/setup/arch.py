# SPDX-License-Identifier: GPL-2.0-or-later
"""The guest architectures: how each is built for and booted.

What their IOMMUs do differently is in iommus.py.
"""

from typing import NamedTuple

# For commands that work on one architecture.
DEFAULT = 'x86_64'


class Arch(NamedTuple):
    """One guest architecture; name is what QEMU and `uname -m` call it."""
    name: str
    title: str
    # Of the kernel's build: ARCH= and the image.
    linux: str
    image: str
    # Prefix of the compiler and binutils; '' for the machine's own.
    cross: str
    # Debian's name, and packages of the machine's own suite to build for it.
    debian: str
    packages: tuple
    # QEMU options, and words for the kernel command line.
    machine: tuple
    cmdline: str
    # Terminals: where the kernel prints, where the control channel is.
    console: str
    control: str
    # Options that connect the control channel; {} is the name of a chardev.
    control_options: tuple
    iommu: str
    # Other values of those QEMU options, more of them, and properties of the IOMMU, in a
    # machine that QEMU records.
    recorded: tuple
    recorded_more: tuple
    recorded_iommu: str

    @property
    def compiler(self):
        return f'{self.cross}gcc' if self.cross else 'cc'


X86_64 = Arch(
    name='x86_64', title='x86-64', linux='x86_64', image='arch/x86/boot/bzImage',
    cross='', debian='amd64', packages=(),
    # -nodefaults: an empty CD-ROM drive alone costs 30 s in the BIOS.
    machine=('-M', 'q35', '-accel', 'tcg', '-cpu', 'max', '-m', '1G', '-smp', '2',
             '-nodefaults', '-no-reboot', '-display', 'none'),
    # VT-d on with scalable mode, also where the configuration says otherwise. The
    # timer check counts ticks in a short while, and the clock watchdog compares two
    # clocks; a busy host makes both fail.
    cmdline='intel_iommu=on,sm_on no_timer_check tsc=reliable',
    console='ttyS0', control='ttyS1', control_options=('-serial', 'chardev:{}'),
    iommu='sva-vtd',
    # QEMU's emulation of x2APIC reads the clock where it must not with -icount.
    recorded=(('-smp', '1'), ('-cpu', 'max,-x2apic')), recorded_iommu='eim=off',
    # On the way to a snapshot the main loop resets it, which waits for the processor's
    # thread with a lock that this one waits for. It is for Windows XP.
    recorded_more=('-global', 'apic-common.vapic=off'))

AARCH64 = Arch(
    name='aarch64', title='arm64', linux='arm64', image='arch/arm64/boot/Image',
    cross='aarch64-linux-gnu-', debian='arm64',
    packages=('gcc-aarch64-linux-gnu', 'libc6-dev-arm64-cross'),
    # Linux refuses SVA where processor and SMMU differ: with LPA2, with more
    # physical address bits than the SMMU's, with table access flags that it lacks.
    # This processor has 48 bits and hardware access and dirty flags, no more.
    machine=('-M', 'virt,gic-version=3', '-accel', 'tcg', '-cpu', 'neoverse-n1', '-m', '1G',
             '-smp', '2', '-nodefaults', '-no-reboot', '-display', 'none'),
    cmdline='',
    # The board has one serial line; the channel is a PCI device out of the way
    # of the device numbers that QEMU gives to others.
    console='ttyAMA0', control='ttyS0',
    control_options=('-device', 'pci-serial,chardev={},addr=1f'),
    iommu='sva-smmuv3', recorded=(('-smp', '1'),), recorded_more=(), recorded_iommu='')

ALL = {arch.name: arch for arch in (X86_64, AARCH64)}


def get(name):
    return ALL[name]


def of_image(head):
    """The architecture that the first bytes of a kernel image are for, or None."""
    if head[0x202:0x206] == b'HdrS':
        return X86_64.name
    if head[0x38:0x3c] == b'ARM\x64':
        return AARCH64.name
    return None
