# SPDX-License-Identifier: GPL-2.0-or-later
"""Synthetic runs of the scenarios about the life of processes."""

from synthetic import COPY, LIVE, PASID_LINE, QUIET, REUSED, ZERO, delta, kill, run, set_fact

SURVIVOR = {'survivor.pages': 16, 'survivor.changed': 0, 'kept.attempts': 4, 'kept.taken': 0,
        'kept.busy': 0}


def renamed(made, scenario, facts):
    made.scenario = scenario
    for key, value in facts.items():
        set_fact(made, key, value)
    return made


def daemonise():
    return renamed(kill(), 'daemonise', {**SURVIVOR, 'survivor.bound': 3})


def exec_keep():
    return renamed(kill(), 'exec', {**SURVIVOR, 'survivor.bound': 3})


def threads():
    made = renamed(kill(), 'threads', {
        'threads': 8, 'threads.left': 1, 'threads.stalled': 0, 'leader.gone': 1,
        'last.status': '0x01', 'last.different': 0})
    for mode in ('untranslated', 'ats', 'ats-pri'):
        for key, value in delta('threads', mode, accesses=900, bytes_written=7200).items():
            set_fact(made, key, value)
    stages = dict(made.stages)
    made.stages.clear()
    for name, stage in stages.items():
        made.stages[name] = stage
        if name == 'bound':
            made.stages['last'] = run('x', {}, {'last': (LIVE, {}, [])}).stages['last']
    return made


# Nobody can look at the victim's contexts: the counters of the device.
CLOSED = {
    'mode': 'untranslated+ats+ats-pri', 'pasid': 2, 'pid': 141, **COPY, **REUSED,
    'reuse.method': 'pfn', 'reuse.pages': 512, 'reuse.changed': 0, 'reuse.changed-other': 0,
    'gone.closing': 1,
    **delta('gone', 'dev', accesses=61440, aborts=61440, xlate_reqs=61, ats_no_access=61,
            page_reqs=12, prg_invalid=12),
    'probe.gone.ats': 'ok - 2 0x7f00', 'probe.gone.prg': 'prg-invalid - 2 0x7f00',
    'probe.gone.write': 'aborted - 2 0x7f00', 'probe.gone.read': 'aborted - 2 0x7f00',
    'probe.late.write': 'aborted - 2 0x7f00', 'late.changed': 0}
HIDDEN = {'faults-silent': 61501}
CLOSED_STAGES = {
    'bound': (LIVE, {}, []),
    'mm-gone': (QUIET, HIDDEN, []),
    'unbound': (ZERO, {**HIDDEN, 'waits-page-drain': 1}, []),
    'late': (ZERO, {**HIDDEN, 'waits-page-drain': 1, 'faults-recorded': 1},
             [PASID_LINE.replace('0x1]', '0x2]')]),
    'reused': (LIVE, {**HIDDEN, 'waits-page-drain': 1, 'faults-recorded': 1}, [])}


def exec_cloexec():
    return run('exec,files=cloexec', {**CLOSED, **SURVIVOR}, CLOSED_STAGES)


def two_devices():
    facts = {'mode': 'untranslated+ats+ats-pri', 'pasid': 1, 'pid': 38,
             'first.device': '0000:00:02.0', 'first.pasid': 1,
             'second.device': '0000:00:03.0', 'second.pasid': 1, 'unbind.status': 0,
             'probe.late.write': 'aborted - 1 0x7f00', 'late.changed': 0,
             'revoked.refused': 1, 'reuse.method': 'pfn', 'reuse.pages': 32,
             'reuse.changed': 0, 'reuse.changed-other': 0, 'again.pasid': 1}
    for name in ('bound.first', 'bound.second', 'again.first'):
        facts.update({f'{name}.status': '0x01', f'{name}.different': 0})
    for mode in facts['mode'].split('+'):
        for window in ('first', 'second', 'alone', 'late'):
            facts.update(delta(window, mode, accesses=900, bytes_written=7200))
        facts.update(delta('revoked', mode, accesses=90, aborts=90))
    drained = {'waits-page-drain': 1}
    made = run('two-devices', facts, {
        'bound': (LIVE, {}, []), 'unbound': (ZERO, drained, []),
        'late': (ZERO, {**drained, 'faults-recorded': 1}, [PASID_LINE]),
        'revoked': (ZERO, {**drained, 'faults-recorded': 9}, [PASID_LINE]),
        'done': (ZERO, {**drained, 'faults-recorded': 9}, [])})
    for name in ('revoked', 'done'):
        made.stages[name].accel['invalidations'] += 3
        made.stages[name].iommu['atc-completions'] += 3
    return made


OOM = {'oom.kills': 1, 'tick.count': 2900, 'tick.max-ms': 182, 'unbind.ms': 33032}
KILLED_LINE = 'Out of memory: Killed process 141 (sva-scenario) total-vm:101904kB'
REAPED_LINE = 'oom_reaper: reaped process 141 (sva-scenario), now anon-rss:0kB'


def oom():
    made = run('oom', {**CLOSED, **OOM}, CLOSED_STAGES)
    made.stages['mm-gone'].kmsg.append(KILLED_LINE)
    return made


def oom_reaper():
    facts = {**CLOSED, **OOM, 'mode': 'ats+ats-pri',
             **delta('gone', 'dev', xlate_reqs=61, ats_no_access=61, page_reqs=12,
                     prg_invalid=12)}
    made = run('oom-reaper', facts, {
        'bound': (LIVE, {}, []), 'reaped': (LIVE, {}, [KILLED_LINE, REAPED_LINE]),
        **{name: CLOSED_STAGES[name] for name in ('unbound', 'late', 'reused')}})
    for name in ('reaped', 'unbound', 'late', 'reused'):
        made.stages[name].accel['invalidations'] += 512
        made.stages[name].iommu['atc-completions'] += 512
    return made


def pasid_width(bits=4, contexts=64):
    binds = min((1 << bits) - 1, contexts)
    facts = {'where': 'device', 'pid': 40, 'pasid': 1, 'bits': bits, 'contexts': contexts,
             'binds': binds, 'pasid.highest': binds, 'pasid.double': 0, 'copies.failed': 0,
             'bind.errno': 28 if bits < 6 else 16, 'bind.other-errno': 0,
             'recovered.errno': 0, 'recovered.freed': binds, 'recovered.pasid': binds,
             'recovered.status': '0x01', 'recovered.different': 0}
    return run(f'pasid-width,bits={bits}', facts, {
        'full': (LIVE, {}, []), 'freed': (LIVE, {'waits-page-drain': 1}, []),
        'recovered': (LIVE, {'waits-page-drain': 1}, []),
        'unbound': (ZERO, {'waits-page-drain': 1 + binds}, [])})


def no_bind(case='iommu-no-ats', errno=22):
    lines = [f'sva_accel 0000:00:02.0: cannot bind sva-scenario[40]: error -{errno}'] * 100
    return run(f'no-bind,case={case}',
               {'case': case, 'attempts': 100, 'bind.errno': errno, 'bind.other-errno': 0},
               {'begin': (ZERO, {}, []), 'done': (ZERO, {}, lines)})


def no_bind_bound():
    facts = {'case': 'device-no-pri', 'attempts': 100, 'bind.errno': 0, 'bind.other-errno': 0}
    for mode, result in (('untranslated', 0), ('ats', 0), ('ats-pri', 6)):
        facts.update({f'enable.{mode}': result, f'copy.{mode}.status': int(not result),
                      f'copy.{mode}.different': 8192 if result else 0})
    return run('no-bind,case=device-no-pri', facts,
               {'begin': (ZERO, {}, []), 'done': (ZERO, {}, [])})


def kernel_pasid():
    facts = {'pid': 38, 'pasid': 2, 'process.pasid': 1, 'kernel.read': 1, 'kernel.written': 1,
             'kernel.others': 0, 'process.written': 1, 'process.others': 0,
             'probe.kernel.read': 'ok - 2 0x7f00', 'probe.kernel.write': 'ok - 2 0x7f00',
             'probe.kernel.ats': 'ok rw 2 0x7f00', 'probe.process.write': 'ok - 1 0x7f00',
             'kept.attempts': 4, 'kept.taken': 0, 'unmapped.changed': 0,
             'probe.unmapped.write': 'aborted - 2 0x7f00',
             'probe.unmapped.ats': 'ok - 2 0x7f00', 'late.changed': 0,
             'probe.late.write': 'aborted - 2 0x7f00', 'reused.pasid': 2}
    seen, drained = {'faults-recorded': 1}, {'waits-page-drain': 1}
    return run('kernel-pasid', facts, {
        'bound': (LIVE, {}, []), 'used': (LIVE, {}, []),
        'unmapped': (LIVE, seen, [PASID_LINE.replace('0x59', '0x71')]),
        'unbound': (ZERO, {**seen, **drained}, []),
        'late': (ZERO, {**drained, 'faults-recorded': 2},
                 [PASID_LINE.replace('0x1]', '0x2]')]),
        'done': (ZERO, {**drained, 'faults-recorded': 2}, [])})


def kernel_tables():
    facts = {'pid': 38, 'pasid': 1, 'rounds': 3, 'probes.served': 3, 'probes.refused': 6,
             'tables.freed': 3}
    seen = {'faults-recorded': 6}
    return run('kernel-tables', facts, {
        'bound': (LIVE, {}, []), 'done': (LIVE, seen, []),
        'unbound': (ZERO, {**seen, 'waits-page-drain': 1}, [])})


ALL = (daemonise, exec_keep, exec_cloexec, threads, two_devices, oom, oom_reaper,
       pasid_width, no_bind, no_bind_bound, kernel_pasid, kernel_tables)
