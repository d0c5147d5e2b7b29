# SPDX-License-Identifier: GPL-2.0-or-later
"""What the guest kernel prints, sorted into what the judges ask for."""

import re
from dataclasses import dataclass
from typing import Optional

FAULT = re.compile(r'DMAR: \[(?P<what>[^\]]*?)(?: PASID (?P<pasid>0x[0-9a-f]+))?\] '
                   r'Request device \[(?P<device>[0-9a-f:.]+)\] '
                   r'fault addr (?P<addr>0x[0-9a-f]+) '
                   r'\[fault reason (?P<reason>0x[0-9a-f]+)\]')
# An event of the SMMU: this line, then the record as four words. How the driver
# explains it after that differs from version to version.
EVENT = re.compile(r'arm-smmu-v3 \S+: event 0x(?P<id>[0-9a-f]{2}) received')
EVENT_WORD = re.compile(r'arm-smmu-v3 \S+: (?:\\x09|\s)*0x(?P<word>[0-9a-f]{16})\s*$')
EVENT_WORDS = 4
# It always has a SubstreamID, and no bit that says so.
BAD_SUBSTREAMID = 0x08
EVENT_TEXT = re.compile(r'arm-smmu-v3 \S+: (event: |(un)?priv (data|inst) |EVTQ overflow)')
EVENT_NAMES = {
    0x02: 'C_BAD_STREAMID', 0x03: 'F_STE_FETCH', 0x04: 'C_BAD_STE', 0x05: 'F_BAD_ATS_TREQ',
    0x06: 'F_STREAM_DISABLED', 0x07: 'F_TRANSL_FORBIDDEN', 0x08: 'C_BAD_SUBSTREAMID',
    0x09: 'F_CD_FETCH', 0x0a: 'C_BAD_CD', 0x0b: 'F_WALK_EABT', 0x10: 'F_TRANSLATION',
    0x11: 'F_ADDR_SIZE', 0x12: 'F_ACCESS', 0x13: 'F_PERMISSION',
}
# The status line before records, and lines about lines that were left out.
FAULT_STATUS = re.compile(r'DRHD: handling fault status reg|dmar_fault: \d+ callbacks suppressed')
SPLAT = re.compile(r'BUG: |WARNING: |Oops: |general protection fault|Kernel panic|'
                   r'INFO: task .* blocked|soft lockup|hard LOCKUP|'
                   r'rcu: INFO: rcu_.*(?:detected stall|self-detected)|KASAN: |UBSAN: |'
                   r'VT-d detected Invalidation|DMAR hardware is malfunctioning|'
                   r'CMDQ error|CMDQ timeout|CMD_SYNC timeout|ATC invalidate timeout|'
                   r'unexpected PRI request|PRIQ overflow|unexpected global error|'
                   r'has entered Service Failure Mode|'
                   r'kmemleak: [1-9]\d* new suspected|trying to register non-static key')
# What the program in the guest prints of kmemleak: one entry for each object.
LEAK = re.compile(r'unreferenced object 0x')
LEAKS = re.compile(r'kmemleak: \d+ new suspected')
MODULE = 'sva_accel'
FRAME = re.compile(r'(?:^|[\s:])(?P<unsure>\? )?(?P<function>[\w.]+)\+0x[0-9a-f]+/0x[0-9a-f]+'
                   r'(?: \[(?P<module>\w+)[^\]]*\])?')
# Functions that report, allocate, free, lock or check on behalf of their callers.
SERVICES = re.compile(r'_*dump_|show_stack|print_|_*warn|_*kasan_|__asan_|check_|'
                      r'_*might_|_*lock|reg(ister)?_lock|_*debug_|_*kmem|_*km(alloc|emleak)|'
                      r'_*kv?z?(m?alloc|free)|_*kfree|_*mutex_|_*raw_spin|_*down_|_*up_|'
                      r'_*mem(cpy|set|move)|_*slab_|_*refcount_|_*list_|_*queue_|_*rcu|'
                      r'_*lockdep|mark_|validate_|_*alloc_|dma_|_*vmalloc|_*free_')
LONGEST_SPLAT = 80
PANIC = re.compile(r'Kernel panic - not syncing: (.*)')
RELEASE = re.compile(r'Linux version (\S+)')


@dataclass(frozen=True)
class FaultLine:
    """One fault record as the driver of the IOMMU prints it.

    device is the PCI address, or the StreamID of an SMMU; reason is the fault
    reason of VT-d, or the number of the event.
    """
    what: str
    pasid: Optional[int]
    device: str
    addr: int
    reason: int


def faults(lines, pasid=None):
    """The fault records printed, of one PASID or of all."""
    return [fault for fault in [*_records(lines), *_events(lines)]
            if pasid is None or fault.pasid == pasid]


def _records(lines):
    """Of VT-d: one line each."""
    for match in filter(None, map(FAULT.search, lines)):
        yield FaultLine(match['what'], match['pasid'] and int(match['pasid'], 16),
                        match['device'], int(match['addr'], 16), int(match['reason'], 16))


def _events(lines):
    """Of SMMUv3: a record is what its words say."""
    event, words = None, []
    for line in lines:
        start, word = EVENT.search(line), EVENT_WORD.search(line)
        if start:
            event, words = int(start['id'], 16), []
        elif word and event is not None:
            words.append(int(word['word'], 16))
        if len(words) == EVENT_WORDS:
            yield _event(event, words)
            event, words = None, []


def _event(number, words):
    substream, has_one = words[0] >> 12 & 0xfffff, words[0] >> 11 & 1
    return FaultLine(EVENT_NAMES.get(number, f'event {number:#x}'),
                     substream if has_one or number == BAD_SUBSTREAMID else None,
                     f'{words[0] >> 32:#x}', words[2], number)


def about_faults(lines):
    """All lines of the fault handler, also those that carry no record."""
    patterns = (FAULT, FAULT_STATUS, EVENT, EVENT_WORD, EVENT_TEXT)
    return [line for line in lines if any(pattern.search(line) for pattern in patterns)
            or 'page request' in line.lower()]


def splats(lines):
    """Lines that report a warning, an oops or a hang."""
    return [line for line in lines if SPLAT.search(line)]


def blame(lines):
    """(of the kernel, of the guest driver): the splats and leaks, by who is at fault.

    That is the owner of the first function in the report that is not a helper. A report
    about a kernel function that the driver called is the kernel's.
    """
    kernel, driver = [], []
    for at, line in enumerate(lines):
        if SPLAT.search(line) or LEAK.search(line):
            frames = map(FRAME.search, _report(lines, at))
            first = next((f for f in frames if f and not f['unsure']
                          and not SERVICES.match(f['function'])), None)
            (driver if first and first['module'] == MODULE else kernel).append(line)
    if any(map(LEAK.search, driver)) and not any(map(LEAK.search, kernel)):
        kernel = [line for line in kernel if not LEAKS.search(line)]
    return kernel, driver


def _report(lines, at):
    """The lines of one report: up to the next one."""
    rest = lines[at + 1:at + LONGEST_SPLAT]
    end = next((n for n, line in enumerate(rest) if SPLAT.search(line) or LEAK.search(line)),
               len(rest))
    return [lines[at], *rest[:end]]


def release(text):
    """What the kernel calls itself in its first line, or ''."""
    match = RELEASE.search(text)
    return match[1] if match else ''


def panic(text):
    """The reason of a panic on the console, or None."""
    match = PANIC.search(text)
    return match and match[1].strip()
