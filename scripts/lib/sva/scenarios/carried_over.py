# SPDX-License-Identifier: GPL-2.0-or-later
"""Which scenarios there are for which architecture.

All of them where nothing is said. On arm64 the others wait for page requests,
which Linux leaves off behind an SMMUv3.
"""

CARRIED_OVER = {
    'aarch64': ('fault-in', 'kill', 'late', 'segfault', 'munmap-race', 'mprotect', 'fork',
                'isolation', 'bind-storm', 'two-mms'),
}


def of_arch(names, arch):
    """Those of the scenarios that there are for an architecture."""
    return [name for name in names if name in CARRIED_OVER.get(arch, names)]
