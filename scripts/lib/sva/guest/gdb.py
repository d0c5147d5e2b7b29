# SPDX-License-Identifier: GPL-2.0-or-later
"""How to attach gdb to a guest, as a command that can be pasted."""

import shlex

from ..setup import arch as arches, artifacts
from . import machine

# A kernel that moves itself has no addresses that vmlinux knows.
CMDLINE = 'nokaslr'


def on_port(line, port):
    """The same command for another port."""
    return line.replace(f'target remote :{machine.GDB_PORT}', f'target remote :{port}')


def command(spec, running=False):
    """With the symbols of the kernel; of its modules, too, if it is built with GDB_SCRIPTS.

    running: the guest has booted; else it stands before its first instruction.
    """
    words = ['gdb-multiarch' if arches.get(spec.arch).cross else 'gdb']
    kbuild = spec.built.kbuild if spec.built else None
    helped = kbuild and (kbuild / 'vmlinux-gdb.py').exists()
    if helped:
        words += ['-iex', f'add-auto-load-safe-path {kbuild}']
    if kbuild and (kbuild / 'vmlinux').is_file():
        words.append(str(kbuild / 'vmlinux'))
    words += ['-ex', f'target remote :{machine.GDB_PORT}']
    if helped:
        # lx-symbols reads the memory of a kernel that has begun.
        begin = [] if running else ['-ex', 'hbreak start_kernel', '-ex', 'continue']
        words += [*begin, '-ex', f'lx-symbols {artifacts.driver(spec.built).parent}']
    return shlex.join(words)
