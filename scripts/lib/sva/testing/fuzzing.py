# SPDX-License-Identifier: GPL-2.0-or-later
"""Running the fuzz harnesses of tests/fuzz for a while, and the fuzzer of the devices."""

import re

from ..util import paths, proc
from ..util.errors import SvaError

# For each harness; CI has about a minute for all.
SECONDS = 10

# For each device in QEMU, which is slower by far.
DEVICE_SECONDS = 60
# Target of fuzz-device: architecture of the guest.
DEVICES = {'accel': 'x86_64', 'dsa': 'x86_64', 'smmuv3': 'aarch64', 'smmuv3-slots': 'aarch64',
           'vtd': 'x86_64', 'vtd-slots': 'x86_64'}
# Those with iothreads.
THREADED = ('smmuv3-slots', 'vtd-slots')

# QEMU does not free everything when it exits.
SANITIZER_ENV = {'ASAN_OPTIONS': 'detect_leaks=0:quarantine_size_mb=16:'
                                 'allocator_release_to_os_interval_ms=100',
                 'UBSAN_OPTIONS': 'print_stacktrace=1'}

# Bytes: some hundred operations, more of them find nothing new.
MAX_INPUT = 1024

# In a command, the file that a fuzzer wrote.
INPUT = 'FILE'

STATISTIC = re.compile(r'stat::(\w+):\s+(\d+)')


def cases():
    return paths.ROOT / 'tests/fuzz/corpus'


def harnesses():
    return sorted(path.stem for path in cases().glob('*.txt'))


def build(meson, directory):
    proc.logged([*meson, 'compile', '-C', directory, 'fuzzers'], paths.log('build-fuzz'),
                what='build of the fuzz harnesses')


def run(directory, name, seconds):
    """Fuzz with one harness; ('' or what was found, statistics)."""
    programs = directory / 'tests/fuzz'
    corpus = directory / 'corpus' / name
    corpus.mkdir(parents=True, exist_ok=True)
    proc.output([programs / f'replay-{name}', cases() / f'{name}.txt', corpus])
    return _watch(f'fuzz-{name}',
                  [programs / f'fuzz-{name}', f'-max_total_time={seconds}',
                   f'-max_len={MAX_INPUT}', '-timeout=20', '-print_final_stats=1',
                   f'-artifact_prefix={_found(directory)}/{name}-', corpus],
                  (programs / f'replay-{name}', '--show', INPUT))


def run_device(directory, device, seconds, emulator, env=None):
    """The same for a device in QEMU; emulator is the command to start it."""
    program = directory / 'tests/fuzz/fuzz-device'
    return _watch(f'fuzz-device-{device}',
                  [program, f'--seconds={max(seconds, DEVICE_SECONDS)}',
                   f'--found={_found(directory)}/', device, '--', *emulator],
                  (program, '--replay', INPUT, device, '--', *emulator), env or SANITIZER_ENV)


def _found(directory):
    (directory / 'found').mkdir(exist_ok=True)
    return directory / 'found'


def _watch(name, command, show, env=None):
    """Run a fuzzer; show is the command that tells about INPUT."""
    log, facts = paths.log(name), {}

    def look(line):
        match = STATISTIC.match(line)
        if match:
            facts[match[1]] = int(match[2])
    try:
        proc.logged(command, log, env, on_line=look, what=name, tied=True)
    except SvaError as e:
        return e.message + '\n' + advice(log, show), facts
    return '', facts


def advice(log, show):
    """How to see what the input does; the first step to a case of tests/fuzz."""
    inputs = re.findall(r'Test unit written to (\S+)', log.read_text(encoding='utf-8'))
    command = ' '.join(str(part).removeprefix(f'{paths.ROOT}/') for part in show)
    return '\n'.join(f'input: {command.replace(INPUT, path)}' for path in inputs[-1:])


def summary(name, facts):
    return (f'  {name:12} {facts.get("number_of_executed_units", 0):>9,} inputs, '
            f'{facts.get("average_exec_per_sec", 0):,} per second, '
            f'{facts.get("peak_rss_mb", 0):,} MiB')
