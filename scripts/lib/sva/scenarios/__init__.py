# SPDX-License-Identifier: GPL-2.0-or-later
"""The scenarios: for each, which rules it proves and how they are judged."""

import argparse
import difflib
import fnmatch

from ..util.errors import SvaError
from . import ats_resident, bench, bind_storm, completion, daemonise, dma, driver_unbind, \
    evtq_full, exec as exec_, fault_in, flr, flr_after_exit, fork, hot_unplug, hugetlb, iommufd, \
    iommufd_faults, iommufd_nested, isolation, kernel_pasid, kill, kill_queued, kill_requests, \
    kill_two_devices, ksm, late, migrate, mlock, mprotect, munmap_race, no_bind, oom, oom_reaper, \
    page_request_denied, pasid_width, plain_dma, prq_overflow, resume_storm, segfault, smoke, \
    stall_across_exit, swap, thp, threads, truncate, two_devices, two_mms, uio, uio_exit, \
    uio_twice, userfaultfd, zero_page

MODULES = {module.NAME: module for module in
           (fault_in, kill, kill_requests, kill_queued, late, segfault, munmap_race, mprotect, fork,
            thp, swap, migrate, ksm, userfaultfd, truncate, hugetlb, prq_overflow,
            ats_resident, evtq_full, stall_across_exit, resume_storm, page_request_denied,
            mlock, completion, zero_page,
            flr, flr_after_exit, driver_unbind, hot_unplug, uio, uio_exit,
            uio_twice, kill_two_devices, iommufd, iommufd_faults, iommufd_nested,
            isolation, bind_storm, two_mms, daemonise, exec_, threads, two_devices, oom,
            oom_reaper, pasid_width, no_bind, kernel_pasid, smoke, dma, plain_dma)}
MODULES.update((name, bench) for name in bench.NAMES)

# What `sva demo` and `sva check` run if nothing else is asked for.
STORY = ('fault-in', 'kill', 'kill-with-requests', 'kill-with-queued-requests', 'late',
         'segfault', 'munmap-race')
# What they can run: all that need only the accelerator.
CATALOGUE = (*STORY,
             'thp', 'swap', 'migrate', 'ksm', 'userfaultfd', 'truncate', 'hugetlb',
             'prq-overflow', 'evtq-full', 'stall-across-exit',
             'resume-storm', 'page-request-denied', 'ats-resident', 'mlock', 'completion', 'zero-page',
             'flr', 'flr-after-exit', 'driver-unbind', 'hot-unplug',
             'mprotect', 'fork', 'isolation', 'bind-storm',
             'kill-two-devices', 'two-mms', 'daemonise', 'exec', 'threads', 'two-devices', 'oom',
             'oom-reaper', 'pasid-width', 'kernel-pasid')


def title(name):
    """What happens in a scenario, in one line."""
    return MODULES[name].__doc__.splitlines()[0].partition(': ')[2].rstrip('.')


def matching(pattern):
    """The scenarios of the catalogue that a word on the command line means."""
    found = fnmatch.filter(CATALOGUE, '*' if pattern == 'all' else pattern)
    if not found:
        near = difflib.get_close_matches(pattern, CATALOGUE)
        raise argparse.ArgumentTypeError(
            f'there is no scenario {pattern}'
            + (f'; do you mean {" or ".join(near)}?' if near else '; `sva list` names them'))
    return found


def judge(run):
    """The verdicts of a run; its name may carry keys: 'kill,modes=ats'."""
    return MODULES[run.scenario.split(',')[0]].judge(run)


def equip(spec, scenario):
    """Give a machine what a scenario needs of it, as its keys say."""
    name, *words = scenario.split(',')
    change = getattr(MODULES[name], 'equip', None)
    if change:
        change(spec, dict(word.partition('=')[::2] for word in words))


# How much is done: what fits into every day, or what takes as long as it takes.
TIERS = ('quick', 'thorough')


def variant(scenario, tier):
    """(scenario with the keys of a tier, seconds it may take or None for the usual).

    A module may have THOROUGH, a pair of keys and seconds; keys that were given
    are never changed.
    """
    if tier not in TIERS:
        raise SvaError(f'there is no tier {tier!r}, only {" and ".join(TIERS)}')
    keys, seconds = getattr(MODULES[scenario.split(',')[0]], 'THOROUGH', ('', None))
    if tier != 'thorough' or not keys or ',' in scenario:
        return scenario, None
    return f'{scenario},{keys}', seconds


def act(guest, stage, run):
    """Do what a scenario wants of the host at a stage, while the guest stands still."""
    change = getattr(MODULES[run.scenario.split(',')[0]], 'act', None)
    if change:
        change(guest, stage, run)
