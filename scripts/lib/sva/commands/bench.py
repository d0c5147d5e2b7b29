# SPDX-License-Identifier: GPL-2.0-or-later
"""sva bench: what the models cost, beside QEMU's own IOMMU and none at all."""

import argparse

from ..guest import specs
from ..runs import report, rundir
from ..setup import artifacts, plan
from ..testing import bench, bench_boot, instructions, slots, suites
from ..util import files, paths
from ..util.errors import SvaError

EXAMPLES = """examples:
  sva bench                     a table, after a few minutes
  sva bench --json figures.json the same for other programs
  sva bench --no-guest          without the figures of a Linux guest
  sva bench --iothreads         a virtio disk with iothreads, and nothing else
  sva bench --checker           what sva-checker costs, attached and paranoid
  sva bench --sink              what sva-events costs
  sva bench --dsa               Memory Move of sva-dsa, behind sva-vtd and without,
                                and through the queues of Debian's kernel
  sva bench --instructions      what a request takes in the models alone, by callgrind

The same accelerator copies pages at random addresses and reads single words,
with no IOMMU, the stock one, and ours. Machines take turns; the tables show
medians. The second one is of copies with pages of 4 KiB and 2 MiB; "limit" is
what memcpy() of the host takes for the same pages. In the third one a virtio disk
reads 4 KiB at a time to random pages, with one, two and four iothreads, by
wall-clock time. With --checker each of our IOMMUs is compared with itself: "off" is
without sva-checker, "report" with it, "paranoid" with paranoid=on; copy, hit
and miss are their times divided by those of "off". --sink does the same for
sva-events with a reader that is always ready.
In the guest part, faults and binds are counted without a listener; a boot is from
power-on to the first program, with a kernel of Debian's on x86_64 and the one that
the set-up builds on aarch64.
With --instructions nothing is timed: the table has the instructions of a request
as kept in tests/bench/instructions.json and now; --json writes such a file.
docs/devel/performance.rst says what is measured and what it means.
Compare figures of one run only.
"""


def register(subparsers):
    parser = subparsers.add_parser(
        'bench', help='measure the cost of the models', epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--arch', action='append', choices=list(bench.STOCK), default=[],
                        help='only on this guest architecture')
    parser.add_argument('--quick', action='store_true',
                        help='a short run to see that it works; its figures are not reliable')
    parser.add_argument('--no-guest', action='store_true', help='without a Linux guest')
    parser.add_argument('--iothreads', action='store_true',
                        help='measure a virtio disk with iothreads alone; no guest')
    parser.add_argument('--checker', action='store_true',
                        help='compare our IOMMUs with and without sva-checker; no guest')
    parser.add_argument('--sink', action='store_true',
                        help='compare our IOMMUs with and without sva-events; no guest')
    parser.add_argument('--dsa', action='store_true',
                        help='measure sva-dsa instead of the accelerator; on x86_64')
    parser.add_argument('--instructions', action='store_true',
                        help='count instructions of the models without QEMU')
    parser.add_argument('--json', metavar='FILE', help='write the figures as JSON')
    parser.set_defaults(run=run, junit=None)


def run(args):
    paths.need_clone('sva bench')
    report.check_options(args)
    if args.dsa and (args.checker or args.sink or set(args.arch) - {bench.DSA_ARCH}):
        raise SvaError(f'--dsa is for {bench.DSA_ARCH} and goes with no --checker or --sink')
    if args.checker and args.sink:
        raise SvaError('--checker and --sink are two runs')
    if args.iothreads and (args.checker or args.sink or args.dsa):
        raise SvaError('--iothreads goes with no --checker, --sink or --dsa')
    if args.instructions:
        return run_instructions(args)
    chosen = args.arch or ([bench.DSA_ARCH] if args.dsa else list(bench.STOCK))
    artifacts.ensure('qemu', 'firmware', options=plan.Options(tuple(chosen)))
    if args.checker or args.sink:
        return run_listener(args, chosen)
    if args.dsa:
        return run_dsa(args)
    if args.iothreads:
        return run_iothreads(args, chosen)
    rows, copies, guest, boot = [], [], [], []
    for arch in chosen:
        samples = bench.run_helper(arch, args.quick)
        rows += bench.rows(samples)
        copies += bench.copy_rows(samples)
    print(bench.table(bench.HEADER, rows), end='\n\n')
    print(bench.table(bench.COPY_HEADER, copies), flush=True)
    threads = measure_iothreads(args, chosen)
    if not args.no_guest:
        base = rundir.begin('bench')
        guest = [bench.run_guest(arch, specs.set_up(arch), base, args.quick) for arch in chosen]
        print('\n' + bench.table(bench.GUEST_HEADER, guest), flush=True)
        for arch in chosen:
            boot += bench_boot.run(arch, boot_kernel(arch), base, args.quick)
        print('\n' + bench.table(bench.BOOT_HEADER, boot))
    if args.json:
        files.write(args.json, bench.to_json(rows=rows, copies=copies, iothreads=threads,
                                             guest=guest, boot=boot))
    return 0


def measure_iothreads(args, chosen):
    rows = []
    for arch in chosen:
        rows += bench.iothread_rows(bench.run_helper(arch, args.quick, 'iothreads'))
    print('\n' + bench.table(bench.IOTHREAD_HEADER, rows), flush=True)
    return rows


def run_iothreads(args, chosen):
    rows = measure_iothreads(args, chosen)
    if args.json:
        files.write(args.json, bench.to_json(iothreads=rows))
    return 0


def boot_kernel(arch):
    """Debian's own if the set-up knows one; else that of Debian's source."""
    if arch != bench.DSA_ARCH:
        return specs.set_up(arch)
    debian_kernel(arch)
    return specs.debian(arch)


def debian_kernel(arch):
    artifacts.ensure(f'busybox-{arch}', f'debian-kernel-{arch}', options=plan.Options((arch,)))


def run_instructions(args):
    if args.arch or args.checker or args.sink or args.dsa or args.iothreads:
        raise SvaError('--instructions has nothing to do with guests: it goes with --json only')
    artifacts.ensure('tools', 'more-packages')
    compiler, counts = instructions.compiler(), suites.count_instructions(slots.alone())
    rows = instructions.compare(instructions.kept().get(compiler, {}), counts)
    print(compiler + '\n' + bench.table(bench.INSTRUCTIONS_HEADER, rows))
    if args.json:
        instructions.write(args.json, compiler, counts)
    return 0


def run_listener(args, chosen):
    word, make, header = (('checker', bench.checker_rows, bench.CHECKER_HEADER) if args.checker
                          else ('sink', bench.sink_rows, bench.SINK_HEADER))
    rows = []
    for arch in chosen:
        rows += make(bench.run_helper(arch, args.quick, word))
    print(bench.table(header, rows), flush=True)
    if args.json:
        files.write(args.json, bench.to_json(**{word: rows}))
    return 0


def run_dsa(args):
    rows = bench.dsa_rows(bench.run_helper(bench.DSA_ARCH, args.quick, 'dsa'))
    guest = []
    print(bench.table(bench.DSA_HEADER, rows), flush=True)
    if not args.no_guest:
        debian_kernel(bench.DSA_ARCH)
        guest = bench.run_dsa_guest(specs.debian(bench.DSA_ARCH), rundir.begin('bench'),
                                    args.quick)
        print('\n' + bench.table(bench.DSA_GUEST_HEADER, guest))
    if args.json:
        files.write(args.json, bench.to_json(dsa=rows, guest=guest))
    return 0
