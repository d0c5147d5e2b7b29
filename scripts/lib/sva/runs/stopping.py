# SPDX-License-Identifier: GPL-2.0-or-later
"""Stop the guest where it breaks a rule, and keep it there for a debugger."""

import re
import select
import subprocess
import sys

from ..guest import gdb, machine
from ..judge import contract
from ..util.errors import SvaError

ANY = 'any'
# Of each processor, as QEMU's monitor prints them.
COUNTER = re.compile(r'\b(?:RIP|PC)=([0-9a-f]{16})')


class Stop:
    """Spec.on_stop of one machine: ends it where a rule of the checker is broken.

    rule: its id, or ANY. gdb: let gdb attach. hold: keep the guest until somebody says to go
    on, or QEMU ends.
    """

    def __init__(self, rule=ANY, gdb=False, hold=None):
        self.rule = rule
        self.gdb = gdb
        self.hold = (gdb or sys.stdin.isatty()) if hold is None else hold
        self.known = set()

    def __call__(self, guest):
        found = [v for v in map(contract.from_json, guest.violations())
                 if v.number not in self.known]
        self.known.update(v.number for v in found)
        wanted = [v for v in found if self.rule in (ANY, v.rule)]
        if not wanted:
            return False
        print('\n'.join(told(guest, wanted)), flush=True)
        if self.gdb:
            let_gdb_in(guest, machine.GDB_PORT)
            print(f'  gdb: {gdb.command(guest.spec, running=True)}', flush=True)
        if self.hold:
            wait(guest)
        return True


def told(guest, violations):
    """Lines about where the guest is."""
    lines = [f'stopped: {line}' if not n else f'  {line}'
             for v in violations for n, line in enumerate(v.lines())]
    where = COUNTER.findall(guest.qmp.monitor('info registers -a'))
    if where:
        lines.append('  processors at ' + ', '.join(f'0x{word}' for word in where))
    lines.append(f'  QMP: {guest.dir}/{machine.USER_QMP}')
    return lines


def let_gdb_in(guest, port):
    """Let gdb attach to the guest."""
    said = guest.qmp.monitor(f'gdbserver tcp::{port}')
    if 'Waiting' not in said:
        raise SvaError(f'gdb cannot attach: {said.strip()}', guest.log('qemu.log'))


def wait(guest, look=None):
    """Until Enter or the end of input, or of QEMU; look() is called again and again.

    Where there is no terminal: until QEMU ends, since somebody has a debugger at it.
    """
    tty = sys.stdin.isatty()
    print('The guest is paused; Enter ends it.' if tty else 'The guest is paused.', flush=True)
    while guest.process.poll() is None:
        if tty and select.select([sys.stdin], [], [], machine.POLL)[0]:
            sys.stdin.readline()
            return
        try:
            guest.process.wait(0 if tty else machine.POLL)
        except subprocess.TimeoutExpired:
            if look:
                look()
