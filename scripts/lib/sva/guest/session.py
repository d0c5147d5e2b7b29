# SPDX-License-Identifier: GPL-2.0-or-later
"""The host's side of the control channel; see docs/devel/guest-protocol.rst."""

import re
import time
from dataclasses import dataclass, field
from typing import Optional

from ..setup import arch as arches
from ..util.errors import SvaError
from . import refusal

PROTOCOL = '1'
# Name of the stage that the host adds when a run goes wrong.
TROUBLE = '(trouble)'
KMSG = re.compile(r'(\d+),(\d+),(\d+) ?(.*)')
KTAP = re.compile(r'(ok|not ok) (\d+)(?: -)? ?(.*)')


@dataclass
class Stage:
    """What the guest reported at one stage, and what the host saw while the guest waited."""
    name: str
    facts: dict = field(default_factory=dict)
    kmsg: list = field(default_factory=list)
    # None: the machine has no IOMMU of ours.
    iommu: Optional[dict] = field(default_factory=dict)
    accel: dict = field(default_factory=dict)
    registers: dict = field(default_factory=dict)
    entry: Optional[object] = None
    # The PASID of entry, held and look; it may change during a run.
    pasid: Optional[int] = None
    # holdings.Holdings: what the caches hold, as the models report it.
    held: Optional[object] = None
    # debts.Look: what the caches may hold; None: not observed.
    look: Optional[object] = None


@dataclass
class Run:
    """One scenario as the host saw it; complete if it ran to its end."""
    scenario: str
    setup: dict = field(default_factory=dict)
    facts: dict = field(default_factory=dict)
    repeated: dict = field(default_factory=dict)
    stages: dict = field(default_factory=dict)
    checks: list = field(default_factory=list)
    # Why no scenario that needs the device can run on this kernel.
    refused: str = ''
    # What the kernel printed from power-on to power-off.
    console: list = field(default_factory=list)
    # Number of lines that were cut from it.
    console_cut: int = 0
    error: str = ''
    # contract.Judged; None: there was no checker.
    contract: Optional[tuple] = None
    # Seed of the liberties that the models took; 0: none.
    adversary: int = 0
    # The checker stopped the machine, as it was told to.
    stopped: bool = False
    # (party, text) if the run ended because the kernel or a model died.
    death: Optional[tuple] = None
    status: Optional[int] = None

    def add(self, stage, key, value):
        stage.facts[key] = self.facts[key] = value
        self.repeated.setdefault(key, []).append(value)

    @property
    def complete(self):
        return not self.error and not self.death and self.status == 0

    @property
    def arch(self):
        return self.setup.get('arch', arches.DEFAULT)

    def fact(self, key):
        return self.facts.get(key)

    def number(self, key):
        """A fact as a number; None if it is absent or no number."""
        try:
            return int(self.facts[key].split()[0], 0)
        except (KeyError, ValueError, IndexError):
            return None

    def values(self, key):
        """All values of a fact that comes more than once, in order."""
        return self.repeated.get(key, [])

    def kmsg(self, *names):
        """Kernel messages of the named stages, of all if none is named."""
        return [text for stage in self.stages.values() if not names or stage.name in names
                for text in stage.kmsg]

    def failed_checks(self):
        return [text for good, text in self.checks if not good]

    def delta(self, side, counter, first, last):
        """How far a model's counter went between two stages; None: not counted."""
        try:
            return (getattr(self.stages[last], side)[counter]
                    - getattr(self.stages[first], side)[counter])
        except (KeyError, TypeError):
            return None


class Session:
    """Reads a machine's control channel and hands out whole scenario runs.

    observe(stage, run) is called at each stage while the guest waits.
    answers: the guest waits there at all.
    """

    def __init__(self, machine, observe=None, transcript=None, wanted=None, answers=True):
        self.machine = machine
        self.answers = answers
        # The scenario that the guest was told to run.
        self.wanted = wanted
        self.observe = observe
        self.transcript = transcript
        self.setup = {}
        self.boot_kmsg = []
        self.setup_error = ''
        # The scenario that is running, for when the machine dies.
        self.current = None

    @property
    def release(self):
        return self.setup.get('kernel.release', '')

    def _line(self, deadline):
        line = self.machine.read_line(deadline)
        if self.transcript:
            self.transcript.line(line)
        return line

    def hello(self, timeout):
        """Wait for the guest's first line."""
        deadline = time.monotonic() + timeout
        while True:
            words = self._line(deadline).split()
            if words[:1] == ['@hello']:
                break
        if len(words) < 4 or words[1] != PROTOCOL:
            raise SvaError(f'the guest speaks protocol {" ".join(words[1:2])}, not {PROTOCOL}')
        self.setup['arch'] = words[2]
        self.setup['kernel.release'] = words[3]

    def trouble(self, run, stage=None):
        """Something went wrong: observe the state. Returns the stage for later messages."""
        if not run.stages or not self.observe:
            return stage
        stage = stage or Stage('')
        self._close(run, stage, TROUBLE)
        try:
            self.observe(stage, run)
        except SvaError:
            pass                # The machine is gone, and the reader will say why.
        return Stage('')

    def scenario(self, timeout):
        """The next scenario's run, or None when the guest says good-bye."""
        deadline = time.monotonic() + timeout
        run, stage = None, Stage('')
        while True:
            word, _, rest = self._line(deadline).partition(' ')
            if word == '@bye':
                return run
            if word == '@begin':
                if self.wanted not in (None, rest):
                    raise SvaError(f'the guest runs {rest}, not {self.wanted}')
                run = Run(rest, setup=dict(self.setup), error=self.setup_error,
                          refused=self.setup_error)
                self.current = run
                stage = Stage('')
            elif run is None:
                self._before(word, rest)
            elif word == '@end':
                run.status = status(rest)
                self._close(run, stage, 'end')
                return run
            elif word == '@stage':
                self._close(run, stage, rest.strip())
                if self.observe:
                    self.observe(stage, run)
                if self.answers:
                    self.machine.send_line('go')
                stage = Stage('')
            else:
                first = word == '@error' and not run.error
                self._during(run, stage, word, rest)
                if first:
                    stage = self.trouble(run, stage)

    def _before(self, word, rest):
        if word == '@fact':
            key, _, value = rest.partition(' ')
            self.setup[key] = value
        elif word == '@kmsg':
            self.boot_kmsg.append(message(rest))
        elif word == '@error' and not self.setup_error:
            self.setup_error = refusal.explain(self.setup, rest)

    def _during(self, run, stage, word, rest):
        if word == '@fact':
            key, _, value = rest.partition(' ')
            run.add(stage, key, value)
        elif word == '@kmsg':
            stage.kmsg.append(message(rest))
        elif word == '@error' and not run.error:
            run.error = rest
        elif word in ('ok', 'not'):
            match = KTAP.fullmatch(f'{word} {rest}')
            if match:
                run.checks.append((match[1] == 'ok', match[3]))

    @staticmethod
    def _close(run, stage, name):
        # A stage may come more than once; keep them apart.
        times = sum(key.split('#')[0] == name for key in run.stages)
        stage.name = f'{name}#{times + 1}' if times else name
        run.stages[stage.name] = stage


def message(text):
    match = KMSG.fullmatch(text)
    return match[4] if match else text


def status(text):
    """The status of '@end SCENARIO STATUS'; a damaged line is no success."""
    try:
        return int(text.split()[-1])
    except (ValueError, IndexError):
        return 2
