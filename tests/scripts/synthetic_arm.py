# SPDX-License-Identifier: GPL-2.0-or-later
"""Synthetic runs as they look on arm64: requests stall, PRI is off."""

import synthetic
from sva.guest.session import Stage
from sva.judge.context_descriptor import ContextDescriptor

CD_LIVE = ContextDescriptor((0x0003_e205_c000_3510, 0x1234_5000) + (0,) * 6)
CD_QUIET = ContextDescriptor((0x0003_c205_c000_4000,) + (0,) * 7)
CD_ZERO = ContextDescriptor()
ENTRIES = {synthetic.LIVE: CD_LIVE, synthetic.QUIET: CD_QUIET, synthetic.ZERO: CD_ZERO}
STALLS = {'stalls': 300, 'stall-retries': 300, 'stall-aborts': 0, 'stall-raz-wi': 0,
          'stall-unknown': 0, 'stalls-unrecorded': 0, 'eventq-overflows': 0, 'faults-lost': 0}


def arm(run, **facts):
    """The same run on another architecture, without stalls in windows."""
    run.setup['arch'] = 'aarch64'
    for key, value in facts.items():
        run.add(Stage('synthetic'), key.replace('__', '-').replace('_', '.'), str(value))
    for stage in run.stages.values():
        if stage.accel:
            stage.iommu.update(STALLS)
            stage.accel['stalls'] = STALLS['stalls']
    return run


def carried(make, ends='done', **changes):
    """A maker of the run that make() makes, with stalls where that has page requests.

    ends: the stage by which they have all been counted.
    """
    def on_arm():
        run = make()
        _facts(run)
        arm(run)
        before = True
        for name, stage in run.stages.items():
            before = before and name != ends
            if not before and stage.accel:
                stage.iommu.update(stalls=400, **{'stall-retries': 370, 'stall-aborts': 30})
                stage.accel['stalls'] = 400
            stage.entry = stage.entry and ENTRIES[stage.entry]
            stage.kmsg = []
            if stage.iommu:
                stage.iommu['faults-recorded'] = 0
                stage.iommu.update(changes.get(name.replace('-', '_'), {}))
        return run
    return on_arm


def _facts(run):
    modes = run.facts.get('mode', '')
    run.facts['mode'] = 'untranslated' if modes == 'ats-pri' else modes.replace('+ats-pri', '')
    windows = [key.removesuffix('.page_reqs') for key in run.facts if key.endswith('.page_reqs')]
    asking = [window for window in windows if window.endswith(('.ats-pri', '.dev'))]
    for window in asking:
        name, who = window.removesuffix('.ats-pri').removesuffix('.dev'), window.split('.')[-1]
        ours = {key.split('.')[-1]: value for key, value in run.facts.items()
                if key.startswith(f'{window}.')}
        for key, value in ours.items():
            del run.facts[f'{window}.{key}']
        ours.update(aborts=ours['prg_invalid'])
        where = 'dev' if who == 'dev' else 'untranslated'
        run.facts.update({
            f'{name}.{where}.{key}':
                '0' if key.startswith('prg_') or key == 'page_reqs' else value
            for key, value in ours.items()})
        run.facts[f'{name}.dev.stalls'] = ours['page_reqs']
    for key in [key for key in run.facts if '.ats-pri.' in key]:
        run.facts[key.replace('.ats-pri.', '.untranslated.')] = run.facts.pop(key)


def stall_across_exit():
    facts = {'mode': 'untranslated', 'pasid': 1, 'pid': 141, 'contexts': 48, 'kill.running': 48,
             'kill.stalls': 1500, 'gone.wait-ms': 9, 'gone.rested': 48, 'gone.aborted': 48,
             'unbind.ms': 36, 'unbind.status': 0, 'unbind.running': 0}
    return _with_aborts(synthetic.run('stall-across-exit', facts, {
        'mm-gone': (CD_QUIET, {}, []), 'unbound': (CD_ZERO, {}, [])}))


def _with_aborts(run):
    arm(run)
    for stage in run.stages.values():
        if stage.accel:
            stage.iommu.update({'stall-retries': 252, 'stall-aborts': 48})
    return run


def resume_storm():
    facts = {'mode': 'untranslated', 'pasid': 1, 'pid': 141, 'rounds': 2, 'processes': 4,
             'contexts': 48, 'pages': 6144, 'jobs.failed': 0, 'pages.wrong': 0}
    run = arm(synthetic.run('resume-storm', facts, {'done': (CD_LIVE, {}, []),
                                                'unbound': (CD_ZERO, {}, [])}))
    for stage in run.stages.values():
        if stage.accel:
            stage.iommu.update({'stalls': 6144, 'stall-retries': 6144})
            stage.accel['stalls'] = 6144
    return run


def page_request_denied():
    facts = {'mode': 'untranslated', 'pasid': 1, 'pid': 141, 'request.status': '0x1f',
             'request.again': '0xff', 'resident': 0, 'copy.status': '0x01',
             'copy.bytes': 64 * 1024, 'data.different': 0, 'touched': 0, 'copy.stalls': 32}
    line = 'arm-smmu-v3 9050000.smmuv3: unexpected PRI request received:'
    run = arm(synthetic.run('page-request-denied', facts, {
        'bound': (CD_LIVE, {}, []), 'done': (CD_LIVE, {}, [line]),
        'unbound': (CD_ZERO, {}, [])}))
    run.console.append(line)
    run.setup['device.pri'] = 'off'
    return run
