# SPDX-License-Identifier: GPL-2.0-or-later
"""How fast the time stamp counter of x86 guests counts.

Under TCG it is the host's own counter. A guest that calibrates it against emulated
timers on a busy host may be far off, and its clock may run many times too fast. So the
host measures the frequency and passes it to the guest.
"""

import ctypes
import functools
import mmap
import platform
import time

# rdtsc; shl rdx, 32; or rax, rdx; ret
READ = bytes.fromhex('0f31 48c1e220 4809d0 c3')
SECONDS = 0.05
TRIES = 5


@functools.lru_cache(maxsize=None)
def khz():
    """The host's frequency in kHz; None if the host has no such counter."""
    if platform.machine() not in ('x86_64', 'AMD64'):
        return None
    with mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE
                   | mmap.PROT_EXEC) as page:
        page.write(READ)
        where = ctypes.c_char.from_buffer(page)
        read = ctypes.CFUNCTYPE(ctypes.c_uint64)(ctypes.addressof(where))
        found = sorted(_measure(read) for _ in range(TRIES))
        # The page cannot be given back while something points into it.
        del where, read
    return found[TRIES // 2]


def _measure(read):
    begin, first = time.perf_counter_ns(), read()
    time.sleep(SECONDS)
    end, last = time.perf_counter_ns(), read()
    return (last - first) * 1000000 // (end - begin)


def cmdline():
    """Words for the guest's kernel command line."""
    found = khz()
    return f'tsc_early_khz={found}' if found else ''
