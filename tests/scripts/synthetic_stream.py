# SPDX-License-Identifier: GPL-2.0-or-later
"""Event streams and run directories for tests of the report page."""

import json

MASK = '0xffffffffffffffff'


class Stream:
    """Writes events as docs/specs/event-stream.rst has them; time in nanoseconds."""

    def __init__(self, step=1000):
        self.lines = ['{"kind":"FORMAT","name":"sva-events","v":1}']
        self.now = 0
        self.seq = 0
        self.step = step

    def add(self, kind, **members):
        """One event; its number."""
        self.seq += 1
        self.now += self.step
        self.lines.append(json.dumps({'seq': self.seq, 'time': self.now, 'kind': kind, **members},
                                     separators=(',', ':')))
        return self.seq

    def at(self, time):
        self.now = time - self.step
        return self

    def request(self, kind, addr=0x1000, pasid=1, rid=16, access='rw', **payload):
        return self.add(kind, rid=rid, pasid=pasid, addr=hex(addr), access=access, **payload)

    def translated(self, addr=0x1000, pasid=1, outcome='OK'):
        page = {'addr': hex(addr), 'mask': '0xfff', 'access': 'rwxp', 'block': 0, 'snoop': True,
                'cached': True}
        return self.request('XLATE', addr, pasid, xlate={'map': page, 'outcome': outcome})

    def asked(self, prgi, pasid=1, access='rw'):
        return self.request('PRQ', pasid=pasid, access=access,
                            prq={'entry': ['0x501', hex(prgi)], 'prgi': prgi})

    def answered(self, prgi, pasid=1, code='SUCCESS'):
        return self.add('PRG_RESPONSE', rid=16, pasid=pasid, response={'code': code, 'prgi': prgi})

    def command(self, first, second=0):
        return self.add('COMMAND', command={'words': [hex(first), hex(second)],
                                            'type': first & 0xff})

    def waited(self, word):
        return self.add('WAIT_DONE', addr='0x0', wait={'word': hex(word)})

    def entry(self, kind, *words, pasid=1):
        return self.add('ENTRY', rid=16, pasid=pasid, addr='0x0', entry={
            'type': kind, 'level': 0, 'shift': 0, 'pa': '0x4000', 'words': [hex(w) for w in words]})

    def atc_invalidation(self, itag, pasid=1):
        return self.add('ATC_INV', rid=16, pasid=pasid, addr='0x0', atc_inv={
            'mask': MASK, 'global': False, 'itag': itag})

    def atc_done(self, itag):
        return self.add('ATC_INV_DONE', rid=16, atc_inv={'itag': itag})

    def violation(self, event, since, pasid=1, **more):
        about = {'number': 1, 'rule': 'inval-missing', 'culprit': 'kernel',
                 'text': 'a translation was used that the tables no longer have',
                 'owed': 'TLB 0x1000-0x1fff', 'event': event, 'since': since, 'before': [],
                 'now': [], **more}
        return self.add('VIOLATION', rid=16, pasid=pasid, addr='0x1000', violation=about)

    def obligation(self, number, since, pasid=1, **more):
        about = {'id': number, 'last': MASK, 'type': 'VTD_PASID', 'entries': 1, 'pa': '0x4000',
                 'before': ['0x41'], 'now': ['0x0'], 'owed': 'IOTLB, device TLB', 'since': since,
                 'lost': 0, **more}
        return self.add('OBLIGATION', rid=16, pasid=pasid, addr='0x0', obligation=about)

    def obligation_done(self, number, until, pasid=1, end='COMPLETE'):
        return self.add('OBLIGATION_DONE', rid=16, pasid=pasid, obligation={
            'id': number, 'end': end, 'until': until, 'lost': 0})

    def text(self):
        return '\n'.join(self.lines) + '\n'


def life(stream, rounds, violations=()):
    """A process that works and whose mm goes; about ten events a round.

    violations: rounds that end with one.
    """
    stream.entry('VTD_PASID', 0x41, 0x1, 0x5000)
    for number in range(rounds):
        if number == rounds // 2:
            stream.entry('VTD_PASID', 0x2)
        addr = 0x7f0000000000 + number * 0x1000
        last = 0
        for n in range(4):
            last = stream.translated(addr + n * 64, outcome='OK' if n else 'ABORT')
        stream.asked(number % 512)
        stream.answered(number % 512, code='SUCCESS' if number < rounds // 2 else 'INVALID')
        stream.command(0x10006 | 1 << 32 | 3 << 4, addr)
        stream.atc_invalidation(number % 32)
        stream.atc_done(number % 32)
        stream.command(0x25 | number << 32, 0x2000)
        stream.waited(0x25 | number << 32)
        if number in violations:
            stream.violation(last, stream.now - 5 * stream.step)
    return stream


def write_run(directory, streams, hostile=''):
    """A run: streams is {scenario: Stream}; hostile: what a guest has the logs say."""
    verdicts = [{'arch': 'x86_64', 'kernel': '7.2.13' + hostile, 'scenario': name, 'state': state,
                 'rule': rule, 'party': 'kernel', 'result': result, 'expected': 'pass',
                 'finding': None, 'evidence': 'seen by the host' + hostile, 'seconds': 2.5}
                for name in streams for state, rule, result in (
                    ('bound', 'data', 'pass'), ('mm gone', 'abort', 'fail'),
                    ('unbound', 'late-dma', 'known'))]
    directory.mkdir(parents=True, exist_ok=True)
    (directory / 'verdicts.json').write_text(json.dumps({'format': 1, 'verdicts': verdicts}))
    for name, stream in streams.items():
        write_scenario(directory / 'x86_64' / name, stream, hostile)


def write_scenario(directory, stream, hostile=''):
    """The logs of one scenario, on a host whose clock is ahead of the virtual one."""
    ahead = 5 * 10**9
    control = ['@hello 1 x86_64 7.2.13', '@begin smoke', 'ok 1 - copied' + hostile, '@stage bound',
               'not ok 2 - done' + hostile, '@fact pid 1' + hostile, '@stage unbound',
               '@end smoke 0']
    console = [f'[    {n}.000000] line {n}{hostile}' for n in range(3)]
    steps = [ahead + stream.now * n // len(control) for n in range(len(control))]
    directory.mkdir(parents=True, exist_ok=True)
    (directory / 'events.jsonl').write_text(stream.text())
    (directory / 'control.log').write_text('\n'.join(control) + '\n')
    (directory / 'console.log').write_text('\n'.join(console) + '\n')
    (directory / 'times.json').write_text(json.dumps({
        'control': steps, 'streams': [ahead],
        'console': [[n * 10**6, ahead + n * 10**9 + 1000] for n in range(3)]}))
