# SPDX-License-Identifier: GPL-2.0-or-later
"""The event stream of a machine, as a run keeps it."""

import re

from . import logs

# Who looked it up; which entry it is; what it says. Not: for which address.
ENTRY = re.compile(rb'"kind":"ENTRY",("rid":\d+,"pasid":(?:\d+|null)),"addr":"0x[0-9a-f]+",'
                   rb'("entry":\{.*"pa":"0x[0-9a-f]+"),"words":(\[[^]]*\])')
# Entries that are remembered; after that it begins anew.
MOST = 1 << 16


class Recording(logs.NumberLog):
    """It leaves out reads of an entry that say what the read before said.

    An IOMMU that finds no present entry may not cache that, and reads the same four
    entries for each request: these were most of the lines.
    """

    def __init__(self, *args, **options):
        self.said = {}
        self.repeated = 0
        super().__init__(*args, **options)

    def _safe(self, lines):
        return super()._safe([line for line in lines if not self._is_repeated(line)])

    def _is_repeated(self, line):
        match = ENTRY.search(line) if b'"kind":"ENTRY"' in line else None
        if not match:
            return False
        key, words = match.group(1, 2), match[3]
        if self.said.get(key) == words:
            self.repeated += 1
            return True
        if len(self.said) >= MOST:
            self.said.clear()
        self.said[key] = words
        return False
