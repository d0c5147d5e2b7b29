# SPDX-License-Identifier: GPL-2.0-or-later
"""The scenarios: for each, which rules it proves and how they are judged.

Every module here is a scenario; its name is that of the module, with dashes. The first
line of its docstring says what happens. These are its attributes:

RULES           the rules; or a function rules(run) that chooses them
ARCHES          the guest architectures that it is for; all of them if absent
DEVICE          the device under test; sva-accel if absent
DEFAULT         True: it runs if no scenario is named and the kernel has a driver of the device
NOT_OFFERED     why `sva demo` and `sva check` do not offer it: it runs in the
                project's own tests
NOT_RECORDED    why QEMU cannot record it: `sva check --record` runs it without
THOROUGH        keys of the thorough tier, and how many seconds they may take
INTERVALS       see evaluation.evaluate()
TROUBLE         see evaluation.evaluate()
provoked(run)   rules of the checker that the driver breaks as it is told to; see
                always.contract()
equip(spec, keys)           changes the machine before it boots
act(guest, stage, run)      does something on the host while the guest waits at a stage
"""

import argparse
import difflib
import fnmatch
import importlib
import pkgutil
from types import SimpleNamespace

from ..guest import machine
from ..rules.evaluation import FROM_POWER_ON, common, evaluate, evaluate_always
from ..setup import arch as arches
from ..util.errors import SvaError

MODULES = {info.name.replace('_', '-'): importlib.import_module(f'.{info.name}', __name__)
           for info in pkgutil.iter_modules(__path__)}


def _attribute(name, which, otherwise=None):
    return getattr(MODULES[name.split(',')[0]], which, otherwise)


def device_of(name):
    """The device under test."""
    return _attribute(name, 'DEVICE', machine.ACCEL_DEVICE)


def default(device):
    """What runs on kernels with a driver of a device if nothing else is asked for."""
    return tuple(name for name in sorted(MODULES)
                 if _attribute(name, 'DEFAULT') and device_of(name) == device)


# What `sva demo` and `sva check` run, with a driver of ours, if nothing else is asked for.
DEFAULT = default(machine.ACCEL_DEVICE)
# What they can run.
ALL = (*DEFAULT, *(name for name in sorted(MODULES)
                   if name not in DEFAULT and not _attribute(name, 'NOT_OFFERED')))


def title(name):
    """What happens in a scenario, in one line."""
    return MODULES[name].__doc__.splitlines()[0].partition(': ')[2].rstrip('.')


def arches_of(name):
    """The guest architectures that a scenario is for."""
    return _attribute(name, 'ARCHES', tuple(arches.ALL))


def not_recorded(name):
    """Why QEMU cannot record a scenario; '' if it can."""
    return _attribute(name, 'NOT_RECORDED', '')


def rules_of(name):
    """The rules of a scenario itself; name may carry keys that choose others."""
    return _rules(SimpleNamespace(scenario=name))


def _rules(run):
    choose = _attribute(run.scenario, 'rules')
    return choose(run) if choose else _attribute(run.scenario, 'RULES')


def every_rule(names):
    """{(state, rule): scenarios that prove it}; those of every run have them all."""
    found = {}
    for name in names:
        for rule in [*rules_of(name), *common()]:
            found.setdefault((rule.state, rule.name), []).append(name)
    return found


def of_arch(names, arch):
    """Those of the scenarios that there are for an architecture."""
    return [name for name in names if arch in arches_of(name)]


def of_device(names, device):
    """Those of the scenarios that work with a device."""
    return [name for name in names if device_of(name) == device]


def matching(pattern):
    """The scenarios that a word on the command line means."""
    found = fnmatch.filter(ALL, '*' if pattern == 'all' else pattern)
    if not found:
        near = difflib.get_close_matches(pattern, ALL)
        raise argparse.ArgumentTypeError(
            f'there is no scenario {pattern}'
            + (f'; do you mean {" or ".join(near)}?' if near else '; `sva list` names them'))
    return found


def judge(run):
    """The verdicts of a run; its name may carry keys: 'kill,modes=ats'."""
    provoked = _attribute(run.scenario, 'provoked', lambda run: ())
    return evaluate(run, _rules(run), _attribute(run.scenario, 'INTERVALS', FROM_POWER_ON),
                    _attribute(run.scenario, 'TROUBLE', ()), provoked(run))


def judge_always(run):
    """The verdicts on a run that something else may have ended: see evaluate_always()."""
    provoked = _attribute(run.scenario, 'provoked', lambda run: ())
    return evaluate_always(run, _attribute(run.scenario, 'TROUBLE', ()), provoked(run))


def equip(spec, scenario):
    """Change a machine as a scenario and its keys need it."""
    if _attribute(scenario, 'DEVICE'):
        spec.accel, spec.device = True, device_of(scenario)
    change = _attribute(scenario, 'equip')
    if change:
        change(spec, dict(word.partition('=')[::2] for word in scenario.split(',')[1:]))


# How much is done: minutes for every day, or hours.
TIERS = ('quick', 'thorough')


def variant(scenario, tier):
    """(scenario with the keys of a tier, seconds it may take or None for the usual).

    Keys that the user gave are never changed.
    """
    if tier not in TIERS:
        raise SvaError(f'there is no tier {tier!r}, only {" and ".join(TIERS)}')
    keys, seconds = _attribute(scenario, 'THOROUGH', ('', None))
    if tier != 'thorough' or not keys or ',' in scenario:
        return scenario, None
    return f'{scenario},{keys}', seconds


def act(guest, stage, run):
    """Do the host's part of a scenario at a stage, while the guest waits."""
    change = _attribute(run.scenario, 'act')
    if change:
        change(guest, stage, run)
