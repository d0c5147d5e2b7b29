# SPDX-License-Identifier: GPL-2.0-or-later
"""Synthetic runs of the scenarios about memory management, all rules kept."""

from synthetic import LIVE, REVOKED_LINE, ZERO, delta, munmap_race, revoked, run

MODES = ('untranslated', 'ats', 'ats-pri')


def stages(line=REVOKED_LINE):
    """bound, done, unbound; what the untranslated writes left at done."""
    seen = {'faults-recorded': 80}
    return {'bound': (LIVE, {}, []), 'done': (LIVE, seen, [line]),
            'unbound': (ZERO, {**seen, 'waits-page-drain': 1}, [])}


def replaced(scenario, *events, **more):
    """Events that replace pages without a loss."""
    facts = {'mode': '+'.join(MODES), 'pasid': 1, 'pid': 141, 'rounds': 3, 'rounds.asked': 3,
             'range.address': '0x7000', 'range.bytes': 0x2000, **more}
    for event in events:
        facts.update({f'{event}.{key}': value for key, value in (
            ('replaced', 96), ('found', 90), ('changed', 0), ('changed-other', 0), ('adds', 400),
            ('refused', 20), ('failed', 0), ('wrong', 0))})
        for mode in MODES:
            pages = 12 if mode == 'ats-pri' else 0
            facts.update(delta(event, mode, accesses=900, page_reqs=pages, prg_success=pages))
    return revoked(run(scenario, facts, stages()))


def thp():
    return replaced('thp', 'collapse', 'split', **{'collapse.huge-kib': 3 * 3 * 2048,
                                                   'split.huge-kib': 0})


def swap():
    return replaced('swap', 'pageout', **{'swapped.out': 300, 'swapped.in': 280})


def migrate():
    return replaced('migrate', 'there', 'back')


def ats_resident():
    made = replaced('ats-resident', 'there', 'back', 'discard')
    made.facts['mode'] = 'ats'
    for event in ('there', 'back', 'discard'):
        for mode in ('untranslated', 'ats-pri'):
            for key in [key for key in made.facts if f'.{event}.{mode}.' in key]:
                del made.facts[key]
        window = delta(event, 'ats', bytes_written=7200, ats_no_access=5)
        made.facts.update({key: str(value) for key, value in window.items()})
    for stage in made.stages.values():
        stage.kmsg = []
        if stage.iommu:
            stage.iommu['faults-recorded'] = 0
    return made


def ksm():
    facts = {'mode': '+'.join(MODES), 'pasid': 1, 'pid': 141, 'rounds': 3, 'rounds.asked': 3,
             'range.address': '0x7000', 'range.bytes': 0x2000, 'pages.merged': 288,
             'pages.unmerged': 96, 'pages.wrong': 0, 'twin.changed': 0, 'passes.failed': 0,
             'reads': 9, 'reads.bad': 0, 'writes.tried': 96, 'writes.refused': 96,
             **delta('shared', 'ats-pri', page_reqs=48, prg_success=48)}
    return revoked(run('ksm', facts, stages(REVOKED_LINE.replace('0x71', '0x85'))))


def zero_page():
    facts = {'mode': '+'.join(MODES), 'pasid': 1, 'pid': 141, 'rounds': 5, 'rounds.asked': 5,
             'range.address': '0x7000', 'range.bytes': 0x2000, 'pages': 480, 'pages.zero': 480,
             'pages.wrong': 0, 'witness.changed': 0, 'passes.failed': 0, 'reads': 15,
             'reads.bad': 0, 'writes.tried': 320, 'writes.refused': 320,
             **delta('shared', 'ats-pri', page_reqs=160, prg_success=160)}
    return revoked(run('zero-page', facts, stages(REVOKED_LINE.replace('0x71', '0x85'))))


def clean_pages():
    facts = {'mode': 'ats-pri', 'pasid': 1, 'pid': 141, 'rounds': 3, 'rounds.asked': 3,
             'pages': 1536, 'pages.wrong': 0, 'passes.failed': 0,
             **delta('clean', 'ats-pri', page_reqs=3, prg_success=3)}
    return run('clean-pages', facts, {
        'bound': (LIVE, {}, []), 'done': (LIVE, {}, []),
        'unbound': (ZERO, {'waits-page-drain': 1}, [])})


def freed_tables():
    facts = {'mode': 'ats-pri', 'pasid': 1, 'pid': 141, 'rounds': 3, 'rounds.asked': 3,
             'pages': 48, 'pages.wrong': 0, 'pages.refused': 48, 'passes.failed': 0,
             **delta('mapped', 'ats-pri', page_reqs=48, prg_success=48),
             **delta('unmapped', 'ats-pri', page_reqs=48, prg_invalid=48)}
    return run('freed-tables', facts, {
        'bound': (LIVE, {}, []), 'done': (LIVE, {}, []),
        'unbound': (ZERO, {'waits-page-drain': 1}, [])})


def like_munmap(scenario):
    def make():
        made = munmap_race()
        made.scenario = scenario
        return made
    return make


truncate, hugetlb = like_munmap('truncate'), like_munmap('hugetlb')

def userfaultfd():
    facts = {'mode': 'ats-pri', 'pasid': 2, 'pid': 141, 'own.pasid': 1, 'before.read': '0x01',
             'before.write': '0x01', 'before.different': 0, 'late.told': 1, 'late.waited': 1,
             'late.status': '0x01', 'late.different': 0,
             **delta('late', 'ats-pri', page_reqs=1, prg_success=1),
             **delta('before', 'ats-pri', page_reqs=1),
             **delta('gone', 'ats-pri', page_reqs=200, prg_invalid=200),
             'gone.wait-ms': 90, 'unbind.ms': 20, 'unbind.status': 0, 'unbind.running': 0}
    drained = {'waits-page-drain': 1}
    return run('userfaultfd', facts, {
        'bound': (LIVE, {}, []), 'done': (LIVE, {}, []), 'closed': (ZERO, drained, []),
        'waiting': (LIVE, drained, []), 'mm-gone': (LIVE, drained, []),
        'unbound': (ZERO, {'waits-page-drain': 2}, [])})


def prq_overflow():
    facts = {'mode': 'ats-pri', 'pasid': 1, 'pid': 141, 'rounds': 2, 'rounds.asked': 2,
             'contexts': 120, 'storm.jobs': 240, 'storm.ended': 240, 'storm.unserved': 90,
             'after.failed': 0, 'after.wrong': 0,
             **delta('storm', 'dev', page_reqs=60000, prg_success=2000),
             'delta.storm.dev.prg_unexpected': 0}
    over = {'page-requests-overflow': 50000}
    made = run('prq-overflow', facts, {
        'bound': (LIVE, {'page-requests-overflow': 0}, []),
        'done': (LIVE, over, ['IOMMU: dmar0: PRQ overflow detected']),
        'unbound': (ZERO, {**over, 'waits-page-drain': 1}, [])})
    for name in ('done', 'unbound'):
        made.stages[name].iommu['page-requests-auto'] += 1500
        made.stages[name].accel['prg-success'] += 1500
    return made


def mlock():
    facts = {'mode': '+'.join(MODES), 'pasid': 1, 'pid': 141, 'range.address': '0x7000',
             'range.bytes': 0x2000, 'pages': 64, 'jobs.failed': 0, 'pages.wrong': 0,
             'discard.errno': 22}
    for phase in ('plain', 'locked', 'onfault', 'unlocked'):
        for mode in MODES:
            there = phase == 'locked' or mode == 'ats-pri'
            asked = 64 if phase != 'locked' and mode == 'ats-pri' else 0
            facts[f'{phase}.{mode}.refused'] = 0 if there else 64
            facts.update(delta(phase, mode, jobs=1, page_reqs=asked, prg_success=asked))
    return revoked(run('mlock', facts, stages()))


def completion():
    facts = {'mode': '+'.join(MODES), 'pasid': 1, 'pid': 141, 'rounds': 50, 'records.bad': 0,
             'data.different': 0}
    for kind, jobs, wanted, events in (('single', 150, 150, 150), ('last', 9000, 150, 150),
                                       ('each', 9000, 9000, 370), ('polled', 9000, 0, 0)):
        facts.update({f'{kind}.jobs': jobs, f'{kind}.wanted': wanted, f'{kind}.sent': wanted,
                      f'{kind}.events': events, f'{kind}.late': 0})
    for mode in MODES:
        facts.update(delta('load', mode, bytes_written=7200))
    return run('completion', facts, {
        'bound': (LIVE, {}, []), 'done': (LIVE, {}, []),
        'unbound': (ZERO, {'waits-page-drain': 1}, [])})


ALL = (ats_resident, userfaultfd, prq_overflow, mlock, completion, thp, swap, migrate, ksm, zero_page, truncate, hugetlb,
       clean_pages, freed_tables)
