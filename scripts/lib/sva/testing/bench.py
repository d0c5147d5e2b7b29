# SPDX-License-Identifier: GPL-2.0-or-later
"""What the models cost: samples of sva-bench and of a guest, as rows of a table."""

import json
import re
import statistics
from typing import NamedTuple, Optional

from .. import scenarios
from ..runs import runner
from ..setup import artifacts, qemu
from ..util import files, paths, proc
from ..util.errors import SvaError

PAGE = 4096
GIB = 1 << 30
# The IOMMU of QEMU's own that a model is compared with.
STOCK = {'x86_64': 'intel-iommu', 'aarch64': 'smmuv3'}
NONE = 'none'
# No machine: what memcpy() of the host takes.
LIMIT = 'limit'
# As sva-bench calls a machine without a listener.
DETACHED = 'off'
# The helper prints these for each row; without an IOMMU there are no misses.
MEASURED = ('hit', 'copy-page', 'miss')
# Copies of pages, as the helper calls them, with the size of the pages.
COPIES = {'copy-page': '4 KiB', 'copy-huge': '2 MiB'}
# Reads of a virtio disk by so many iothreads.
READS = {'read-1': 1, 'read-2': 2, 'read-4': 4}
# Memory Move of sva-dsa: what the helper prints, and the size of a descriptor.
MOVES = {'move-4k': '4 KiB', 'move-2m': '2 MiB'}
DSA_SIZES = {'4k': 4 << 10, '2m': 2 << 20}
DSA_ARCH = 'x86_64'


class Row(NamedTuple):
    """One machine; None is what does not apply.

    Ratios are of this machine to another; added: what a hit takes longer than
    without an IOMMU.
    """
    arch: str
    config: str
    mode: str
    pasids: Optional[int]
    gib_s: float
    ratio_none: float
    ns_hit: float
    ns_miss: Optional[float]
    added_hit_vs_stock: Optional[float]
    miss_vs_stock: Optional[float]


class CopyRow(NamedTuple):
    """Copies of pages of one size by one machine, and beside memcpy() of the host."""
    arch: str
    config: str
    mode: str
    pasids: Optional[int]
    pages: str
    gib_s: float
    ratio_none: float
    ratio_limit: float


class CheckerRow(NamedTuple):
    """One machine and what sva-checker makes of its times: these divided by those without it."""
    arch: str
    config: str
    mode: str
    pasids: int
    checker: str
    gib_s: float
    copy_ratio: float
    hit_ratio: float
    miss_ratio: float


class SinkRow(NamedTuple):
    """One machine and what sva-events makes of its times."""
    arch: str
    config: str
    mode: str
    sink: str
    gib_s: float
    copy_ratio: float
    hit_ratio: float
    miss_ratio: float


class DsaRow(NamedTuple):
    """Memory Move by descriptors of one size, through a work queue of sva-dsa."""
    config: str
    size: str
    gib_s: float
    ratio_none: float


class DsaGuestRow(NamedTuple):
    """In one guest, through Linux' driver: descriptors a second in a queue of a process."""
    queue: str
    size: str
    descriptors_s: int
    gib_s: float


class IothreadRow(NamedTuple):
    """Reads of 4 KiB by a virtio disk, each of whose queues has an iothread, a second.

    Ratios are to the same threads behind another IOMMU, and to one thread.
    """
    arch: str
    config: str
    threads: int
    reads_s: int
    vs_none: float
    vs_stock: Optional[float]
    vs_one: float


class GuestRow(NamedTuple):
    """In one guest, a second: page faults by the device and by the CPU, bind and unbind."""
    arch: str
    device_faults_s: int
    cpu_faults_s: int
    fault_ratio: float
    binds_s: int


def run_helper(arch, quick, *words):
    """Build and run sva-bench; its samples. words: `checker`, ..., see sva-bench.c."""
    with files.locked(paths.build('lock')):
        qemu.build(targets=('sva-bench-program',))
    log = paths.log(f'bench-{arch}')
    samples = []

    def take(line):
        if line.startswith('{'):
            samples.append(json.loads(line))

    proc.logged([artifacts.qemu_build_dir() / 'sva/tests/qtest/sva-bench',
                 'quick' if quick else 'full', *words], log,
                {'QTEST_QEMU_BINARY': artifacts.qemu(arch),
                 'QTEST_QEMU_ARGS': f'-L {artifacts.firmware_dir()}'},
                on_line=take, what='sva-bench')
    if not samples:
        raise SvaError('sva-bench measured nothing', log)
    return samples


def _medians(samples):
    """{(arch, config, mode, PASIDs): {what: ns}}, in the order of the samples."""
    times = {}
    for sample in samples:
        key = tuple(sample[name] for name in ('arch', 'config', 'mode', 'pasids'))
        times.setdefault(key, {}).setdefault(sample['what'], []).append(sample['ns'])
    return {key: {what: statistics.median(values) for what, values in found.items()}
            for key, found in times.items()}


def rows(samples):
    """Medians of the samples and how they compare."""
    medians = _medians(sample for sample in samples if sample['config'] != LIMIT)
    return [_row(key, medians) for key in medians]


def copy_rows(samples):
    """Copies, for each size of pages: all machines, and the limit last."""
    medians = _medians(samples)
    keys = sorted(medians, key=lambda key: key[1] == LIMIT)
    return [_copy_row(key, what, medians) for what in COPIES for key in keys]


def _copy_row(key, what, medians):
    arch, config, mode, pasids = key
    none, limit = (_of_config(medians, arch, other) for other in (NONE, LIMIT))
    for other, found in ((config, medians[key]), (NONE, none), (LIMIT, limit)):
        if what not in found:
            raise SvaError(f'sva-bench did not measure {what} of {other}')
    own = medians[key][what]
    return CopyRow(arch, config, mode, pasids or None, COPIES[what],
                   round(PAGE / own * 1e9 / GIB, 2), round(none[what] / own, 3),
                   round(limit[what] / own, 3))


def _of_config(medians, arch, config):
    for key, found in medians.items():
        if key[:2] == (arch, config):
            return found
    raise SvaError(f'sva-bench did not measure {config} on {arch}')


def _row(key, medians):
    arch, config, mode, pasids = key
    own, none = medians[key], _of_config(medians, arch, NONE)
    stock = _of_config(medians, arch, STOCK[arch])
    missing = [what for what in MEASURED if what not in own]
    if missing and (config, missing) != (NONE, ['miss']):
        raise SvaError(f'sva-bench did not measure {", ".join(missing)} of {config}')
    compared = config not in (NONE, STOCK[arch])
    return Row(
        arch, config, mode, pasids or None,
        gib_s=round(PAGE / own['copy-page'] * 1e9 / GIB, 2),
        ratio_none=round(none['copy-page'] / own['copy-page'], 3),
        ns_hit=round(own['hit'], 1),
        ns_miss=round(own['miss'], 1) if 'miss' in own else None,
        added_hit_vs_stock=_added(own, none, stock) if compared else None,
        miss_vs_stock=round(own['miss'] / stock['miss'], 3) if compared else None)


def _added(own, none, stock):
    added = stock['hit'] - none['hit']
    # On a very busy host the stock IOMMU may seem to cost nothing.
    return round((own['hit'] - none['hit']) / added, 3) if added > 0 else None


def checker_rows(samples):
    """What sva-checker costs."""
    return [CheckerRow(*key, *ratios) for key, ratios in _beside_detached(samples)]


def sink_rows(samples):
    """What sva-events costs; each machine has one PASID."""
    return [SinkRow(*key[:3], key[4], *ratios) for key, ratios in _beside_detached(samples)]


def _beside_detached(samples):
    """Machines take turns, so that the rounds are compared one by one."""
    times = {}
    for sample in samples:
        key = tuple(sample[name] for name in ('arch', 'config', 'mode', 'pasids', 'attached'))
        times.setdefault(key, {}).setdefault(sample['what'], []).append(sample['ns'])
    return [(key, _ratios(key, times)) for key in times]


def _ratios(key, times):
    """GiB/s, and what copy, hit and miss take longer than with no listener."""
    detached = times.get((*key[:4], DETACHED), {})
    missing = [what for what in MEASURED if what not in detached or
               len(detached[what]) != len(times[key].get(what, ()))]
    if missing:
        raise SvaError(f'sva-bench did not measure {", ".join(missing)} of {key[1]} '
                       f'with and without a listener')

    def ratio(what):
        return round(statistics.median(
            ns / alone for ns, alone in zip(times[key][what], detached[what])), 3)

    return (round(PAGE / statistics.median(times[key]['copy-page']) * 1e9 / GIB, 2),
            ratio('copy-page'), ratio('hit'), ratio('miss'))


def dsa_rows(samples):
    """Medians of Memory Move, beside those without an IOMMU."""
    times = {}
    for sample in samples:
        times.setdefault((sample['config'], sample['what']), []).append(sample['ns'])
    configs = list(dict.fromkeys(config for config, _ in times))
    for key in ((config, what) for config in (NONE, *configs) for what in MOVES):
        if key not in times:
            raise SvaError(f'sva-bench did not measure {key[1]} of {key[0]}')
    medians = {key: statistics.median(values) for key, values in times.items()}
    return [DsaRow(config, size, round(PAGE / medians[config, what] * 1e9 / GIB, 2),
                   round(medians[NONE, what] / medians[config, what], 3))
            for config in configs for what, size in MOVES.items()]


def iothread_rows(samples):
    """Medians of the reads by iothreads, and how they compare."""
    times = {}
    for sample in samples:
        times.setdefault((sample['arch'], sample['config'], sample['what']),
                         []).append(sample['ns'])
    machines = list(dict.fromkeys(key[:2] for key in times))
    for arch in dict.fromkeys(arch for arch, _ in machines):
        for config in {NONE, STOCK[arch], *(c for a, c in machines if a == arch)}:
            if missing := [what for what in READS if (arch, config, what) not in times]:
                raise SvaError(f'sva-bench did not measure {", ".join(missing)} of {config}')
    medians = {key: statistics.median(values) for key, values in times.items()}
    return [_iothread_row(medians, arch, config, what)
            for arch, config in machines for what in READS]


def _iothread_row(medians, arch, config, what):
    own, stock = medians[arch, config, what], STOCK[arch]
    compared = config not in (NONE, stock)
    return IothreadRow(
        arch, config, READS[what], round(1e9 / own),
        vs_none=round(medians[arch, NONE, what] / own, 3),
        vs_stock=round(medians[arch, stock, what] / own, 3) if compared else None,
        vs_one=round(medians[arch, config, 'read-1'] / own, 3))


def _run_scenario(make_spec, scenario, base):
    """Boot one; nobody listens to its events."""
    logs = base / re.sub(',.*', '', scenario)
    spec = make_spec(logs, extra=['-d', 'guest_errors,unimp'])
    scenarios.equip(spec, scenario)
    spec.checker = ''
    run = runner.run_machine(spec, scenario)
    if not run.complete or run.failed_checks():
        why = run.error or run.failed_checks() or run.death
        raise SvaError(f'scenario {scenario} failed: {why}', logs / 'control.log')
    return run


def run_guest(arch, make_spec, base, quick):
    """Boot the two scenarios."""
    facts = {}
    for scenario in (('bench-faults,pages=256', 'bench-bind,rounds=20') if quick
                     else ('bench-faults', 'bench-bind')):
        run = _run_scenario(make_spec, scenario, base / arch)
        facts.update((name, run.number(f'bench.{name}'))
                     for name in ('device-faults', 'cpu-faults', 'binds')
                     if run.fact(f'bench.{name}'))
    return guest_row(arch, facts)


def guest_row(arch, facts):
    device, cpu = facts['device-faults'], facts['cpu-faults']
    return GuestRow(arch, device, cpu, round(device / max(cpu, 1), 3), facts['binds'])


def run_dsa_guest(make_spec, base, quick):
    """Boot the scenario; what each queue takes in a second."""
    run = _run_scenario(make_spec, 'dsa-bench,mib=32' if quick else 'dsa-bench', base)
    return [DsaGuestRow(queue, MOVES[f'move-{size}'], rate,
                        round(rate * DSA_SIZES[size] / GIB, 3))
            for queue in ('dedicated', 'shared') for size in DSA_SIZES
            for rate in [run.number(f'bench.dsa-{queue}-{size}')]]


def to_json(**found):
    return json.dumps({name: [row._asdict() for row in rows_found]
                       for name, rows_found in found.items()}, indent=2) + '\n'


HEADER = ('arch', 'IOMMU', 'mode', 'PASIDs', 'GiB/s', 'of none', 'hit ns', 'miss ns',
          'added/stock', 'miss/stock')
COPY_HEADER = ('arch', 'IOMMU', 'mode', 'PASIDs', 'pages', 'GiB/s', 'of none', 'of limit')
CHECKER_HEADER = ('arch', 'IOMMU', 'mode', 'PASIDs', 'checker', 'GiB/s', 'copy', 'hit', 'miss')
SINK_HEADER = ('arch', 'IOMMU', 'mode', 'sink', 'GiB/s', 'copy', 'hit', 'miss')
IOTHREAD_HEADER = ('arch', 'IOMMU', 'threads', 'reads/s', 'of none', 'of stock', 'of one')
DSA_HEADER = ('IOMMU', 'descriptors', 'GiB/s', 'of none')
DSA_GUEST_HEADER = ('queue', 'descriptors', 'a second', 'GiB/s')
INSTRUCTIONS_HEADER = ('program', 'PASIDs', 'figure', 'kept', 'now')
GUEST_HEADER = ('guest', 'device faults/s', 'CPU faults/s', 'device/CPU', 'binds/s')
BOOT_HEADER = ('guest', 'IOMMU', 'processor s', 'elapsed s', 'of stock')


def _cell(value):
    if value is None:
        return '-'
    if isinstance(value, str):
        return value
    return f'{value:,}' if isinstance(value, int) else f'{value:.2f}'


def table(header, found):
    """Columns as wide as what is in them; numbers to the right."""
    lines = [header] + [[_cell(cell) for cell in row] for row in found]
    widths = [max(len(line[n]) for line in lines) for n in range(len(header))]
    left = {'arch', 'IOMMU', 'mode', 'checker', 'sink', 'descriptors', 'queue', 'guest', 'program',
            'figure', 'pages'}
    return '\n'.join('  '.join(cell.ljust(width) if name in left else cell.rjust(width)
                               for name, cell, width in zip(header, line, widths)).rstrip()
                     for line in lines)
