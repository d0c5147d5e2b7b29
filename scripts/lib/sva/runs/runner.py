# SPDX-License-Identifier: GPL-2.0-or-later
"""Boot a machine for each scenario, observe it, judge it, keep the evidence."""

import contextlib
import json
import time
import traceback
from dataclasses import asdict, dataclass, replace

from .. import scenarios
from ..guest import gdb, kmsg, machine, replaying
from ..guest.qmp import QmpClosed
from ..guest.session import Run, Session, TROUBLE
from ..judge import contract, debts, holdings, iommus, verdict
from ..setup import arch as arches
from ..util import files
from ..util.errors import SvaError
from . import findings

# Seconds; a boot takes about two, the longest scenario fifteen. The margin is
# for hosts with many other things to do.
BOOT_TIMEOUT = 120
END_TIMEOUT = 30
SCENARIO_TIMEOUT = 240
# The guest has its own limit and reports when it is reached.
SCENARIO_MARGIN = 30


# Console lines to show of a kernel that does not boot.
LAST_LINES = 15
# Of them, of a panic: its own line and what follows, mostly a trace.
AFTER_PANIC = 5


class BootFailure(SvaError):
    """The kernel did not get as far as the first program."""

    def __init__(self, why, release, lines):
        super().__init__(f'Linux {release or "(no release on the console)"} does not boot: '
                         f'{why.message}', why.log)
        self.release = release
        self.lines = lines


@dataclass(frozen=True)
class Result:
    """The verdicts of one scenario and where its evidence lies."""
    scenario: str
    verdicts: list
    kernel: str
    seconds: float
    logs: object
    # Other scenarios will not run on this kernel either.
    refused: bool = False
    # The end of the console, if the kernel did not boot.
    boot_failure: tuple = ()


def observe(guest, stage, run, watch=None):
    """Observe the machine while the guest waits; watch: a debts.Watch."""
    stage.iommu = None
    if guest.spec.iommu:
        stage.iommu = guest.counters(machine.IOMMU)
        stage.registers = guest.registers()
    pasid = None
    if guest.has_accel():
        stage.accel = guest.accel_counters()
        pasid = run.number('pasid')
    if pasid is not None and guest.spec.iommu:
        stage.pasid = pasid
        stage.entry = iommus.of_arch(guest.spec.arch).read_entry(guest, pasid)
        stage.held = holdings.read(guest)
    if watch:
        stage.look = watch.look(guest, pasid, stage.entry)


def run_machine(spec, scenario, timeout=SCENARIO_TIMEOUT, at_stage=None):
    """One scenario in one machine; the run, complete or not.

    at_stage(machine, stage) is called at each stage, after observe() and the host's part
    of the scenario.
    """
    checker = contract.Watch()
    run = _run_machine(spec, scenario, timeout, at_stage, checker)
    run.adversary = spec.adversary
    if spec.checker and (spec.iommu or checker.events):
        said = (spec.logs / 'qemu.log').read_text(encoding='utf-8', errors='replace')
        run.contract = checker.all(said.splitlines())
        files.write(spec.logs / 'contract.json', json.dumps(checker.record(), indent=1) + '\n')
    return run


def _run_machine(spec, scenario, timeout, at_stage, checker):
    timeout *= spec.timeout_multiplier
    spec.cmdline = f'{spec.cmdline} sva.run={scenario} sva.timeout={timeout}'.strip()
    watch = debts.Watch(spec.arch, spec.timeout_multiplier) if spec.iommu else None
    with machine.Machine(spec, watch and watch.hear) as guest, \
            open(guest.log('control.log'), 'w', encoding='utf-8') as file:
        transcript = Transcript(file, guest.times)

        def look(stage, run):
            observe(guest, stage, run, watch)
            checker.look(guest)
            if stage.name == TROUBLE:
                return
            scenarios.act(guest, stage, run)
            if at_stage:
                at_stage(guest, stage)

        session = Session(guest, look, transcript, scenario)
        try:
            run = converse(guest, session, timeout)
        except (machine.GuestPanic, machine.ModelCrash) as e:
            if not session.current:
                raise
            party = verdict.KERNEL if isinstance(e, machine.GuestPanic) else verdict.MODEL
            session.current.death = (party, e.message)
            return session.current
        except machine.Stopped:
            run = session.current or Run(scenario)
            run.stopped = True
            with contextlib.suppress(QmpClosed):    # whoever had it may have ended it
                checker.look(guest)
        except SvaError as e:
            run = session.current
            if not run or not run.stages:
                raise
            # Judge what was seen until now.
            if not run.error:
                session.trouble(run)
                run.error = e.message + (f' (log: {e.log})' if e.log else '')
            run.console = guest.console.text().splitlines()
        else:
            run.console, run.console_cut = own_console(guest), guest.console.cut_lines
        finally:
            # Also for a run that did not complete.
            keep(spec.logs, session, guest)
        return run


class Transcript:
    """control.log, and when each line of it came."""

    def __init__(self, file, times):
        self.file = file
        self.times = times

    def line(self, text):
        self.times.hear_control()
        self.file.write(text + '\n')
        self.file.flush()


def own_console(guest):
    """The lines of the console, which must be of this boot."""
    for log in (guest.console, *guest.events, *guest.streams):
        log.wait()
        log.raise_error()
    found = guest.console.text()
    if f'{machine.TOKEN}={guest.spec.token}' not in found:
        raise SvaError('the console does not show the command line of this boot: has the kernel '
                       f'a console on {arches.get(guest.spec.arch).console}, and does it print '
                       'notices (loglevel=7)?',
                       guest.log('console.log'))
    return found.splitlines()


def boot(guest, session):
    """Wait for the guest's first line."""
    try:
        session.hello(BOOT_TIMEOUT * guest.spec.timeout_multiplier)
    except (machine.GuestPanic, machine.GuestSilent) as e:
        console = guest.console.text()
        raise BootFailure(e, kmsg.release(console), last_words(console)) from e


def last_words(console):
    """The most useful lines: the last ones, or those around a panic."""
    lines = console.rstrip().splitlines()
    end = next((n + AFTER_PANIC for n, line in enumerate(lines) if kmsg.panic(line)), len(lines))
    return lines[max(0, end - LAST_LINES):end]


def converse(guest, session, timeout):
    """From the first line to the last."""
    try:
        boot(guest, session)
        run = session.scenario(timeout + SCENARIO_MARGIN)
        if run is None:
            raise SvaError(session.setup_error or 'the guest did not begin the scenario',
                           guest.log('console.log'))
        session.scenario(END_TIMEOUT * guest.spec.timeout_multiplier)
    except QmpClosed:
        raise guest.ended() from None
    guest.wait(END_TIMEOUT * guest.spec.timeout_multiplier)
    return run


def keep(logs, session, guest):
    """Facts, kernel messages, counters and clocks in files of their own."""
    run = session.current
    stages = run.stages.values() if run else ()
    lines = [f'[boot] {line}' for line in session.boot_kmsg]
    lines += [f'[{stage.name}] {line}' for stage in stages for line in stage.kmsg]
    (logs / 'dmesg.log').write_text('\n'.join(lines) + '\n', encoding='utf-8')
    record = {'setup': session.setup, 'scenario': run and run.scenario,
              'facts': run and run.facts, 'status': run and run.status,
              'error': run.error if run else session.setup_error,
              'stages': {s.name: {'iommu': s.iommu, 'accel': s.accel, 'registers': s.registers,
                                  'rid': s.look and s.look.rid, 'pasid': s.pasid,
                                  'entry': s.entry and asdict(s.entry),
                                  'look': s.look and s.look.record(),
                                  'held': s.held and s.held.record()} for s in stages}}
    (logs / 'evidence.json').write_text(json.dumps(record, indent=2) + '\n', encoding='utf-8')
    (logs / 'times.json').write_text(json.dumps(
        {**guest.times.record(), 'repeated': sum(s.repeated for s in guest.streams)}) + '\n', encoding='utf-8')


def run_scenario(spec, scenario, known=(), strict=False, prepare=None, timeout=SCENARIO_TIMEOUT,
                 at_stage=None):
    """Boot, run and judge; a machine that cannot be judged is an error verdict.

    prepare(run) may add what the host found out after the machine has ended.
    """
    name, began, release = scenario.split(',')[0], time.monotonic(), ''
    refused, last_lines = False, ()
    try:
        scenarios.equip(spec, scenario)
        if spec.record and not scenarios.not_recorded(scenario):
            replaying.prepare(spec, gdb.CMDLINE)
        run = run_machine(spec, scenario, timeout, at_stage)
        if prepare:
            prepare(run)
        release = run.setup.get('kernel.release', '')
        verdicts = [_seen_whole(v, run) for v in scenarios.judge(run)]
        if release:     # else it was stopped before it said which kernel it is
            verdicts = findings.apply(verdicts, known, release, strict, run.arch)
        refused = bool(run.refused) and all(v.result == verdict.ERROR for v in verdicts)
    except SvaError as e:
        text = e.message + (f' (log: {e.log})' if e.log else '')
        verdicts = [_incomplete(name, text)]
        if isinstance(e, BootFailure):
            # The console is hardly ever empty.
            release, last_lines = e.release, tuple(e.lines) or ('(nothing on the console)',)
    except Exception as e:  # our own mistake; the other scenarios go on
        log = spec.logs / 'internal-error.log'
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(traceback.format_exc(), encoding='utf-8', errors='backslashreplace')
        verdicts = [_incomplete(name, f'internal error, {type(e).__name__}: {e} (log: {log})')]
    if spec.recording:
        _keep_replay(spec, verdicts)
    seconds = time.monotonic() - began
    return Result(scenario, [v.of(spec.arch, release, seconds) for v in verdicts], release,
                  seconds, spec.logs, refused, last_lines)


def _keep_replay(spec, verdicts):
    """Of a scenario in which a rule is broken, expected or not."""
    wanted = spec.record != replaying.FAILING or any(v.result != verdict.PASS for v in verdicts)
    if not wanted or not (spec.logs / replaying.LOG).is_file():
        replaying.drop(spec)
    else:
        replaying.keep(spec, gdb.command(spec, running=True))


def _seen_whole(item, run):
    """The rule health cannot pass if lines of the console were cut."""
    if item.rule != 'health' or item.result != verdict.PASS or not run.console_cut:
        return item
    return replace(item, result=verdict.ERROR, party=verdict.SETUP, evidence=(
        f'{run.console_cut:,} console lines were cut, no warning in the others'))


def _incomplete(scenario, text):
    """The verdict that says why there are no other ones."""
    return verdict.Verdict(scenario, verdict.OVERALL, 'complete', verdict.SETUP, verdict.ERROR,
                           text)


def run_all(make_spec, names, known, on_result, tier='quick', live=None):
    """Run several scenarios one after the other; all verdicts.

    A kernel that refuses SVA altogether, or that does not boot, is booted only once.
    live: a live.Live that tells what goes on.
    """
    verdicts, booted = [], False
    for number, name in enumerate(names, 1):
        scenario, seconds = scenarios.variant(name, tier)
        with _told(live, f'{scenario} ({number} of {len(names)})') as hears:
            result = run_scenario(make_spec(name), scenario, known,
                                  timeout=seconds or SCENARIO_TIMEOUT, **hears)
        on_result(result)
        verdicts += result.verdicts
        booted = booted or not result.boot_failure
        if result.refused or not booted:
            break
    return verdicts


@contextlib.contextmanager
def _told(live, title):
    """Tell of a scenario while the block runs it; gives run_scenario() what hears of it."""
    if not live:
        yield {}
        return
    live.begin(title)
    try:
        yield {'at_stage': lambda guest, stage: live.say(stage.name)}
    finally:
        live.end()


def with_release(results):
    """Fill in the release in verdicts of machines that did not report it."""
    release = next((v.kernel for v in results if v.kernel), 'unknown')
    return [replace(v, kernel=v.kernel or release) for v in results]
