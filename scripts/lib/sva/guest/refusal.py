# SPDX-License-Identifier: GPL-2.0-or-later
"""Why a kernel refuses SVA, in words for its owner.

The guest says which error a first bind ended with; which kernels mean what by
it is known here.
"""

from ..setup import arch as arches, linux

EOPNOTSUPP = 95
# Of the fix that switched SVA off on x86; the series that took it, and from when.
SWITCHED_OFF = 'CVE-2025-71089'
SINCE = {'6.1': '6.1.163', '6.12': '6.12.64'}
# The first that flushes what the IOMMU caches of the kernel's own page tables.
BACK = '6.19'


def explain(setup, reason):
    """What the set-up facts of a guest add to its reason for not running."""
    release = setup.get('kernel.release', '')
    if (setup.get('setup.bind-errno') != str(EOPNOTSUPP)
            or setup.get('arch') != arches.X86_64.name
            or linux.version_key(release)[:2] >= linux.version_key(BACK)):
        return reason
    return (f'Linux {release} refuses SVA on x86: the fix of {SWITCHED_OFF} switched it off, in '
            'stable kernels ' + ', '.join(f'from {since} on' for since in SINCE.values())
            + f' and others of that time; {BACK} and later have it again')
