# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's binary kernels, judged through their own driver of Intel DSA."""

import re

from ..guest import machine, specs
from ..runs import judging
from ..setup import arch as arches, artifacts, plan
from ..util.errors import SvaError

# Debian's arm64 kernels have no SVA.
ARCH = arches.X86_64.name
# What they have a driver of.
DEVICE = machine.DSA_DEVICE
FORM = re.compile(r'debian:(\d+(?:\.\d+)+)?')


def names_debian(kernel):
    """Does the argument of --kernel mean a kernel of Debian's?"""
    return bool(kernel) and kernel.startswith('debian:')


def device_of(kernel):
    """The device that a kernel has a driver of."""
    return DEVICE if names_debian(kernel) else machine.ACCEL_DEVICE


def version_of(kernel):
    """The version in debian:VERSION; empty for the newest."""
    found = FORM.fullmatch(kernel)
    if not found:
        raise SvaError(f'{kernel} is not debian:VERSION, as debian:6.12.57; `debian:` is the newest')
    return found[1] or ''


def set_up(args, version=''):
    """Fetch and build what is missing; the kernel in a machine, as specs make it."""
    if args.arch not in (None, ARCH):
        raise SvaError(f"Debian's kernels have SVA on {ARCH} alone, not on {args.arch}")
    judging.having(args, [ARCH], DEVICE)
    kernel = '-'.join(filter(None, ('debian-kernel', ARCH, version)))
    artifacts.ensure('qemu', 'firmware', f'busybox-{ARCH}', kernel,
                     options=plan.Options((ARCH,), debian=version))
    return specs.debian(ARCH, version)
