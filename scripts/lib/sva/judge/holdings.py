# SPDX-License-Identifier: GPL-2.0-or-later
"""What the caches of the models hold, as the models report it.

The ledger says what they may hold; both are compared when a PASID leads nowhere.
"""

from typing import NamedTuple

from ..guest import machine


class Holdings(NamedTuple):
    """Numbers of translations by PASID (of an SMMU's TLB: by ASID), and entries by
    (function, PASID)."""
    iotlb: dict
    atc: dict
    configs: frozenset

    def record(self):
        """For the file of the evidence."""
        return {'iotlb': self.iotlb, 'atc': self.atc,
                'configs': [f'{rid:#06x}.{pasid}' for rid, pasid in sorted(self.configs)]}


def translations(text):
    """'1:512 3:2'"""
    return {int(tag): int(n) for tag, _, n in (word.partition(':') for word in text.split())}


def configs(text):
    """'0x0020.1'"""
    return frozenset((int(rid, 16), int(pasid))
                     for rid, _, pasid in (word.partition('.') for word in text.split()))


def read(guest):
    """Of the IOMMU and the first accelerator; both are there."""
    return Holdings(translations(guest.qmp.get(machine.IOMMU, 'cached-translations')),
                    translations(guest.qmp.get(machine.ACCEL, 'cached-translations')),
                    configs(guest.qmp.get(machine.IOMMU, 'cached-configs')))
