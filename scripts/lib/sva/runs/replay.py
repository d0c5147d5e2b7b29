# SPDX-License-Identifier: GPL-2.0-or-later
"""Execute a recorded scenario again: to its end, or to an event."""

import contextlib
import filecmp
import gzip
from pathlib import Path
from typing import NamedTuple

from ..guest import gdb as debugger, machine, replaying
from ..util.errors import SvaError
from . import progress, stopping

# Seconds for each of those that the record took, on a host with other things to do.
TIMEOUT = 3600
# Snapshots of the replay are in this disk, which no device of the guest uses.
DISK = 'snapshots.qcow2'
DISK_BYTES = 64 << 30
SNAPSHOT = 'start'
CONSOLE = 'console.log'
EVENTS = 'events.jsonl.gz'


class Outcome(NamedTuple):
    """Whether the replay said what the record had said; or it was stopped."""
    console: bool = False
    events: bool = False
    stopped: bool = False


def run(directory, until=None, gdb=False, port=machine.GDB_PORT):
    """Execute it again; until: number of an event, rule of the checker, or ANY."""
    spec, about = replaying.load(directory, machine.Spec)
    spec.stop_at = _event(directory, until) if until else 0
    spec.held = gdb
    if spec.stop_at or gdb:
        spec.on_stop = _Hold(spec, about['gdb'] if gdb else '', port)
    with machine.Machine(spec) as guest:
        if gdb:
            _make_way_back(guest)
            if spec.stop_at:
                guest.qmp.execute('cont')
            else:
                spec.on_stop(guest)
                return Outcome(stopped=True)
        try:
            guest.wait(TIMEOUT, progress.Progress(guest))
        except machine.Stopped:
            return Outcome(stopped=True)
        if guest.process.returncode:
            raise guest.ended()
    if spec.stop_at:
        raise SvaError(f'there is no event {spec.stop_at}: the replay has ended')
    return Outcome(_same(directory, CONSOLE), _same(directory, EVENTS))


def _event(directory, until):
    """The number of the event to stop at."""
    if until.isdecimal():
        return int(until)
    with gzip.open(directory / EVENTS) as stream:
        found = [seq for seq, rule in replaying.violations(stream)
                 if until in (stopping.ANY, rule)]
    if not found:
        raise SvaError(f'the checker found no violation of {until} in {directory}'
                       if until != stopping.ANY else f'the checker found nothing in {directory}')
    return found[0]


def _make_way_back(guest):
    """A snapshot of the first instruction: from there QEMU comes to all others again."""
    disk = guest.log(DISK)
    disk.unlink(missing_ok=True)
    disk.touch()
    execute = guest.qmp.execute
    execute('blockdev-add', driver='file', node_name='file', filename=str(disk))
    execute('blockdev-create', job_id='create',
            options={'driver': 'qcow2', 'file': 'file', 'size': DISK_BYTES})
    if not guest.qmp.wait_event('JOB_STATUS_CHANGE', machine.START_TIMEOUT, id='create',
                                status='concluded'):
        raise SvaError('QEMU makes no disk for snapshots', guest.log('qemu.log'))
    execute('job-dismiss', id='create')
    execute('blockdev-add', driver='qcow2', node_name='snapshots', file='file')
    said = guest.qmp.monitor(f'savevm {SNAPSHOT}')
    if said.strip():
        raise SvaError(f'QEMU takes no snapshot: {said.strip()}', guest.log('qemu.log'))


def _same(directory, name):
    there = directory / replaying.REPLAY / name
    if name != EVENTS:
        return filecmp.cmp(directory / name, there, shallow=False)
    with gzip.open(directory / name) as one, gzip.open(there) as other:
        return all(a == b for a, b in _pairs(one, other))


def _pairs(one, other, size=1 << 20):
    while True:
        a, b = one.read(size), other.read(size)
        yield a, b
        if not a or a != b:
            return


class _Hold:
    """Spec.on_stop: tell where the guest is, and keep it there."""

    def __init__(self, spec, command, port):
        """command: of gdb; '': it shall not attach."""
        self.stop_at = spec.stop_at
        self.command = debugger.on_port(command, port)
        self.port = port

    def __call__(self, guest):
        where = stopping.COUNTER.findall(guest.qmp.monitor('info registers -a'))
        what = f'event {self.stop_at}' if self.stop_at else 'the first instruction'
        icount = guest.qmp.execute('query-replay')['icount']
        print(f'stopped at {what}, instruction {icount:,}'
              + (f', processor at 0x{where[0]}' if where else ''), flush=True)
        if not self.command:
            return True
        stopping.let_gdb_in(guest, self.port)
        print(f'  gdb: {self.command}', flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            stopping.wait(guest, progress.Progress(guest))
        return True


def find(directory):
    """The directory of the recorded scenario."""
    return replaying.find(Path(directory))
