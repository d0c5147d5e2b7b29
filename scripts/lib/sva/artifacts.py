# SPDX-License-Identifier: GPL-2.0-or-later
"""What the set-up has made, for the commands that use it."""

from . import plan, qemu as qemu_steps, steps, tools
from .ui import Progress


def ensure(*names, options=plan.Options()):
    """Run the named set-up steps and what they need; all steps if none given."""
    every = plan.steps(options)
    wanted = steps.closure(every, names or [step.name for step in every])
    steps.run(wanted, Progress())


def qemu(arch):
    """The emulator for a guest architecture."""
    return qemu_steps.binary(arch)


def qemu_build_dir():
    return qemu_steps.build_dir()


def qemu_source():
    """{name, version, sha256} of QEMU's source."""
    return qemu_steps.source_record()


def firmware_dir():
    """The directory for QEMU's option -L."""
    return tools.firmware_dir()


def meson():
    """The command that runs a new enough meson."""
    return [str(tools.python_env() / 'bin/meson')]


def avocado():
    """The command that runs Avocado."""
    return [str(tools.python_env() / 'bin/avocado')]
