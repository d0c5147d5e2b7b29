# SPDX-License-Identifier: GPL-2.0-or-later
"""hugetlb: huge pages are unmapped, and used again, while the device writes."""

from ..rules import revocation

THOROUGH = ('rounds=300', 1800)
RULES = revocation.UNMAPPED


def equip(spec, keys):
    """Pages of 1 GiB are set aside at boot, in a machine that has room for one."""
    if keys.get('gib', '0') != '0':
        spec.extra = [*spec.extra, '-m', '4G']
        spec.cmdline += ' hugepagesz=1G hugepages=1'
