# SPDX-License-Identifier: GPL-2.0-or-later
"""Explain why a kernel refuses SVA.

The guest reports the error of the first bind; this module knows what it means for
which kernel.
"""

from ..setup import arch as arches, linux

EOPNOTSUPP = 95
# Of the fix that switched SVA off on x86; the series that took it, and from when.
SWITCHED_OFF = 'CVE-2025-71089'
SINCE = {'6.1': '6.1.163', '6.12': '6.12.64'}
# The first that flushes what the IOMMU caches of the kernel's own page tables.
BACK = '6.19'


def explain(setup, reason):
    """An explanation from the facts of the set-up, to add to the error of the guest."""
    release = setup.get('kernel.release', '')
    if (setup.get('setup.bind-errno') != str(EOPNOTSUPP)
            or setup.get('arch') != arches.X86_64.name
            or linux.version_key(release)[:2] >= linux.version_key(BACK)):
        return reason
    return (f'Linux {release} refuses SVA on x86: the fix of {SWITCHED_OFF} switched it off, in '
            'stable kernels ' + ', '.join(f'from {since} on' for since in SINCE.values())
            + f' and others of that time; {BACK} and later have it again')
