# SPDX-License-Identifier: GPL-2.0-or-later
"""The common part of `sva demo` and `sva check`: run, show, report."""

import sys

from .. import scenarios
from ..guest import machine
from ..judge import verdict
from ..setup import arch as arches
from ..timeline import report as pages
from ..util import paths
from ..util.errors import SvaError
from ..util.live import Live
from . import findings, report, rundir, runner


def run(args, makers, command, use_findings=True, device=machine.ACCEL_DEVICE, set_up=None):
    """Run the scenarios that the arguments name; the command's exit status.

    makers: for each architecture a function (log directory) -> machine.Spec.
    device: of which the kernel has a driver.
    set_up(arch): what is missing for an architecture, just before its scenarios.
    """
    having(args, makers, device)
    known = findings.load() if use_findings else []
    base, verdicts, boot_failed = rundir.begin(command), [], False
    for arch, make_spec in makers.items():
        if set_up:
            set_up(arch)
        chosen = choose(args.scenario, arch, device)
        show, results = _silent if args.ktap else _Table(arch), []

        def judged(result):
            show(result)
            results.append(result)
            # Now: they are kept if the rest is interrupted.
            report.write_all(base, verdicts + _verdicts(results))
        runner.run_all(lambda name: make_spec(base / arch / name, stream=True), chosen, known,
                       judged, args.tier, _live(args, arch))
        verdicts += _verdicts(results)
        boot_failed = boot_failed or results and all(r.boot_failure for r in results)
        if len(results) < len(chosen) and not args.ktap:
            print(f'  not run: {", ".join(chosen[len(results):])}')
    if args.ktap:
        sys.stdout.write(report.ktap(verdicts))
    else:
        logs = base / next(iter(makers)) if len(makers) == 1 else base
        print(report.summary(verdicts, f'{paths.shown(logs)}/'))
    report.write_files(args, verdicts)
    page = make_page(base)
    if page and not args.ktap:
        print(f'report: {paths.shown(page)}')
    return verdict.exit_status(verdicts, boot_failed, args.boot_failure)


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


def _verdicts(results):
    return runner.with_release([item for result in results for item in result.verdicts])


def having(args, archs, device=machine.ACCEL_DEVICE):
    """Those architectures that have a scenario that was asked for."""
    found = [arch for arch in archs if choose(args.scenario, arch, device)]
    if not found:
        raise SvaError(f'there is no scenario {", ".join(args.scenario)} for '
                       f'{", ".join(archs)} guests with {device}; `sva list` names what there is')
    return tuple(found)


def choose(names, arch, device=machine.ACCEL_DEVICE):
    """What to run on an architecture: the default scenarios, or those that were asked for."""
    wanted = list(dict.fromkeys(names or ())) or scenarios.default(device)
    return scenarios.of_device(scenarios.of_arch(wanted, arch), device)


def _silent(result):
    pass


class _Table:
    """Prints each scenario as soon as it is judged."""

    def __init__(self, arch):
        self.arch = arch
        self.colour = report.wants_colour(sys.stdout)

    def __call__(self, result):
        columns = report.width(sys.stdout)  # somebody may have changed it
        print(report.header(self.arch, result.kernel or 'unknown',
                            machine.devices_label(self.arch,
                                                  scenarios.device_of(result.scenario)),
                            result.scenario, result.seconds, columns))
        print(report.table(result.verdicts, self.colour, columns), flush=True)
        if result.boot_failure:
            print(report.last_lines(result.boot_failure), flush=True)
