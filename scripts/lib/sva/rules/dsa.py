# SPDX-License-Identifier: GPL-2.0-or-later
"""What Intel DSA did, for the rules that the accelerator keeps counters for.

It counts for the device as a whole only. What was asked under a PASID, and answered, is
in the events of the models.
"""

from ..guest import kmsg
from ..judge import ledger
from ..judge.verdict import KERNEL, MODEL, SETUP
from . import blame
from .facts import count, iommu, more_faults, number, numbers
from .mm_gone import Window
from .rule import Check, Result

# 5.9.1: an entry of the event log is a memory access of its own.
EVENT_BYTES = 64
SUCCESS = 0x01
# Facts by name, and what in the tallies of the ledger they are: (what, code or all).
BY_PASID = {
    'ats_granted': (ledger.GRANTED, None),
    'ats_no_access': (ledger.NO_ACCESS, None),
    'ats_error': (ledger.ATS_ERROR, None),
    'prg_success': (ledger.BY_KERNEL, (0,)),
    'prg_invalid': (ledger.BY_KERNEL, (1,)),
    'prg_failure': (ledger.BY_KERNEL, (15,)),
    'unit_success': (ledger.BY_UNIT, (0,)),
    'unit_invalid': (ledger.BY_UNIT, (1,)),
    'unit_failure': (ledger.BY_UNIT, (15,)),
    'queued': (ledger.QUEUED, None),
}


def act(windows):
    """A scenario's act(): at a stage of `windows` adds facts delta.WINDOW.WHO.COUNTER.

    windows: of each stage the name of the window that ends there, and began at the stage
    before, and WHO. In window `late` the device wrote under a PASID that is not bound any
    more: the fact probe.late.write tells what became of it.
    """
    def add(guest, stage, run):
        if stage.name not in windows:
            return
        window_, who = windows[stage.name]
        found = counted(run, *list(run.stages.values())[-2:])
        for name, value in found.items():
            run.add(stage, f'delta.{window_}.{who}.{name}', str(value))
        if window_ == 'late':
            result = 'aborted' if found['aborts'] and not found['bytes_written'] else 'ok'
            run.add(stage, 'probe.late.write', f'{result} - {run.number("pasid")} 0x0')
    return add


def counted(run, before, after):
    """What the device did under the PASID of the run between two stages, by name."""
    pasid = run.number('pasid')

    def tally(what, codes):
        return sum(sign * n for sign, stage in ((-1, before), (1, after))
                   for (kind, rid, whose, code), n in stage.look.tallies.items()
                   if kind == what and rid == after.look.rid and whose == pasid
                   and (codes is None or code in codes))

    def device(name):
        return after.accel[name] - before.accel[name]
    found = {name: tally(*which) for name, which in BY_PASID.items()}
    for code in ('success', 'invalid', 'failure'):
        found[f'prg_{code}'] += found.pop(f'unit_{code}')
    found['page_reqs'] = found.pop('queued') + tally(ledger.BY_UNIT, None)
    # Rights that were asked for are not told apart: some is all.
    found['ats_partial'] = 0
    found['aborts'] = device('aborts')
    found['accesses'] = device('accesses') - device('events')
    found['bytes_written'] = device('bytes-written') - EVENT_BYTES * device('events')
    return found


def window(run):
    """The counters while another process has the files of a dead one; see mm_gone.Window."""
    def at_work():
        submitted = number(run, 'gone.submitted')
        return Check(submitted > 0, SETUP, 'no work was given to the queues after mm exit')
    return Window(['dev'], ['dev'], ['dev'], True, 3, at_work, single=False)


def queued(run):
    """Jobs were waiting in queues of both kinds when the process was killed."""
    waiting = {name: number(run, f'queued.{name}') for name in ('dedicated', 'shared')}
    took = number(run, 'gone.wait-ms')
    told = ' and '.join(f'{n} in the {name} queue' for name, n in waiting.items())
    return Result(f'{told} at the kill; gone {took} ms after it', [
        *(Check(n > 0, SETUP, f'no job was waiting in the {name} queue at the kill')
          for name, n in waiting.items()),
        Check(took >= 0, KERNEL,
              'the address space of the process that was killed is still there')])


def silence(first, last):
    """Nothing is reported of a process that dies, whose files nobody else has."""
    def rule(run):
        tried = sum(numbers(run, 'delta.exit.dev', 'aborts', 'ats_no_access'))
        lines, recorded = kmsg.faults(run.kmsg(last)), more_faults(run, first, last)
        what = f'{recorded} recorded{blame.page_request_faults(run, first, last)}'
        return Result(f'0 {iommu(run).line} lines, none recorded for {count(tried, "refusal")}', [
            Check(tried > 0, SETUP, 'the device was refused nothing after the kill'),
            Check(not lines, KERNEL, f'{count(len(lines), f"{iommu(run).line} fault line")} for '
                  f'PASID {run.number("pasid")}, {what}'),
            Check(not recorded, KERNEL, what)])
    return rule


def job_done(run, who, what):
    """The checks that a job was accepted and done."""
    accepted, status, right = numbers(run, who, 'accepted', 'status', 'right')
    return [Check(accepted == 1, KERNEL, f'the device did not take a job of {what}'),
            Check(status == SUCCESS, blame.work, f'a job of {what}: status {status:#x}'),
            Check(right == 1, MODEL, f'a job of {what} was complete, and nothing was written')]


def released(run):
    """The queues of a process that was killed are free again."""
    took = number(run, 'released.wait-ms')
    return Result(f'free {count(took, "ms", "ms")} after the kill', [
        Check(took >= 0, KERNEL, 'the queues of the process that was killed are still in use')])
