# SPDX-License-Identifier: GPL-2.0-or-later
"""Instructions that the models take for a request: counted by callgrind, compared with a file.

They do not vary with the machine and what else it does, but with the compiler: the
file has counts of each that was used.
"""

import re
from typing import NamedTuple, Optional

from ..util import files, paths, proc
from ..util.errors import SvaError

PROGRAMS = ('bench-core', 'bench-vtd', 'bench-smmu')
KEPT = paths.ROOT / 'tests/bench/instructions.json'
# More than this is a failure.
LIMIT = 1.05
KEEP = './scripts/sva bench --instructions --json tests/bench/instructions.json'
# The file's first entry, which is no compiler.
LICENCE = {'$comment': 'SPDX-License-Identifier: GPL-2.0-or-later'}
FIGURE = re.compile(r'(\d+);([^;]+);(\d+)$')
TOTALS = re.compile(r'totals: (\d+)$', re.MULTILINE)


class Row(NamedTuple):
    """A figure of a program with so many PASIDs: instructions of a call, as kept and now."""
    program: str
    pasids: str
    what: str
    kept: Optional[float]
    now: Optional[float]

    @property
    def worse(self):
        """Takes more, or cannot be compared."""
        return None in (self.kept, self.now) or self.now > self.kept * LIMIT

    def __str__(self):
        if self.now is None:
            return f'{self.what} of {self.pasids}: not counted any more'
        if self.kept is None:
            return f'{self.what} of {self.pasids}: {self.now}, and none in the file'
        return (f'{self.what} of {self.pasids}: {self.now} instructions, {self.kept} before '
                f'({self.now / self.kept - 1:+.1%})')


def compiler():
    version, machine = (proc.output(['gcc', option]).strip()
                        for option in ('-dumpfullversion', '-dumpmachine'))
    return f'gcc {version} {machine}'


def compile_programs(meson, build):
    proc.logged([*meson, 'compile', '-C', build, *PROGRAMS], paths.log('test-instructions'),
                what='build of the benchmarks')


def count(build, each):
    """Run each program; {program: {PASIDs: {what: instructions of a call}}}.

    each(function, items) calls the function for all of them.
    """
    return dict(zip(PROGRAMS, each(lambda name: _count(build / 'tests/bench' / name), PROGRAMS)))


def _count(program):
    out, log, lines = program.with_suffix('.callgrind'), paths.log(f'count-{program.name}'), []
    files.remove(out)
    proc.logged(['valgrind', '--tool=callgrind', '--combine-dumps=yes',
                 f'--callgrind-out-file={out}', '--zero-before=measure_count_begin',
                 '--dump-before=measure_count_end', program, 'count'], log,
                on_line=lines.append, what=f'{program.name} under callgrind', tied=True)
    return figures(lines, out.read_text(encoding='utf-8', errors='replace'))


def figures(lines, dumps):
    """What the program printed, and callgrind's dumps: one for each figure, and the rest."""
    named = [found.groups() for found in map(FIGURE.match, map(str.strip, lines)) if found]
    totals = [int(total) for total in TOTALS.findall(dumps)]
    if not named or len(totals) != len(named) + 1:
        raise SvaError(f'{len(named)} figures were announced and {len(totals) - 1} counted')
    counts = {}
    for (pasids, what, calls), total in zip(named, totals):
        counts.setdefault(pasids, {})[what] = round(total / int(calls), 1)
    return counts


def kept(path=KEPT):
    """{compiler: what count() returns}"""
    found = files.read_json(path) or {}
    return {name: counts for name, counts in found.items() if name not in LICENCE}


def write(path, name, counts):
    """Those of other compilers stay."""
    files.write_json(path, {**LICENCE, **kept(path), name: counts})


def compare(old, new):
    """A row for each figure that one of them has, in the order of the newer."""
    keys = dict.fromkeys((program, pasids, what) for counts in (new, old)
                         for program, by_pasids in counts.items()
                         for pasids, found in by_pasids.items() for what in found)
    return [Row(*key, _find(old, *key), _find(new, *key)) for key in keys]


def _find(counts, program, pasids, what):
    return counts.get(program, {}).get(pasids, {}).get(what)
