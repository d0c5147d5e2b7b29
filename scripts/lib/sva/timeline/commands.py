# SPDX-License-Identifier: GPL-2.0-or-later
"""Commands of the two IOMMUs, in words.

VT-d 5.10 section 6.5.2 (descriptors) and 7.7 (page group response); IHI 0070 G.b
sections 4.2 to 4.7 (commands).
"""

from typing import NamedTuple, Optional

from ..judge.takings import field

# What a command is about.
CONFIG, TLB, ATC, ANSWER, WAIT, OTHER = ('configuration', 'TLB', 'device TLB', 'response', 'wait',
                                        'other')
INVALIDATIONS = (CONFIG, TLB, ATC)
GRANULARITY = {0: 'reserved', 1: 'global', 2: 'domain', 3: 'page'}


class Command(NamedTuple):
    """name, and whom it is about as far as it says."""
    about: str
    name: str
    rid: Optional[int] = None
    pasid: Optional[int] = None


def of_arch(arch):
    """words -> Command."""
    return {'x86_64': vtd, 'aarch64': smmu}.get(arch, _unknown)


def vtd(words):
    first, second = words
    reader = VTD.get(field(first, 11, 9) << 4 | field(first, 3, 0))
    return reader(first, second) if reader else _unknown(words)


def _unknown(words):
    return Command(OTHER, f'command {words[0]:#x} {words[1]:#x}')


def _context_cache(first, _):
    which = GRANULARITY[field(first, 5, 4)].replace('page', 'device')
    rid = field(first, 47, 32) if which == 'device' else None
    return Command(CONFIG, f'context cache, {which}{_did(first, which)}', rid)


def _iotlb(first, second):
    which = GRANULARITY[field(first, 5, 4)]
    return Command(TLB, f'IOTLB, {which}{_did(first, which)}{_pages(second, which == "page")}')


def _device_tlb(first, second):
    return Command(ATC, f'device TLB{_ats(second, second & 1)}', field(first, 47, 32))


def _interrupts(first, _):
    return Command(OTHER, 'interrupt entry cache, ' + ('index' if first >> 4 & 1 else 'global'))


def _wait(first, _):
    asked = [name for name, bit in (('IF', 4), ('SW', 5), ('FN', 6), ('PD', 7))
             if first >> bit & 1]
    return Command(WAIT, 'wait ' + ' '.join(asked))


def _pasid_iotlb(first, second):
    which = 'PASID' if field(first, 5, 4) == 2 else 'page'
    return Command(TLB, f'IOTLB, {which}{_did(first, "")}{_pages(second, which == "page")}',
                   pasid=field(first, 51, 32))


def _pasid_cache(first, _):
    which = {0: 'domain', 1: 'PASID', 3: 'global'}.get(field(first, 5, 4), 'reserved')
    return Command(CONFIG, f'PASID cache, {which}{_did(first, which)}',
                   pasid=field(first, 51, 32) if which == 'PASID' else None)


def _pasid_device_tlb(first, second):
    everyone = bool(second & 1)
    return Command(ATC, f'device TLB{", all PASIDs" if everyone else ""}'
                   + _ats(second, second >> 11 & 1),
                   field(first, 31, 16), None if everyone else field(first, 51, 32))


def _group_response(first, second):
    code = {0: 'Success', 1: 'Invalid Request', 15: 'Response Failure'}
    return Command(ANSWER, f'group {field(second, 11, 3)}: '
                   f'{code.get(field(first, 15, 12), "reserved code")}',
                   field(first, 31, 16), field(first, 51, 32) if first >> 4 & 1 else None)


VTD = {1: _context_cache, 2: _iotlb, 3: _device_tlb, 4: _interrupts, 5: _wait, 6: _pasid_iotlb,
       7: _pasid_cache, 8: _pasid_device_tlb, 9: _group_response}


def _did(first, which):
    return '' if which == 'global' else f', DID {field(first, 31, 16)}'


def _pages(second, by_page):
    if not by_page:
        return ''
    return (f', {second & ~0xfff:#x}' + (f' + 2^{field(second, 5, 0)} pages'
                                         if field(second, 5, 0) else '')
            + (' IH' if second >> 6 & 1 else ''))


def _ats(second, several):
    """PCIe ATS: with S the lowest clear bit from 12 up gives the size."""
    address = second & ~0xfff
    if not several:
        return f', {address:#x}'
    size = 1
    while address >> (11 + size) & 1:
        size += 1
    address &= ~((0x1000 << size) - 1)
    return ', everything' if size >= 51 else f', {address:#x} + 2^{size} pages'


TLBI = {0x10: 'NH_ALL', 0x11: 'NH_ASID', 0x12: 'NH_VA', 0x13: 'NH_VAA', 0x20: 'EL2_ALL',
        0x21: 'EL2_ASID', 0x22: 'EL2_VA', 0x23: 'EL2_VAA', 0x28: 'S12_VMALL', 0x2a: 'S2_IPA',
        0x30: 'NSNH_ALL'}
CFGI = {0x03: 'STE', 0x04: 'STE_RANGE', 0x05: 'CD', 0x06: 'CD_ALL'}
NAMED = {0x01: 'CMD_PREFETCH_CONFIG', 0x02: 'CMD_PREFETCH_ADDR', 0x41: 'CMD_PRI_RESP',
         0x44: 'CMD_RESUME', 0x45: 'CMD_STALL_TERM'}


def smmu(words):
    first, second = words
    opcode, stream = first & 0xff, field(first, 63, 32)
    substream = field(first, 31, 12) if first >> 11 & 1 else None
    if opcode in TLBI:
        return Command(TLB, f'CMD_TLBI_{TLBI[opcode]}{_tlbi(TLBI[opcode], first, second)}')
    if opcode in CFGI:
        name = f'CMD_CFGI_{CFGI[opcode]}' + (' Leaf' if second & 1 and opcode in (3, 5) else '')
        return Command(CONFIG, name, None if opcode == 0x04 else stream & 0xffff,
                       field(first, 31, 12) if opcode == 0x05 else None)
    if opcode == 0x40:
        size = field(second, 5, 0)
        where = ', everything' if size >= 52 else f', {second & ~0xfff:#x} + 2^{size} pages'
        return Command(ATC, 'CMD_ATC_INV' + (' Global' if first >> 9 & 1 else '') + where,
                       stream & 0xffff, None if first >> 9 & 1 else substream)
    if opcode == 0x46:
        return Command(WAIT, 'CMD_SYNC')
    if opcode in NAMED:
        about = ANSWER if opcode >= 0x41 else OTHER
        return Command(about, NAMED[opcode] + _resume(opcode, first, second), stream & 0xffff,
                       substream)
    return _unknown(words)


def _tlbi(name, first, second):
    text = f', ASID {field(first, 63, 48)}' if name.endswith(('ASID', '_VA')) else ''
    if name.endswith(('_VA', '_VAA', '_IPA')):
        text += f', {second & ~0xfff:#x}' + (' Leaf' if second & 1 else '')
        granule = {1: '4 KiB', 2: '16 KiB', 3: '64 KiB'}.get(field(second, 11, 10))
        if granule:
            text += f' + {(field(first, 16, 12) + 1) << field(first, 24, 20)} x {granule}'
    return text


def _resume(opcode, first, second):
    if opcode != 0x44:
        return ''
    done = 'Retry' if first >> 12 & 1 else 'Abort' if first >> 13 & 1 else 'RAZ/WI'
    return f' STAG {field(second, 15, 0):#x}: {done}'
