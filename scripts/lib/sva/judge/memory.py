# SPDX-License-Identifier: GPL-2.0-or-later
"""The PASID entry of a device, read from guest memory.

This walk is written from VT-d 5.10 (chapter 9: root, scalable
context, PASID directory and PASID table entry) and shares nothing with the
models, so that it can serve as evidence about them.
"""

import re
from dataclasses import dataclass

from ..util.errors import SvaError
from . import page_table

PRESENT = 1 << 0
FPD = 1 << 1
ADDR = ~0xfff
# What an entry leads to: its field PGTT.
FIRST_STAGE, NESTED = 1, 3
RTADDR_TTM_SHIFT = 10
RTADDR_TTM_SCALABLE = 1

WORDS = re.compile(r'0x([0-9a-fA-F]{16})')


@dataclass(frozen=True)
class PasidEntry:
    """The eight words of a PASID table entry, and how the walk ended.

    level names the first structure that is not present, '' if the walk
    reached the entry. fpd_above: a structure on the way has FPD set.
    """
    words: tuple = (0,) * 8
    level: str = ''
    fpd_above: bool = False

    @property
    def present(self):
        return not self.level and bool(self.words[0] & PRESENT)

    @property
    def fpd(self):
        return self.fpd_above or bool(self.words[0] & FPD)

    @property
    def silent(self):
        """Faults of an entry that is not present are not recorded."""
        return self.fpd

    @property
    def answers_ats(self):
        """Translation requests are answered, rights or not, and no error."""
        return not self.level

    @property
    def tag(self):
        """Domain ID of what the IOTLB holds of it."""
        return self.words[1] & 0xffff

    @property
    def granule(self):
        """Log2 of the smallest page."""
        return 12

    def tables(self, read):
        """Walks the first-stage page table; None if the entry leads to none."""
        kind = self.words[0] >> 6 & 7
        if not self.present or kind not in (FIRST_STAGE, NESTED):
            return None
        root, levels = self.words[2] & ADDR, 5 if self.words[2] >> 2 & 3 else 4
        if kind == FIRST_STAGE:
            return page_table.x86(read, root, levels)
        second = page_table.vtd_second(read, self.words[0] & ADDR, (self.words[0] >> 2 & 7) + 2)
        return page_table.x86_nested(read, root, levels, second)

    @property
    def silence(self):
        return 'FPD set' if self.fpd else 'FPD not set'

    def __str__(self):
        if self.level:
            return f'no PASID entry, {self.level} not present'
        last = max((i for i, w in enumerate(self.words) if w), default=0)
        return 'PASID entry ' + ' '.join(f'{w:#x}' for w in self.words[:last + 1])


def reader(qmp):
    """A function (address, words) -> list of 64-bit words of guest memory.

    QMP has pmemsave, but that has zeros for what is no memory: a table at an address
    outside of memory would look like one whose entries are not present.
    """
    def read(addr, count):
        text = qmp.monitor(f'xp /{count}gx {addr:#x}')
        words = [int(w, 16) for line in text.splitlines()
                 for w in WORDS.findall(line.split(':', 1)[-1])]
        if len(words) != count:
            raise SvaError(f'guest memory at {addr:#x} cannot be read: {text.strip()[:80]}')
        return words
    return read


def scalable(rtaddr):
    """Whether a root table address register names a table in scalable mode."""
    return (rtaddr >> RTADDR_TTM_SHIFT) & 3 == RTADDR_TTM_SCALABLE


def pasid_entry(read, rtaddr, bdf, pasid):
    """Walk from the root table address register to the entry of a PASID."""
    if not scalable(rtaddr):
        return PasidEntry(level='root table in scalable mode')
    bus, devfn = bdf >> 8, bdf & 0xff
    # A root entry has one half for each 128 functions of a bus.
    root = read((rtaddr & ADDR) + bus * 16 + (devfn >> 7) * 8, 1)[0]
    if not root & PRESENT:
        return PasidEntry(level='root entry')
    context = read((root & ADDR) + (devfn & 0x7f) * 32, 1)[0]
    fpd = bool(context & FPD)
    if not context & PRESENT:
        return PasidEntry(level='context entry', fpd_above=fpd)
    if pasid >> 6 >= 1 << (((context >> 9) & 7) + 7):
        return PasidEntry(level='directory (too small)', fpd_above=fpd)
    directory = read((context & ADDR) + (pasid >> 6) * 8, 1)[0]
    fpd = fpd or bool(directory & FPD)
    if not directory & PRESENT:
        return PasidEntry(level='directory entry', fpd_above=fpd)
    return PasidEntry(tuple(read((directory & ADDR) + (pasid & 0x3f) * 64, 8)), '', fpd)
