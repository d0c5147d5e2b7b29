# SPDX-License-Identifier: GPL-2.0-or-later
"""flr-after-exit: the function is reset when the bound mm is gone."""

from ..guest import kmsg
from ..judge import counters
from ..judge.verdict import GONE, KERNEL, MODEL, SETUP, UNBOUND
from ..rules import blame, shared
from ..rules.facts import count, delta, entry, iommu, more_faults, probe
from ..rules.rule import Check, NotApplicable, Result, Rule


def silence(run):
    """After the reset accesses are refused as before it."""
    words, before = entry(run, 'removed'), entry(run, 'mm-gone')
    lines = kmsg.about_faults(run.kmsg('removed'))
    recorded = more_faults(run, 'recovered', 'removed')
    hidden = delta(run, 'iommu', counters.SUPPRESSED, 'recovered', 'removed')
    return Result(f'{count(hidden, "fault")} suppressed, 0 {iommu(run).line} lines; {words}', [
        Check(entry(run, 'bound').present and not before.present, SETUP,
              f'before the reset: {before}'),
        Check(recorded + hidden > 0, SETUP if words.present else MODEL,
              f'no fault of the probes; {words}'),
        Check(not recorded, blame.spoken('removed') if words.silent else KERNEL,
              f'{count(recorded, "fault")} recorded; {words}'),
        Check(not lines, KERNEL, f'{count(len(lines), "line")} about faults, the first: '
              f'{lines[0] if lines else ""}; {words}')])


def probed(kind, good, culprit=None):
    """What a single transaction with the PASID of the dead process gives."""
    def rule(run):
        if kind == 'prg' and not iommu(run).page_requests:
            raise NotApplicable
        found, words = probe(run, 'gone', kind), entry(run, 'removed')
        return Result(f'{kind}: {found[0]}, rights {found[1]}; {words}', [
            Check(found[0] not in ('timeout', 'not-sent'), SETUP, f'{kind}: {found[0]}'),
            Check(found == good, culprit or (blame.ats if kind == 'ats' else blame.access)('removed'),
                  f'{kind}: {found[0]}, rights {found[1]}; {words}')])
    return rule


RULES = [
    Rule(GONE, 'abort', probed('write', ('aborted', '-'))),
    Rule(GONE, 'ats-no-access', probed('ats', ('ok', '-'))),
    Rule(GONE, 'invalid-request', probed('prg', ('prg-invalid', '-'),
                                          blame.answer('recovered', 'removed'))),
    Rule(GONE, 'silence', silence),
    Rule(UNBOUND, 'drain', shared.drain('removed', 'unbound')),
]
# A reset forgets the counters of the device.
INTERVALS = (('recovered', None),)
