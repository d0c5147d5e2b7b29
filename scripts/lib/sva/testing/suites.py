# SPDX-License-Identifier: GPL-2.0-or-later
"""The project's test suites: how each is run and what its cases said."""

from concurrent import futures
from pathlib import Path
from typing import Callable, NamedTuple

from .. import scenarios
from ..guest import specs
from ..runs import findings, judging, runner
from ..setup import arch as arches, artifacts, qemu, tools
from ..util import files, paths, proc
from ..util.errors import SvaError
from . import coverage, dsa, fuzzing, instructions, junit, mutants, race_reports
from .junit import Case, FAIL, PASS, SKIP  # noqa: F401

UNITTESTS = Path(__file__).with_name('unittests.py')
NO_BYTECODE = {'PYTHONDONTWRITEBYTECODE': '1'}
# How much the functional tests do, see scenarios.TIERS.
TIER = 'quick'
SANITIZERS = ['-Db_sanitize=address,undefined']


class Suite(NamedTuple):
    """steps: what the set-up must have made; tier: the first that it is part of."""
    name: str
    title: str
    steps: tuple
    run: Callable
    list: Callable
    tier: str = scenarios.TIERS[0]


def run_reported(name, command, report, read, env=None):
    """Run a program that leaves a JUnit file; its cases, as @read has them."""
    log, failed = paths.log(f'test-{name}'), None
    files.remove(report)
    try:
        proc.logged(command, log, env, cwd=paths.ROOT, what=f'tests of suite {name}', tied=True)
    except SvaError as e:
        failed = e
    if not report.is_file():
        raise failed or SvaError(f'no test of suite {name} was run', log)
    cases = read(report.read_text(encoding='utf-8'))
    if failed and all(case.result != FAIL for case in cases):
        cases.append(Case('exit status', FAIL, failed.message))
    return cases


def run_meson(name, meson, build, options=(), env=None):
    return run_reported(name, [*meson, 'test', '-C', build, '--print-errorlogs', *options],
                        build / 'meson-logs/testlog.junit.xml', junit.of_meson, env)


def run_python(name, folder, names=(), env=None):
    """Run the Python tests of a folder, or some of them."""
    report = paths.log(f'test-{name}').with_suffix('.xml')
    return run_reported(name, [tools.PYTHON, UNITTESTS, folder, report, *names], report,
                        junit.of_python, {**NO_BYTECODE, **(env or {})})


def scripts():
    return run_python('scripts', paths.ROOT / 'tests/scripts')


def page():
    return run_python('page', paths.ROOT / 'tests/page')


def functional():
    """Two machines at a time: for much of a scenario they stand still."""
    names = python_list('functional')()
    shares = [share for share in (names[::2], names[1::2]) if share]

    def run(number, share):
        try:
            return run_python(f'functional-{number}', paths.ROOT / 'tests/functional', share,
                              {'SVA_TIER': TIER})
        except SvaError as e:  # what the others say counts all the same
            return [Case(f'share {number}', FAIL, f'{e.message}\nlog: {e.log}')]
    with futures.ThreadPoolExecutor(len(shares) or 1) as pool:
        parts = list(pool.map(run, range(1, len(shares) + 1), shares))
    cases = sorted(case for part in parts for case in part)
    # One log, as of the other suites.
    with open(paths.log('test-functional'), 'w', encoding='utf-8') as log:
        for number in range(1, len(shares) + 1):
            log.write(paths.log(f'test-functional-{number}').read_text(encoding='utf-8'))
    return cases


def python_list(name):
    def names():
        return proc.output([tools.PYTHON, UNITTESTS, paths.ROOT / 'tests' / name, '--list'],
                           NO_BYTECODE).split()
    return names


def checkers():
    return sorted(paths.ROOT.glob('scripts/check-*.py'))


def style():
    """Each checker of the tree is one case."""
    cases = []
    for script in checkers():
        try:
            proc.logged([tools.PYTHON, script], paths.log(script.stem), cwd=paths.ROOT,
                        what=script.name)
            cases.append(Case(script.stem, PASS))
        except SvaError as e:
            cases.append(Case(script.stem, FAIL, e.message))
    return cases


def configured(name, compiler, options=()):
    """A build directory of the stand-alone project."""
    build = paths.build(name)
    if not (build / 'build.ninja').is_file():
        files.remove(build)
        env = {'CC': f'ccache {compiler}', 'CCACHE_DIR': paths.cache('ccache')}
        proc.logged([*artifacts.meson(), 'setup', build, paths.ROOT, *options],
                    paths.log(f'setup-{name}'), env, what=f'meson setup of {name}')
    return build


def unit(name, compiler, options=()):
    def run():
        return run_meson(name, artifacts.meson(), configured(name, compiler, options))
    return run


def fuzz():
    """Each harness is one case."""
    build, cases = configured('fuzz', 'clang', ['-Dfuzz=true']), []
    fuzzing.build(artifacts.meson(), build)
    for name in fuzzing.harnesses():
        found, facts = fuzzing.run(build, name, fuzzing.SECONDS)
        print(fuzzing.summary(name, facts), flush=True)
        cases.append(Case(name, FAIL if found else PASS, found))

    def run(device):
        emulator = artifacts.qemu_to_fuzz(fuzzing.DEVICES[device])
        return fuzzing.run_device(build, device, fuzzing.SECONDS,
                                  [emulator, '-L', artifacts.firmware_dir()])
    with futures.ThreadPoolExecutor(len(fuzzing.DEVICES)) as pool:
        results = list(pool.map(run, fuzzing.DEVICES))
    for device, (found, facts) in zip(fuzzing.DEVICES, results):
        print(fuzzing.summary(f'device-{device}', facts), flush=True)
        cases.append(Case(f'device-{device}', FAIL if found else PASS, found))
    return cases


def races():
    """The devices with iothreads, in an emulator that tells of data races."""
    build, cases = configured('fuzz', 'clang', ['-Dfuzz=true']), []
    fuzzing.build(artifacts.meson(), build)
    files.remove(paths.build('races'))
    paths.build('races').mkdir(parents=True)
    for device in fuzzing.THREADED:
        log = paths.build('races', device)
        emulator = artifacts.qemu_for_races(fuzzing.DEVICES[device])
        found, facts = fuzzing.run_device(build, device, fuzzing.SECONDS,
                                          [emulator, '-L', artifacts.firmware_dir()],
                                          race_reports.environment(log))
        print(fuzzing.summary(f'device-{device}', facts), flush=True)
        about = race_reports.about_models(race_reports.read(log))
        cases.append(Case(f'races-{device}', FAIL if found or about else PASS,
                          '\n'.join([*filter(None, [found]), *about])))
    return cases


def line_coverage():
    """By unit tests alone: that a fuzzer came by proves nothing."""
    build = configured('coverage', 'gcc', ['-Db_coverage=true'])
    coverage.forget(build)
    # The other suites count these tests.
    cases = [case for case in run_meson('coverage', artifacts.meson(), build,
                                        ['--no-suite', 'fuzz']) if case.result == FAIL]
    counts = coverage.measure(build)
    for folder, least in coverage.REQUIRED.items():
        table, percent = coverage.report(counts, folder)
        print(table, flush=True)
        cases.append(Case(f'lines of {folder}', PASS if percent >= least else FAIL,
                          f'{percent:.1f} %, at least {least} % wanted'))
    return cases


def counted():
    """Each program is one case; what has become less is printed, for the file to follow."""
    compiler, kept = instructions.compiler(), instructions.kept()
    if compiler not in kept:
        why = f'no counts of {compiler} to compare with; to keep them: {instructions.KEEP}'
        print(why, flush=True)
        return [Case(program, SKIP, why) for program in instructions.PROGRAMS]
    rows = instructions.compare(kept[compiler], count_instructions())
    for row in rows:
        if not row.worse and row.now * instructions.LIMIT < row.kept:
            print(f'{row.program}: {row}; to keep that: {instructions.KEEP}', flush=True)
    return [counted_case(program, [row for row in rows if row.program == program and row.worse])
            for program in instructions.PROGRAMS]


def counted_case(program, worse):
    return Case(program, FAIL if worse else PASS, '\n'.join(
        [*map(str, worse), f'if that has to be: {instructions.KEEP}'] if worse else []))


def count_instructions():
    return instructions.count(artifacts.meson(), configured('instructions', 'gcc'))


def run_qtest(name, build, options=(), env=None):
    # Left to itself meson builds all of QEMU's own tests first.
    proc.logged(['ninja', '-C', build, 'sva-qtests'], paths.log(f'build-{name}'),
                what=f'build of suite {name}')
    # QEMU configures with a meson of its own environment.
    return run_meson(name, [build / 'pyvenv/bin/meson'], build,
                     ['--no-rebuild', '--suite', 'sva', *options], env)


def qtest(name, which):
    def run():
        return run_qtest(name, artifacts.qemu_build_dir(which))
    return run


def qtest_sanitized():
    """Sanitizers and other tests at the same time make it slow."""
    return run_qtest('qtest-asan', artifacts.qemu_sanitized_dir(),
                     ['--timeout-multiplier', '5'], fuzzing.SANITIZER_ENV)


def docs():
    try:
        proc.logged(['sphinx-build', '-W', '--keep-going', '-q', '-b', 'html',
                     '-d', paths.build('docs/doctrees'), paths.ROOT / 'docs',
                     paths.build('docs/html')], paths.log('test-docs'), what='sphinx-build -W')
    except SvaError as e:
        return [Case('sphinx', FAIL, e.message)]
    return [Case('sphinx', PASS)]


def demo(which):
    """What `sva demo` runs, on another emulator; each scenario is one case."""
    def run():
        cases, known = [], findings.load()
        for arch, names in demo_scenarios().items():
            make_spec = specs.built(arch, build=which)
            logs = which.source.path('demo', arch)
            runner.run_all(lambda name, make=make_spec, base=logs: make(base / name), names, known,
                           lambda result, arch=arch: cases.append(demo_case(arch, result)))
        return cases
    return run


def demo_case(arch, result):
    bad = [f'{v.rule}: {v.result} ({v.party}): {v.evidence}' for v in result.verdicts
           if not v.good]
    if not result.verdicts:
        bad = ['no verdict']
    return Case(f'{arch}.{result.scenario}', FAIL if bad else PASS, '\n'.join(bad))


def demo_scenarios():
    return {arch: judging.choose((), arch) for arch in arches.ALL}


def meson_list(build, suite=None):
    """Names of the tests of a build folder, of one of meson's suites if it is named."""
    def names():
        # What `meson introspect --tests` prints; absent as long as nothing is configured.
        tests = files.read_json(build / 'meson-info/intro-tests.json') or []
        return [test['name'] for test in tests
                if not suite or suite in (one.split(':')[-1] for one in test['suite'])]
    return names


def all_suites():
    qemu_build, old, oldest = artifacts.qemu_build_dir(), qemu.PLAIN_OLDEST, qemu.OLDEST
    everything = ('qemu', 'firmware', 'kernel', 'debian-kernel', 'guest', 'tools')
    return [
        # The Linux source holds the parser of KTAP.
        Suite('scripts', 'the command line, the judges', ('packages', 'linux-source'),
              scripts, python_list('scripts')),
        Suite('style', 'layers, limits, licences', (), style,
              lambda: [script.stem for script in checkers()]),
        Suite('unit', 'models without QEMU, gcc', ('tools',), unit('unit', 'gcc'),
              meson_list(paths.build('unit'))),
        Suite('unit-asan', 'the same, clang with ASan and UBSan', ('tools',),
              unit('unit-asan', 'clang', SANITIZERS), meson_list(paths.build('unit-asan'))),
        Suite('coverage', 'lines of the models run by them', ('tools',), line_coverage,
              lambda: [f'lines of {folder}' for folder in coverage.REQUIRED]),
        Suite('instructions', 'what a request takes, by callgrind', ('tools',), counted,
              lambda: list(instructions.PROGRAMS)),
        Suite('fuzz', 'hostile input, with sanitizers',
              ('tools', 'qemu', 'qemu-asan', 'firmware'), fuzz,
              lambda: [*fuzzing.harnesses(), *(f'device-{d}' for d in fuzzing.DEVICES)]),
        Suite('docs', 'documentation without warnings', ('packages',), docs,
              lambda: ['sphinx']),
        Suite('page', 'the report page in a browser', ('packages', 'browser'), page,
              python_list('page')),
        Suite('qtest', 'devices in QEMU, no guest', ('qemu', 'firmware'),
              qtest('qtest', qemu.PLAIN),
              meson_list(qemu_build, 'sva')),
        Suite('qtest-asan', 'the same, gcc with ASan and UBSan', ('qemu-asan', 'firmware'),
              qtest_sanitized, meson_list(artifacts.qemu_sanitized_dir(), 'sva')),
        Suite('functional', 'scenarios on real kernels', everything,
              functional, python_list('functional')),
        Suite('dsa', 'test suites of others for Intel DSA',
              ('qemu', 'firmware', 'debian-kernel-x86_64', 'busybox-x86_64', 'debian-tools'),
              dsa.run, dsa.names),
        Suite('mutants', 'kernels that are broken on purpose', everything,
              lambda: mutants.run(TIER), lambda: mutants.names(TIER)),
        Suite('races', 'iothreads beside registers, ThreadSanitizer',
              ('tools', 'qemu-tsan', 'firmware'), races,
              lambda: [f'races-{d}' for d in fuzzing.THREADED], 'thorough'),
        Suite(f'qtest-{oldest.series[-1]}', f'devices in QEMU {oldest.series[-1]}',
              (oldest.name, 'firmware'), qtest(f'qtest-{oldest.series[-1]}', old),
              meson_list(artifacts.qemu_build_dir(old), 'sva'), 'thorough'),
        Suite(f'demo-{oldest.series[-1]}', f'the demo on QEMU {oldest.series[-1]}',
              (oldest.name, 'firmware', 'kernel', 'guest'), demo(old),
              lambda: [f'{arch}.{name}' for arch, names in demo_scenarios().items()
                       for name in names], 'thorough'),
    ]


# Names for --suite that stand for several.
GROUPS = {'unit': ('unit', 'unit-asan')}


def select(names, tier=scenarios.TIERS[0]):
    """The suites that --suite names, all of the tier if none is named."""
    every, tiers = all_suites(), scenarios.TIERS
    wanted = {member for name in names for member in GROUPS.get(name, (name,))}
    if names:
        return [suite for suite in every if suite.name in wanted]
    return [suite for suite in every if tiers.index(suite.tier) <= tiers.index(tier)]
