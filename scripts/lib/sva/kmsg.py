# SPDX-License-Identifier: GPL-2.0-or-later
"""What the guest kernel prints, sorted into what the judges ask for."""

import re
from dataclasses import dataclass
from typing import Optional

FAULT = re.compile(r'DMAR: \[(?P<what>[^\]]*?)(?: PASID (?P<pasid>0x[0-9a-f]+))?\] '
                   r'Request device \[(?P<device>[0-9a-f:.]+)\] '
                   r'fault addr (?P<addr>0x[0-9a-f]+) '
                   r'\[fault reason (?P<reason>0x[0-9a-f]+)\]')
# The status line before records, and lines about lines that were left out.
FAULT_STATUS = re.compile(r'DRHD: handling fault status reg|dmar_fault: \d+ callbacks suppressed')
SPLAT = re.compile(r'BUG: |WARNING: |Oops: |general protection fault|Kernel panic|'
                   r'INFO: task .* blocked|soft lockup|hard LOCKUP|'
                   r'rcu: INFO: rcu_.*(?:detected stall|self-detected)|KASAN: |UBSAN: |'
                   r'VT-d detected Invalidation|DMAR hardware is malfunctioning')
PANIC = re.compile(r'Kernel panic - not syncing: (.*)')


@dataclass(frozen=True)
class FaultLine:
    """One fault record as the VT-d driver prints it."""
    what: str
    pasid: Optional[int]
    device: str
    addr: int
    reason: int


def faults(lines, pasid=None):
    """The fault records printed, of one PASID or of all."""
    found = []
    for line in lines:
        match = FAULT.search(line)
        if not match:
            continue
        fault = FaultLine(match['what'], match['pasid'] and int(match['pasid'], 16),
                          match['device'], int(match['addr'], 16), int(match['reason'], 16))
        if pasid is None or fault.pasid == pasid:
            found.append(fault)
    return found


def about_faults(lines):
    """All lines of the fault handler, also those that carry no record."""
    return [line for line in lines if FAULT.search(line) or FAULT_STATUS.search(line)
            or 'page request' in line.lower()]


def splats(lines):
    """Lines that mean that the kernel itself is in trouble."""
    return [line for line in lines if SPLAT.search(line)]


def panic(text):
    """The reason of a panic on the console, or None."""
    match = PANIC.search(text)
    return match and match[1].strip()
