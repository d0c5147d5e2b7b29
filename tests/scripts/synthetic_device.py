# SPDX-License-Identifier: GPL-2.0-or-later
"""Synthetic runs of the scenarios about events of the device, all rules kept."""

from synthetic import ACCEL, COPY, LIVE, QUIET, ZERO, delta, kill, run

MODES = ('untranslated', 'ats', 'ats-pri')


def removal(scenario, errno, gone, **more):
    """The device is removed or reset; the process gets errors and binds again."""
    facts = {'mode': '+'.join(MODES), 'pasid': 1, 'pid': 141, 'removal.ms': 20,
             'removed.contexts': 4, 'removed.ms': 507, 'removed.polled': 4, 'removed.errno': errno,
             'removed.sigbus': 4 if gone else 0, 'removed.running': 0,
             'removed.bound': 0 if gone else 4, 'removed.changed': 0, 'again.errno': 0,
             'again.pasid': 1, 'again.status': '0x01', 'again.different': 0, 'pasid.after': 1,
             'contexts': 64, 'contexts.open': 64, 'contexts.errno': 0, **more}
    for mode in MODES:
        facts.update(delta('bound', mode, accesses=900, bytes_written=7200))
    after = ZERO if gone else LIVE
    drained = {'waits-page-drain': 2}
    return run(scenario, facts, {
        'bound': (LIVE, {}, []), 'removed': (after, drained, []),
        'recovered': (after, drained, []), 'again': (LIVE, drained, []),
        'done': (ZERO, {'waits-page-drain': 5}, [])})


def reset_counters(made):
    """The counters of the device restart at the stage recovered."""
    seen = False
    for name, stage in made.stages.items():
        seen = seen or name == 'recovered'
        if seen and stage.accel:
            stage.accel.update({counter: 0 for counter in ACCEL})
    made.stages['recovered'].accel.update({'accesses': 0})
    return made


def flr():
    return reset_counters(removal('flr', 5, gone=False))


def driver_unbind():
    return reset_counters(removal('driver-unbind', 19, gone=True))


def hot_unplug():
    made = reset_counters(removal('hot-unplug', 19, gone=True))
    made.stages['removed'].accel = {}
    return made


def other_slot():
    made = hot_unplug()
    made.scenario = 'other-slot'
    return made


def flr_after_exit():
    facts = {'mode': '+'.join(MODES), 'pasid': 1, 'pid': 141, 'removal.ms': 20,
             'probe.gone.ats': 'ok - 1 0x7f00', 'probe.gone.prg': 'prg-invalid - 1 0x7f00',
             'probe.gone.write': 'aborted - 1 0x7f00', 'probe.gone.read': 'aborted - 1 0x7f00',
             'unbind.status': 0}
    probed = {'faults-silent': 2}
    made = run('flr-after-exit', facts, {
        'bound': (LIVE, {}, []), 'mm-gone': (QUIET, {}, []), 'recovered': (QUIET, {}, []),
        'removed': (QUIET, probed, []),
        'unbound': (ZERO, {**probed, 'waits-page-drain': 1}, [])})
    return reset_counters(made)


def uio():
    """As kill, but no other process can bind meanwhile."""
    made = kill()
    made.scenario = 'uio'
    for key in [key for key in made.facts if key.startswith('kept.')]:
        del made.facts[key]
    return made


def uio_exit():
    facts = {'mode': '+'.join(MODES), 'pasid': 2, 'pid': 141, **COPY, 'exit.contexts': 3,
             'exit.running': 0, 'next.pid': 143, 'next.pasid': 2, 'next.same': 1,
             'next.attempts': 1, 'next.changed': 0}
    for mode in MODES:
        facts.update(delta('exit', mode))
    return run('uio-exit', facts, {'bound': (LIVE, {}, []), 'unbound': (ZERO, {}, []),
                                   'next': (LIVE, {}, []), 'stopped': (ZERO, {}, [])})


def uio_twice():
    facts = {'mode': 'ats-pri', 'pid': 142, 'first.pasid': 2, 'second.errno': 0,
             'second.pasid': 3, 'pasid': 2, 'second.status': '0x01', 'second.different': 0}
    return run('uio-twice', facts, {'bound': (LIVE, {}, []), 'closed': (LIVE, {}, []),
                                    'worked': (ZERO, {}, []), 'stopped': (ZERO, {}, [])})


def domain_type():
    facts = {}
    for when, kind, done in (('before', 'identity', 16), ('translated', 'DMA', 0),
                             ('after', 'identity', 16)):
        facts.update({f'{when}.type': kind, f'{when}.pages': 16, f'{when}.granted': done,
                      f'{when}.refused': 16 - done, f'{when}.writes': done,
                      f'{when}.arrived': done, f'{when}.reads': done})
    refused = {'faults-recorded': 33}
    made = run('domain-type', facts, {
        'begin': (None, {}, []), 'before': (None, {}, []), 'changed': (None, {}, []),
        'translated': (None, refused, []), 'changed-back': (None, refused, []),
        'after': (None, refused, [])})
    # A driver that comes resets the device.
    for name in ('begin', 'before', 'changed', 'translated', 'changed-back', 'after'):
        made.stages[name].accel = {counter: 0 for counter in ACCEL}
    return made


ALL = (flr, flr_after_exit, driver_unbind, hot_unplug, other_slot, uio_exit, uio_twice,
       domain_type)
