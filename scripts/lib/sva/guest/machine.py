# SPDX-License-Identifier: GPL-2.0-or-later
"""A guest machine: QEMU, its console, its control channel, its monitor."""

import contextlib
import copy
import json
import secrets
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from ..setup import arch as arches, artifacts, qemu
from ..util import proc, text
from ..util.errors import SvaError
from . import kmsg, logs, recording, replaying, times
from .channel import Channel
from .qmp import Qmp, QmpClosed

IOMMU_ID = 'iommu0'
ACCEL_ID = 'accel0'
CHECKER_ID = 'checker0'
PORT_ID = 'port0'
PERIPHERAL = '/machine/peripheral'
IOMMU = f'/machine/peripheral/{IOMMU_ID}'
ACCEL = f'/machine/peripheral/{ACCEL_ID}'
CHECKER = f'/machine/peripheral/{CHECKER_ID}'
REGISTERS = ('gsts', 'rtaddr', 'cr0', 'pqh', 'pqt')

# What an earlier run may have left and nobody shall take for this one's.
LOGS = ('command', 'console.log', 'contract.json', 'control.log', 'dmesg.log', 'events.log',
        'evidence.json', 'qemu.log', 'times.json', 'verdicts.json', 'verdicts.ktap',
        'verdicts.xml')
OF_EACH_PROCESS = ('events-*.log', 'command-*', 'events*.jsonl*')

# Signals that mean that QEMU itself went wrong.
CRASHES = (signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL)

# Far above what a boot takes (seconds), for hosts that are busy.
START_TIMEOUT = 60
POLL = 0.2
# The guest blinks with a lamp for five seconds before it lets a device go.
PLUG_TIMEOUT = 120
USER_QMP = 'user-qmp'
MOVE_TIMEOUT = 120
# Bytes on the control channel, far above what the longest scenario says.
MOST_LINE = 1 << 20
MOST_HEARD = 256 << 20

ACCEL_DEVICE = 'sva-accel'
DSA_DEVICE = 'sva-dsa'
CHECKER_DEVICE = 'sva-checker'
# What it does when a rule is broken.
REPORT = 'report'
STOP = 'stop'
GDB_PORT = 1234
TOKEN = 'sva.token'


class GuestPanic(SvaError):
    """The guest kernel gave up."""


class GuestSilent(SvaError):
    """The guest kernel said nothing in time, or powered off and said nothing."""


class ModelCrash(SvaError):
    """QEMU died of a signal: an assertion or a wild pointer in a model."""


class Stopped(SvaError):
    """The checker stopped the guest, and Spec.on_stop wanted it to end there."""


@dataclass
class Spec:
    """What to boot and where the logs go."""
    arch: str
    kernel: Path
    initrd: Path
    logs: Path
    cmdline: str = ''
    accel: bool = True
    # What that is: the device under test.
    device: str = ACCEL_DEVICE
    # The accelerator is below a root port, where it can be unplugged.
    port: bool = False
    # Which emulator runs it.
    build: qemu.Build = qemu.PLAIN
    # What the models do is traced into events.log, for the judges.
    traces: bool = True
    # False: the accelerator has no IOMMU, or one that devices brings.
    iommu: bool = True
    # How many times slower than usual the guest may be.
    timeout_multiplier: int = 1
    # Properties of the IOMMU, 'NAME=VALUE[,NAME=VALUE...]'.
    iommu_options: str = ''
    # Policy of the checker of the models, '': there is none.
    checker: str = REPORT
    # With STOP: a function of the machine that is called when the checker has
    # stopped it, and says whether it shall end there; else it goes on.
    on_stop: object = None
    # Seed of the liberties that the models take; 0: none.
    adversary: int = 0
    devices: list = field(default_factory=list)
    extra: list = field(default_factory=list)
    # Keep the event stream, for `sva report`.
    stream: bool = False
    # The shell of `sva run`: console on the terminal, nobody answers on the channel.
    interactive: bool = False
    # linux.Kernel: where the symbols of that kernel are; None: nobody knows.
    built: object = None
    # A word of this boot alone, which its console must hold.
    token: str = ''
    # Of replaying.WHICH: record the scenario, if that can be done, and keep that of it.
    record: str = None
    # replaying.RECORD or REPLAY: QEMU records the execution, or replays what it
    # recorded in a directory.
    recording: str = ''
    recorded_in: Path = None
    # Of a replay: it waits before the first instruction, and it stops at an event.
    held: bool = False
    stop_at: int = 0


def accel_ids(spec):
    """Ids of the accelerators in a machine, those that a scenario adds included."""
    words = [word.split(',') for device in spec.devices for word in device]
    more = [option.removeprefix('id=') for name, *options in words if name == ACCEL_DEVICE
            for option in options if option.startswith('id=')]
    return ([ACCEL_ID] if spec.accel else []) + more


def devices_label(arch, device=ACCEL_DEVICE):
    return f'{arches.get(arch).iommu} + {device}'


class Files(NamedTuple):
    """Where QEMU writes, by name; '' for stream: there is no event stream."""
    console: str
    events: str
    stream: str = ''


def usual_files(spec):
    return Files(f'{spec.logs}/console.log', f'{spec.logs}/events.log')


def command(spec, sockets=None, files=None, control=None, said=None):
    """The QEMU command line.

    control: a file that gets what the guest says there; said: one with what the host says.
    """
    files = files or usual_files(spec)
    target = arches.get(spec.arch)
    # panic=-1 with -no-reboot turns a panic into the end of QEMU.
    append = (f'console={target.console} '
              # Early: old kernels cut off a long line where they print it.
              + (f'{TOKEN}={spec.token} ' if spec.token else '')
              + f'sva.ctl={target.control} panic=-1 '
              + (f'sva.timeout-multiplier={spec.timeout_multiplier} '
                 if spec.timeout_multiplier > 1 else '')
              + spec.cmdline).strip()
    cmd = [str(artifacts.qemu(spec.arch, spec.build)), '-L', str(artifacts.firmware_dir()),
           *replaying.board(spec), '-kernel', str(spec.kernel), '-initrd', str(spec.initrd),
           '-append', append]
    if spec.iommu:
        options = [target.iommu, f'id={IOMMU_ID}', replaying.iommu_options(spec)]
        cmd += ['-device', with_adversary(spec, ','.join(filter(None, options)))]
    if spec.checker:
        cmd += ['-device', f'{CHECKER_DEVICE},id={CHECKER_ID},policy={spec.checker}']
    if spec.port:
        cmd += ['-device', f'pcie-root-port,id={PORT_ID},chassis=1,slot=1']
    if spec.accel:
        cmd += ['-device', with_adversary(spec, f'{spec.device},id={ACCEL_ID}'
                                          + (f',bus={PORT_ID}' if spec.port else ''))]
    for device in spec.devices:
        cmd += [with_adversary(spec, word) for word in device]
    if spec.interactive:
        cmd += ['-serial', 'mon:stdio']
    else:
        cmd += ['-chardev', f'file,id=console,path={text.option(files.console)},append=on',
                '-serial', 'chardev:console']
    if sockets and not control:
        cmd += ['-chardev', f'socket,id=control,path={text.option(sockets)}/control']
    elif control:
        cmd += ['-chardev', f'file,id=control,path={text.option(control)}'
                + (f',input-path={text.option(said)}' if said else '')]
    if sockets or control:
        cmd += [word.format('control') for word in replaying.control_options(spec)]
    if sockets:
        cmd += ['-chardev', f'socket,id=qmp,path={text.option(sockets)}/qmp',
                '-mon', 'chardev=qmp,mode=control']
    if sockets and spec.checker == STOP:
        # For whoever looks at the guest that was stopped.
        cmd += ['-qmp', f'unix:{text.option(sockets)}/{USER_QMP},server=on,wait=off']
    if files.stream:
        cmd += ['-chardev', f'file,id=stream,path={text.option(files.stream)},append=on',
                '-device', f'sva-events,chardev=stream{replaying.stream_options(spec)}']
    return cmd + ['-D', files.events,
                  '-d', 'guest_errors,unimp' + (',trace:sva_*' if spec.traces else ''),
                  *replaying.options(spec), *spec.extra]


def with_adversary(spec, word):
    """A device of the command line, with the seed if it can take liberties."""
    if not spec.adversary or word.split(',')[0] not in (arches.get(spec.arch).iommu,
                                                        ACCEL_DEVICE, DSA_DEVICE):
        return word
    return f'{word},adversary={spec.adversary}'


class Machine:
    """One run of QEMU; use as a context manager."""

    def __init__(self, spec, follower=None):
        """follower(lines) is told of all that the models announce."""
        self.spec = spec
        self.follower = follower
        self.dir = None
        self.process = None
        self.qmp = None
        self.control = None
        self.received = b''
        self.heard = 0
        # How many times the guest went into another process.
        self.moves = 0
        # What the IOMMUs of earlier processes counted: that is not saved.
        self.earlier = {}
        self.console = self.messages = None
        self.times = times.Times()
        # Of each process.
        self.events = []
        self.streams = []

    def __enter__(self):
        self.spec.logs.mkdir(parents=True, exist_ok=True)
        for name in LOGS:
            self.log(name).unlink(missing_ok=True)
        for path in [path for form in OF_EACH_PROCESS for path in self.spec.logs.glob(form)]:
            path.unlink()
        if not self.is_replay and not self.is_fixed:
            self.spec.token = secrets.token_hex(8)
        # Names of Unix sockets are short; a clone's path may be long.
        self.dir = Path(tempfile.mkdtemp(prefix='sva-'))
        self.console = logs.BoundedLog(self.log('console.log'),
                                       follower=self.times.hear_console)
        self.messages = logs.BoundedLog(self.log('qemu.log'))
        try:
            self._start()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(self, *unused):
        self._close()

    @property
    def is_replay(self):
        """Nobody is asked at the control channel: what was said is in the record."""
        return self.spec.recording == replaying.REPLAY

    @property
    def is_fixed(self):
        """It does the same each time."""
        return self.spec.recording == replaying.FIXED

    def _command(self, files):
        control = (self.log('control.log'),) if self.is_replay else ()
        if self.is_fixed:
            control = map(fd_name, self.control.theirs)
        return command(self.spec, self.dir, files, *control)

    def _close(self):
        self._end()
        for log in (self.console, self.messages, *self.events, *self.streams):
            log.close()

    def _end(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        for closable in (self.control, self.qmp):
            if closable:
                closable.close()
        shutil.rmtree(self.dir, ignore_errors=True)

    def _start(self, *more):
        if self.is_fixed:
            self.control = Channel()
        with self._listen('control') as control, self._listen('qmp') as qmp:
            again = f'-{self.moves}' if self.moves else ''
            usual = usual_files(self.spec)._replace(events=str(self.log(f'events{again}.log')))
            self.log(f'command{again}').write_text(
                shlex.join([*self._command(usual), *more]) + '\n', encoding='utf-8')
            self.events.append(logs.BoundedLog(Path(usual.events), follower=self.follower,
                                               pause=logs.PAUSE))
            if self.spec.stream:
                self.streams.append(recording.Recording(self.log(f'events{again}.jsonl'),
                                                        follower=self.times.new_stream()))
            self._spawn(more)
            if self.is_fixed:
                self.control.started()
            elif not self.is_replay:
                self.control = self._accept(control)
            try:
                self.qmp = Qmp(self._accept(qmp))
            except QmpClosed:
                raise self.ended() from None

    def _spawn(self, more):
        """QEMU writes into pipes, of which only bounded logs see the other end."""
        with contextlib.ExitStack() as stack:
            logs_ = [self.console, self.events[-1], *self.streams[-1:]]
            fds = [stack.enter_context(log.pipe()) for log in logs_]
            out = stack.enter_context(self.messages.pipe())
            inherited = self.control.theirs if self.is_fixed else ()
            cmd = [*self._command(Files(*map(fd_name, fds))), *more]
            try:
                self.process = subprocess.Popen(
                    cmd, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                    pass_fds=[*fds, *inherited], preexec_fn=proc.die_with_parent())
            except OSError as e:
                raise SvaError(f'cannot run {cmd[0]}: {e.strerror}') from e

    def migrate(self, saved=False):
        """Move the guest, which may run, into another process of QEMU.

        saved: by way of a file, and the one process ends before the other one
        begins; else over a socket, while the guest runs. The channels are new
        ones: nothing may be on its way in them.
        """
        source, self.process = copy.copy(self), None
        self.moves += 1
        self.dir = Path(tempfile.mkdtemp(prefix='sva-'))
        options = ('-incoming', 'defer')
        try:
            if saved:
                uri = f'file:{self.log("state")}'
                source._migrate('migrate', uri)
                self.earlier = source.counters(IOMMU)
                source._end()
                self._start(*options)
                self._migrate('migrate-incoming', uri)
                self.log('state').unlink()
            else:
                uri = f'unix:{self.dir}/migration'
                self._start(*options)
                self.qmp.execute('migrate-incoming', uri=uri)
                source._migrate('migrate', uri)
                self.earlier = source.counters(IOMMU)
            self._wait_running()
        finally:
            source._end()

    def _migrate(self, command_, uri):
        """Send or receive the guest; waits until that is done."""
        self.qmp.execute(command_, uri=uri)
        deadline = time.monotonic() + MOVE_TIMEOUT
        while (state := self.qmp.execute('query-migrate').get('status')) != 'completed':
            if state in ('failed', 'cancelled'):
                raise SvaError(f'{command_} {state}', self.log('qemu.log'))
            if time.monotonic() > deadline:
                raise SvaError(f'{command_} is not done in {MOVE_TIMEOUT} s: {state}',
                               self.log('qemu.log'))
            time.sleep(POLL)

    def _wait_running(self):
        deadline = time.monotonic() + MOVE_TIMEOUT
        while (state := self.qmp.execute('query-status')['status']) != 'running':
            if time.monotonic() > deadline:
                raise SvaError(f'the guest does not run after it was moved: {state}',
                               self.log('qemu.log'))
            time.sleep(POLL)

    def _listen(self, name):
        # QEMU is the client, so there is no moment to wait for.
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self.dir / name))
        listener.listen(1)
        return listener

    def _accept(self, listener):
        deadline = time.monotonic() + START_TIMEOUT
        listener.settimeout(POLL)
        while time.monotonic() < deadline:
            try:
                return listener.accept()[0]
            except TimeoutError:
                if self.process.poll() is not None:
                    raise self.ended() from None
        raise SvaError('QEMU does not start', self.log('qemu.log'))

    def log(self, name):
        return self.spec.logs / name

    def read_line(self, deadline):
        """The next line of the control channel; SvaError if none comes."""
        while b'\n' not in self.received:
            if time.monotonic() > deadline:
                raise GuestSilent('the guest did not answer in time' + self._last_words(),
                                  self.log('console.log'))
            self.control.settimeout(POLL)
            try:
                data = self.control.recv(65536)
            except TimeoutError:
                deadline += self._look_stopped()
                continue
            except OSError:
                data = b''
            if not data:
                raise self.ended()
            self.received += data
            self.heard += len(data)
            if len(self.received) > MOST_LINE or self.heard > MOST_HEARD:
                raise SvaError('the guest says too much on the control channel: a line of more '
                               f'than {MOST_LINE >> 20} MiB, or more than {MOST_HEARD >> 20} MiB '
                               'in all', self.log('control.log'))
        line, self.received = self.received.split(b'\n', 1)
        return text.decoded(line.rstrip(b'\r'))

    def send_line(self, line):
        try:
            self.control.settimeout(START_TIMEOUT)
            self.control.sendall(line.encode() + b'\n')
        except OSError:
            raise self.ended() from None

    def ended(self):
        """Why QEMU is no longer there, as an exception to raise."""
        try:
            status = self.process.wait(5)
        except subprocess.TimeoutExpired:
            return SvaError('QEMU closed the control channel', self.log('qemu.log'))
        self.console.wait()
        self.messages.wait()
        reason = kmsg.panic(self.console.text())
        if reason:
            return GuestPanic(f'the guest kernel panicked: {reason}', self.log('console.log'))
        # The last line tells the reason, warnings come before it.
        lines = self.messages.text().strip().splitlines() or ['no message']
        if -status in CRASHES:
            return ModelCrash(f'QEMU crashed with {signal.Signals(-status).name}: {lines[-1]}',
                              self.log('qemu.log'))
        if status:
            return SvaError(f'QEMU ended with status {status}: {lines[-1]}',
                            self.log('qemu.log'))
        return GuestSilent('the guest powered off before it was done' + self._last_words(),
                           self.log('console.log'))

    def wait(self, timeout, look=None):
        """Wait until the guest has powered off; look() is called again and again."""
        deadline = time.monotonic() + timeout
        while True:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(POLL if self.spec.on_stop or look else timeout)
                return
            if look:
                look()
            deadline += self._look_stopped()
            if time.monotonic() > deadline:
                raise SvaError('the guest did not power off', self.log('console.log'))

    def _look_stopped(self):
        """Has the checker stopped the guest? Returns the seconds spent on that."""
        if not self.spec.on_stop:
            return 0
        try:
            if self.qmp.execute('query-status')['status'] != 'debug':
                return 0
            began = time.monotonic()
            if self.spec.on_stop(self):
                raise Stopped('stopped by the checker')
            self.qmp.execute('cont')
        except QmpClosed:
            return 0
        return time.monotonic() - began

    def _last_words(self):
        lines = self.console.text().strip().splitlines()
        return f'; last console line: {lines[-1].strip()[:120]}' if lines else \
            '; nothing on the console'

    def counters(self, path):
        """The counters that a model publishes, by name, since the guest was powered on."""
        names = [n for n in self.qmp.properties(path) if n.startswith('count-')]
        found = {name.removeprefix('count-'): self.qmp.get(path, name) for name in sorted(names)}
        earlier = self.earlier if path == IOMMU else {}
        return {name: value + earlier.get(name, 0) for name, value in found.items()}

    def violations(self):
        """What the checker has reported, as its JSON has it."""
        if not self.spec.checker or not self.qmp.get(CHECKER, 'count-violations'):
            return []
        return json.loads(self.qmp.get(CHECKER, 'violations'))

    def checked_events(self):
        """How many events the checker has seen."""
        return self.qmp.get(CHECKER, 'count-events') if self.spec.checker else 0

    def has_accel(self):
        """Whether it is there now."""
        return ACCEL_ID in self.qmp.properties(PERIPHERAL)

    def unplug_accel(self):
        """Ask the guest to let it go; waits until it is gone."""
        self.qmp.execute('device_del', id=ACCEL_ID)
        if not self.qmp.wait_event('DEVICE_DELETED', PLUG_TIMEOUT, device=ACCEL_ID):
            raise SvaError(f'the guest did not let the device go in {PLUG_TIMEOUT} s '
                           '(CONFIG_HOTPLUG_PCI_PCIE?)', self.log('console.log'))

    def plug_accel(self, port=PORT_ID):
        self.qmp.execute('device_add', driver=ACCEL_DEVICE, id=ACCEL_ID, bus=port)

    def registers(self):
        """Those of the IOMMU that say how it is used."""
        have = self.qmp.properties(IOMMU)
        return {name: self.qmp.get(IOMMU, name) for name in REGISTERS if name in have}

    def accel_counters(self):
        """What all accelerators count, in sum."""
        counters = [self.counters(f'/machine/peripheral/{name}') for name in accel_ids(self.spec)]
        return {name: sum(part[name] for part in counters) for name in counters[0]}

    def bdf(self, device_id):
        """Requester ID of a PCI device, by its id."""
        pending = [bus['devices'] for bus in self.qmp.execute('query-pci')]
        while pending:
            for device in pending.pop():
                if device.get('qdev_id') == device_id:
                    return device['bus'] << 8 | device['slot'] << 3 | device['function']
                pending.append(device.get('pci_bridge', {}).get('devices', []))
        raise SvaError(f'QEMU has no PCI device with id {device_id}')


def fd_name(fd):
    """A file name for a descriptor that the program inherits."""
    return f'/dev/fd/{fd}'
