# SPDX-License-Identifier: GPL-2.0-or-later
"""Does a kernel's configuration have what the scenarios need?"""

from ..util.errors import SvaError

# Symbol: what is missing without it.
COMMON = {
    'IOMMU_SVA': 'shared virtual addressing',
    'PCI_ATS': 'address translation services',
    'PCI_PASID': 'process address space ids',
    'PCI_MSI': 'message signalled interrupts',
    'MODULES': 'loadable modules, for the guest driver',
    'BLK_DEV_INITRD': 'an initial ram disk',
    'DEVTMPFS': '/dev',
    'PROC_FS': '/proc',
    'SYSFS': '/sys',
    'PROC_PAGE_MONITOR': '/proc/self/pagemap, to recognise freed pages',
}
NEEDED = {
    'x86_64': {
        'INTEL_IOMMU': 'the VT-d driver',
        'INTEL_IOMMU_SVM': 'shared virtual addressing on VT-d',
        'PCI_PRI': 'page requests',
        **COMMON,
        'SERIAL_8250_CONSOLE': 'a console on the serial line',
    },
    'aarch64': {
        'ARM_SMMU_V3': 'the SMMUv3 driver',
        'ARM_SMMU_V3_SVA': 'shared virtual addressing on SMMUv3',
        **COMMON,
        'PCI_HOST_GENERIC': 'the PCI host of the machine',
        'SERIAL_AMBA_PL011_CONSOLE': 'a console on the serial line',
        'SERIAL_8250_PCI': 'a serial line on the PCI bus, the control channel',
    },
}


def parse(text):
    """The symbols of a .config that are y or m."""
    pairs = (line.strip().split('=', 1) for line in text.splitlines()
             if line.startswith('CONFIG_') and '=' in line)
    return {name.removeprefix('CONFIG_'): value for name, value in pairs if value in 'ym'}


def missing(config, arch):
    """[(symbol, purpose)] that a configuration lacks; m counts where it can."""
    # Only what must work before modules are loaded has to be built in.
    return [(symbol, purpose) for symbol, purpose in NEEDED[arch].items()
            if config.get(symbol) != 'y']


def check(path, arch):
    """SvaError that names what a .config lacks; silent if there is none."""
    try:
        config = parse(path.read_text(encoding='utf-8'))
    except OSError:
        return
    lacking = missing(config, arch)
    if lacking:
        raise SvaError('this kernel cannot run the scenarios; its configuration lacks '
                       + ', '.join(f'CONFIG_{symbol} ({purpose})' for symbol, purpose in lacking)
                       + '; `sva config` in its tree changes that', path)
