# SPDX-License-Identifier: GPL-2.0-or-later
"""How fast the time stamp counter of x86 guests counts.

Under TCG it is the host's own counter. A guest that calibrates it against emulated
timers on a busy host may be far off, and its clock may run many times too fast. So the
host measures the frequency and passes it to the guest.
"""

import functools
import os
import platform
import tempfile
from pathlib import Path

from ..util import paths, proc

SOURCE = Path(__file__).with_name('tsc.c')


@functools.lru_cache(maxsize=None)
def khz():
    """The host's frequency in kHz; None if the host has no such counter."""
    if platform.machine() not in ('x86_64', 'AMD64'):
        return None
    return int(proc.output([program()]))


def program():
    """What measures, compiled if need be: Python cannot read the counter."""
    if paths.prebuilt():
        return paths.prebuilt('tsc')
    program = paths.build('tsc')
    if not program.is_file() or program.stat().st_mtime < SOURCE.stat().st_mtime:
        program.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=program.parent, prefix='.tsc-') as temp:
            proc.output(['gcc', '-O2', '-Wall', '-o', f'{temp}/tsc', SOURCE])
            # Others may be about to run it.
            os.replace(f'{temp}/tsc', program)
    return program


def cmdline():
    """Words for the guest's kernel command line."""
    found = khz()
    return f'tsc_early_khz={found}' if found else ''
