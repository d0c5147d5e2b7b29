# SPDX-License-Identifier: GPL-2.0-or-later
"""Forged runs as they look on arm64: requests stall, PRI is off."""

import forge
from sva.context_descriptor import ContextDescriptor
from sva.guest import Stage

CD_LIVE = ContextDescriptor((0x0003_e205_c000_3510, 0x1234_5000) + (0,) * 6)
CD_QUIET = ContextDescriptor((0x0003_c205_c000_4000,) + (0,) * 7)
CD_ZERO = ContextDescriptor()
ENTRIES = {forge.LIVE: CD_LIVE, forge.QUIET: CD_QUIET, forge.ZERO: CD_ZERO}
STALLS = {'stalls': 300, 'stall-retries': 300, 'stall-aborts': 0, 'stall-raz-wi': 0,
          'stall-unknown': 0, 'stalls-held': 0, 'eventq-overflows': 0, 'faults-lost': 0}


def arm(run, **facts):
    """Of the same run: another architecture, with nothing said about stalls in windows."""
    run.setup['arch'] = 'aarch64'
    for key, value in facts.items():
        run.add(Stage('forged'), key.replace('__', '-').replace('_', '.'), str(value))
    for stage in run.stages.values():
        if stage.accel:
            stage.iommu.update(STALLS)
            stage.accel['stalls'] = STALLS['stalls']
    return run


def carried(make, ends='done', **changes):
    """A maker of the run that @make forges, with stalls where that has page requests.

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
