# SPDX-License-Identifier: GPL-2.0-or-later
"""Run a scenario again and again, each time with something happening at another event."""

import collections
import contextlib
import hashlib
import random
import time
from dataclasses import dataclass, replace
from typing import NamedTuple

from .. import scenarios
from ..guest import exploring, machine
from ..guest.qmp import QmpClosed
from ..guest.session import Run, Session
from ..judge import contract, verdict
from ..rules import machines
from ..timeline import stream
from ..util import files, shard
from ..util.errors import SvaError
from . import findings, mutation, runner, sidebyside

# Seconds. In virtual time the minute in which a guest hangs is over at once.
TIMEOUT = 300
BASELINE = 'baseline'
# What init says if a scenario cannot be killed.
HANGS = 'it hangs in the kernel'


class Point(NamedTuple):
    """Something that happens, and the number of the event at which."""
    fault: str
    event: int

    @property
    def label(self):
        return f'{self.fault}-{self.event}'


@dataclass(frozen=True)
class Outcome:
    """What a run said."""
    fault: str
    event: int
    # Broken rules that are kept if nothing happens; a rule of the checker is contract:RULE.
    rules: tuple
    evidence: str
    # Labels of the known findings that explain other ones.
    known: tuple
    # Of the console and of what the guest said: the same for the same point.
    digest: str
    seconds: float

    @property
    def point(self):
        return Point(self.fault, self.event)


class Explorer:
    """One scenario on one kernel.

    make_spec(logs) makes its machine; each run has a directory below base.
    """

    def __init__(self, make_spec, scenario, base, known=()):
        self.make_spec = make_spec
        self.scenario = scenario
        self.base = base
        # What happens may make any scenario one in which they show.
        self.known = [replace(finding, scenario='.*') for finding in known]
        # Rules that are broken without anything happening.
        self.usual = frozenset()
        # Of the run in which nothing happens.
        self.digest = ''

    def baseline(self):
        """Let nothing happen; gives the numbers of the events at which something may."""
        logs = self.base / BASELINE
        outcome = self._run(logs, stream=True)
        self.usual, self.digest = frozenset(outcome.rules), outcome.digest
        found = events(logs)
        if not found:
            raise SvaError('the device did no work: ' + (outcome.evidence or 'nothing is wrong'),
                           logs / 'console.log')
        return found

    def try_at(self, point, keep=False):
        """The outcome of a point. Of one at which nothing is wrong no file is left.

        keep: with the event stream.
        """
        logs = self.base / point.label
        outcome = self._run(logs, point, keep)
        if not outcome.rules and not keep:
            files.remove(logs)
        return outcome

    def _run(self, logs, point=None, stream=False):
        began = time.monotonic()
        spec = self.make_spec(logs, stream=stream)
        scenarios.equip(spec, self.scenario)
        if not spec.port:
            machines.hot_plug(spec, {})
        exploring.prepare(spec)
        if point:
            exploring.stop_at(spec, point.event, exploring.FAULTS[point.fault])
        run, said = _converse(spec, self.scenario)
        (logs / 'control.log').write_text('\n'.join([*said, '']), encoding='utf-8')
        if point and not spec.on_stop.done:
            raise SvaError(f'event {point.event} did not come: this is not the machine that it '
                           'was found in', logs / 'console.log')
        verdicts = self._judge(run, spec.arch)
        accused = [a for a in mutation.accusations(verdicts) if a.rule not in self.usual]
        return Outcome(point.fault if point else '', point.event if point else 0,
                       tuple(dict.fromkeys(a.rule for a in accused)),
                       f'{accused[0].rule}: {accused[0].evidence}' if accused else '',
                       tuple(dict.fromkeys(_labels(verdicts))),
                       hashlib.sha256('\n'.join([*run.console, *said]).encode()).hexdigest()[:16],
                       round(time.monotonic() - began, 1))

    def _judge(self, run, arch):
        verdicts = scenarios.judge_always(run)
        if run.setup.get('kernel.release'):
            verdicts = findings.apply(verdicts, self.known, run.setup['kernel.release'],
                                      arch=arch)
        return verdicts


def _labels(verdicts):
    """Known findings that explain what is broken."""
    for v in verdicts:
        if v.result == verdict.KNOWN and not v.violations:
            yield v.finding
        yield from (broken.finding for broken in v.violations if broken.finding)


def _converse(spec, scenario):
    """(run, lines of the control channel) of one machine."""
    watch, said = contract.Watch(), []
    spec.cmdline = f'{spec.cmdline} sva.run={scenario} sva.timeout={TIMEOUT}'
    with machine.Machine(spec) as guest:

        def look(*unused):
            # It powers off when it likes.
            with contextlib.suppress(QmpClosed):
                watch.look(guest)

        session = Session(guest, look, _Lines(said), scenario, answers=False)
        try:
            runner.boot(guest, session)
            run = session.scenario(TIMEOUT)
            if run is None:
                raise SvaError(session.setup_error or 'the guest did not begin the scenario',
                               guest.log('console.log'))
            look()
            session.scenario(runner.END_TIMEOUT)
            guest.wait(runner.END_TIMEOUT)
            run.console = runner.own_console(guest)
        except (machine.GuestPanic, machine.ModelCrash) as e:
            party = verdict.KERNEL if isinstance(e, machine.GuestPanic) else verdict.MODEL
            run = session.current or Run(scenario, setup=dict(session.setup))
            run.death = (party, e.message)
        except QmpClosed:
            raise guest.ended() from None
    if any(HANGS in line for line in said):
        run.death = (verdict.KERNEL, next(line for line in said if HANGS in line))
    messages = (spec.logs / 'qemu.log').read_text(encoding='utf-8', errors='replace')
    run.contract = watch.all(messages.splitlines())
    return run, said


class _Lines:
    """For Session: what the guest says, as a list."""

    def __init__(self, said):
        self.said = said

    def line(self, text):
        self.said.append(text)


def events(logs):
    """Numbers of the events from the first work of the device on."""
    found = stream.read(logs).events
    first = next((n for n, event in enumerate(found)
                  if event.kind == 'CTX_STATE' and event.number('context', 'state')), len(found))
    return [event.data['seq'] for event in found[first:]]


def plan(numbers, faults, points, seed):
    """The points: of each fault all (points is None), or that many, spread by a seed."""
    chosen = list(numbers)
    if points is not None and points < len(chosen):
        chosen = sorted(random.Random(seed).sample(chosen, points))
    return [Point(fault, event) for event in chosen for fault in faults]


def of_shard(points, part):
    """Those of a part of the run."""
    mine = set(shard.take(part, [point.label for point in points], 'point'))
    return [point for point in points if point.label in mine]


def known(outcomes):
    """How often each known finding showed."""
    return collections.Counter(label for outcome in outcomes for label in outcome.known)


def run(explorer, todo, jobs, on_outcome):
    """Try all points; the outcomes, as they come."""
    sidebyside.run(jobs, explorer.try_at, todo, on_outcome)


def minimal(explorer, outcomes, numbers, fault, on_outcome):
    """The first point known to fail of which the one before passes; None: none fails."""
    bad = min((o for o in outcomes if o.fault == fault and o.rules), key=lambda o: o.event,
              default=None)
    if not bad:
        return None
    passed = [o.event for o in outcomes if o.fault == fault and not o.rules
              and o.event < bad.event]
    low = numbers.index(max(passed)) if passed else -1
    high = numbers.index(bad.event)
    while high - low > 1:
        middle = (low + high) // 2
        outcome = explorer.try_at(Point(fault, numbers[middle]))
        on_outcome(outcome)
        if outcome.rules:
            bad, high = outcome, middle
        else:
            low = middle
    return bad
