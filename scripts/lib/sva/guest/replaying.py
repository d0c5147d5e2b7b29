# SPDX-License-Identifier: GPL-2.0-or-later
"""Recorded executions: what is different in a machine that QEMU records or replays.

docs/system/time-travel.rst says why.
"""

import json
import re
import shutil
from dataclasses import fields
from pathlib import Path

from ..setup import arch as arches, artifacts, qemu
from ..util import files, text
from ..util.errors import SvaError

RECORD = 'record'
REPLAY = 'replay'
# Neither: but it does the same each time. See exploring.py.
FIXED = 'fixed'
# Of which scenarios a replay is kept.
FAILING = 'failing'
WHICH = (FAILING, 'all')

# In the directory of a scenario: what QEMU recorded, and what was recorded. The kernel and
# the start archive of a user may be others by then.
LOG = 'replay.bin'
ABOUT = 'replay.json'
KERNEL = 'replay.kernel'
INITRD = 'replay.initrd'
ALL = (LOG, ABOUT, KERNEL, INITRD)

# 8 ns for an instruction.
SHIFT = 3
# The time stamp counter counts nanoseconds then.
TSC = 'tsc_early_khz=1000000'
# Of a machine that does the same each time.
FIXED_CLOCK = 'base=2026-01-01T00:00:00,clock=vm'
# QEMU hands events on when the guest's turn is over.
BUFFER = '64M'
# What of a machine.Spec is kept; the rest is chosen by who replays.
KEPT = ('arch', 'cmdline', 'accel', 'device', 'port', 'iommu', 'timeout_multiplier',
        'iommu_options', 'checker', 'adversary', 'devices', 'extra', 'stream', 'token')


def prepare(spec, more=''):
    """Let a machine be recorded; more: words for the kernel."""
    spec.recording = RECORD
    words = [word for word in spec.cmdline.split() if not word.startswith('tsc_early_khz=')]
    if spec.arch == arches.X86_64.name:
        words.append(TSC)
    spec.cmdline = ' '.join([*words, more]).strip()


def board(spec):
    """QEMU's options for the board: those of the architecture, with other values."""
    target = arches.get(spec.arch)
    other = dict(target.recorded) if spec.recording else {}
    words = list(target.machine)
    for option, value in other.items():
        words[words.index(option) + 1] = value
    return words + list(target.recorded_more if spec.recording else ())


def iommu_options(spec):
    """Properties of the IOMMU."""
    forced = arches.get(spec.arch).recorded_iommu if spec.recording else ''
    return ','.join(filter(None, (spec.iommu_options, forced)))


def control_options(spec):
    """Options that connect the control channel; {} is the name of a chardev."""
    target = arches.get(spec.arch)
    if spec.recording in ('', FIXED) or '-serial' in target.control_options:
        return target.control_options
    # QEMU records a chardev that the board has a port for. This one has no such port.
    return ('-parallel', 'chardev:{}', *target.control_options)


def options(spec):
    """QEMU's options that record, or replay."""
    if not spec.recording:
        return []
    if spec.recording == FIXED:
        return ['-icount', f'shift={SHIFT},sleep=off', '-seed', '1', '-rtc', FIXED_CLOCK]
    log = text.option(spec.recorded_in / LOG if spec.recorded_in else spec.logs / LOG)
    found = ['-icount', f'shift={SHIFT},rr={spec.recording},rrfile={log}']
    return found + (['-S'] if spec.recording == REPLAY and spec.held else [])


def stream_options(spec):
    """Properties of the event stream."""
    if not spec.recording:
        return ''
    return f',buffer={BUFFER}' + (f',stop-at={spec.stop_at}' if spec.stop_at else '')


def keep(spec, gdb):
    """Keep what a replay needs beside the log; gdb: the command that attaches it."""
    shutil.copyfile(spec.kernel, spec.logs / KERNEL)
    shutil.copyfile(spec.initrd, spec.logs / INITRD)
    program = artifacts.qemu(spec.arch, spec.build)
    files.write_json(spec.logs / ABOUT, {
        'qemu': str(program), 'sha256': files.sha256(program),
        'sanitized': spec.build == qemu.SANITIZED,
        'gdb': gdb,
        'spec': {name: getattr(spec, name) for name in KEPT}})


def drop(spec):
    """Keep nothing of a record."""
    for name in ALL:
        (spec.logs / name).unlink(missing_ok=True)


def find(directory):
    """The directory of the one recorded scenario that a directory is, or has."""
    directory = Path(directory)
    if not directory.is_dir():
        raise SvaError(f'{directory}: no such directory')
    found = [path.parent for path in sorted(directory.rglob(ABOUT))]
    if not found:
        raise SvaError(f'nothing is recorded in {directory}: `sva check --record` keeps a replay '
                       'of each scenario that fails')
    if len(found) > 1:
        raise SvaError('several scenarios are recorded there; name one of them:\n  '
                       + '\n  '.join(map(str, found)))
    return found[0]


def load(directory, make):
    """(spec, about) of the machine that was recorded; make: machine.Spec."""
    about = files.read_json(directory / ABOUT)
    if not _is_about(about, {field.name for field in fields(make)}):
        raise SvaError(f'{directory / ABOUT} is damaged')
    build = qemu.SANITIZED if about['sanitized'] else qemu.PLAIN
    spec = make(kernel=directory / KERNEL, initrd=directory / INITRD, build=build,
                logs=directory / REPLAY, **about['spec'])
    spec.recording, spec.recorded_in = REPLAY, directory
    _check(spec, about)
    return spec, about


def _is_about(about, names):
    return (isinstance(about, dict) and {'qemu', 'sha256', 'sanitized', 'gdb'} <= about.keys()
            and isinstance(about.get('spec'), dict) and set(about['spec']) == set(KEPT)
            and set(KEPT) <= names)


def _check(spec, about):
    missing = [name for name in ALL if not (spec.recorded_in / name).is_file()]
    if missing:
        raise SvaError(f'{spec.recorded_in} has no {missing[0]}')
    program = artifacts.qemu(spec.arch, spec.build)
    if files.sha256(program) != about['sha256']:
        raise SvaError(f'{program} is another one than recorded this: only the same emulator '
                       'executes it again')


VIOLATION = re.compile(rb'"kind":"VIOLATION"')


def violations(lines):
    """(number of the event, rule) of each violation in an event stream."""
    for line in lines:
        if VIOLATION.search(line):
            event = json.loads(line)
            yield event['seq'], event['violation']['rule']
