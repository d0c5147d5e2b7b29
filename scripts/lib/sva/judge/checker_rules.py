# SPDX-License-Identifier: GPL-2.0-or-later
"""The rules of the checker, read from the tables in its source."""

import functools
import re

from ..util import paths

DIRECTORY = paths.ROOT / 'hw/sva/observe/checker'
# Two members of SvaCheckRule: the id, and the sentence in one or more pieces.
RULE = re.compile(r'\{\s*"(?P<id>[a-z0-9-]+)",\s*(?P<sentence>"[^"]*"(?:\s*"[^"]*")*),')


@functools.cache
def load():
    """{id: what must hold}."""
    return {found['id']: ''.join(re.findall(r'"([^"]*)"', found['sentence']))
            for path in sorted(DIRECTORY.glob('*.c'))
            for found in RULE.finditer(path.read_text(encoding='utf-8'))}
