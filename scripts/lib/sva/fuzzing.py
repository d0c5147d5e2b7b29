# SPDX-License-Identifier: GPL-2.0-or-later
"""Running the fuzz harnesses of tests/fuzz for a while."""

import re

from . import paths, proc
from .errors import SvaError

# For each harness; CI has about a minute for all.
SECONDS = 10

# Bytes: some hundred operations, more of them find nothing new.
MAX_INPUT = 1024

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
    corpus, found = directory / 'corpus' / name, directory / 'found'
    corpus.mkdir(parents=True, exist_ok=True)
    found.mkdir(exist_ok=True)
    log = paths.log(f'fuzz-{name}')
    proc.output([programs / f'replay-{name}', cases() / f'{name}.txt', corpus])
    facts = {}

    def look(line):
        match = STATISTIC.match(line)
        if match:
            facts[match[1]] = int(match[2])
    try:
        proc.logged([programs / f'fuzz-{name}', f'-max_total_time={seconds}',
                     f'-max_len={MAX_INPUT}', '-timeout=20', '-print_final_stats=1',
                     f'-artifact_prefix={found}/{name}-', corpus], log, on_line=look,
                    what=f'fuzz-{name}')
    except SvaError as e:
        return e.message + '\n' + advice(log, programs / f'replay-{name}'), facts
    return '', facts


def advice(log, replay):
    """How to make a case of tests/fuzz/corpus out of the input."""
    inputs = re.findall(r'Test unit written to (\S+)', log.read_text(encoding='utf-8'))
    return '\n'.join(f'input: {replay.relative_to(paths.ROOT)} --show {path}'
                     for path in inputs[-1:])


def summary(name, facts):
    return (f'  {name:12} {facts.get("number_of_executed_units", 0):>9,} inputs, '
            f'{facts.get("average_exec_per_sec", 0):,} per second, '
            f'{facts.get("peak_rss_mb", 0):,} MiB')
