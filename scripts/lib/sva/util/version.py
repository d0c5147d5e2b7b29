# SPDX-License-Identifier: GPL-2.0-or-later
"""Which version of the tool this is."""

from . import paths, proc

# Of the newest section of CHANGELOG.rst.
VERSION = '0.1'


def text():
    """That of the release, and the commit where this is a clone.

    Tags do not matter for the commit: a shallow clone has none of them.
    """
    commit = proc.output(['git', '-C', paths.ROOT, 'describe', '--always', '--dirty', '--exclude=*',
                          '--abbrev=12'], check=False).strip()
    return VERSION + (f' ({commit})' if commit else '')
