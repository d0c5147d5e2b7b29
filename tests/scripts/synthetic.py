# SPDX-License-Identifier: GPL-2.0-or-later
"""Synthetic runs of the scenarios, all rules kept, for tests to break."""

from sva.guest.session import Run, Stage
from sva.judge import counters
from sva.judge.memory import PasidEntry

LIVE = PasidEntry((0x49, 0x800001, 0x1234000, 0, 0, 0, 0, 0))
ZERO = PasidEntry()
QUIET = PasidEntry((0x2,) + (0,) * 7)

FAULT_LINE = ('DMAR: [DMA Write NO_PASID] Request device [0000:00:02.0] fault addr 0x7f00 '
              '[fault reason 0x59] SM: Present bit in PASID entry is clear')
PASID_LINE = FAULT_LINE.replace('NO_PASID', 'PASID 0x1')


IOMMU = {'faults-recorded': 0, 'page-requests-queued': 0, 'faults-silent': 0, 'waits-page-drain': 0, 'translations': 100,
         **{name: 9 for _, names, _ in counters.SAME for name in names},
         **{name: 0 for name, _ in counters.NEVER}}
ACCEL = {'invalidations': 9, **{name: 9 for _, _, names in counters.SAME for name in names},
         # The unit has answered Success by itself.
         'prg-success': 18, 'prg-unexpected': 0}


def run(scenario, facts, stages, checks=(True,)):
    """stages: {name: (entry, iommu counters, kernel messages)}."""
    made = Run(scenario, setup={'kernel.release': '6.12.57'}, status=0)
    made.console = ['Linux version 6.12.57', 'reboot: Power down']
    made.checks = [(good, f'check {i}') for i, good in enumerate(checks)]
    for key, value in facts.items():
        made.add(Stage('synthetic'), key, str(value))
    for name, (entry, iommu, lines) in stages.items():
        made.stages[name] = Stage(name, iommu={**IOMMU, **iommu}, entry=entry,
                                    accel=dict(ACCEL) if entry else {}, kmsg=list(lines))
    made.stages['end'] = Stage('end', iommu={}, kmsg=['sva: module unloaded'])
    return made


def delta(window, mode, **counters):
    names = ('jobs accesses bytes_read bytes_written aborts xlate_reqs ats_granted '
             'ats_no_access ats_partial ats_error atc_hits page_reqs prg_success prg_invalid '
             'prg_failure cpl_lost').split()
    return {f'delta.{window}.{mode}.{name}': counters.get(name, 0) for name in names}


COPY = {'copy.status': '0x01', 'copy.bytes': 1 << 20, 'data.different': 0, 'touched': 0,
        **delta('copy', 'ats-pri', page_reqs=256, prg_success=256)}

KEPT = {'kept.attempts': 4, 'kept.taken': 0, 'kept.busy': 0}
REUSED = {'reused.pid': 143, 'reused.pasid': 1, 'reused.same': 1, 'reused.attempts': 1,
          'reused.changed': 0, 'reused.copy.status': '0x01', 'reused.data.different': 0}


def fault_in():
    return run('fault-in', {'mode': 'ats-pri', 'pasid': 1, 'pid': 140, **COPY,
                            'warm.untranslated.status': '0x01', 'warm.ats.status': '0x01'},
               {'bound': (LIVE, {}, []), 'done': (LIVE, {}, []),
                'unbound': (ZERO, {'waits-page-drain': 1}, [])})


def kill(modes='untranslated+ats+ats-pri'):
    facts = {
        'mode': modes, 'pasid': 1, 'pid': 141, **COPY, **KEPT, **REUSED,
        'victim.pages': 512, 'gone.wait-ms': 14, 'gone.running': len(modes.split('+')), 'reuse.method': 'pfn',
        'reuse.pages': 512, 'reuse.changed': 0, 'reuse.changed-other': 0,
        **delta('gone', 'untranslated', accesses=61440, aborts=61440),
        **delta('gone', 'ats', xlate_reqs=37, ats_no_access=37),
        **delta('gone', 'ats-pri', xlate_reqs=24, ats_no_access=24, page_reqs=12,
                prg_invalid=12),
        'probe.gone.ats': 'ok - 1 0x7f00', 'probe.gone.prg': 'prg-invalid - 1 0x7f00',
        'probe.gone.write': 'aborted - 1 0x7f00', 'probe.gone.read': 'aborted - 1 0x7f00',
        'unbind.ms': 1600, 'unbind.status': 0,
        'probe.late.write': 'aborted - 1 0x7f00', 'late.changed': 0,
    }
    hidden = {'faults-silent': 61501}
    return run('kill', facts, {
        'bound': (LIVE, {}, []),
        'mm-gone': (QUIET, hidden, []),
        'unbound': (ZERO, {**hidden, 'waits-page-drain': 1}, []),
        'late': (ZERO, {**hidden, 'waits-page-drain': 1, 'faults-recorded': 1}, [PASID_LINE]),
        'reused': (LIVE, {**hidden, 'waits-page-drain': 1, 'faults-recorded': 1}, [])})


def kill_two_devices():
    made = kill()
    made.scenario = 'kill-two-devices'
    for mode, device in (('untranslated', 2), ('ats', 2), ('ats-pri', 3)):
        made.add(Stage('synthetic'), f'{mode}.device', f'0000:00:0{device}.0')
    return made


def kill_with_requests(hold='in-prg'):
    facts = {
        'mode': 'ats-pri', 'pasid': 1, 'pid': 141, **REUSED,
        'held.point': {'in-prg': '0x8', 'after-prg': '0x10', 'storm': '0x0'}[hold],
        **delta('answer', 'ats-pri', xlate_reqs=2, ats_no_access=1, page_reqs=4, prg_invalid=1),
        'answer.wait-ms': 12, 'answer.done': 1, 'job.error': '0x80000021',
        'unbind.ms': 3, 'unbind.status': 0}
    before = {} if hold == 'storm' else {'held': (LIVE, {}, []), 'mm-gone': (QUIET, {}, [])}
    return run(f'kill-with-requests,break={hold}', facts, {
        **before,
        'answered': (QUIET, {'faults-silent': 2}, []),
        'unbound': (ZERO, {'faults-silent': 2, 'waits-page-drain': 1}, []),
        'reused': (LIVE, {'faults-silent': 2, 'waits-page-drain': 1}, [])})


def kill_with_queued_requests():
    facts = {
        'mode': 'ats-pri', 'pasid': 1, 'pid': 141, **REUSED, 'queued.requests': 8,
        'queued.answers': 0,
        **delta('answer', 'ats-pri', xlate_reqs=2, ats_no_access=2, page_reqs=2, prg_invalid=3),
        'answer.wait-ms': 12, 'answer.done': 1, 'job.error': '0x80000021',
        'unbind.ms': 3, 'unbind.status': 0}
    made = run('kill-with-queued-requests', facts, {
        'queued': (LIVE, {}, []), 'exited': (QUIET, {}, []),
        'answered': (QUIET, {'faults-silent': 2}, []),
        'unbound': (ZERO, {'faults-silent': 2, 'waits-page-drain': 1}, []),
        'reused': (LIVE, {'faults-silent': 2, 'waits-page-drain': 1}, [])})
    for name in ('queued', 'exited'):
        made.stages[name].registers = {'pqh': 0x20, 'pqt': 0x120}
    return made


def late(how='ignore-stop'):
    facts = {
        'mode': 'untranslated', 'how': how, 'pasid': 1, 'pid': 141, 'stop.status': 0,
        'late.running': int(how != 'unbind-first'), 'late.changed': 0,
        'probe.late.write': 'aborted - 1 0x7f00', 'probe.late.prg': 'prg-invalid - 1 0x7f00',
        'probe.nobody.prg': 'prg-invalid - 4294967295 0x7f00',
        **delta('bound', 'untranslated', accesses=7680, bytes_written=61440),
        **delta('late', 'untranslated', accesses=25600, aborts=25600)}
    if how == 'unbind-first':
        facts.update(delta('late', 'untranslated'))
    return run('late', facts, {
        'bound': (LIVE, {}, []),
        'unbound': (ZERO, {'waits-page-drain': 1, 'faults-recorded': 3}, [PASID_LINE]),
        'late': (ZERO, {'waits-page-drain': 1, 'faults-recorded': 8, 'page-requests-queued': 1},
                 [PASID_LINE]),
        'stopped': (ZERO, {'waits-page-drain': 1, 'faults-recorded': 8}, [])})


def segfault():
    facts = {'mode': 'ats-pri', 'pasid': 1, 'pid': 141,
             'ending.good': '0x01', 'ending.bad': '0x21', 'ending.gone-ms': 3}
    for case in ('write-unmapped', 'read-unmapped', 'write-readonly', 'write-protnone',
                 'read-protnone', 'copy-partial', 'nonblocking'):
        asks = case != 'nonblocking'
        facts.update({
            f'case.{case}.status': '0x21' if asks else '0x20',
            f'case.{case}.address': '0x7f00', f'case.{case}.address-expected': '0x7f00',
            f'case.{case}.write': int('read' != case[:4]), f'case.{case}.bytes': 0,
            f'case.{case}.bytes-expected': 0, f'case.{case}.alive': 1,
            **delta(case, 'ats-pri', page_reqs=int(asks), prg_invalid=int(asks))})
    return run('segfault', facts, {
        'bound': (LIVE, {}, []), 'done': (LIVE, {}, []),
        'unbound': (ZERO, {'waits-page-drain': 1}, [])})


REVOKED_LINE = PASID_LINE.replace('0x59', '0x71')


def revoked(run_):
    """The kernel has invalidated in each round."""
    run_.stages['done'].accel['invalidations'] += 25
    run_.stages['done'].iommu['atc-completions'] += 25
    run_.stages['unbound'].accel['invalidations'] += 25
    run_.stages['unbound'].iommu['atc-completions'] += 25
    return run_


def munmap_race(modes='untranslated+ats+ats-pri'):
    facts = {
        'mode': modes, 'pasid': 1, 'pid': 141, 'rounds': 25, 'rounds.asked': 25,
        'range.address': '0x7000', 'range.bytes': 0x2000, 'reuse.method': 'pfn',
        'reuse.pages': 790, 'reuse.changed': 0, 'reuse.changed-other': 0}
    for mode in modes.split('+'):
        facts.update(delta('mapped', mode, accesses=900, bytes_written=7200))
    facts.update(delta('unmapped', 'untranslated', accesses=800, aborts=800))
    facts.update(delta('unmapped', 'ats', xlate_reqs=70, ats_no_access=70))
    facts.update(delta('unmapped', 'ats-pri', xlate_reqs=70, ats_no_access=70, page_reqs=30,
                       prg_invalid=30))
    seen = ({'faults-recorded': 800}, [REVOKED_LINE]) if 'untranslated' in modes else ({}, [])
    return revoked(run('munmap-race', facts, {
        'bound': (LIVE, {}, []), 'done': (LIVE, *seen),
        'unbound': (ZERO, {**seen[0], 'waits-page-drain': 1}, [])}))


def mprotect():
    facts = {
        'mode': 'untranslated+ats+ats-pri', 'pasid': 1, 'pid': 141, 'rounds': 25,
        'rounds.asked': 25, 'range.address': '0x7000', 'range.bytes': 0x2000,
        'pages.changed': 0, 'reads': 75, 'reads.bad': 0,
        **delta('readonly', 'untranslated', accesses=800, aborts=800),
        **delta('readonly', 'ats', xlate_reqs=70, ats_partial=70),
        **delta('readonly', 'ats-pri', xlate_reqs=70, ats_partial=70, page_reqs=30,
                prg_invalid=30)}
    for mode in facts['mode'].split('+'):
        facts.update(delta('writable', mode, accesses=900, bytes_written=7200))
    seen = {'faults-recorded': 800}
    return revoked(run('mprotect', facts, {
        'bound': (LIVE, {}, []), 'done': (LIVE, seen, [PASID_LINE.replace('0x59', '0x85')]),
        'unbound': (ZERO, {**seen, 'waits-page-drain': 1}, [])}))


def fork():
    facts = {
        'mode': 'untranslated+ats+ats-pri', 'pasid': 1, 'pid': 141, 'rounds': 10, 'steps': 41,
        'range.address': '0x7000', 'range.bytes': 0x2000, 'steps.failed': 0,
        'parent.wrong': 0, 'child.changed': 0, 'child.inherited': 0, 'child.doorbell': 0,
        'child.owner': 0, 'child.mmap-errno': 1, 'child.pasid': 2, 'child.copy.status': '0x01',
        'child.data.different': 0}
    for mode in facts['mode'].split('+'):
        facts.update(delta('fork', mode, accesses=900, bytes_written=7200))
    facts.update({'delta.fork.ats-pri.page_reqs': 150, 'delta.fork.ats-pri.prg_success': 150})
    seen = {'faults-recorded': 240}
    return revoked(run('fork', facts, {
        'bound': (LIVE, {}, []), 'done': (LIVE, seen, [PASID_LINE.replace('0x59', '0x85')]),
        'unbound': (ZERO, {**seen, 'waits-page-drain': 1}, [])}))


def isolation():
    facts = {'mode': 'untranslated+ats+ats-pri', 'pasid': 1, 'pid': 141, 'processes': 16,
             'processes.at-once': 16, 'processes.double': 0, 'copies': 320, 'copies.failed': 0,
             'data.different': 0, 'idle.changed': 0}
    return run('isolation', facts, {
        'bound': (LIVE, {}, []), 'done': (LIVE, {}, []),
        'unbound': (ZERO, {'waits-page-drain': 16}, [])})


def bind_storm():
    facts = {'pasid': 1, 'pid': 141, 'rounds': 200, 'copies.failed': 0, 'data.different': 0,
             'pasid.highest': 2, 'pasid.after': 1, 'contexts': 64, 'contexts.open': 64,
             'contexts.errno': 0, 'memory.before.available': 964844,
             'memory.before.slab': 5232, 'memory.after.available': 964792,
             'memory.after.slab': 5276, 'requests.left': 2077}
    return run('bind-storm', facts, {
        'begin': (ZERO, {'waits-page-drain': 1}, []),
        'unbound': (ZERO, {'waits-page-drain': 201}, []),
        'done': (ZERO, {'waits-page-drain': 203}, [])})


def two_mms():
    facts = {'mode': 'ats-pri', 'rounds': 20, 'pid': 141, 'pasid': 1, 'holder.pasid': 2,
             'passed.owner': 0, 'passed.mmap-errno': 1, 'passed.bound': 1, 'holder.failed': 0,
             'holder.different': 0, 'owner.failed': 0, 'owner.different': 0,
             'unbind.status': 0, 'again.pasid': 1, 'again.failed': 0, 'again.different': 0}
    return run('two-mms', facts, {
        'bound': (LIVE, {}, []), 'passed': (LIVE, {}, []),
        'unbound': (ZERO, {'waits-page-drain': 1}, []),
        'done': (LIVE, {'waits-page-drain': 2}, [])})


def enqcmd():
    facts = {'mode': 'ats-pri', 'pasid': 1, 'direct.posted': 1, 'never.signal': 11,
             'never.accepted': 0, 'full.zf': 1, 'full.retried': 1, 'child.signal': 11,
             'child.accepted': 0, 'own.signal': 0, 'own.bond': 2, 'switch.processes': 4,
             'switch.rounds': 500, 'switch.wrong': 0, 'switch.state': 0, 'switch.same': 0,
             'stale.again': 1, 'other.signal': 0, 'other.bond': 2, 'host.refused': 10,
             'host.pasid-writes': 8}
    for who, pasid in (('main', 1), ('thread', 1), ('own', 2), ('stale', 1)):
        facts.update({f'{who}.zf': 0, f'{who}.pasid': pasid, f'{who}.priv': 0})
    return run('enqcmd', facts, {
        'bound': (LIVE, {}, []), 'submitted': (LIVE, {'waits-page-drain': 5}, []),
        'unbound': (ZERO, {'waits-page-drain': 6}, []),
        'done': (ZERO, {'waits-page-drain': 7}, [])})


def dma():
    facts = {'disks': 'vda', 'nets': 'virtio_net', 'disk.vda.bad-read': 0,
             'disk.vda.bad-readback': 0, 'host.disk.vda.bad': 0, 'net.virtio_net.sent': 64,
             'net.virtio_net.good': 64, 'dma.vda.domain': 'DMA-FQ',
             'dma.virtio_net.domain': 'DMA', 'host.mode': 'scalable',
             'host.domain': 'translated', 'host.remapped': 1,
             'irq': '26: 40 0 IR-PCI-MSIX-0000:00:03.0 1-edge virtio0-req.0'}
    made = run('dma', facts, {'done': (None, {
        'translations': 900, 'interrupts-remapped': 40, 'interrupts-passed': 2}, [])})
    made.stages['done'].registers = {'gsts': 0xc3000000, 'rtaddr': 0x1234400}
    return made


def dma_identity():
    """Legacy mode, identity domains, interrupts not remapped, other devices."""
    made = dma()
    for old, new in (('disk.vda.', 'disk.nvme0n1.'), ('host.disk.vda', 'host.disk.nvme0n1'),
                     ('net.virtio_net', 'net.e1000e'), ('dma.vda', 'dma.nvme0n1'),
                     ('dma.virtio_net', 'dma.e1000e')):
        made.facts = {key.replace(old, new): value for key, value in made.facts.items()}
    made.facts.update({'disks': 'nvme0n1', 'nets': 'e1000e', 'host.mode': 'legacy',
                         'dma.nvme0n1.domain': 'identity', 'dma.e1000e.domain': 'identity',
                         'host.domain': 'identity', 'host.remapped': '0'})
    made.repeated['irq'] = ['24: 0 7 PCI-MSIX-0000:00:04.0 0-edge nvme0q0',
                              '25: 3 0 PCI-MSIX-0000:00:05.0 0-edge eth0-rx-0']
    mutate(made, 'done', interrupts_remapped=0)
    made.stages['done'].registers = {'gsts': 0xc0000000, 'rtaddr': 0x1234000}
    return made


def smoke():
    return run('smoke', {'mode': 'ats'}, {'bound': (LIVE, {}, []), 'done': (LIVE, {}, [])})


ALL = (fault_in, kill, kill_two_devices, kill_with_requests, kill_with_queued_requests, late,
       segfault, munmap_race, mprotect, fork, isolation, bind_storm, two_mms, enqcmd, dma,
       dma_identity, smoke)


def set_fact(made, key, value):
    made.facts[key] = str(value)


def mutate(made, stage, lines=(), entry=None, **iommu):
    """Change what belongs to one stage."""
    made.stages[stage].kmsg += lines
    made.stages[stage].iommu.update({k.replace('_', '-'): v for k, v in iommu.items()})
    if entry:
        made.stages[stage].entry = entry
