# SPDX-License-Identifier: GPL-2.0-or-later
"""What `sva check --matrix FILE` runs."""

import argparse
import functools
from dataclasses import replace

from ..guest import specs
from ..runs import findings, judging, matrix
from ..util.errors import SvaError
from . import stock

# Options of `sva check` that the file has instead, and what they are if nobody gave them.
IN_THE_FILE = {'kernel': None, 'flavour': None, 'kbuild': None, 'tree': None, 'output': None,
               'arch': None, 'scenario': [], 'append': '', 'adversary': 0,
               'tier': matrix.Options.tier, 'no_findings': False}


def planned(args, found):
    """[(judging.Job without a machine, arguments of the check)]: all that the file means."""
    for name, usual in IN_THE_FILE.items():
        if getattr(args, name) != usual:
            option = 'O=DIR' if name == 'output' else '--' + name.replace('_', '-')
            raise SvaError(f'{option} goes without --matrix: {found.path} says that')
    jobs = [_planned(args, found, kernel, arch, options) for kernel in found.kernels
            for arch in _archs(found, kernel) for options in found.options]
    jobs = [(job, words) for job, words in jobs if job.scenarios]
    if not jobs:
        raise SvaError(f'{found.path}: nothing is left to check; architectures, scenarios and '
                       'exclude say what there is')
    return jobs


def _archs(found, kernel):
    """Of a kernel, as far as the file has them; the same on each machine."""
    if kernel.flavour:
        archs = kernel.archs or found.archs
    elif stock.names_debian(kernel.kernel):
        archs = kernel.archs or (stock.ARCH,)
    else:   # an image that is to be judged elsewhere need not be here
        archs = kernel.archs or (specs.choose_arch(None, kernel.kernel),)
    return [arch for arch in archs if arch in found.archs]


def _planned(args, found, kernel, arch, options):
    device = stock.device_of(kernel.kernel)
    names = tuple(name for name in judging.choose(found.named(device), arch, device)
                  if not found.excludes(kernel, arch, name, options))
    words = argparse.Namespace(**{
        **vars(args), 'kernel': kernel.kernel or None, 'kbuild': kernel.kbuild or None,
        'flavour': kernel.flavour or None, 'arch': arch, 'scenario': list(names),
        'append': options.append, 'adversary': options.adversary, 'shard': None})
    known = tuple(findings.load()) if options.findings else ()
    return judging.Job(arch, None, names, known, options.tier,
                       configuration=matrix.configuration(kernel, options)), words


def run(args, choose):
    """The exit status. choose(arguments): (architecture, device, function that sets it up)."""
    jobs = planned(args, matrix.load(args.matrix))
    words = {(job.configuration, job.arch): words for job, words in jobs}
    # Each can be used, before the first is set up.
    return judging.run_jobs(args, [job for job, _ in jobs], 'check', lambda job: _with_machine(
        job, choose(words[job.configuration, job.arch])))


def _with_machine(job, chosen):
    set_up = functools.cache(chosen[-1])
    return replace(job, set_up=set_up, make_spec=lambda logs, **more: set_up()(logs, **more))
