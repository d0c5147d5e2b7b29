# SPDX-License-Identifier: GPL-2.0-or-later
"""The common part of `sva demo` and `sva check`: run, show, report."""

import sys
from dataclasses import dataclass, replace
from typing import Callable, Optional

from .. import scenarios
from ..guest import machine
from ..judge import verdict
from ..setup import arch as arches
from ..timeline import report as pages
from ..util import paths, shard
from ..util.errors import SvaError
from ..util.live import Live
from . import findings, report, rundir, runner
from .about import about, case


@dataclass(frozen=True)
class Job:
    """Scenarios on one kernel."""
    arch: str
    make_spec: Callable     # (log directory) -> machine.Spec
    scenarios: tuple
    known: tuple = ()       # findings that explain broken rules
    tier: str = scenarios.TIERS[0]
    # What is missing for it, just before its scenarios.
    set_up: Optional[Callable] = None
    # Name of kernel and options, if there are several.
    configuration: str = ''

    def cases(self):
        return [case(self.arch, name, self.configuration) for name in self.scenarios]

    def only(self, cases):
        return replace(self, scenarios=tuple(
            name for name, one in zip(self.scenarios, self.cases()) if one in cases))

    def directory(self, base):
        return base / self.configuration / self.arch if self.configuration else base / self.arch


def run(args, makers, command, use_findings=True, device=machine.ACCEL_DEVICE, set_up=None):
    """Run the scenarios that the arguments name; the command's exit status.

    makers: for each architecture a function (log directory) -> machine.Spec.
    device: of which the kernel has a driver.
    set_up(arch): what is missing for an architecture, just before its scenarios.
    """
    having(args, makers, device)
    known = tuple(findings.load()) if use_findings else ()
    return run_jobs(args, [
        Job(arch, make_spec, tuple(choose(args.scenario, arch, device)), known, args.tier,
            set_up and (lambda arch=arch: set_up(arch))) for arch, make_spec in makers.items()],
                    command)


def names_of(jobs):
    return [one for job in jobs for one in job.cases()]


def of_shard(jobs, part):
    """What is left of the jobs for a part of the run."""
    mine = set(shard.take(part, names_of(jobs), 'scenario'))
    return [job for job in (job.only(mine) for job in jobs) if job.scenarios]


def run_jobs(args, every, command, ready=lambda job: job):
    """Run those of this part one after the other; the command's exit status.

    ready(job): a job of this part with its machine, called for all before any runs.
    """
    jobs = [ready(job) for job in of_shard(every, args.shard)]
    base, verdicts, boot_failed = rundir.begin(command, args.results), [], False
    record = about(command, names_of(jobs), args.shard, names_of(every))
    report.write_all(base, [], record)
    for job in jobs:
        if job.set_up:
            job.set_up()
        results = _run_job(args, job, base, lambda more: report.write_all(
            base, verdicts + more, record))
        verdicts += _verdicts(job, results)
        boot_failed = boot_failed or results and all(r.boot_failure for r in results)
        if len(results) < len(job.scenarios) and not args.ktap:
            print(f'  not run: {", ".join(job.scenarios[len(results):])}')
    if args.ktap:
        sys.stdout.write(report.ktap(verdicts))
    else:
        logs = jobs[0].directory(base) if len(jobs) == 1 else base
        print(report.summary(verdicts, f'{paths.shown(logs)}/'))
    report.write_files(args, verdicts, record)
    page = make_page(base)
    if page and not args.ktap:
        print(f'report: {paths.shown(page)}')
    return verdict.exit_status(verdicts, boot_failed, args.boot_failure)


def _run_job(args, job, base, keep):
    """The results. keep(verdicts): now, because the rest may be interrupted."""
    show, results = _silent if args.ktap else _Table(job), []

    def judged(result):
        show(result)
        results.append(result)
        keep(_verdicts(job, results))
    runner.run_all(lambda name: job.make_spec(job.directory(base) / name, stream=True),
                   job.scenarios, job.known, judged, job.tier, _live(args, job.arch))
    return results


def _live(args, arch):
    """None if the user may be asked something while a scenario runs."""
    return None if args.stop_on else Live(f'{arches.get(arch).title} ')


def make_page(directory):
    """The report page of a run, None if there is none: the verdicts count without it."""
    try:
        return pages.write(directory)
    except Exception as e:
        print(f'sva: no report page: {type(e).__name__}: {e}', file=sys.stderr)
        return None


def _verdicts(job, results):
    return [replace(v, configuration=job.configuration) for v in runner.with_release(
        [item for result in results for item in result.verdicts])]


def having(args, archs, device=machine.ACCEL_DEVICE):
    """Those architectures that have a scenario that was asked for."""
    found = [arch for arch in archs if choose(args.scenario, arch, device)]
    if not found:
        raise SvaError(f'there is no scenario {", ".join(args.scenario)} for '
                       f'{", ".join(archs)} guests with {device}; `sva list` names what there is')
    # Told before anything is built, too.
    of_shard([Job(arch, None, tuple(choose(args.scenario, arch, device))) for arch in found],
             args.shard)
    return tuple(found)


def choose(names, arch, device=machine.ACCEL_DEVICE):
    """What to run on an architecture: the default scenarios, or those that were asked for."""
    wanted = list(dict.fromkeys(names or ())) or scenarios.default(device)
    return scenarios.of_device(scenarios.of_arch(wanted, arch), device)


def _silent(result):
    pass


class _Table:
    """Prints each scenario as soon as it is judged."""

    def __init__(self, job):
        self.arch = job.arch
        self.configuration = job.configuration
        self.colour = report.wants_colour(sys.stdout)

    def __call__(self, result):
        columns = report.width(sys.stdout)  # somebody may have changed it
        print(report.header(self.arch, result.kernel or 'unknown',
                            machine.devices_label(self.arch,
                                                  scenarios.device_of(result.scenario)),
                            ' of '.join(filter(None, (result.scenario, self.configuration))),
                            result.seconds, columns))
        print(report.table(result.verdicts, self.colour, columns), flush=True)
        if result.boot_failure:
            print(report.last_lines(result.boot_failure), flush=True)
