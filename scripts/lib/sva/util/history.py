# SPDX-License-Identifier: GPL-2.0-or-later
"""How long things took in earlier runs, of all clones of this user; for estimates alone."""

import contextlib

from . import files, paths

# Names of things that are no more must not fill the file.
MOST = 4000
# Of a new figure, in what is kept: one busy hour changes little.
WEIGHT = 0.5


def _file():
    return paths.cache('times.json')


def load():
    """{name: seconds}; what is damaged counts as unknown."""
    found = files.read_json(_file())
    return {name: float(seconds) for name, seconds in found.items()
            if isinstance(seconds, (int, float)) and seconds >= 0} \
        if isinstance(found, dict) else {}


def learn(times):
    """Take {name: seconds} into what is known."""
    if not times:
        return
    # Nothing depends on it: a cache that cannot be written is no reason to fail.
    with contextlib.suppress(OSError), files.locked(paths.cache('times.lock')):
        known = load()
        for name, seconds in times.items():
            before = known.pop(name, seconds)   # the newest are the last ones
            known[name] = round(before + WEIGHT * (seconds - before), 2)
        files.write_json(_file(), dict(list(known.items())[-MOST:]), sort=False)
