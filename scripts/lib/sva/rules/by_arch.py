# SPDX-License-Identifier: GPL-2.0-or-later
"""Which scenarios there are for which architecture: all of them where nothing is said."""

ONLY = {
    # Linux leaves page requests off behind an SMMUv3, and VT-d stalls nothing.
    'prq-overflow': ('x86_64',),
    'kill-with-queued-requests': ('x86_64',),
    'evtq-full': ('aarch64',),
    'stall-across-exit': ('aarch64',),
    'resume-storm': ('aarch64',),
    'page-request-denied': ('aarch64',),
}


def of_arch(names, arch):
    """Those of the scenarios that there are for an architecture."""
    return [name for name in names if arch in ONLY.get(name, (arch,))]
