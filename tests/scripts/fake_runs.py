# SPDX-License-Identifier: GPL-2.0-or-later
"""The tool with scenarios that take no machine, in processes of their own.

fake_runs.py ROOT SCRIPT COMMAND...; SCRIPT is JSON: {"kernel": release, "tool": version,
"results": {ARCH.SCENARIO: result of one of its rules}, "end": ARCH.SCENARIO that ends the tool,
"fails": {FAULT: event from which on `sva explore` finds something}, "baseline": digest of its run
in which nothing happens}; FAULT-EVENT as "end" ends that command
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'scripts/lib'))

from sva import cli  # noqa: E402
from sva.guest import specs  # noqa: E402
from sva.judge import verdict  # noqa: E402
from sva.runs import exploration, findings, mutation, runner  # noqa: E402
from sva.setup import artifacts, variants  # noqa: E402
from sva.util import paths, version  # noqa: E402
from synthetic_stream import Stream, life, write_scenario  # noqa: E402

PARTIES = {verdict.ERROR: verdict.SETUP}


def start(root, *words, **script):
    """A process for `sva WORDS`; its build directory is below @root."""
    return subprocess.Popen(
        [sys.executable, __file__, str(root), json.dumps(script), *map(str, words)], text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def run(root, *words, **script):
    """(status, standard output, standard error)"""
    child = start(root, *words, **script)
    out, err = child.communicate(timeout=120)
    return child.returncode, out, err


def verdicts(arch, scenario, result, kernel):
    found = [(verdict.BOUND, 'data', verdict.PASS), (verdict.OVERALL, 'health', verdict.PASS),
             (verdict.GONE, 'abort', result)]
    return [verdict.Verdict(scenario, state, rule, PARTIES.get(one, verdict.KERNEL), one,
                            f'{rule} seen', finding='finding 1: Linux' * (one == verdict.KNOWN),
                            expected=verdict.KNOWN if one == verdict.KNOWN else verdict.PASS).of(
                                arch, kernel, 1.5) for state, rule, one in found]


class Explorer:
    """For that of exploration.py."""
    usual = frozenset()

    def __init__(self, script):
        self.script = script
        self.digest = script.get('baseline', 'same')

    def baseline(self):
        return list(range(100, 400, 3))

    def try_at(self, point, keep=False):
        if self.script.get('end') == point.label:
            os._exit(137)
        fails = point.event >= self.script.get('fails', {}).get(point.fault, 1000)
        return exploration.Outcome(*point, ('health',) * fails, 'health: seen' * fails,
                                   ('finding 6: reset',) * (point.fault == 'flr'),
                                   f'console of {point.label}', 1.0)


def main(root, script, *words):
    script = json.loads(script)
    kernel = script.get('kernel', '7.2.13')

    def run_scenario(spec, scenario, *unused, **more):
        arch, logs = spec.name, spec.logs
        if script.get('end') == f'{arch}.{scenario}':
            os._exit(137)
        write_scenario(logs, life(Stream(), 2))
        result = script.get('results', {}).get(f'{arch}.{scenario}', verdict.PASS)
        return runner.Result(scenario, verdicts(arch, scenario, result, kernel), kernel, 1.5, logs)

    def make(arch):
        return lambda logs, **more: SimpleNamespace(
            name=arch, logs=logs, arch=arch, build=None, kernel=Path(__file__),
            initrd=Path(__file__), cmdline='')

    def mutants(todo, makers, base, jobs, on_outcome, keep):
        found = []
        for arch, name, scenario, rule, _, adversary in todo:
            label = mutation.label(arch, name, scenario, adversary)
            caught = (rule,) if script.get('results', {}).get(label, 'pass') == 'pass' else ()
            found.append(mutation.Outcome(arch, name, scenario, rule, caught if name else (), (),
                                          'seen', 2.0, adversary))
            if name and not caught:
                write_scenario(base / label / arch / scenario, life(Stream(), 2))
            on_outcome(found[-1])
        return found
    every = variants.load()
    patches = [mock.patch.object(runner, 'run_scenario', run_scenario),
               mock.patch.object(artifacts, 'ensure', lambda *names, options: None),
               mock.patch.object(specs, 'built', lambda arch, *unused: make(arch)),
               mock.patch.object(specs, 'set_up', lambda arch, *unused: make(arch)),
               mock.patch.object(mutation, 'run', mutants),
               mock.patch.object(artifacts, 'qemu', lambda *unused: Path(__file__)),
               mock.patch.object(exploration, 'Explorer', lambda *unused: Explorer(script)),
               mock.patch.object(findings, 'load', lambda: []),
               mock.patch.object(variants, 'load', lambda: every),
               mock.patch.object(version, 'text', lambda: script.get('tool', '0.1 (abc)'))]
    for patch in patches:
        patch.start()
    paths.use_build(Path(root, 'build'))
    return cli.main(list(words))


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
