# SPDX-License-Identifier: GPL-2.0-or-later
"""Walk the page tables of a process in guest memory.

Written from the formats (Intel SDM volume 3 section 5.5; Arm DDI 0487 D8), not from
the models, which are under test. In doubt access is allowed, so that nobody is blamed:
access and dirty flags are ignored.
"""

from typing import NamedTuple, Optional

ENTRIES = 512
PAGE_SHIFT = 12


class Leaf(NamedTuple):
    """Where a page is, and whether it may be written."""
    pa: int
    write: bool


class Walk:
    """Walks one tree; tables are read once.

    read: as memory.reader(). step(word, level) -> ('table', address), ('leaf',
    address) or None. writable(word, is_leaf): this level leaves the right to write.
    """

    def __init__(self, read, root, level, step, writable, shift=PAGE_SHIFT):
        self.read, self.root, self.level = read, root, level
        self.step, self.writable = step, writable
        self.shift, self.bits = shift, shift - 3
        self.tables = {}

    def __call__(self, va) -> Optional[Leaf]:
        table, write = self.root, True
        for level in range(self.level, -1, -1):
            below = self.shift + level * self.bits
            word = self._entry(table, va >> below & ((1 << self.bits) - 1))
            what = self.step(word, level)
            if what is None:
                return None
            write = write and self.writable(word, what[0] == 'leaf')
            if what[0] == 'leaf':
                mask = (1 << below) - 1
                return Leaf((what[1] & ~mask | va & mask) & ~0xfff, write)
            table = what[1]
        return None

    def _entry(self, table, index):
        part = index // ENTRIES
        if (table, part) not in self.tables:
            self.tables[table, part] = self.read(table + part * ENTRIES * 8, ENTRIES)
        return self.tables[table, part][index % ENTRIES]


def x86(read, root, levels):
    """4 or 5 levels; only what a user may do counts."""
    address = ((1 << 52) - 1) & ~0xfff

    def step(word, level):
        if not word & 1 or not word & 4:
            return None
        leaf = level == 0 or level <= 2 and word >> 7 & 1
        # Bit 12 of a large leaf is an attribute; the walk masks it off.
        return ('leaf' if leaf else 'table'), word & address

    return Walk(read, root & address, levels - 1, step, lambda word, leaf: bool(word & 2))


def vtd_second(read, root, levels):
    """The second stage of VT-d (VT-d 5.10 section 9.8)."""
    address = ((1 << 52) - 1) & ~0xfff

    def step(word, level):
        if not word & 3:
            return None
        leaf = level == 0 or level <= 2 and word >> 7 & 1
        return ('leaf' if leaf else 'table'), word & address

    return Walk(read, root & address, levels - 1, step, lambda word, leaf: bool(word & 2))


def x86_nested(read, root, levels, second):
    """First stage whose tables and leaves are addresses of a second one."""
    def through(addr, count):
        leaf = second(addr)
        return read(leaf.pa | addr & 0xfff, count) if leaf else [0] * count

    first = x86(through, root, levels)

    def walk(va):
        leaf = first(va)
        last = second(leaf.pa) if leaf else None
        return Leaf(last.pa, leaf.write and last.write) if last else None
    return walk


GRANULE_SHIFTS = {0: 12, 1: 16, 2: 14}
DBM, READ_ONLY, USER = 1 << 51, 1 << 7, 1 << 6


def arm64(read, root, region_bits, granule):
    """Stage 1 below TTB0; granule is the TG0 field."""
    shift = GRANULE_SHIFTS[granule]
    level = -(-(region_bits - shift) // (shift - 3)) - 1
    address = ((1 << 48) - 1) & ~((1 << shift) - 1)

    def step(word, level):
        if not word & 1:
            return None
        if level and word & 2:
            return 'table', word & address
        if bool(word & 2) != (level == 0) or not word & USER:
            return None
        return 'leaf', word & address

    def writable(word, leaf):
        # A clean page whose dirty state the hardware manages is writable.
        return not leaf or not word & READ_ONLY or bool(word & DBM)

    return Walk(read, root & ~0xf, level, step, writable, shift)
