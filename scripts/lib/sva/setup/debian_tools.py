# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's own test suites for Intel DSA, as they are, with all that they need."""

import re
import tempfile
from pathlib import Path

from ..util import files, paths
from ..util.errors import SvaError
from . import apt, cpio

# The tests, and the programs that their scripts call.
PACKAGES = ('accel-config', 'accel-config-test', 'bash', 'coreutils', 'dpdk-dev', 'grep', 'kmod',
            'sed')
# What dpdk-test loads at run time; the number of their ABI follows.
PLUGINS = ('librte-dma-idxd', 'librte-mempool-ring')
# Named as dependencies, and not used by any of these programs.
UNUSED = ('debconf', 'libdpdk-dev', 'openssl-provider-legacy', 'python3', 'rdma-core',
          'sse4.2-support', 'systemd', 'tzdata', 'udev')
# Left out of the guest: half of it would be text.
LEFT_OUT = ('usr/include', 'usr/share/doc', 'usr/share/info', 'usr/share/locale',
            'usr/share/man')
# Where it is in the guest, where kmod looks for modules there, and which.
ROOT = 'debian'
MODULES_DIR = f'{ROOT}/usr/lib/modules'
MODULES = ('idxd', 'iaa_crypto', 'vfio_pci')
# Told in the note of the step.
TOLD = ('accel-config-test', 'dpdk-dev')


def _record():
    return paths.cache('debian-tools', 'amd64.json')


def get(private, update=False):
    """Pack the newest packages into the cache; a short note."""
    known = files.read_json(_record())
    wanted = [*PACKAGES, *PLUGINS, *UNUSED, *LEFT_OUT]
    if update or not known or known.get('for') != wanted or not Path(known['archive']).is_file():
        packages = private.closure((*PACKAGES, *_plugins(private)), UNUSED)
        known = {'for': wanted, 'packages': packages, 'archive': str(_pack(private, packages))}
        files.write_json(_record(), known)
    told = [package.replace('=', ' ') for package in known['packages']
            if package.split('=')[0] in TOLD]
    return f'{", ".join(told)} and {len(known["packages"]) - len(told)} more (Debian)'


def archive():
    """The archive of files, in the format of an initramfs."""
    known = files.read_json(_record())
    if not known or not Path(known['archive']).is_file():
        raise SvaError('Debian\'s test suites are not there yet: run '
                       '`sva setup --only debian-tools`')
    return Path(known['archive'])


def _plugins(private):
    depends = private.newest('dpdk-dev').get('Depends', '')
    abi = re.search(r'librte-dmadev(\d+)', depends)
    if not abi:
        raise SvaError(f'Debian package dpdk-dev names no librte-dmadev: {depends}')
    return [name + abi[1] for name in PLUGINS]


def _pack(private, packages):
    """Fetch packages and make one archive of them."""
    out = paths.cache('debian-tools', files.content_key(*packages, *LEFT_OUT) + '.cpio.gz')
    with files.locked(paths.cache('debian-tools', 'lock')):
        if out.is_file():
            return out
        files.need_space(paths.cache(), 1)
        debs = private.download(*packages)
        with tempfile.TemporaryDirectory() as tree:
            for deb in debs:
                apt.extract(deb, tree)
            made = cpio.Archive()
            made.tree(ROOT, Path(tree), LEFT_OUT)
            files.write(out, made.bytes())
        for deb in debs:
            files.remove(deb)
    return out
