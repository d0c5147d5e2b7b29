# SPDX-License-Identifier: GPL-2.0-or-later
"""What results say of the run that they are from, for whoever puts several together."""

import datetime

from ..util import version
from ..util.shard import key


def about(command, cases, shard=None, whole=None):
    """The record. cases: the names of all that this run has to do.

    shard: which part that is of the whole, the names before they were dealt.
    """
    now = datetime.datetime.now(datetime.timezone.utc)
    return {'command': command, 'tool': version.text(),
            'began': now.isoformat(timespec='seconds'),
            'shard': str(shard) if shard else None,
            'whole': key(whole or cases) if shard else None, 'cases': list(cases)}


def case(arch, scenario, configuration=''):
    """The name of a scenario among all of a run."""
    return '.'.join(filter(None, (configuration, arch, scenario)))
