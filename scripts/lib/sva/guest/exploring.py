# SPDX-License-Identifier: GPL-2.0-or-later
"""A machine that does the same each time, and in which something happens at an event.

Nothing comes in from outside: no host answers at stages, clock and random numbers are given,
and virtual time goes on with the instructions alone. docs/system/explore.rst says more.
"""

from typing import NamedTuple

from . import machine, replaying

# Words for init: nobody answers at stages, and an agent obeys the host.
WORDS = 'sva.nohost sva.agent'
TOKEN = 'explore'
# Of an answer that comes late, in ms; far below what the time-outs of kernels are.
LATE_MS = 200


class Fault(NamedTuple):
    """Something that happens at an event: by the agent in the guest, or by the device."""
    name: str
    title: str
    # What the host tells the agent; '': the device does it.
    word: str


FAULTS = {fault.name: fault for fault in (
    Fault('kill', 'SIGKILL to the processes that use the device', 'kill'),
    Fault('flr', 'a function level reset, asked for in sysfs', 'flr'),
    Fault('loss', 'the slot of the device loses its power', 'loss'),
    Fault('late', f'the next invalidation of its ATC is answered {LATE_MS} ms late', ''))}


def prepare(spec):
    """Make it such a machine."""
    replaying.prepare(spec, WORDS)
    spec.recording = replaying.FIXED
    spec.token = TOKEN
    spec.traces = False


def stop_at(spec, event, fault):
    """Let something happen at an event; gives what tells whether it did."""
    # Nobody reads that stream.
    spec.extra += ['-chardev', 'null,id=nobody',
                   '-device', f'sva-events,chardev=nobody,stop-at={event}']
    spec.on_stop = Injection(fault)
    return spec.on_stop


class Injection:
    """Spec.on_stop: does it while the machine stands at the event."""

    def __init__(self, fault):
        self.fault = fault
        self.done = False

    def __call__(self, guest):
        if not self.done:
            self.done = True
            if self.fault.word:
                guest.send_line(self.fault.word)
            else:
                guest.qmp.execute('qom-set', path=machine.ACCEL, property='late-completion',
                                  value=LATE_MS)
        return False
