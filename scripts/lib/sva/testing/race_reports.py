# SPDX-License-Identifier: GPL-2.0-or-later
"""Reports of ThreadSanitizer: which of them are about the models."""

import re

# Frames of an access that say whose it is: the first may be a library's. What QEMU does
# further in has an order of its own that ThreadSanitizer does not see.
FRAMES = 2
# A report is between two lines of these.
RULE = re.compile(r'^={18}$', re.M)
ACCESS = re.compile(r'^  (?:Previous )?(?:[Aa]tomic )?(?:[Rr]ead|[Ww]rite) of size', re.M)
FRAME = re.compile(r'^    #\d+ (?P<function>\S+) (?P<place>\S+)', re.M)
OURS = re.compile(r'/hw/sva/')

# What ThreadSanitizer cannot see is in order, or is not ours:
# freed after a grace period, by fences of which it does not know
RCU = re.compile(r' call_rcu_thread ')
# what one thread waits for on its stack, with QEMU's own AIO_WAIT_WHILE()
STACK = re.compile(r'^  Location is stack of ', re.M)
# memory of the guest, which orders its accesses itself
GUEST_MEMORY = re.compile(r'mem(?:cpy|move|set)|(?:ld|st)\w*_he_p')
PHYSMEM = re.compile(r'/(?:physmem|memory_ldst)\.c|/include/(?:system|exec)/memory\.h')


def environment(log):
    """log: prefix of the files in which each process writes its reports."""
    return {'TSAN_OPTIONS': f'log_path={log} exitcode=0 history_size=4'}


def about_models(text):
    """One line for each report with one of our frames near an access, none twice."""
    found = {}
    for report in RULE.split(text):
        if 'WARNING: ThreadSanitizer: data race' not in report:
            continue
        # What follows the accesses tells where threads and memory come from.
        stacks = [part.split('\n\n')[0] for part in ACCESS.split(report)[1:]]
        accesses = [list(FRAME.finditer(stack))[:FRAMES] for stack in stacks]
        if not all(accesses) or RCU.search(' '.join(stacks)) or STACK.search(report) or \
                any(_guest_memory(frames) for frames in accesses):
            continue
        if any(OURS.search(frame['place']) for frames in accesses for frame in frames):
            found[' / '.join(' < '.join(f'{frame["function"]} ({frame["place"].split("/")[-1]})'
                                        for frame in frames[:2]) for frames in accesses)] = True
    return list(found)


def _guest_memory(frames):
    return bool(GUEST_MEMORY.fullmatch(frames[0]['function'])) and \
        any(PHYSMEM.search(frame['place']) for frame in frames)


def read(log):
    """The reports of all processes that wrote to a prefix."""
    return '\n'.join(path.read_text(encoding='utf-8', errors='replace')
                     for path in sorted(log.parent.glob(f'{log.name}.*')))
