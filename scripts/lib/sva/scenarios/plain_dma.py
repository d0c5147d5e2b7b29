# SPDX-License-Identifier: GPL-2.0-or-later
"""plain-dma: the accelerator without PASIDs, behind whatever is there."""

from ..judge.verdict import MODEL, OVERALL, SETUP
from ..rules.facts import count, numbers
from ..rules.rule import Check, Result, Rule

NOT_OFFERED = 'needs a machine without PASIDs'


def driver(run):
    """The driver takes the device, with its interrupts."""
    node, device = run.setup.get('device.node'), run.setup.get('device')
    return Result(f'{node} at {device}', [
        Check(bool(node and device), SETUP, 'there is no device, or no driver for it')], MODEL)


def data(run):
    """Single writes and reads arrive where the address says."""
    pages, wrote, arrived, read = numbers(run, 'plain', 'pages', 'writes', 'arrived', 'reads')
    return Result(f'{count(pages, "word")} written and read back at physical addresses', [
        Check(pages > 0, SETUP, 'no page was tried'),
        Check(wrote == pages, MODEL, f'{wrote} of {count(pages, "write")} carried out'),
        Check(arrived == pages, MODEL, f'{arrived} of {count(pages, "word")} arrived'),
        Check(read == pages, MODEL, f'{read} of {count(pages, "word")} read back')], MODEL)


RULES = [
    Rule(OVERALL, 'driver', driver),
    Rule(OVERALL, 'data', data),
]
