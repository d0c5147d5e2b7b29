# SPDX-License-Identifier: GPL-2.0-or-later
"""From the directory of one scenario to its block of the page."""

from ..judge.context_descriptor import ContextDescriptor
from ..judge.memory import PasidEntry
from ..judge.verdict import BOUND, GONE, UNBOUND
from ..util import files
from . import choice, clocks, commands, joins, logtext, states, stream, violations
from .block import Block, text

# Places of the groups of tracks.
CONTRACT, PROCESS, COMMANDS, PASIDS, CONTEXTS, UNIT = range(6)
TRACKS = {
    'VIOLATION': 'violations', 'XLATE': 'translations', 'ATS': 'translations',
    'ATC_HIT': 'translations', 'FILL': 'cache fills', 'ENTRY': 'table reads', 'FAULT': 'faults',
    'FAULT_SILENT': 'faults', 'PRQ': 'page requests', 'PRQ_AUTO': 'page requests',
    'PRG_RESPONSE': 'page requests', 'ATC_INV': 'ATC invalidations',
    'ATC_INV_DONE': 'ATC invalidations', 'STALL': 'stalls', 'STALL_END': 'stalls'}
OF_PASID = ('state', 'translations', 'page requests', 'stalls', 'faults', 'ATC invalidations',
            'table reads', 'cache fills')
OF_CONTEXT = {'JOB_START': ('job', 'context'), 'JOB_DONE': ('job', 'context'),
              'CTX_STATE': ('context', 'index'), 'BREAKPOINT': ('breakpoint', 'context')}
ABOUTS = (commands.CONFIG, commands.TLB, commands.ATC, commands.ANSWER, commands.OTHER,
          commands.WAIT)
# They have the words of a command.
OF_QUEUE = ('COMMAND', 'COMMAND_ERROR', 'INVALIDATED', 'WAIT_DONE')
OF_PROCESS = {'STAGE': 'stages', 'CHECK': 'checks', 'FACT': 'facts', 'LOG': 'kernel log'}
TONES = {'FAULT': 'bad', 'FAULT_SILENT': 'warn', 'VIOLATION': 'violation', 'COMMAND_ERROR': 'bad',
         'RESET': 'warn', 'DROP': 'warn', 'BREAKPOINT': 'warn'}
# Others share a track.
MOST_CONTEXTS = 64
STATE_TONES = {BOUND: 'bound', GONE: 'gone', UNBOUND: 'unbound', states.CHANGED: 'changed'}


def function(rid):
    return 'no function' if rid is None else f'{rid >> 8:02x}:{rid >> 3 & 31:02x}.{rid & 7}'


def build(directory, arch, most, verdicts=()):
    """(text of the block, numbers about it)."""
    return Builder(directory, arch, verdicts).build(most)


def nothing():
    """The same of what has no logs."""
    facts = {'events': 0, 'left': {}, 'lost': 0, 'cut': 0, 'bad': 0, 'repeated': 0,
             'recorded': False, 'aligned': False}
    return text(*Block().record(facts=facts)), facts


class Builder:
    """Joins what one scenario left in its directory."""

    def __init__(self, directory, arch, verdicts):
        self.directory = directory
        self.decode = commands.of_arch(arch)
        self.block = Block()
        self.clocks = clocks.Clocks(files.read_json(directory / 'times.json'))
        self.streams = stream.read(directory)
        events = self.streams.events
        violations.merge(events, verdicts)
        events.sort(key=lambda e: e.time)
        self.tracks = {}

    def build(self, most):
        events = self.streams.events
        lines, lines_left = self.logs()
        spans = self.joined(events)
        owed = {(span.first.stream, span.first.number('obligation', 'id'))
                for span in spans[-1][1]}
        ends = {id(event) for _, found in spans for span in found
                for event in (span.first, span.last) if event and len(found) <= most // 8}
        for track, found in spans:
            for span in found:
                # What ends it often does not name the PASID.
                if span.last and span.last.pasid is None:
                    self.tracks[id(span.last)] = track(span.first)
        kept, left = choice.choose(events, most, ends)
        for event in kept:
            self.add(event)
        shown = {id(event) for event in kept}
        for track, found in spans:
            self.add_spans(track, found, shown)
        self.add_states(events, lines)
        self.add_violations(kept, owed)
        if lines_left:
            left['(log lines)'] = lines_left
        facts = {'events': len(events), 'left': left,
                 'lost': self.streams.lost + joins.untold(events),
                 'cut': self.streams.cut, 'bad': self.streams.bad, 'repeated': self.clocks.repeated,
                 'recorded': bool(stream.files(self.directory)),
                 'aligned': self.clocks.host is not None}
        return text(*self.block.record(facts=facts)), facts

    # -- logs --

    def logs(self):
        found, left = [], 0
        for name, reader in (('control.log', logtext.control), ('console.log', logtext.console)):
            try:
                content = (self.directory / name).read_text(encoding='utf-8', errors='replace')
            except OSError:
                continue
            lines, more = reader(content, self.clocks)
            found, left = found + lines, left + more
        for line in found:
            track = self.block.tracks.of('process', OF_PROCESS[line.kind],
                                       (PROCESS, list(OF_PROCESS).index(line.kind)))
            self.block.add_item(line.time, line.kind, track, line.text, tone=line.tone,
                                label=line.label)
        return found, left

    # -- events --

    def joined(self, events):
        """[(track of a span by its first event, spans)]"""
        waits, invalidations = joins.waits(events, self.decode)
        return [(self.track, joins.page_requests(events)),
                (self.track, joins.atc_invalidations(events)),
                (self.track, joins.stalls(events)), (self.track, joins.jobs(events)),
                (self.track, waits), (self.track, invalidations),
                (lambda event: self.contract('obligations', 1), joins.obligations(events))]

    def contract(self, name, place):
        return self.block.tracks.of('contract', name, (CONTRACT, place))

    def track(self, event):
        if event.kind in OF_QUEUE:
            about, *_ = self.command(event)
            return self.block.tracks.of('commands', 'waits' if about == commands.WAIT else about,
                                       (COMMANDS, ABOUTS.index(about)))
        if event.kind == 'VIOLATION':
            return self.contract('violations', 0)
        if event.kind.startswith('OBLIGATION'):
            return self.contract('obligations', 1)
        if event.kind in OF_CONTEXT:
            return self.context(event.rid, event.number(*OF_CONTEXT[event.kind]) or 0)
        name = TRACKS.get(event.kind)
        if name and event.rid is not None:
            return self.of_pasid(event.rid, event.pasid, name)
        return self.block.tracks.of('unit', 'registers, resets', (UNIT, 0))

    def context(self, rid, number):
        owner = '' if rid is None else f'{function(rid)} '
        name = f'{owner}context {number}' if number < MOST_CONTEXTS else f'{owner}other contexts'
        return self.block.tracks.of('device contexts', name,
                                   (CONTEXTS, min(number, MOST_CONTEXTS)), (rid,))

    def of_pasid(self, rid, pasid, name):
        group = f'{function(rid)} ' + ('without PASID' if pasid is None else f'PASID {pasid}')
        return self.block.tracks.of(group, name, (PASIDS, OF_PASID.index(name)), (rid, pasid))

    def command(self, event):
        if event.kind == 'WAIT_DONE':
            return commands.Command(commands.WAIT, 'wait completed')
        words = event.words('command', 'words')
        return self.decode(words) if len(words) == 2 else commands.Command(commands.OTHER, '')

    def add(self, event):
        label, rid, pasid = '', event.rid, event.pasid
        if event.kind in OF_QUEUE:
            _, label, rid, pasid = self.command(event)
        elif event.kind == 'VIOLATION':
            label = rule_of(event)
        self.block.add_item(event.time, event.kind, self.tracks.get(id(event)) or self.track(event),
                            event.line, rid, pasid, tone(event), label, event)

    def add_spans(self, track, spans, shown):
        for span in spans:
            if id(span.first) not in shown:
                continue
            rid, pasid = span.first.rid, span.first.pasid
            if span.first.kind == 'COMMAND':
                _, _, rid, pasid = self.command(span.first)
            self.block.add_span(track(span.first), span.start, span.end, span.tone, span.label,
                                span.first, span.last, rid, pasid)

    # -- states --

    def add_states(self, events, lines):
        for period in states.periods(events, self.decode, self.looks(lines)):
            words = ' '.join(f'{word:#x}' for word in period.words[:3])
            self.block.add_span(self.of_pasid(period.rid, period.pasid, 'state'), period.start,
                                period.end, STATE_TONES[period.state],
                                f'{period.state} {words}'.strip(), period.event, None,
                                period.rid, period.pasid)

    def looks(self, lines):
        """What the host saw at each stage; evidence.json does not say of which function."""
        evidence = files.read_json(self.directory / 'evidence.json')
        stages = evidence.get('stages') if isinstance(evidence, dict) else None
        times, found = logtext.stages(lines), []
        for name, stage in stages.items() if isinstance(stages, dict) else ():
            entry = stage.get('entry') if isinstance(stage, dict) else None
            pasid, rid = (stage.get(key) for key in ('pasid', 'rid')) if entry else (None, None)
            if name in times and isinstance(pasid, int) and isinstance(rid, int):
                found.append((times[name], rid, pasid, *_entry_state(entry)))
        return found

    # -- violations --

    def add_violations(self, kept, owed):
        """A bar from the moment at which it began, unless it has one: that of what was owed."""
        for event in kept:
            since = event.number('violation', 'since')
            number = event.number('violation', 'obligation')
            if number and (event.stream, number) in owed:
                continue
            if event.kind == 'VIOLATION' and since is not None and since <= event.time:
                self.block.add_span(self.contract('obligations', 1), since, event.time, 'bad',
                                    rule_of(event), event, event, event.rid, event.pasid)


def _entry_state(entry):
    words = tuple(entry.get('words') or ())
    if 'fpd_above' in entry:
        read = PasidEntry(words, entry.get('level') or '', bool(entry['fpd_above']))
        state = BOUND if read.present else GONE if read.fpd else UNBOUND
    else:
        read = ContextDescriptor(words, entry.get('level') or '')
        state = BOUND if read.present else GONE if read.valid else UNBOUND
    return state, words


def rule_of(event):
    rule = event.get('violation', 'rule')
    return rule if isinstance(rule, str) else 'violation'


def tone(event):
    """How an event looks that is no part of a span."""
    if event.kind == 'XLATE':
        return 'neutral' if event.get('xlate', 'outcome') == 'OK' else 'warn'
    if event.kind == 'ATS':
        if event.get('ats', 'status') != 'SUCCESS':
            return 'bad'
        return 'neutral' if event.get('ats', 'map', 'access') else 'warn'
    if event.kind in ('PRQ_AUTO', 'PRG_RESPONSE'):
        return joins.CODES.get(event.get('response', 'code'), 'bad')
    return TONES.get(event.kind, 'neutral')
