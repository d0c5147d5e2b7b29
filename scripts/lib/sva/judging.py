# SPDX-License-Identifier: GPL-2.0-or-later
"""What `sva demo` and `sva check` have in common: run, show, report."""

import sys

from . import findings, machine, paths, report, rundir, runner, scenarios, verdict
from .errors import SvaError
from .scenarios.by_arch import of_arch


def run(args, makers, command, use_findings=True):
    """Run the scenarios that the arguments name; the command's exit status.

    makers: for each architecture a function (log directory) -> machine.Spec.
    """
    known = findings.load() if use_findings else []
    chosen = {arch: choose(args.scenario, arch) for arch in makers}
    if not any(chosen.values()):
        raise SvaError(f'there is no scenario {", ".join(args.scenario)} for '
                       f'{", ".join(makers)} guests; there are '
                       + ', '.join(of_arch(scenarios.CATALOGUE, next(iter(makers)))))
    base, verdicts = rundir.begin(command), []
    for arch, make_spec in makers.items():
        show = _silent if args.ktap else _Table(arch)
        found = []

        def judged(result):
            show(result)
            found.extend(result.verdicts)
            # At once: who interrupts the rest has these.
            report.write_all(base, verdicts + runner.with_release(found))
        runner.run_all(lambda name: make_spec(base / arch / name), chosen[arch], known, judged,
                       args.tier)
        verdicts += runner.with_release(found)
    if args.ktap:
        sys.stdout.write(report.ktap(verdicts))
    else:
        logs = base / next(iter(makers)) if len(makers) == 1 else base
        print(report.summary(verdicts, f'{logs.relative_to(paths.ROOT)}/'))
    report.write_files(args, verdicts)
    return verdict.exit_status(verdicts)


def choose(names, arch):
    """What to run on an architecture: the story, or what was asked for."""
    return of_arch(list(dict.fromkeys(names or ())) or scenarios.STORY, arch)


def _silent(result):
    pass


class _Table:
    """Prints each scenario as soon as it is judged."""

    def __init__(self, arch):
        self.devices = machine.devices_label(arch)
        self.arch = arch
        self.colour = report.wants_colour(sys.stdout)

    def __call__(self, result):
        print(report.header(self.arch, result.kernel or 'unknown', self.devices,
                            result.scenario, result.seconds))
        print(report.table(result.verdicts, self.colour), flush=True)
