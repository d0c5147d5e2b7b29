# SPDX-License-Identifier: GPL-2.0-or-later
"""The project's test suites: how each is run and what its cases said."""

from concurrent import futures
from pathlib import Path
from typing import Callable, NamedTuple, Optional

from .. import scenarios
from ..guest import specs
from ..runs import findings, judging, runner
from ..setup import arch as arches, artifacts, qemu, tools
from ..util import files, history, paths, proc, shard
from ..util.errors import SvaError
from . import coverage, dsa, fuzzing, installed, instructions, junit, mutants, race_reports, slots
from .junit import Case, FAIL, PASS, SKIP  # noqa: F401

UNITTESTS = Path(__file__).with_name('unittests.py')
NO_BYTECODE = {'PYTHONDONTWRITEBYTECODE': '1'}
# How much the functional tests do, see scenarios.TIERS.
TIER = 'quick'
SANITIZERS = ['-Db_sanitize=address,undefined']


class Suite(NamedTuple):
    """steps: what the set-up must have made; tier: the first that it is part of.

    run(slots.Jobs) returns the cases; prepare() comes before any suite runs. some(slots.Jobs,
    names) runs some of the cases, where they are known in advance.
    """
    name: str
    title: str
    steps: tuple
    run: Callable
    list: Callable
    tier: str = scenarios.TIERS[0]
    prepare: Callable = lambda: None
    some: Optional[Callable] = None
    # A part of it: its time is not that of the whole.
    divided: bool = False


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


def run_meson(name, meson, build, processes, options=(), env=None):
    return run_reported(name, [*meson, 'test', '-C', build, '--print-errorlogs',
                               '--num-processes', str(processes), *options],
                        build / 'meson-logs/testlog.junit.xml', junit.of_meson, env)


def run_python(name, folder, names=(), env=None):
    """Run the Python tests of a folder, or some of them."""
    report = paths.log(f'test-{name}').with_suffix('.xml')
    return run_reported(name, [tools.PYTHON, UNITTESTS, folder, report, *names], report,
                        junit.of_python, {**NO_BYTECODE, **(env or {})})


def single(run):
    """A suite that keeps one processor busy."""
    def with_one(jobs):
        with jobs.one():
            return run()
    return with_one


def scripts():
    return run_python('scripts', paths.ROOT / 'tests/scripts')


def page():
    return run_python('page', paths.ROOT / 'tests/page')


# Seconds for one process, which reads Python files for half of one.
PROCESS = 20
# What a functional test is taken to take before its first run.
USUAL = 12


def functional(jobs, names=None):
    """Processes for some tests each, which boot one machine after the other."""
    names, known = names or python_list('functional')(), history.load()
    times = {name: known[key] for name in names if (key := case_key('functional', name)) in known}
    shares = slots.grouped(names, times, PROCESS, USUAL)

    def run(number):
        try:
            return run_python(f'functional-{number}', paths.ROOT / 'tests/functional',
                              shares[number], {'SVA_TIER': TIER})
        except SvaError as e:  # what the others say counts all the same
            return [Case(f'share {number}', FAIL, f'{e.message}\nlog: {e.log}')]
    parts = jobs.each(run, range(len(shares)), slots.MACHINE)
    one_log('functional', len(shares))
    return complete(sorted(case for part in parts for case in part), names)


def complete(cases, names):
    """The cases, and a failure for each of these names that has none."""
    # One that fails before its first test is named after its class.
    missing = sorted(set(names) - {case.name for case in cases}) \
        if all(case.result != FAIL for case in cases) else []
    return cases + [Case(name, FAIL, 'it was not run') for name in missing]


def one_log(name, number):
    """Of its processes, as the other suites have it."""
    with open(paths.log(f'test-{name}'), 'w', encoding='utf-8') as log:
        for part in (paths.log(f'test-{name}-{n}') for n in range(number)):
            if part.is_file():
                log.write(part.read_text(encoding='utf-8'))
                for path in (part, part.with_suffix('.xml')):
                    files.remove(path)


def case_key(suite, name):
    """What the time of a case is remembered as."""
    return f'test/{TIER}/{suite}/{name}'


def suite_key(name):
    """The same of the processors of a whole suite."""
    return f'suite/{TIER}/{name}'


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
    def run(jobs):
        with jobs.several() as number:
            return run_meson(name, artifacts.meson(), configured(name, compiler, options), number,
                             env={'SVA_TIER': TIER})
    return run


def fuzz(jobs):
    """Each harness is one case."""
    with jobs.several():
        build = configured('fuzz', 'clang', ['-Dfuzz=true'])
        fuzzing.build(artifacts.meson(), build)

    def run(name):
        found, facts = fuzzing.run(build, name, fuzzing.SECONDS)
        jobs.say(fuzzing.summary(name, facts))
        return Case(name, FAIL if found else PASS, found)
    return [*jobs.each(run, fuzzing.harnesses()), *fuzz_devices(jobs, build)]


def fuzz_devices(jobs, build):
    """As many groups as there are processors; all of a group at once."""
    def run(device):
        emulator = artifacts.qemu_to_fuzz(fuzzing.DEVICES[device])
        found, facts = fuzzing.run_device(build, device, fuzzing.SECONDS,
                                          [emulator, '-L', artifacts.firmware_dir()])
        jobs.say(fuzzing.summary(f'device-{device}', facts))
        return Case(f'device-{device}', FAIL if found else PASS, found)

    def run_group(devices):
        with futures.ThreadPoolExecutor(len(devices)) as pool:
            return list(pool.map(run, devices))
    every, number = list(fuzzing.DEVICES), min(jobs.slots.number, len(fuzzing.DEVICES))
    found = jobs.each(run_group, [every[first::number] for first in range(number)])
    return sorted(case for part in found for case in part)


# Of tests/qtest, with devices in iothreads.
THREADED_TESTS = ('sva-iothread-test', 'sva-threads-test')


def races(jobs):
    """The devices with iothreads, in an emulator that tells of data races."""
    with jobs.several():
        return races_of_devices(jobs)


def races_of_devices(jobs):
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
        jobs.say(fuzzing.summary(f'device-{device}', facts))
        about = race_reports.about_models(race_reports.read(log))
        cases.append(Case(f'races-{device}', FAIL if found or about else PASS,
                          '\n'.join([*filter(None, [found]), *about])))
    # The tests themselves are no concern of ThreadSanitizer.
    qemu.build(targets=[f'sva/tests/qtest/{test}' for test in THREADED_TESTS])
    return cases + [races_of_test(arch, test) for arch in qemu.RACES.targets
                    for test in THREADED_TESTS]


def races_of_test(arch, test):
    """A test of tests/qtest in that emulator."""
    log, failed = paths.build('races', f'{arch}-{test}'), []
    try:
        proc.logged([artifacts.qemu_build_dir() / 'sva/tests/qtest' / test],
                    paths.log(f'races-{arch}-{test}'),
                    {'QTEST_QEMU_BINARY': artifacts.qemu_for_races(arch),
                     'QTEST_QEMU_ARGS': f'-L {artifacts.firmware_dir()}',
                     **race_reports.environment(log)}, what=test, tied=True)
    except SvaError as e:
        failed.append(e.message)
    failed += race_reports.about_models(race_reports.read(log))
    return Case(f'races-{arch}-{test}', FAIL if failed else PASS, '\n'.join(failed))


def line_coverage(jobs):
    """By unit tests alone: that a fuzzer came by proves nothing."""
    with jobs.several() as number:
        build = configured('coverage', 'gcc', ['-Db_coverage=true'])
        coverage.forget(build)
        # The other suites count these tests.
        cases = [case for case in run_meson('coverage', artifacts.meson(), build, number,
                                            ['--no-suite', 'fuzz']) if case.result == FAIL]
        counts = coverage.measure(build)
    with jobs.one():
        return cases + lines_of_folders(jobs, counts)


def lines_of_folders(jobs, counts):
    cases = []
    for folder, least in coverage.REQUIRED.items():
        table, percent = coverage.report(counts, folder)
        jobs.say(table)
        cases.append(Case(f'lines of {folder}', PASS if percent >= least else FAIL,
                          f'{percent:.1f} %, at least {least} % wanted'))
    return cases


def counted(jobs):
    """Each program is one case; what has become less is printed, for the file to follow."""
    compiler, kept = instructions.compiler(), instructions.kept()
    if compiler not in kept:
        why = f'no counts of {compiler} to compare with; to keep them: {instructions.KEEP}'
        jobs.say(why)
        return [Case(program, SKIP, why) for program in instructions.PROGRAMS]
    rows = instructions.compare(kept[compiler], count_instructions(jobs))
    for row in rows:
        if not row.worse and row.now * instructions.LIMIT < row.kept:
            jobs.say(f'{row.program}: {row}; to keep that: {instructions.KEEP}')
    return [counted_case(program, [row for row in rows if row.program == program and row.worse])
            for program in instructions.PROGRAMS]


def counted_case(program, worse):
    return Case(program, FAIL if worse else PASS, '\n'.join(
        [*map(str, worse), f'if that has to be: {instructions.KEEP}'] if worse else []))


def count_instructions(jobs):
    with jobs.several():
        build = configured('instructions', 'gcc')
        instructions.compile_programs(artifacts.meson(), build)
    return instructions.count(build, jobs.each)


def run_qtest(name, build, processors, options=(), env=None):
    # Left to itself meson builds all of QEMU's own tests first.
    proc.logged(['ninja', '-C', build, 'sva-qtests'], paths.log(f'build-{name}'),
                what=f'build of suite {name}')
    # QEMU configures with a meson of its own environment. Tests and QEMU wait for each other:
    # two of them keep one processor busy.
    return run_meson(name, [build / 'pyvenv/bin/meson'], build, 2 * processors,
                     ['--no-rebuild', '--suite', 'sva', *options], env)


def qtest(name, which):
    def run(jobs):
        with jobs.several() as number:
            return run_qtest(name, artifacts.qemu_build_dir(which), number)
    return run


def qtest_sanitized(jobs):
    """Sanitizers and other tests at the same time make it slow."""
    with jobs.several() as number:
        return run_qtest('qtest-asan', artifacts.qemu_sanitized_dir(), number,
                         ['--timeout-multiplier', '5'], fuzzing.SANITIZER_ENV)


# What is made of the documents, as sphinx-build calls it.
DOCUMENTS = ('html', 'man')


def docs():
    """The HTML pages and the manual page."""
    cases = []
    for builder in DOCUMENTS:
        try:
            proc.logged(['sphinx-build', '-W', '--keep-going', '-q', '-b', builder,
                         '-d', paths.build('docs/doctrees', builder), paths.ROOT / 'docs',
                         paths.build('docs', builder)], paths.log('test-docs'),
                        append=bool(cases), what='sphinx-build -W')
        except SvaError as e:
            cases.append(Case(f'sphinx-{builder}', FAIL, e.message))
        else:
            cases.append(Case(f'sphinx-{builder}', PASS))
    return cases


def demo(which):
    """What `sva demo` runs, on another emulator; each scenario is one case."""
    def run(jobs):
        with jobs.one(slots.MACHINE):
            return demo_cases(which)
    return run


def demo_cases(which):
    cases, known = [], findings.load()
    for arch, names in demo_scenarios().items():
        make_spec = specs.built(arch, build=which)
        logs = which.source.path('demo', arch)
        runner.run_all(lambda name, make=make_spec, base=logs: make(base / name), names, known,
                       lambda result, arch=arch: cases.append(demo_case(arch, result)))
    return cases


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
              single(scripts), python_list('scripts')),
        Suite('style', 'layers, limits, licences', (), single(style),
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
        Suite('docs', 'documentation without warnings', ('packages',), single(docs),
              lambda: [f'sphinx-{builder}' for builder in DOCUMENTS]),
        Suite('page', 'the report page in a browser', ('packages', 'browser'), single(page),
              python_list('page')),
        Suite('qtest', 'devices in QEMU, no guest', ('qemu', 'firmware'),
              qtest('qtest', qemu.PLAIN),
              meson_list(qemu_build, 'sva')),
        Suite('qtest-asan', 'the same, gcc with ASan and UBSan', ('qemu-asan', 'firmware'),
              qtest_sanitized, meson_list(artifacts.qemu_sanitized_dir(), 'sva')),
        Suite('functional', 'scenarios on real kernels', everything,
              functional, python_list('functional'), some=functional),
        Suite('dsa', 'test suites of others for Intel DSA',
              ('qemu', 'firmware', 'debian-kernel-x86_64', 'busybox-x86_64', 'debian-tools'),
              dsa.run, dsa.names),
        Suite('mutants', 'kernels that are broken on purpose', everything,
              lambda jobs: mutants.run(TIER, jobs), lambda: mutants.names(TIER),
              prepare=lambda: mutants.prepare(TIER),
              some=lambda jobs, names: mutants.run(TIER, jobs, names)),
        Suite('package', 'the package of Debian, in a clean system',
              ('qemu', 'firmware', 'kernel', 'guest'), single(installed.run),
              lambda: list(installed.CASES)),
        Suite('races', 'iothreads beside registers, ThreadSanitizer',
              ('tools', 'qemu', 'qemu-tsan', 'firmware'), races,
              lambda: [*(f'races-{d}' for d in fuzzing.THREADED),
                       *(f'races-{arch}-{test}' for arch in qemu.RACES.targets
                         for test in THREADED_TESTS)], 'thorough'),
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


def of_shard(chosen, part):
    """A part of the suites: whole ones, and cases of those that can be divided.

    Suites and cases are dealt apart: the times of neither say anything about the others.
    """
    if not part:
        return chosen
    cases = {suite.name: suite.list() for suite in chosen if suite.some}
    whole_names = [suite.name for suite in chosen if not suite.some]
    case_names = [f'{name}.{one}' for name, every in cases.items() for one in every]
    whole, some = set(part.take(whole_names)), set(part.take(case_names))
    found = []
    for suite in chosen:
        mine = [one for one in cases.get(suite.name, ()) if f'{suite.name}.{one}' in some]
        if mine:
            found.append(only(suite, mine))
        elif suite.name in whole:
            found.append(suite)
    if not found:   # tells so
        shard.take(part, max(whole_names, case_names, key=len), 'test')
    return found


def only(suite, names):
    return suite._replace(run=lambda jobs: suite.some(jobs, names), list=lambda: names,
                          divided=True)
