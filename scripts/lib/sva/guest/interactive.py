# SPDX-License-Identifier: GPL-2.0-or-later
"""A guest for the user's own commands: a shell on the terminal, or a script."""

import contextlib
import stat
import subprocess
from pathlib import Path

from ..util import proc
from ..util.errors import SvaError
from . import gdb, logs, machine

# Where init finds what to run, what that reads, and where the user's files are.
SCRIPT = 'etc/sva-script'
INPUT = 'etc/sva-input'
ADDED = 'host'
# init says with which status the script has ended.
EXIT = '@exit '
# Far above what fits into a guest with the usual memory.
MOST_ADDED = 256 << 20


def files_for(added, script=None, given=None):
    """[(path in the guest, bytes, mode)]: the user's files, the script, and its input."""
    found = [entry for name in added for entry in _of_user(Path(name))]
    if sum(len(data) for _, data, _ in found) > MOST_ADDED:
        raise SvaError(f'--add is for up to {MOST_ADDED >> 20} MiB')
    if script is not None:
        found.append((SCRIPT, script.encode(errors='surrogateescape') + b'\n', 0o755))
    if given is not None:
        found.append((INPUT, given, 0o644))
    return found


def _of_user(path):
    """A file, or all files in a directory, which keeps its name."""
    if not path.exists():
        raise SvaError(f'{path}: no such file or directory')
    top = path.resolve()
    paths = [top] if top.is_file() else sorted(p for p in top.rglob('*') if p.is_file())
    for one in paths:
        yield (f'{ADDED}/{one.relative_to(top.parent)}', one.read_bytes(),
               stat.S_IMODE(one.stat().st_mode))


def run(spec, wait=False, scripted=False):
    """Let QEMU have the terminal until the guest powers off; the exit status.

    wait: for gdb, before the first instruction.
    scripted: the guest runs a script, whose status it is, if QEMU does not fail.
    """
    spec.logs.mkdir(parents=True, exist_ok=True)
    if wait:
        print('QEMU waits for gdb. In another terminal:\n' + gdb.command(spec), flush=True)
    heard = []
    with contextlib.ExitStack() as stack:
        events = stack.enter_context(contextlib.closing(
            logs.BoundedLog(spec.logs / 'events.log')))
        control = stack.enter_context(contextlib.closing(
            logs.BoundedLog(spec.logs / 'control.log', follower=heard.extend)))
        status = _qemu(spec, wait, scripted, events, control)
    if status:
        return status if status > 0 else 128 - status
    return _status_of(heard) if scripted else 0


def _qemu(spec, wait, scripted, events, control):
    with events.pipe() as event_fd, control.pipe() as control_fd:
        files = machine.usual_files(spec)._replace(events=machine.fd_name(event_fd))
        cmd = machine.command(spec, files=files,
                              control=machine.fd_name(control_fd) if scripted else None)
        cmd += ['-s', '-S'] if wait else []
        try:
            child = subprocess.Popen(cmd, pass_fds=(event_fd, control_fd),
                                     stdin=subprocess.DEVNULL if scripted else None,
                                     preexec_fn=proc.die_with_parent())
        except OSError as e:
            raise SvaError(f'cannot run {cmd[0]}: {e.strerror}') from e
    try:
        return child.wait()
    finally:
        if child.poll() is None:
            child.terminate()
            child.wait()


def _status_of(heard):
    for line in heard:
        word = line.removeprefix(EXIT)
        if word != line and word.isdecimal() and int(word) < 256:
            return int(word)
    raise SvaError('the guest ended before its commands did')
