# SPDX-License-Identifier: GPL-2.0-or-later
"""What an invalidation covers, from the specifications.

VT-d 5.10 section 6.5.2 (descriptors) and tables 17-24 (what each reaches);
IHI 0070 G.b sections 4.3 (CMD_CFGI_*), 4.4 (CMD_TLBI_*) and 4.5 (CMD_ATC_INV).
More may be dropped by hardware; software must not count on it.
"""

from typing import NamedTuple

from .ledger import ATC, CONFIG, IOTLB

EVERYTHING = (0, (1 << 64) - 1)


class Who(NamedTuple):
    """The owner of translations: a function, a PASID, and the tags of its entry.

    tags: domain IDs or ASIDs that were seen there; empty: not known, any may match.
    granules: of its page tables, as powers of two, in the same way.
    """
    rid: int
    pasid: int
    tags: frozenset = frozenset()
    granules: frozenset = frozenset()

    def has_tag(self, tag):
        return not self.tags or tag in self.tags

    def has_granule(self, shift):
        return not self.granules or shift in self.granules


class Takings(NamedTuple):
    """covers(command, who) -> [(place, first address, last address)]."""
    covers: object
    # A page request that is queued drops the page from the IOTLB.
    asking_drops: bool
    # asked_by(upper word of a fault record): a page request met the fault.
    asked_by: object
    # last(second word of a page request): it is the last one of its group.
    last: object
    # The IOTLB is not tagged with PASIDs: functions with the same tag share entries.
    by_tag: bool


def field(word, high, low):
    return word >> low & ((1 << (high - low + 1)) - 1)


def pages(addr, log2):
    """The naturally aligned 2^log2 pages around an address."""
    mask = (0x1000 << log2) - 1
    return addr & ~mask, addr | mask


def _vtd(command, who):
    kind, first, second = command.first & 0xf, command.first, command.second
    which, domain, pasid = field(first, 5, 4), field(first, 31, 16), field(first, 51, 32)
    address = second & ~0xfff
    if kind == 2:               # IOTLB; by page it reaches the whole domain's first stage
        if which == 1 or (which in (2, 3) and who.has_tag(domain)):
            return [(IOTLB, *EVERYTHING)]
    elif kind == 6 and pasid == who.pasid and who.has_tag(domain):
        # AM beyond the address: everything.
        am = field(second, 5, 0)
        whole = which == 2 or am >= 52
        if which in (2, 3):
            return [(IOTLB, *(EVERYTHING if whole else pages(address, am)))]
    elif kind == 7:             # PASID cache
        if which == 3 or (which in (0, 1) and who.has_tag(domain)
                          and (which == 0 or pasid == who.pasid)):
            return [(CONFIG, *EVERYTHING)]
    elif kind == 8 and domain == who.rid and (second & 1 or pasid == who.pasid):
        return [(ATC, *_ats_range(address, second >> 11 & 1))]
    return []


def _ats_range(address, several):
    """PCIe ATS: with S the lowest clear bit from 12 up gives the size."""
    if not several:
        return address, address | 0xfff
    size = 1
    while address >> (11 + size) & 1:
        size += 1
        if size == 52:
            return EVERYTHING
    return pages(address, size)


# CMD_TLBI_*: opcode -> (by ASID, by address); those of stage 2 alone are not here.
TLBI = {0x10: (False, False), 0x11: (True, False), 0x12: (True, True), 0x13: (False, True),
        0x20: (False, False), 0x21: (True, False), 0x22: (True, True), 0x23: (False, True),
        0x28: (False, False), 0x30: (False, False)}
GRANULES = {1: 12, 2: 14, 3: 16}


def _smmu(command, who):
    opcode, first, second = command.first & 0xff, command.first, command.second
    stream, substream = field(first, 63, 32), field(first, 31, 12)
    if opcode in TLBI:
        by_asid, by_address = TLBI[opcode]
        if by_asid and not who.has_tag(field(first, 63, 48)):
            return []
        # With TG it is about entries of that granule (section 4.4.1.1).
        granule = GRANULES.get(field(second, 11, 10))
        if by_address and granule and not who.has_granule(granule):
            return []
        return [(IOTLB, *(_tlbi_range(first, second) if by_address else EVERYTHING))]
    if opcode in (0x03, 0x06) and stream == who.rid or \
            opcode == 0x05 and (stream, substream) == (who.rid, who.pasid):
        return [(CONFIG, *EVERYTHING)]
    if opcode == 0x04:          # CMD_CFGI_STE_RANGE
        span = field(second, 4, 0) + 1
        if stream >> span == who.rid >> span:
            return [(CONFIG, *EVERYTHING)]
    if opcode == 0x40 and stream == who.rid and first >> 11 & 1 and \
            (first >> 9 & 1 or substream == who.pasid):
        size = field(second, 5, 0)
        return [(ATC, *(EVERYTHING if size >= 52 else pages(second & ~0xfff, size)))]
    return []


def _tlbi_range(first, second):
    """Without TG one address; else (NUM + 1) * 2^SCALE granules."""
    address, granule = second & ~0xfff, GRANULES.get(field(second, 11, 10))
    if not granule:
        return address, address
    size = (field(first, 16, 12) + 1) << (field(first, 24, 20) + granule)
    return address, min(address + size, 1 << 64) - 1


# T2 (bit 92) without T1 (126) of a fault record: VT-d 5.10 section 11.4.7.6.
VTD = Takings(_vtd, asking_drops=True,
              asked_by=lambda record: record >> 28 & 1 and not record >> 62 & 1,
              last=lambda second: second >> 2 & 1, by_tag=False)
SMMU = Takings(_smmu, asking_drops=False, asked_by=lambda record: False,
               last=lambda second: False, by_tag=True)
