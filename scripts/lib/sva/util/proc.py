# SPDX-License-Identifier: GPL-2.0-or-later
"""Running other programs: output into a log, errors as SvaError."""

import collections
import ctypes
import os
import signal
import subprocess

from .errors import SvaError

TAIL_LINES = 15

_running = set()


_libc = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG = 1


def die_with_parent():
    """For Popen's preexec_fn: the kernel kills the child when the caller is gone.

    To the kernel the parent is the thread: it has to live as long as the child
    shall, as one that waits for it does.
    """
    parent = os.getpid()

    def prepare():
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it was gone before
            os.kill(os.getpid(), signal.SIGKILL)
    return prepare


def output(cmd, env=None, check=True):
    """Standard output of a quick command; '' if it fails and check is off."""
    try:
        done = subprocess.run([str(c) for c in cmd], env=merged(env), text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              stdin=subprocess.DEVNULL, errors='replace')
    except OSError as e:
        if not check:
            return ''
        raise SvaError(f'cannot run {cmd[0]}: {e.strerror}') from e
    if done.returncode and check:
        reason = (done.stderr.strip().splitlines() or ['no message'])[-1]
        raise SvaError(f'{cmd[0]} failed: {reason}')
    return '' if done.returncode else done.stdout


def output_bytes(cmd):
    """Standard output of a quick command, undecoded."""
    try:
        return subprocess.run([str(c) for c in cmd], check=True, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    except OSError as e:
        raise SvaError(f'cannot run {cmd[0]}: {e.strerror}') from e
    except subprocess.CalledProcessError as e:
        raise SvaError(f'{cmd[0]} failed with status {e.returncode}') from e


def merged(env):
    return {**os.environ, **{k: str(v) for k, v in (env or {}).items()}}


def logged(cmd, log, env=None, cwd=None, on_line=None, append=False, what=None, tied=False):
    """Run a command with its output in a log; raise with its last lines.

    on_line sees every line as it comes, for progress displays. tied: the command
    ends when the caller is killed.
    """
    what = what or str(cmd[0])
    tail = collections.deque(maxlen=TAIL_LINES)
    with open(log, 'a' if append else 'w', encoding='utf-8') as out:
        out.write('$ ' + ' '.join(str(c) for c in cmd) + '\n')
        out.flush()
        try:
            child = subprocess.Popen([str(c) for c in cmd], env=merged(env), cwd=cwd,
                                     text=True, errors='replace',
                                     stdin=subprocess.DEVNULL,
                                     stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                     preexec_fn=die_with_parent() if tied else None)
        except OSError as e:
            raise SvaError(f'cannot run {cmd[0]}: {e.strerror}', log) from e
        with child:
            _running.add(child)
            try:
                for line in child.stdout:
                    out.write(line)
                    tail.append(line.rstrip())
                    if on_line:
                        on_line(line)
                status = child.wait()
            except BaseException:
                child.terminate()
                raise
            finally:
                _running.discard(child)
    if status:
        _fail(what, status, tail, log)


def stop_all():
    """End what is running, so that the threads that wait for it come back."""
    for child in list(_running):
        child.terminate()


def _fail(what, status, tail, log):
    text = '\n'.join('    ' + line for line in tail)
    if any('No space left on device' in line for line in tail):
        raise SvaError(f'{what}: no space left on the disk\n{text}', log)
    raise SvaError(f'{what} failed with status {status}; its last lines:\n{text}', log)
