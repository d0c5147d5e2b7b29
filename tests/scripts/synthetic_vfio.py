# SPDX-License-Identifier: GPL-2.0-or-later
"""Synthetic runs of the scenarios under vfio-pci, all rules kept."""

from synthetic import FAULT_LINE, LIVE, ZERO, delta, run

MODES = ('untranslated', 'ats')


def flushed(made, *stages):
    """An invalidation has reached the device before these stages."""
    for name in stages:
        made.stages[name].accel['invalidations'] += 1
        made.stages[name].iommu['atc-completions'] += 1
    return made


def both(name, **facts):
    return {f'{name}.{mode}.{key}': value for mode in MODES for key, value in facts.items()}


def iommufd():
    facts = {
        'pasid': 0x101, 'rounds': 1, 'mode': '+'.join(MODES), **both('copy', status='0x01', different=0),
        'other.ours-changed': 0, 'other.alias-changed': 1,
        **both('unmapped', status='0x01', failed=1),
        'unmapped.ours-changed': 0, 'unmapped.alias-changed': 0,
        'replace.errno': 0, 'replaced.ours-changed': 0, 'replaced.alias-changed': 2,
        'detach.errno': 0, **both('detached', error=1),
        'detached.ours-changed': 0, 'detached.alias-changed': 0,
        'kept.ours-changed': 0, 'kept.alias-changed': 1,
        'no-pasid.untranslated.status': '0x01', 'no-pasid.untranslated.different': 0}
    once, twice = {'faults-recorded': 1}, {'faults-recorded': 3}
    return flushed(run('iommufd', facts, {
        'bound': (LIVE, {}, []), 'mapped': (LIVE, {}, []), 'isolated': (LIVE, {}, []),
        'unmapped': (LIVE, once, [FAULT_LINE]), 'replaced': (LIVE, once, []),
        'detached': (ZERO, twice, [FAULT_LINE]), 'no-pasid': (ZERO, twice, [])}),
        'unmapped', 'replaced', 'detached', 'no-pasid')


def told(name):
    return {f'{name}.faults': 1, f'{name}.fault.pasid': 0x103,
            **{f'{name}.fault.{what}': 1 for what in ('device', 'address', 'write', 'last')}}


def iommufd_faults():
    facts = {
        'pasid': 0x103, 'mode': 'ats-pri', **told('served'), **told('refused'), **told('orphan'),
        'served.answer.errno': 0, 'served.status': '0x01', 'served.again.errno': 22,
        'served.different': 0,
        'refused.answer.errno': 0, 'refused.status': '0x21', 'refused.again.errno': 22,
        'detach.errno': 0, 'orphan.over': 1, 'orphan.answer.errno': 22,
        **delta('orphan', 'ats-pri', prg_invalid=1)}
    return run('iommufd-faults', facts, {
        'bound': (LIVE, {}, []), 'served': (LIVE, {}, []), 'refused': (LIVE, {}, []),
        'detached': (ZERO, {}, [])})


def iommufd_nested():
    facts = {
        'pasid': 0x104, 'rounds': 1, 'mode': '+'.join(MODES), 'parent.errno': 0, 'nested.errno': 0,
        'attach.errno': 0, **both('copy', status='0x01', different=0), 'invalidate.errno': 0,
        **both('unmapped', status='0x01', failed=1), 'unmapped.changed': 0, 'detach.errno': 0}
    return flushed(run('iommufd-nested', facts, {
        'bound': (LIVE, {}, []), 'mapped': (LIVE, {}, []), 'unmapped': (LIVE, {}, []),
        'detached': (ZERO, {}, [])}), 'unmapped', 'detached')


ALL = (iommufd, iommufd_faults, iommufd_nested)
