# SPDX-License-Identifier: GPL-2.0-or-later
"""Every verdict must be seen to go red, with the right culprit."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

import synthetic  # noqa: E402
from judge_cases import COMMON, JudgeCases, at, by_rule, fact  # noqa: E402
from sva import scenarios  # noqa: E402
from sva.guest.session import Run  # noqa: E402


def mutate_all(*ways):
    return lambda run: [way(run) for way in ways]


def accel(stage, **counters):
    return lambda run: run.stages[stage].accel.update(
        {name.replace('_', '-'): value for name, value in counters.items()})


def register(name, value):
    return lambda run: run.stages['done'].registers.update({name: value})


# (scenario, what is broken, rule that must go red, its result, its party)
LEAK = ['[   60.1] kmemleak: 1 new suspected memory leaks (see /sys/kernel/debug/kmemleak)']
KERNEL_LEAK = ['unreferenced object 0xff1100000a1b2c00 (size 64):',
               '  backtrace (crc 1b2c3d4e):', '    __kmalloc_cache_noprof+0x2a1/0x3b0',
               '    iommu_sva_bind_device+0x1a2/0x5f0', '    sva_accel_open+0x9c/0x1f0 [sva_accel]']
DRIVER_LEAK = ['unreferenced object 0xff1100000a1b2d00 (size 256):',
               '  backtrace (crc 00000000):', '    __kmalloc_cache_noprof+0x2a1/0x3b0',
               '    sva_accel_open+0x4c/0x1f0 [sva_accel]', '    chrdev_open+0x110/0x350']

def fetched(stage):
    """The kernel has emptied the queue by then."""
    return lambda run: run.stages[stage].registers.update(pqh=0x120)


MUTATIONS = [
    (synthetic.fault_in, fact('data.different', 7), 'data', 'fail', 'undecided'),
    (synthetic.fault_in, fact('copy.status', '0x22'), 'data', 'fail', 'undecided'),
    (synthetic.fault_in, fact('copy.bytes', 4096), 'data', 'fail', 'undecided'),
    (synthetic.fault_in, fact('warm.ats.status', '0x20'), 'data', 'fail', 'undecided'),
    (synthetic.fault_in, fact('warm.untranslated.status', '0x24'), 'data', 'fail', 'undecided'),
    (synthetic.fault_in, fact('delta.copy.ats-pri.prg_invalid', 1), 'data', 'fail', 'kernel'),
    (synthetic.fault_in, fact('delta.copy.ats-pri.prg_success', 0), 'data', 'fail', 'kernel'),
    (synthetic.fault_in, fact('delta.copy.ats-pri.page_reqs', 0), 'data', 'error', 'set-up'),
    (synthetic.fault_in, at('done', synthetic.PASID_LINE), 'silence', 'fail', 'kernel'),
    (synthetic.fault_in, at('done', faults_recorded=1), 'silence', 'fail', 'undecided'),
    (synthetic.fault_in, at('unbound', waits_page_drain=0), 'drain', 'fail', 'kernel'),
    (synthetic.kill, fact('data.different', 1), 'data', 'fail', 'undecided'),
    (synthetic.kill, fact('reuse.changed', 1), 'abort', 'fail', 'undecided'),
    (synthetic.kill, fact('reuse.changed-other', 1), 'abort', 'fail', 'undecided'),
    (synthetic.kill, fact('gone.running', 2), 'abort', 'error', 'set-up'),
    (synthetic.kill, fact('reuse.pages', 0), 'abort', 'error', 'set-up'),
    (synthetic.kill, fact('reuse.method', 'none'), 'abort', 'error', 'set-up'),
    (synthetic.kill, fact('delta.gone.untranslated.aborts', 61000), 'abort', 'fail', 'undecided'),
    (synthetic.kill, fact('delta.gone.ats.bytes_written', 8), 'abort', 'fail', 'undecided'),
    (synthetic.kill, fact('probe.gone.write', 'ok - 1 0x0'), 'abort', 'fail', 'undecided'),
    (synthetic.kill, at('mm-gone', synthetic.PASID_LINE), 'silence', 'fail', 'kernel'),
    (synthetic.kill, at('mm-gone', synthetic.FAULT_LINE), 'silence', 'fail', 'kernel'),
    (synthetic.kill, at('mm-gone', 'iopf with pasid 1: page request failed'), 'silence', 'fail',
     'kernel'),
    (synthetic.kill, at('mm-gone', faults_recorded=4), 'silence', 'fail', 'undecided'),
    (synthetic.kill, at('mm-gone', entry=synthetic.ZERO), 'silence', 'fail', 'undecided'),
    (synthetic.kill, at('mm-gone', entry=synthetic.ZERO, faults_recorded=4), 'silence', 'fail', 'kernel'),
    (synthetic.kill, fact('delta.gone.ats.ats_granted', 1), 'ats-no-access', 'fail', 'undecided'),
    (synthetic.kill, fact('delta.gone.ats-pri.ats_error', 1), 'ats-no-access', 'fail', 'model'),
    (synthetic.kill, fact('delta.gone.ats.ats_partial', 1), 'ats-no-access', 'fail', 'undecided'),
    (synthetic.kill, fact('probe.gone.ats', 'ok rw 1 0x0'), 'ats-no-access', 'fail', 'undecided'),
    (synthetic.kill, fact('probe.gone.ats', 'ur - 1 0x0'), 'ats-no-access', 'fail', 'undecided'),
    (synthetic.kill, fact('delta.gone.ats-pri.prg_success', 1), 'invalid-request', 'fail',
     'undecided'),
    (synthetic.kill, fact('delta.gone.ats-pri.prg_failure', 1), 'invalid-request', 'fail',
     'undecided'),
    (synthetic.kill, fact('delta.gone.ats-pri.prg_invalid', 0), 'invalid-request', 'fail',
     'undecided'),
    (synthetic.kill, fact('delta.gone.ats-pri.page_reqs', 0), 'invalid-request', 'error', 'set-up'),
    (synthetic.kill, fact('probe.gone.prg', 'prg-success - 1 0x0'), 'invalid-request', 'fail',
     'undecided'),
    (synthetic.kill, at('unbound', waits_page_drain=0), 'drain', 'fail', 'kernel'),
    (synthetic.kill, fact('unbind.status', 5), 'drain', 'fail', 'kernel'),
    (synthetic.kill, fact('probe.late.write', 'ok - 1 0x0'), 'late-dma', 'fail', 'undecided'),
    (synthetic.kill, fact('probe.late.write', 'timeout - 1 0x0'), 'late-dma', 'error', 'set-up'),
    (synthetic.kill, fact('late.changed', 1), 'late-dma', 'fail', 'undecided'),
    (synthetic.kill, at('late', faults_recorded=0), 'late-dma', 'fail', 'undecided'),
    (synthetic.kill, at('late', faults_recorded=0, entry=synthetic.QUIET), 'late-dma', 'fail', 'kernel'),
    (synthetic.kill, lambda run: run.stages['late'].kmsg.clear(), 'late-dma', 'fail', 'kernel'),
    (synthetic.kill, at('late', synthetic.PASID_LINE.replace('0x59', '0x71')), 'late-dma', 'fail',
     'model'),
    (synthetic.kill, fact('gone.wait-ms', -1), 'mm-gone', 'fail', 'kernel'),
    (synthetic.kill, fact('gone.wait-ms', 0), 'mm-gone', 'pass', 'kernel'),
    (synthetic.kill, fact('kept.taken', 1), 'pasid-kept', 'fail', 'kernel'),
    (synthetic.kill, fact('kept.busy', 4), 'pasid-kept', 'fail', 'kernel'),
    (synthetic.kill, fact('kept.attempts', 0), 'pasid-kept', 'error', 'set-up'),
    (synthetic.kill, fact('reused.same', 0), 'pasid-reuse', 'fail', 'kernel'),
    (synthetic.kill, fact('reused.changed', 2), 'pasid-reuse', 'fail', 'undecided'),
    (synthetic.kill, fact('reused.data.different', 2), 'pasid-reuse', 'fail', 'undecided'),
    (synthetic.kill, fact('reused.copy.status', '0x24'), 'pasid-reuse', 'fail', 'undecided'),
    (synthetic.kill_with_requests, fact('held.point', 0), 'invalid-request', 'error', 'set-up'),
    (synthetic.kill_with_requests, fact('delta.answer.ats-pri.prg_success', 1), 'invalid-request',
     'fail', 'undecided'),
    (synthetic.kill_with_requests, fact('delta.answer.ats-pri.prg_failure', 1), 'invalid-request',
     'fail', 'undecided'),
    (synthetic.kill_with_requests, fact('delta.answer.ats-pri.prg_invalid', 0), 'invalid-request',
     'fail', 'undecided'),
    (synthetic.kill_with_requests, fact('job.error', '0x80000022'), 'invalid-request', 'fail',
     'undecided'),
    (synthetic.kill_with_requests, fact('answer.done', 0), 'no-hang', 'fail', 'kernel'),
    (synthetic.kill_with_requests, at('answered', synthetic.PASID_LINE), 'silence', 'fail', 'kernel'),
    (synthetic.kill_with_requests, at('unbound', waits_page_drain=0), 'drain', 'fail', 'kernel'),
    (synthetic.kill_with_requests, fact('reused.same', 0), 'pasid-reuse', 'fail', 'kernel'),
    (synthetic.kill_with_queued_requests, fact('queued.requests', 0), 'invalid-request', 'error',
     'set-up'),
    (synthetic.kill_with_queued_requests, fact('queued.answers', 1), 'invalid-request', 'error',
     'set-up'),
    (synthetic.kill_with_queued_requests, fetched('queued'), 'invalid-request', 'error', 'set-up'),
    (synthetic.kill_with_queued_requests, fetched('exited'), 'invalid-request', 'error', 'set-up'),
    (synthetic.kill_with_queued_requests, at('exited', entry=synthetic.LIVE), 'invalid-request', 'fail',
     'kernel'),
    (synthetic.kill_with_queued_requests, fact('delta.answer.ats-pri.prg_success', 1),
     'invalid-request', 'fail', 'undecided'),
    (synthetic.kill_with_queued_requests, fact('delta.answer.ats-pri.prg_invalid', 0),
     'invalid-request', 'fail', 'undecided'),
    (synthetic.kill_with_queued_requests, fact('job.error', '0x80000022'), 'invalid-request', 'fail',
     'undecided'),
    (synthetic.kill_with_queued_requests, fact('answer.done', 0), 'no-hang', 'fail', 'kernel'),
    (synthetic.kill_with_queued_requests, at('answered', synthetic.PASID_LINE), 'silence', 'fail',
     'kernel'),
    (synthetic.kill_with_queued_requests, at('exited', synthetic.PASID_LINE), 'silence', 'fail', 'kernel'),
    (synthetic.kill_with_queued_requests, at('unbound', waits_page_drain=0), 'drain', 'fail',
     'kernel'),
    (synthetic.kill_with_queued_requests, fact('reused.same', 0), 'pasid-reuse', 'fail', 'kernel'),
    (synthetic.late, fact('late.changed', 1), 'abort', 'fail', 'undecided'),
    (synthetic.late, at('unbound', entry=synthetic.LIVE), 'abort', 'pass', 'kernel'),
    (synthetic.late, fact('late.running', 0), 'abort', 'error', 'set-up'),
    (synthetic.late, fact('delta.late.untranslated.accesses', 0), 'abort', 'error', 'set-up'),
    (synthetic.late, fact('delta.late.untranslated.aborts', 1), 'abort', 'fail', 'undecided'),
    (synthetic.late, fact('delta.late.untranslated.bytes_written', 8), 'abort', 'fail', 'undecided'),
    (synthetic.late, at('late', faults_recorded=0), 'late-dma', 'fail', 'undecided'),
    (synthetic.late, fact('delta.bound.untranslated.aborts', 1), 'data', 'fail', 'undecided'),
    (synthetic.late, fact('probe.late.prg', 'prg-success - 1 0x0'), 'invalid-request', 'fail', 'model'),
    (synthetic.late, mutate_all(fact('probe.late.prg', 'timeout - 1 0x0'),
                           at('late', page_requests_queued=2)), 'invalid-request', 'fail', 'kernel'),
    (synthetic.late, at('late', page_requests_queued=2), 'invalid-request', 'fail', 'model'),
    (synthetic.late, fact('probe.nobody.prg', 'timeout - 0 0x0'), 'invalid-request', 'fail', 'kernel'),
    (synthetic.late, fact('delta.bound.untranslated.accesses', 0), 'data', 'error', 'set-up'),
    (synthetic.late, at('bound', faults_recorded=1), 'data', 'fail', 'undecided'),
    (synthetic.late, at('unbound', waits_page_drain=0), 'drain', 'fail', 'kernel'),
    (synthetic.segfault, fact('case.read-unmapped.status', '0x01'), 'completion', 'fail', 'undecided'),
    (synthetic.segfault, fact('case.copy-partial.address', '0x8000'), 'completion', 'fail', 'undecided'),
    (synthetic.segfault, fact('case.copy-partial.bytes', 5), 'completion', 'fail', 'undecided'),
    (synthetic.segfault, fact('case.read-protnone.write', 1), 'completion', 'fail', 'undecided'),
    (synthetic.segfault, fact('case.write-readonly.write', 0), 'completion', 'fail', 'undecided'),
    (synthetic.segfault, fact('case.write-readonly.alive', 0), 'alive', 'fail', 'kernel'),
    (synthetic.segfault, fact('ending.gone-ms', -1), 'mm-gone', 'fail', 'kernel'),
    (synthetic.segfault, fact('ending.gone-ms', 0), 'mm-gone', 'pass', 'kernel'),
    (synthetic.segfault, fact('ending.bad', '0x01'), 'mm-gone', 'error', 'set-up'),
    (synthetic.segfault, fact('delta.write-protnone.ats-pri.prg_invalid', 0), 'invalid-request',
     'fail', 'kernel'),
    (synthetic.segfault, fact('delta.write-protnone.ats-pri.prg_failure', 1), 'invalid-request',
     'fail', 'kernel'),
    (synthetic.segfault, fact('delta.write-protnone.ats-pri.page_reqs', 0), 'invalid-request',
     'error', 'set-up'),
    (synthetic.segfault, fact('delta.nonblocking.ats-pri.page_reqs', 1), 'invalid-request', 'fail',
     'model'),
    (synthetic.segfault, at('done', synthetic.PASID_LINE), 'silence', 'fail', 'kernel'),
    (synthetic.segfault, at('unbound', waits_page_drain=0), 'drain', 'fail', 'kernel'),
    (synthetic.munmap_race, fact('delta.mapped.ats.bytes_written', 0), 'data', 'error', 'set-up'),
    (synthetic.munmap_race, fact('delta.mapped.ats-pri.prg_failure', 1), 'data', 'fail', 'kernel'),
    (synthetic.munmap_race, fact('reuse.changed', 1), 'no-access', 'fail', 'undecided'),
    (synthetic.munmap_race, fact('reuse.changed-other', 1), 'no-access', 'fail', 'undecided'),
    (synthetic.munmap_race, fact('reuse.pages', 0), 'no-access', 'error', 'set-up'),
    (synthetic.munmap_race, fact('reuse.method', 'none'), 'no-access', 'error', 'set-up'),
    (synthetic.munmap_race, fact('rounds', 3), 'no-access', 'fail', 'undecided'),
    (synthetic.munmap_race, fact('delta.unmapped.untranslated.aborts', 700), 'no-access', 'fail',
     'undecided'),
    (synthetic.munmap_race, fact('delta.unmapped.untranslated.aborts', 0), 'no-access', 'fail',
     'undecided'),
    (synthetic.munmap_race, fact('delta.unmapped.ats.bytes_written', 8), 'no-access', 'fail',
     'undecided'),
    (synthetic.munmap_race, fact('delta.unmapped.ats-pri.ats_granted', 1), 'no-access', 'fail',
     'undecided'),
    (synthetic.munmap_race, fact('delta.unmapped.ats.ats_no_access', 0), 'no-access', 'error',
     'set-up'),
    (synthetic.munmap_race, fact('delta.unmapped.ats-pri.page_reqs', 0), 'invalid-request', 'error',
     'set-up'),
    (synthetic.munmap_race, fact('delta.unmapped.ats-pri.prg_invalid', 0), 'invalid-request', 'fail',
     'kernel'),
    (synthetic.munmap_race, fact('delta.unmapped.ats-pri.prg_success', 1), 'invalid-request', 'fail',
     'kernel'),
    (synthetic.munmap_race, fact('delta.unmapped.ats-pri.prg_failure', 1), 'invalid-request', 'fail',
     'kernel'),
    (synthetic.munmap_race, at('done', synthetic.PASID_LINE), 'silence', 'fail', 'undecided'),
    (synthetic.munmap_race, at('done', synthetic.FAULT_LINE), 'silence', 'fail', 'undecided'),
    (synthetic.munmap_race, fact('range.bytes', 0x100), 'silence', 'fail', 'undecided'),
    (synthetic.munmap_race, at('done', faults_recorded=0), 'silence', 'fail', 'undecided'),
    (synthetic.munmap_race, lambda run: run.stages['done'].kmsg.clear(), 'silence', 'fail',
     'kernel'),
    (synthetic.munmap_race, at('done', 'iopf with pasid 1: page request failed'), 'silence', 'fail',
     'kernel'),
    (synthetic.munmap_race, at('unbound', waits_page_drain=0), 'drain', 'fail', 'kernel'),
    (synthetic.mprotect, fact('delta.writable.ats.bytes_written', 0), 'data', 'error', 'set-up'),
    (synthetic.mprotect, fact('delta.writable.ats-pri.prg_failure', 1), 'data', 'fail', 'kernel'),
    (synthetic.mprotect, fact('pages.changed', 1), 'no-access', 'fail', 'undecided'),
    (synthetic.mprotect, fact('rounds', 3), 'no-access', 'fail', 'undecided'),
    (synthetic.mprotect, fact('delta.readonly.ats.ats_granted', 1), 'no-access', 'fail', 'undecided'),
    (synthetic.mprotect, fact('delta.readonly.ats.ats_partial', 0), 'no-access', 'error', 'set-up'),
    (synthetic.mprotect, fact('reads', 0), 'readable', 'error', 'set-up'),
    (synthetic.mprotect, fact('reads.bad', 1), 'readable', 'fail', 'kernel'),
    (synthetic.mprotect, fact('delta.readonly.ats-pri.prg_success', 1), 'invalid-request', 'fail',
     'kernel'),
    (synthetic.mprotect, at('done', synthetic.REVOKED_LINE), 'silence', 'fail', 'undecided'),
    (synthetic.mprotect, at('unbound', waits_page_drain=0), 'drain', 'fail', 'kernel'),
    (synthetic.fork, fact('delta.fork.ats.bytes_written', 0), 'data', 'error', 'set-up'),
    (synthetic.fork, fact('delta.fork.ats-pri.prg_failure', 1), 'data', 'fail', 'kernel'),
    (synthetic.fork, fact('child.changed', 1), 'copy-on-write', 'fail', 'undecided'),
    (synthetic.fork, fact('parent.wrong', 1), 'copy-on-write', 'fail', 'undecided'),
    (synthetic.fork, fact('steps.failed', 1), 'copy-on-write', 'fail', 'kernel'),
    (synthetic.fork, fact('steps', 1), 'copy-on-write', 'error', 'set-up'),
    (synthetic.fork, fact('delta.fork.ats-pri.page_reqs', 0), 'page-requests', 'error', 'set-up'),
    (synthetic.fork, fact('delta.fork.ats-pri.prg_success', 0), 'page-requests', 'fail', 'kernel'),
    (synthetic.fork, fact('delta.fork.ats-pri.prg_invalid', 1), 'page-requests', 'fail', 'kernel'),
    (synthetic.fork, fact('child.inherited', 1), 'own-context', 'fail', 'undecided'),
    (synthetic.fork, fact('child.doorbell', 1), 'own-context', 'fail', 'undecided'),
    (synthetic.fork, fact('child.owner', 1), 'own-context', 'fail', 'undecided'),
    (synthetic.fork, fact('child.mmap-errno', 0), 'own-context', 'fail', 'undecided'),
    (synthetic.fork, fact('child.pasid', 1), 'own-context', 'fail', 'kernel'),
    (synthetic.fork, fact('child.copy.status', '0x21'), 'own-context', 'fail', 'undecided'),
    (synthetic.fork, fact('child.data.different', 4), 'own-context', 'fail', 'undecided'),
    (synthetic.fork, at('done', synthetic.PASID_LINE), 'silence', 'fail', 'undecided'),
    (synthetic.fork, at('unbound', waits_page_drain=0), 'drain', 'fail', 'kernel'),
    (synthetic.isolation, fact('data.different', 1), 'isolation', 'fail', 'undecided'),
    (synthetic.isolation, fact('idle.changed', 1), 'isolation', 'fail', 'undecided'),
    (synthetic.isolation, fact('copies.failed', 1), 'isolation', 'fail', 'undecided'),
    (synthetic.isolation, fact('copies', 0), 'isolation', 'error', 'set-up'),
    (synthetic.isolation, fact('processes.at-once', 1), 'isolation', 'error', 'set-up'),
    (synthetic.isolation, fact('processes.double', 1), 'pasids', 'fail', 'kernel'),
    (synthetic.isolation, at('done', synthetic.PASID_LINE), 'silence', 'fail', 'kernel'),
    (synthetic.isolation, at('done', faults_recorded=1), 'silence', 'fail', 'undecided'),
    (synthetic.isolation, at('unbound', waits_page_drain=0), 'drain', 'fail', 'kernel'),
    (synthetic.bind_storm, fact('copies.failed', 1), 'data', 'fail', 'undecided'),
    (synthetic.bind_storm, fact('data.different', 1), 'data', 'fail', 'undecided'),
    (synthetic.bind_storm, fact('rounds', 0), 'data', 'error', 'set-up'),
    (synthetic.bind_storm, at('unbound', synthetic.PASID_LINE), 'silence', 'fail', 'kernel'),
    (synthetic.bind_storm, at('done', faults_recorded=1), 'silence', 'fail', 'undecided'),
    (synthetic.bind_storm, at('unbound', waits_page_drain=200), 'drain', 'fail', 'kernel'),
    (synthetic.bind_storm, fact('pasid.after', 2), 'nothing-lost', 'fail', 'kernel'),
    (synthetic.bind_storm, fact('contexts.open', 63), 'nothing-lost', 'fail', 'undecided'),
    (synthetic.bind_storm, fact('requests.left', 0), 'memory', 'error', 'set-up'),
    (synthetic.bind_storm, fact('memory.after.available', 963000), 'memory', 'fail', 'kernel'),
    (synthetic.bind_storm, fact('memory.after.slab', 6000), 'memory', 'fail', 'kernel'),
    (synthetic.bind_storm, fact('memory.before.available', 0), 'memory', 'error', 'set-up'),
    (synthetic.two_mms, fact('rounds', 0), 'isolation', 'error', 'set-up'),
    (synthetic.two_mms, fact('holder.pasid', 1), 'isolation', 'fail', 'kernel'),
    (synthetic.two_mms, fact('owner.failed', 1), 'isolation', 'fail', 'undecided'),
    (synthetic.two_mms, fact('holder.failed', 1), 'isolation', 'fail', 'undecided'),
    (synthetic.two_mms, fact('owner.different', 1), 'isolation', 'fail', 'undecided'),
    (synthetic.two_mms, fact('holder.different', 1), 'isolation', 'fail', 'undecided'),
    (synthetic.two_mms, fact('passed.owner', 1), 'passed-file', 'fail', 'undecided'),
    (synthetic.two_mms, fact('passed.mmap-errno', 0), 'passed-file', 'fail', 'undecided'),
    (synthetic.two_mms, fact('passed.bound', 0), 'passed-file', 'fail', 'undecided'),
    (synthetic.two_mms, at('passed', synthetic.PASID_LINE), 'silence', 'fail', 'kernel'),
    (synthetic.two_mms, at('done', faults_recorded=1), 'silence', 'fail', 'undecided'),
    (synthetic.two_mms, at('unbound', waits_page_drain=0), 'drain', 'fail', 'kernel'),
    (synthetic.two_mms, fact('unbind.status', 5), 'drain', 'fail', 'kernel'),
    (synthetic.two_mms, fact('again.failed', 1), 'bind-again', 'fail', 'undecided'),
    (synthetic.two_mms, fact('again.different', 1), 'bind-again', 'fail', 'undecided'),
    (synthetic.two_mms, fact('again.pasid', 2), 'bind-again', 'fail', 'kernel'),
    (synthetic.enqcmd, fact('direct.posted', 8), 'own-pasid', 'fail', 'model'),
    (synthetic.enqcmd, fact('main.zf', 1), 'own-pasid', 'fail', 'model'),
    (synthetic.enqcmd, fact('main.priv', 1), 'own-pasid', 'fail', 'model'),
    (synthetic.enqcmd, fact('main.pasid', 3), 'own-pasid', 'fail', 'kernel'),
    (synthetic.enqcmd, fact('full.zf', 0), 'retry', 'fail', 'model'),
    (synthetic.enqcmd, fact('full.retried', 0), 'retry', 'fail', 'model'),
    (synthetic.enqcmd, fact('thread.zf', 1), 'threads', 'fail', 'model'),
    (synthetic.enqcmd, fact('thread.priv', 1), 'threads', 'fail', 'model'),
    (synthetic.enqcmd, fact('thread.pasid', 0), 'threads', 'fail', 'kernel'),
    (synthetic.enqcmd, fact('never.accepted', 1), 'not-bound', 'fail', 'kernel'),
    (synthetic.enqcmd, fact('never.signal', 0), 'not-bound', 'fail', 'kernel'),
    (synthetic.enqcmd, fact('child.accepted', 1), 'not-bound', 'fail', 'kernel'),
    (synthetic.enqcmd, fact('child.signal', 4), 'not-bound', 'fail', 'kernel'),
    (synthetic.enqcmd, fact('own.signal', 11), 'own-bond', 'fail', 'kernel'),
    (synthetic.enqcmd, fact('own.bond', 1), 'own-bond', 'fail', 'kernel'),
    (synthetic.enqcmd, fact('own.pasid', 1), 'own-bond', 'fail', 'kernel'),
    (synthetic.enqcmd, fact('own.zf', 1), 'own-bond', 'fail', 'model'),
    (synthetic.enqcmd, fact('own.priv', 1), 'own-bond', 'fail', 'model'),
    (synthetic.enqcmd, fact('switch.processes', 1), 'switched', 'error', 'set-up'),
    (synthetic.enqcmd, fact('switch.rounds', 0), 'switched', 'error', 'set-up'),
    (synthetic.enqcmd, fact('switch.same', 1), 'switched', 'fail', 'kernel'),
    (synthetic.enqcmd, fact('switch.wrong', 1), 'switched', 'fail', 'kernel'),
    (synthetic.enqcmd, fact('switch.state', 1), 'switched', 'fail', 'model'),
    (synthetic.enqcmd, fact('host.refused', 11), 'fixed-once', 'fail', 'kernel'),
    (synthetic.enqcmd, fact('host.pasid-writes', 9), 'fixed-once', 'fail', 'kernel'),
    (synthetic.enqcmd, fact('other.signal', 11), 'stale-pasid', 'error', 'set-up'),
    (synthetic.enqcmd, fact('stale.again', 2), 'stale-pasid', 'fail', 'kernel'),
    (synthetic.enqcmd, fact('other.bond', 1), 'stale-pasid', 'fail', 'kernel'),
    (synthetic.enqcmd, at('unbound', waits_page_drain=5), 'drain', 'fail', 'kernel'),
    (synthetic.enqcmd, at('submitted', synthetic.PASID_LINE), 'silence', 'fail', 'kernel'),
    (synthetic.enqcmd, at('done', faults_recorded=1), 'silence', 'fail', 'undecided'),
    (synthetic.dma, fact('disk.vda.bad-read', 1), 'disk-data', 'fail', 'undecided'),
    (synthetic.dma, fact('disk.vda.bad-readback', 1), 'disk-data', 'fail', 'undecided'),
    (synthetic.dma, fact('host.disk.vda.bad', 1), 'disk-data', 'fail', 'undecided'),
    (synthetic.dma, fact('disks', 'none'), 'disk-data', 'error', 'set-up'),
    (synthetic.dma, fact('net.virtio_net.good', 63), 'net-data', 'fail', 'undecided'),
    (synthetic.dma, fact('net.virtio_net.sent', 0), 'net-data', 'error', 'set-up'),
    (synthetic.dma, fact('nets', 'none'), 'net-data', 'error', 'set-up'),
    (synthetic.dma, fact('dma.virtio_net.domain', 'none'), 'translated', 'error', 'set-up'),
    (synthetic.dma, fact('dma.vda.domain', 'identity'), 'translated', 'error', 'set-up'),
    (synthetic.dma, fact('host.mode', 'legacy'), 'translated', 'error', 'set-up'),
    (synthetic.dma, register('gsts', 0x43000000), 'translated', 'error', 'set-up'),
    (synthetic.dma, at('done', translations=0), 'translated', 'fail', 'model'),
    (synthetic.dma, at('done', faults_recorded=1), 'translated', 'fail', 'undecided'),
    (synthetic.dma, lambda run: run.repeated.update(irq=['26: 0 0 IR-PCI-MSIX virtio0']),
     'interrupts', 'fail', 'undecided'),
    (synthetic.dma, lambda run: run.repeated.update(irq=['26: 9 0 PCI-MSIX virtio0']),
     'interrupts', 'error', 'set-up'),
    (synthetic.dma, lambda run: run.repeated.update(irq=['26: 9 0 IR-PCI-MSIX nvme0q0']),
     'interrupts', 'error', 'set-up'),
    (synthetic.dma, at('done', interrupts_remapped=0), 'interrupts', 'fail', 'model'),
    (synthetic.dma, register('gsts', 0xc0000000), 'interrupts', 'error', 'set-up'),
    (synthetic.dma_identity, fact('dma.e1000e.domain', 'DMA'), 'translated', 'error', 'set-up'),
    (synthetic.dma_identity, at('done', faults_recorded=1), 'translated', 'fail', 'undecided'),
    (synthetic.dma_identity, at('done', interrupts_remapped=1), 'interrupts', 'fail', 'undecided'),
    (synthetic.dma_identity, at('done', interrupts_passed=0), 'interrupts', 'fail', 'model'),
    (synthetic.dma_identity, register('gsts', 0xc3000000), 'interrupts', 'error', 'set-up'),
    (synthetic.dma_identity, fact('host.remapped', 1), 'interrupts', 'error', 'set-up'),
    (synthetic.dma_identity, fact('net.e1000e.good', 1), 'net-data', 'fail', 'undecided'),
    (synthetic.dma_identity, fact('disk.nvme0n1.bad-read', 1), 'disk-data', 'fail', 'undecided'),
    (synthetic.smoke, lambda run: run.checks.append((False, 'copy')), 'operations', 'fail', 'undecided'),
    (synthetic.smoke, lambda run: run.checks.clear(), 'operations', 'error', 'set-up'),
    (synthetic.kill, at('reused', ats_granted=10), 'models-agree', 'fail', 'model'),
    (synthetic.kill, at('reused', page_responses_success=8), 'models-agree', 'fail', 'model'),
    # One more answer than requests, and the same counted as the answer to one.
    (synthetic.kill, accel('reused', prg_success=17, prg_unexpected=1), 'answers', 'fail', 'kernel'),
    (synthetic.kill, accel('reused', prg_success=17, prg_failure=10), 'answers', 'pass', 'kernel'),
    (synthetic.kill, at('reused', queue_errors=1), 'models-agree', 'fail', 'kernel'),
    (synthetic.kill, at('reused', atc_timeouts=1), 'models-agree', 'fail', 'model'),
    (synthetic.kill, at('reused', atc_timeouts=1, atc_completions_lost=1),
     'models-agree', 'fail', 'kernel'),
    (synthetic.kill, at('reused', atc_unexpected=1, atc_completions_lost=1),
     'models-agree', 'fail', 'model'),
    (synthetic.kill, lambda run: run.checks.append((False, 'x')), 'program', 'fail', 'undecided'),
    (synthetic.kill, at('end', 'WARNING: CPU: 0 PID: 1 at mm/slub.c:1'), 'health', 'fail', 'kernel'),
    (synthetic.kill, lambda run: run.console.append('[ 1.0] rcu: INFO: rcu_preempt detected stalls'),
     'health', 'fail', 'kernel'),
    (synthetic.kill, lambda run: run.console.clear(), 'health', 'error', 'set-up'),
    (synthetic.kill, at('reused', 'BUG: sleeping function called from invalid context'), 'health',
     'fail', 'kernel'),
    (synthetic.kill, lambda run: run.console.extend(LEAK + KERNEL_LEAK), 'health', 'fail', 'kernel'),
    (synthetic.kill, lambda run: run.console.extend(LEAK + DRIVER_LEAK), 'health', 'error', 'set-up'),
    (synthetic.kill, lambda run: run.console.extend(LEAK + DRIVER_LEAK + KERNEL_LEAK), 'health',
     'fail', 'kernel'),
    (synthetic.kill, lambda run: run.console.extend(LEAK), 'health', 'fail', 'kernel'),
    (synthetic.kill, lambda run: run.console.extend(KERNEL_LEAK), 'health', 'fail', 'kernel'),
]
MUTATIONS += [(synthetic.kill_two_devices, *rest) for make, *rest in MUTATIONS if make is synthetic.kill]
MUTATIONS += [(synthetic.kill_two_devices, fact('ats-pri.device', '0000:00:02.0'), 'data', 'error',
            'set-up')]


class Judges(JudgeCases, unittest.TestCase):

    MAKERS = synthetic.ALL
    MUTATIONS = MUTATIONS

    def test_kill_is_judged_in_each_mode_alone(self):
        for mode in ('untranslated', 'ats', 'ats-pri'):
            for verdict in scenarios.judge(synthetic.kill(mode)):
                with self.subTest(mode=mode, rule=verdict.rule):
                    self.assertEqual(verdict.result, 'pass', verdict.evidence)

    def test_requests_are_judged_in_each_way_of_holding(self):
        for hold in ('in-prg', 'after-prg', 'storm'):
            for verdict in scenarios.judge(synthetic.kill_with_requests(hold)):
                with self.subTest(hold=hold, rule=verdict.rule):
                    self.assertEqual(verdict.result, 'pass', verdict.evidence)

    def test_late_is_judged_with_each_kind_of_driver(self):
        for how in ('ignore-stop', 'no-stop', 'unbind-first'):
            for verdict in scenarios.judge(synthetic.late(how)):
                with self.subTest(how=how, rule=verdict.rule):
                    self.assertEqual(verdict.result, 'pass', verdict.evidence)
        run = synthetic.late('unbind-first')
        synthetic.set_fact(run, 'late.running', 1)
        self.assertEqual(by_rule(run)['abort'].result, 'error')

    def test_without_untranslated_writes_nothing_may_be_reported(self):
        def make():
            return synthetic.munmap_race('ats+ats-pri')
        for verdict in scenarios.judge(make()):
            self.assertEqual(verdict.result, 'pass', verdict.evidence)
        for break_it, party in ((at('done', synthetic.REVOKED_LINE), 'kernel'),
                                (at('done', faults_recorded=1), 'undecided')):
            run = make()
            break_it(run)
            verdict = by_rule(run)['silence']
            self.assertEqual((verdict.result, verdict.party), ('fail', party))

    def test_a_page_that_was_only_read_is_the_page_of_zeros(self):
        run = synthetic.munmap_race()
        synthetic.mutate(run, 'done', [synthetic.PASID_LINE.replace('0x59', '0x85')])
        self.assertEqual(by_rule(run)['silence'].result, 'pass')

    def test_a_page_that_is_being_copied_is_not_there(self):
        run = synthetic.fork()
        synthetic.mutate(run, 'done', [synthetic.PASID_LINE.replace('0x59', '0x85'),
                                       synthetic.REVOKED_LINE])
        self.assertEqual(by_rule(run)['silence'].result, 'pass')

    def test_what_was_not_invalidated_is_the_kernels_fault(self):
        run = synthetic.munmap_race()
        synthetic.set_fact(run, 'reuse.changed', 3)
        run.stages['done'].accel['invalidations'] -= 1
        self.assertEqual(by_rule(run)['no-access'].party, 'kernel')

    def test_dma_let_through_by_a_present_entry_is_the_kernels_fault(self):
        run = synthetic.kill()
        synthetic.set_fact(run, 'reuse.changed', 3)
        synthetic.mutate(run, 'mm-gone', entry=synthetic.LIVE)
        self.assertEqual(by_rule(run)['abort'].party, 'kernel')

    def test_every_common_rule_has_a_way_to_go_red(self):
        self.assertLessEqual(COMMON, {rule for _, _, rule, result, _ in MUTATIONS
                                      if result == 'fail'})

    def test_groups_of_several_requests_get_one_answer(self):
        run = synthetic.kill()
        run.adversary = 1
        for answers, result in ((5, 'pass'), (0, 'fail'), (14, 'fail')):
            synthetic.set_fact(run, 'delta.gone.ats-pri.prg_invalid', answers)
            self.assertEqual(by_rule(run)['invalid-request'].result, result, answers)

    def test_an_incomplete_run_is_one_error(self):
        for change in ({'status': 124}, {'status': None}, {'error': 'no driver'}):
            run = synthetic.kill()
            for name, value in change.items():
                setattr(run, name, value)
            [verdict] = scenarios.judge(run)
            self.assertEqual((verdict.result, verdict.party), ('error', 'set-up'))

    def test_the_death_of_kernel_or_model_is_a_broken_rule(self):
        for party in ('kernel', 'model'):
            run = Run('late', death=(party, 'boom'))
            [verdict] = scenarios.judge(run)
            self.assertEqual((verdict.rule, verdict.result, verdict.party),
                             ('health', 'fail', party))


if __name__ == '__main__':
    unittest.main()
