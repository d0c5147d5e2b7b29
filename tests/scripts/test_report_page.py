# SPDX-License-Identifier: GPL-2.0-or-later
"""The report page as a file: complete, bounded, and safe whatever a guest wrote."""

import base64
import gzip
import html.parser
import json
import re
import sys
import tempfile
import unittest
import zlib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts/lib'))

from sva import cli  # noqa: E402
from sva.timeline import html as pages, report, scenario  # noqa: E402
from sva.util.errors import SvaError  # noqa: E402
from synthetic_stream import Stream, life, write_run, write_scenario  # noqa: E402

HOSTILE = '</script><img src=x onerror=alert(1)>&lt;\u202e\x1b[31m"\'@TITLE@'


class Parts(html.parser.HTMLParser):
    """Tags, and the content of scripts by id."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.scripts, self.now = [], {}, None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.now = dict(attrs).get('id', 'code') if tag == 'script' else None

    def handle_endtag(self, tag):
        self.now = None

    def handle_data(self, data):
        if self.now:
            self.scripts[self.now] = self.scripts.get(self.now, '') + data


def block(parts, number=0):
    """(description, lines) of a scenario."""
    text = zlib.decompress(base64.b64decode(parts.scripts[f'block-{number}'])).decode()
    first, *lines = text.split('\n')
    return json.loads(first), lines


class Page(unittest.TestCase):

    def setUp(self):
        temp = tempfile.TemporaryDirectory()
        self.addCleanup(temp.cleanup)
        self.dir = Path(temp.name) / 'run'

    def page(self, rounds=50, hostile='', violations=()):
        write_run(self.dir, {'kill': life(Stream(), rounds, violations)}, hostile)
        self.text = report.write(self.dir).read_text(encoding='utf-8')
        return Parts(self.text)

    def test_it_asks_the_network_for_nothing(self):
        parts = self.page()
        for tag, attributes in parts.tags:
            for name in ('src', 'href', 'action', 'data', 'poster', 'srcset'):
                self.assertIn(attributes.get(name, 'data:,'), ('data:,',), tag)
            self.assertNotIn(tag, ('iframe', 'object', 'embed', 'base', 'img'))
            self.assertFalse([name for name in attributes if name.startswith('on')])
        self.assertIsNone(re.search(r'https?://|url\(|@import|\bfetch\(|XMLHttpRequest|WebSocket',
                                    self.text))

    def test_only_its_own_script_may_run(self):
        parts = self.page(hostile=HOSTILE)
        policy = next(attributes['content'] for tag, attributes in parts.tags
                      if attributes.get('http-equiv') == 'Content-Security-Policy')
        self.assertIn("default-src 'none'", policy)
        self.assertIn(f"script-src '{pages.digest(parts.scripts['code'])}'", policy)
        self.assertNotIn('unsafe', policy)

    def test_data_is_never_html(self):
        code = pages.script()
        for word in ('innerHTML', 'outerHTML', 'insertAdjacentHTML', 'document.write', 'eval(',
                     'new Function', 'DOMParser', 'createContextualFragment'):
            self.assertFalse(word in code, word)

    def test_hostile_text(self):
        parts = self.page(hostile=HOSTILE)
        self.assertEqual([tag for tag, _ in parts.tags].count('script'), 3)
        self.assertNotIn('img', [tag for tag, _ in parts.tags])
        self.assertFalse('<img' in self.text)
        shown = json.loads(parts.scripts['report'])['scenarios'][0]
        self.assertIn('<img src=x', shown['kernel'])
        _, lines = block(parts)
        self.assertTrue(any('</script><img' in line for line in lines))
        # Control characters of terminals and of the direction of text are told as such.
        self.assertFalse(re.search('[\x00-\x08\x0b-\x1f\u202e]', '\n'.join(lines)))
        self.assertTrue(any(r'\u202e\x1b[31m' in line for line in lines))

    def test_verdicts(self):
        parts = self.page()
        shown = json.loads(parts.scripts['report'])
        self.assertEqual(shown['title'], 'run')
        [one] = shown['scenarios']
        self.assertEqual((one['arch'], one['name'], one['seconds']), ('x86_64', 'kill', 2.5))
        self.assertEqual([(v['rule'], v['result']) for v in one['verdicts']],
                         [('data', 'pass'), ('abort', 'fail'), ('late-dma', 'known')])

    def test_items_and_spans(self):
        record, lines = block(self.page(rounds=20, violations=(7,)))
        size = len(lines)
        for column in ('time', 'kind', 'track', 'rid', 'pasid', 'tone', 'label'):
            self.assertEqual(len(record[column]), size, column)
        spans = record['spans']
        self.assertEqual({len(column) for column in spans.values()}, {len(spans['start'])})
        tracks = [(one['group'], one['name']) for one in record['tracks']]
        for wanted in (('contract', 'violations'), ('contract', 'obligations'), ('process', 'stages'),
                       ('process', 'kernel log'), ('commands', 'waits'), ('00:02.0 PASID 1', 'state'),
                       ('00:02.0 PASID 1', 'page requests'), ('commands', 'TLB')):
            self.assertIn(wanted, tracks)
        for first, start, track in zip(spans['first'], spans['start'], spans['track']):
            if tracks[track][0] != 'contract' and first >= 0:
                self.assertEqual(json.loads(lines[first])['time'], start)
        state = [(record['names'][tone], end) for track, tone, end in
                 zip(spans['track'], spans['tone'], spans['end'])
                 if tracks[track] == ('00:02.0 PASID 1', 'state')]
        self.assertEqual([tone for tone, _ in state], ['bound', 'gone'])
        bars = [(record['names'][tone], end - start) for track, tone, start, end in
                zip(spans['track'], spans['tone'], spans['start'], spans['end'])
                if tracks[track][1] == 'obligations']
        self.assertEqual(bars, [('bad', 6000)])

    def test_obligations(self):
        s = life(Stream(), 5)
        s.obligation(1, s.now - 4000)
        s.obligation_done(1, s.now - 500)
        s.obligation(2, s.now, pasid=2)
        s.violation(1, s.now, pasid=2, obligation=2)
        write_run(self.dir, {'kill': s})
        record, lines = block(Parts(report.write(self.dir).read_text(encoding='utf-8')))
        spans = record['spans']
        bars = [(record['names'][spans['tone'][n]], spans['end'][n] - spans['start'][n],
                 record['names'][spans['label'][n]])
                for n, track in enumerate(spans['track'])
                if record['tracks'][track]['name'] == 'obligations']
        # One bar for what was not done: that of the obligation.
        self.assertEqual([(tone, label) for tone, _, label in bars], [
            ('good', 'VTD_PASID, owed: IOTLB, device TLB'),
            ('bad', 'inval-missing, VTD_PASID, owed: IOTLB, device TLB')])
        self.assertEqual(bars[0][1], 4500)
        self.assertEqual(spans['end'][spans['tone'].index(record['names'].index('bad'))], -1)

    def test_violations_of_the_verdicts(self):
        write_run(self.dir, {'kill': life(Stream(), 20, (7,))})
        record = json.loads((self.dir / 'verdicts.json').read_text(encoding='utf-8'))
        at = next(json.loads(line)['time'] for line in life(Stream(), 20, (7,)).lines
                  if 'VIOLATION' in line)
        record['verdicts'][1]['violations'] = [
            # In the stream as well.
            {'rule': 'inval-missing', 'rid': 16, 'pasid': 1, 'time': at - 5, 'text': 'other',
             'finding': 'finding 1: x', 'source': 'VT-d'},
            {'rule': 'prq-late', 'time': 50000, 'since': 20000, 'rid': 16, 'pasid': 1,
             'text': HOSTILE, 'before': ['0x1'], 'owed': None}, {'rule': [5]}, 'x']
        (self.dir / 'verdicts.json').write_text(json.dumps(record), encoding='utf-8')
        record, lines = block(Parts(report.write(self.dir).read_text(encoding='utf-8')))
        found = [json.loads(lines[n]) for n, kind in enumerate(record['kind'])
                 if record['names'][kind] == 'VIOLATION']
        self.assertEqual([one['time'] for one in found][:2], [50000, at])
        self.assertEqual(len(found), 3)
        self.assertEqual(found[0]['violation']['before'], ['0x1'])
        self.assertEqual([found[1]['violation'][key] for key in ('finding', 'source', 'event')],
                         ['finding 1: x', 'VT-d', 82])
        self.assertNotEqual(found[1]['violation']['text'], 'other')
        self.assertNotIn('\u202e', found[0]['violation']['text'])
        self.assertIn((20000, 50000), list(zip(record['spans']['start'], record['spans']['end'])))

    def test_it_is_bounded(self):
        write_run(self.dir, {'kill': life(Stream(), 4000)})
        parts = Parts(report.write(self.dir, most=9000).read_text(encoding='utf-8'))
        record, lines = block(parts)
        facts = record['facts']
        self.assertLess(len(lines), 9100)
        self.assertEqual(facts['events'], len(lines) - 11 + sum(facts['left'].values()))

    def test_many_pasids(self):
        s = Stream()
        for pasid in range(3000):
            s.translated(pasid=pasid)
            s.add('CTX_STATE', rid=16, pasid=pasid, context={'index': pasid, 'state': 1})
        write_run(self.dir, {'kill': s})
        record, _ = block(Parts(report.write(self.dir).read_text(encoding='utf-8')))
        self.assertLess(len(record['tracks']), 200)

    def test_a_run_without_streams_or_logs(self):
        write_run(self.dir, {'kill': Stream()})
        for path in (self.dir / 'x86_64/kill').iterdir():
            path.unlink()
        record, lines = block(Parts(report.write(self.dir).read_text(encoding='utf-8')))
        self.assertEqual((record['time'], lines), ([], []))
        self.assertFalse(record['facts']['recorded'])

    def test_a_scenario_alone(self):
        write_scenario(self.dir / 'x86_64/kill', life(Stream(), 5))
        path = report.write(self.dir / 'x86_64/kill')
        self.assertEqual(path.parent.name, 'kill')
        shown = json.loads(Parts(path.read_text(encoding='utf-8')).scripts['report'])
        self.assertEqual([one['name'] for one in shown['scenarios']], ['kill'])

    def test_a_damaged_recording(self):
        write_run(self.dir, {'kill': life(Stream(), 5)})
        scenario_dir = self.dir / 'x86_64/kill'
        data = gzip.compress((scenario_dir / 'events.jsonl').read_bytes())
        (scenario_dir / 'events.jsonl').unlink()
        for cut in (0, 5, len(data) - 3):
            (scenario_dir / 'events.jsonl.gz').write_bytes(data[:cut])
            (scenario_dir / 'times.json').write_bytes(b'{"streams":')
            scenario.build(scenario_dir, 'x86_64', 1000)

    def test_the_stream_of_a_guest_that_moved(self):
        directory = self.dir / 'x86_64/kill'
        write_scenario(directory, Stream().at(5000))
        for name, time in (('events-10', 9000), ('events-2', 7000)):
            s = Stream().at(time)
            s.add('RESET')
            (directory / f'{name}.jsonl').write_text(s.text(), encoding='ascii')
        text, facts = scenario.build(directory, 'x86_64', 1000)
        self.assertEqual(facts['events'], 2)
        self.assertLess(text.index('"time":7000,"kind"'), text.index('"time":9000,"kind"'))

    def test_what_is_no_run(self):
        self.dir.mkdir()
        with self.assertRaisesRegex(SvaError, 'no directory of a run'):
            report.write(self.dir)
        self.assertEqual(cli.main(['report', str(self.dir)]), 2)

    def test_names_do_not_lead_elsewhere(self):
        write_run(self.dir, {'kill': Stream()})
        (self.dir / 'verdicts.json').write_text(json.dumps({'verdicts': [
            {'arch': '..', 'scenario': '..', 'state': 'bound'},
            {'arch': 'x86_64', 'scenario': '../../x', 'state': 'bound'}, 5]}), encoding='utf-8')
        self.assertEqual([one['name'] for one in report.scenarios(self.dir)], ['kill'])


if __name__ == '__main__':
    unittest.main()
