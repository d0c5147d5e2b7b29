# SPDX-License-Identifier: GPL-2.0-or-later
"""What the rules must know about the IOMMU of each guest architecture.

The rules are the same for both. This table has the differences: name and place of the
entry of a PASID, the lines that the kernel prints, the fault reason of a late access,
and what the Linux driver never does.
"""

from typing import Callable, NamedTuple

from ..guest import machine
from ..util.errors import SvaError
from . import counters, memory, takings
from .context_descriptor import context_descriptor


class Iommu(NamedTuple):
    """What differs from one IOMMU and its Linux driver to the other."""
    # Name of the structure for a PASID, and the prefix of lines about faults.
    entry: str
    line: str
    # read_entry(machine, pasid[, id of the device]) -> the entry of the accelerator.
    read_entry: Callable
    # Fault reasons: PASID not bound (the first is the usual one), page not present,
    # page not writable.
    gone_reasons: tuple
    not_present: int
    no_write: int
    # Does Linux drain page requests when it unbinds? How are pages asked for?
    drains: bool
    page_requests: bool
    # The mode that waits for missing pages.
    asking: str
    # The property for the width of PASIDs.
    pasid_bits: str
    # What lines about faults call a function, by its PCI address.
    device: Callable
    # What its invalidations cover.
    takings: takings.Takings
    # Is the IOTLB tagged with the PASID, or with a tag from the entry (an ASID)?
    tlb_has_pasids: bool
    # Rows of counters that agree with the accelerator's, besides counters.SAME.
    same: tuple = ()


def _pasid_entry(guest, pasid, device=machine.ACCEL_ID):
    return memory.pasid_entry(memory.reader(guest.qmp), guest.qmp.get(machine.IOMMU, 'rtaddr'),
                              guest.bdf(device), pasid)


def _context_descriptor(guest, pasid, device=machine.ACCEL_ID):
    base, config = (guest.qmp.get(machine.IOMMU, name)
                    for name in ('strtab-base', 'strtab-base-cfg'))
    # The board maps requester IDs to StreamIDs one to one.
    return context_descriptor(memory.reader(guest.qmp), base, config,
                              guest.bdf(device), pasid)


def _stream(pci):
    """StreamID of 'DDDD:BB:DD.F'."""
    _, bus, devfn = pci.split(':')
    device, function = devfn.split('.')
    return f'{int(bus, 16) << 8 | int(device, 16) << 3 | int(function):#x}'


TABLE = {
    # PASID entry, PASID directory entry not present; first-stage entry not
    # present; without the right to write.
    'x86_64': Iommu('PASID entry', 'DMAR', _pasid_entry, (0x59, 0x51), 0x71, 0x85,
                    drains=True, page_requests=True, asking='ats-pri',
                    pasid_bits='sva-vtd.pasid-bits', device=str, takings=takings.VTD,
                    tlb_has_pasids=True),
    # C_BAD_CD, C_BAD_SUBSTREAMID; F_TRANSLATION; F_PERMISSION. The driver neither
    # lets PCI functions send page requests nor drains anything at unbind.
    'aarch64': Iommu('CD', 'SMMU', _context_descriptor, (0x0a, 0x08), 0x10, 0x13,
                     drains=False, page_requests=False, asking='untranslated',
                     pasid_bits='sva-smmuv3.ssid-bits', device=_stream,
                     takings=takings.SMMU, tlb_has_pasids=False,
                     same=counters.SAME_STALLS),
}


def of_arch(arch):
    if arch not in TABLE:
        raise SvaError(f'there is no IOMMU known for {arch} guests')
    return TABLE[arch]
