# SPDX-License-Identifier: GPL-2.0-or-later
"""What `sva demo` and `sva check` have in common: run, show, report."""

import sys

from . import findings, machine, paths, report, runner, scenarios, verdict


def run(args, make_spec, command, use_findings=True):
    """Run the scenarios that the arguments name; the command's exit status."""
    known = findings.load() if use_findings else []
    base = paths.build(command, args.arch)
    show = _silent if args.ktap else _Table(args.arch)

    def spec(name):
        return make_spec(base / name)
    verdicts = runner.run_all(spec, args.scenario or scenarios.STORY, known, show)
    verdicts = runner.with_release(verdicts)
    if args.ktap:
        sys.stdout.write(report.ktap(verdicts))
    else:
        print(report.summary(verdicts, f'{base.relative_to(paths.ROOT)}/'))
    report.write_files(args, verdicts)
    return verdict.exit_status(verdicts)


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
