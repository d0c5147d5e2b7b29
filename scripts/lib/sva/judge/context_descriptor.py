# SPDX-License-Identifier: GPL-2.0-or-later
"""The context descriptor (CD) of a device and a SubstreamID, read from guest memory.

This walk is written from the SMMUv3 specification (registers STRTAB_BASE and
STRTAB_BASE_CFG, stream table entry, context descriptor) and shares nothing with
the models, so that it can serve as evidence about them.
"""

from dataclasses import dataclass

from . import page_table

STE_BYTES = CD_BYTES = 64
STE_ABORT = 'STE aborts'

VALID, EPD0, STALL, RECORD, ABORT = (1 << bit for bit in (31, 14, 44, 45, 46))


def bits(word, high, low):
    return (word >> low) & ((1 << (high - low + 1)) - 1)


def address(word, high, low):
    return bits(word, high, low) << low


@dataclass(frozen=True)
class ContextDescriptor:
    """The eight words of a CD, and how the walk ended.

    level names the first structure that leads no further, '' if the walk
    reached the CD. present and silent mean what they mean of a PASID entry.
    """
    words: tuple = (0,) * 8
    level: str = ''

    @property
    def valid(self):
        return not self.level and bool(self.words[0] & VALID)

    @property
    def present(self):
        """Leads to a page table: not when walks with TTB0 are disabled."""
        return self.valid and not self.words[0] & EPD0

    @property
    def silent(self):
        """DMA is aborted and no event is recorded."""
        if self.level:
            return self.level == STE_ABORT
        return self.valid and not self.present and not self.words[0] & (RECORD | STALL)

    @property
    def answers_ats(self):
        """Translation requests are answered, rights or not, and no error."""
        return self.valid

    @property
    def silence(self):
        if self.level or not self.valid:
            return 'not valid'
        return ('EPD0 set' if self.words[0] & EPD0 else 'EPD0 not set') + \
            (', R set' if self.words[0] & RECORD else ', R clear')

    @property
    def asid(self):
        return bits(self.words[0], 63, 48)

    @property
    def ttb0(self):
        return address(self.words[1], 51, 4)

    @property
    def tag(self):
        """What the TLB holds is tagged with."""
        return self.asid

    @property
    def granule(self):
        """Log2 of the smallest page: TG0."""
        return page_table.GRANULE_SHIFTS.get(bits(self.words[0], 7, 6))

    def tables(self, read):
        """Walks the tables below TTB0; None if the CD leads to none."""
        granule = bits(self.words[0], 7, 6)
        if not self.present or granule not in page_table.GRANULE_SHIFTS:
            return None
        return page_table.arm64(read, self.ttb0, 64 - bits(self.words[0], 5, 0), granule)

    def __str__(self):
        if self.level:
            return f'no CD, {self.level}'
        if not self.valid:
            return f'CD {self.words[0]:#x}, V clear'
        flags = [name for name, bit in (('V', VALID), ('EPD0', EPD0), ('S', STALL),
                                        ('R', RECORD), ('A', ABORT)) if self.words[0] & bit]
        return (f'CD {self.words[0]:#x} {self.words[1]:#x} ({" ".join(flags)}, '
                f'ASID {self.asid}, TTB0 {self.ttb0:#x})')


def context_descriptor(read, strtab_base, strtab_base_cfg, stream, substream):
    """Walk from the two registers to the CD of a StreamID and a SubstreamID."""
    where = _stream_table_entry(read, address(strtab_base, 51, 6), strtab_base_cfg, stream)
    if where is None:
        return ContextDescriptor(level='no stream table entry')
    ste = read(where, 2)[0]
    if not ste & 1:
        return ContextDescriptor(level='STE not valid')
    config = bits(ste, 3, 1)
    if not config & 4:
        return ContextDescriptor(level=STE_ABORT)
    if not config & 1:
        return ContextDescriptor(level='STE bypasses stage 1')
    where = _descriptor(read, ste, substream)
    if where is None:
        return ContextDescriptor(level='no entry in the CD table')
    return ContextDescriptor(tuple(read(where, 8)))


def _stream_table_entry(read, base, config, stream):
    """Address of the STE, or None."""
    log2size, split = bits(config, 5, 0), bits(config, 10, 6)
    if stream >> log2size:
        return None
    if bits(config, 17, 16) != 1:
        size = STE_BYTES << log2size
        return (base & ~(size - 1)) + stream * STE_BYTES
    split = split if split in (6, 8, 10) else 6
    size = max(64, 8 << max(log2size - split, 0))
    first = read((base & ~(size - 1)) + (stream >> split) * 8, 1)[0]
    span, index = bits(first, 4, 0), stream & ((1 << split) - 1)
    if span == 0 or span > split + 1 or index >> (span - 1):
        return None
    size = STE_BYTES << (span - 1)
    return (address(first, 51, 6) & ~(size - 1)) + index * STE_BYTES


def _descriptor(read, ste, substream):
    """Address of the CD, or None."""
    table, form, log2max = address(ste, 51, 6), bits(ste, 5, 4), bits(ste, 63, 59)
    if substream >> log2max:
        return None
    if form not in (1, 2) or not log2max:
        return table + substream * CD_BYTES
    # Leaves of 4 KiB hold 64 descriptors, those of 64 KiB 1024.
    leaf = 6 if form == 1 else 10
    first = read(table + (substream >> leaf) * 8, 1)[0]
    if not first & 1:
        return None
    return address(first, 51, leaf + 6) + (substream & ((1 << leaf) - 1)) * CD_BYTES
