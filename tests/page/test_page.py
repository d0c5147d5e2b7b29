# SPDX-License-Identifier: GPL-2.0-or-later
"""The report page in a browser, with 100,000 events."""

import json
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / 'scripts'), str(HERE.parents[1] / 'scripts/lib')]

from chromium import Browser  # noqa: E402
from sva.timeline import report  # noqa: E402
from synthetic_stream import Stream, life, write_run  # noqa: E402

HOSTILE = '</script><img src=x onerror="document.title=1">'
# About eleven events each.
ROUNDS = 9200
VIOLATIONS = (900, 4000, 4001, 8000)
# Far above what is measured, for hosts that are busy. Milliseconds.
MOST_LOAD = 6000
MOST_DRAW = 150


class InBrowser(unittest.TestCase):

    @classmethod
    def streams(cls):
        """{scenario: its events}"""
        return {}

    @classmethod
    def setUpClass(cls):
        temp = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temp.cleanup)
        run = Path(temp.name) / 'run'
        write_run(run, cls.streams(), HOSTILE)
        cls.path = report.write(run)
        cls.browser = Browser()
        cls.browser.__enter__()
        cls.addClassCleanup(cls.browser.__exit__)

    def setUp(self):
        self.browser.errors.clear()
        self.browser.requests.clear()
        self.open()

    def tearDown(self):
        self.assertEqual(self.browser.errors, [])
        # Those of the page itself.
        self.assertEqual({address.split('#')[0] for address in self.browser.requests},
                         {self.path.resolve().as_uri()})

    def open(self, width=1280, height=800, dark=False, name='x86_64/kill'):
        self.browser.window(width, height, dark)
        self.browser.call('Page.navigate', url='about:blank')
        self.browser.wait('location.href === "about:blank"')
        self.browser.open(self.path, name)
        self.browser.wait('document.readyState === "complete" && window.svaReport && (!location.hash || '
                          'document.documentElement.dataset.ready !== undefined)')

    def get(self, code):
        """A value from the page; `app` is the whole of it."""
        return json.loads(self.browser.run(f'(() => {{ const app = window.svaReport; '
                                           f'return JSON.stringify({code}); }})()') or 'null')

    def settled(self):
        self.browser.run('new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))')

    def chosen(self):
        """The event that is selected."""
        return self.get('app.chart.block.dataOf(app.chosenItem())')

    def click_on(self, selector, number=0):
        box = self.get(f'(() => {{ const node = document.querySelectorAll({json.dumps(selector)})'
                       f'[{number}]; node.scrollIntoView({{block: "nearest"}}); '
                       'return node.getBoundingClientRect(); })()')
        self.browser.click(box['x'] + box['width'] / 2, box['y'] + box['height'] / 2)
        self.settled()


class Page(InBrowser):

    @classmethod
    def streams(cls):
        return {'kill': life(Stream(20000), ROUNDS, VIOLATIONS), 'fork': Stream()}

    def test_time_to_the_first_picture(self):
        stats = self.get('app.stats')
        events = self.get('app.chart.block.size')
        print(f'{events:,} events: {stats["load"]:.0f} ms to the first picture', flush=True)
        self.assertGreaterEqual(events, 100000)
        self.assertLess(stats['load'], MOST_LOAD)

    def test_time_of_each_step(self):
        took = []
        for key in 'wwwwwwwwwwwwddddssss0a':
            self.browser.key(key)
            self.settled()
            took.append(self.get('app.stats.draw'))
        print(f'{len(took)} steps: {sum(took) / len(took):.1f} ms each, {max(took):.1f} ms the '
              'longest', flush=True)
        self.assertLess(sum(took) / len(took), MOST_DRAW)

    def test_widths_and_themes(self):
        seen = set()
        for width, height in ((1280, 800), (400, 860)):
            for dark in (False, True):
                with self.subTest(f'{width}, {"dark" if dark else "light"}'):
                    self.open(width, height, dark)
                    self.assertLessEqual(self.get('document.documentElement.scrollWidth'), width)
                    shape = self.get('[chart.clientWidth, chart.clientHeight]'.replace(
                        'chart', 'document.getElementById("chart")'))
                    self.assertGreater(shape[0], width * 0.55)
                    self.assertGreater(shape[1], 150)
                    self.assertGreater(self.colours(), 8)
                    seen.add((dark, self.get('getComputedStyle(document.body).backgroundColor')))
        self.assertEqual(len(seen), 2)

    def colours(self):
        """How many there are in the picture of the tracks."""
        return self.get('(() => { const node = document.getElementById("chart"); '
                        'const data = node.getContext("2d").getImageData(0, 0, node.width, '
                        'node.height).data; return new Set(new Uint32Array(data.buffer)).size; })()')

    def test_the_theme_can_be_chosen(self):
        before = self.get('getComputedStyle(document.body).backgroundColor')
        self.click_on('#theme')
        self.assertNotEqual(self.get('getComputedStyle(document.body).backgroundColor'), before)
        self.click_on('#theme')
        self.assertEqual(self.get('getComputedStyle(document.body).backgroundColor'), before)

    def test_a_violation_leads_to_its_event(self):
        self.assertEqual(self.get('document.querySelectorAll(".violation").length'),
                         len(VIOLATIONS))
        self.click_on('.violation:nth-child(3) .link')
        violation = self.chosen()
        self.assertEqual(violation['kind'], 'VIOLATION')
        self.assertIn('inval-missing', self.get('document.getElementById("pane").textContent'))
        self.assertTrue(self.get(f'app.chart.from < {violation["time"]} '
                                 f'&& app.chart.to > {violation["time"]}'))
        # The tab with all of them, and from there to the event that broke the rule.
        self.click_on('#tabs [role=tab]', 1)
        self.click_on('.violation:nth-child(3) .link', 1)
        self.assertEqual(self.chosen()['seq'], violation['violation']['event'])

    def test_a_violation_says_what_there_is_to_say(self):
        rows = dict(self.get('Array.from(document.querySelector(".violation dl").querySelectorAll("dt"), '
                             '(name) => [name.textContent, name.nextSibling.textContent])'))
        self.assertEqual(rows['owed'], 'TLB 0x1000-0x1fff')
        self.assertRegex(rows['since'], r'^\d+\.\d{9} s$')
        # This one has no words of an entry.
        self.assertNotIn('before', rows)

    def test_on_a_narrow_page_a_group_shows_its_pasid(self):
        self.open(400, 860)
        wide = self.get('Array.from(document.querySelectorAll("#labels button"), (one) => '
                        '[one.textContent, one.scrollWidth <= one.clientWidth])')
        self.assertIn(['00:02.0 PASID 1', True], wide)

    def test_a_mark_can_be_clicked(self):
        place = self.get('(() => { const {chart} = app; const item = app.violations[0]; '
                         'const box = document.getElementById("chart").getBoundingClientRect(); '
                         'const row = chart.rowOf(chart.block.track[item]); return {'
                         'x: box.x + (chart.block.time[item] - chart.from) '
                         '/ (chart.to - chart.from) * box.width, '
                         'y: box.y + row.top + row.height / 2}; })()')
        self.browser.click(place['x'], place['y'])
        self.settled()
        self.assertEqual(self.chosen()['kind'], 'VIOLATION')

    def test_keys(self):
        length = self.get('app.chart.to - app.chart.from')
        self.browser.key('w')
        self.assertAlmostEqual(self.get('app.chart.to - app.chart.from') * 1.6, length, delta=length / 1e6)
        self.browser.key('0')
        self.browser.key('v')
        self.assertEqual(self.chosen()['kind'], 'VIOLATION')
        first = self.get('app.chosenItem()')
        self.browser.key('V')
        self.assertEqual(self.get('app.chosenItem()'), self.get('app.violations.at(-1)'))
        self.browser.key('v')
        self.browser.key('v')
        self.browser.key('ArrowRight')
        self.assertGreater(self.get('app.chosenItem()'), first)
        self.browser.key('Escape')
        self.assertEqual(self.get('app.chosenItem()'), -1)
        self.browser.key('?')
        self.assertTrue(self.get('document.getElementById("keys").open'))

    def test_search(self):
        self.browser.key('/', '')
        self.assertEqual(self.get('document.activeElement.id'), 'search')
        for letter in 'inval-missing':
            self.browser.key(letter)
        self.browser.call('Input.dispatchKeyEvent', type='keyDown', key='Enter')
        self.assertEqual(self.get('document.getElementById("hits").textContent'),
                         f'1 of {len(VIOLATIONS)}')
        self.assertEqual(self.chosen()['kind'], 'VIOLATION')

    def test_filters(self):
        everything = self.get('app.chart.shown.length')
        kind = self.get('app.chart.block.names.indexOf("XLATE")')
        self.get('document.getElementById("kinds").open = true')
        self.get(f'document.querySelector("#kind-list input[value=\\"{kind}\\"]").click()')
        fewer = self.get('app.chart.shown.length')
        self.assertLess(fewer, everything - 30000)
        self.assertFalse(self.get('app.chart.shown.some((item) => app.chart.block.kindOf(item) '
                                  '=== "XLATE")'))

    def test_only_the_rows_that_are_seen(self):
        self.get('app.panel.open("Events")')
        self.assertLess(self.get('document.querySelectorAll(".row").length'), 60)
        self.get('document.getElementById("pane").scrollTop = 1e6')
        self.settled()
        self.assertRegex(self.get('document.querySelector(".row").textContent'), r'\d\.\d{9}[A-Z_]+')
        self.click_on('.row', 8)
        self.assertIsNotNone(self.chosen())

    def test_wheel(self):
        before = self.get('[app.chart.from, app.chart.to]')
        self.browser.wheel(700, 300, -240, ctrl=True)
        self.browser.wait(f'window.svaReport.chart.to < {before[1]}')
        after = self.get('[app.chart.from, app.chart.to]')
        self.assertGreater(after[0], before[0])

    def test_text_of_a_guest_is_text(self):
        self.assertEqual(self.get('document.images.length'), 0)
        self.assertIn(HOSTILE, self.get('document.getElementById("scenarios").textContent'))
        self.get('app.panel.open("Verdicts")')
        self.assertIn(HOSTILE, self.get('document.getElementById("pane").textContent'))
        self.assertNotEqual(self.get('document.title'), '1')

    def test_another_scenario_and_all_of_them(self):
        self.click_on('#scenarios button', 2)
        self.browser.wait('document.documentElement.dataset.ready === "1"')
        self.assertEqual(self.get('app.violations.length'), 0)
        self.click_on('#scenarios button', 0)
        self.browser.wait('!document.getElementById("overview").hidden')
        self.assertEqual(self.get('document.querySelectorAll("#overview table").length'), 2)
        self.assertTrue(self.get('document.getElementById("timeline").hidden'))


class Obligations(InBrowser):
    """Bars from a change to the wait that ends what it owes."""

    @classmethod
    def streams(cls):
        s = life(Stream(5000000), 40)
        quarter = s.now // 4
        s.obligation(1, quarter)
        s.obligation(2, quarter, pasid=2)
        s.obligation_done(1, 2 * quarter)
        s.violation(1, quarter, pasid=2, obligation=2)
        return {'kill': s}

    def bars(self):
        """[(tone, label, start, end, where it is drawn)] of the track."""
        return self.get(
            '(() => { const {chart} = app; const {block} = chart; const {spans} = block; '
            'const scale = document.getElementById("chart").clientWidth / (chart.to - chart.from); '
            'return Array.from(spans.track, (track, n) => ({track: block.tracks[track], n})) '
            '.filter(({track}) => track.name === "obligations").map(({n}) => { '
            'const row = chart.rowOf(spans.track[n]); '
            'return [block.names[spans.tone[n]], block.names[spans.label[n]], spans.start[n], '
            'spans.end[n], {x: (spans.start[n] - chart.from) * scale + 2.5, '
            'y: row.top + 2 + spans.row[n] * 13 + 5}]; }); })()')

    def test_they_are_drawn(self):
        done, broken = self.bars()
        self.assertEqual((done[0], done[3]), ('good', 2 * done[2]))
        self.assertEqual((broken[0], broken[3]), ('bad', -1))
        self.assertTrue(broken[1].startswith('inval-missing, VTD_PASID, owed: '))
        places = [bar[-1] for bar in (done, broken)]
        self.assertEqual(places[0]['x'], places[1]['x'])
        self.assertEqual(*self.get(
            '(() => { const pen = document.createElement("canvas").getContext("2d", '
            '{willReadFrequently: true}); const style = getComputedStyle(document.documentElement); '
            'const wanted = ["--good", "--bad"].map((tone) => { '
            'pen.fillStyle = style.getPropertyValue(tone); pen.fillRect(0, 0, 1, 1); '
            'return Array.from(pen.getImageData(0, 0, 1, 1).data); }); '
            'const node = document.getElementById("chart"); '
            f'const {{data}} = node.getContext("2d").getImageData({places[0]["x"]}, 0, 1, node.height); '
            f'return [wanted, {[place["y"] for place in places]}.map((y) => '
            'Array.from(data.slice(4 * y, 4 * y + 4)))]; })()'))

    def test_they_tell_what_is_owed(self):
        place = self.bars()[0][-1]
        box = self.get('document.getElementById("chart").getBoundingClientRect()')
        self.browser.click(box['x'] + place['x'] + 40, box['y'] + place['y'])
        self.settled()
        self.assertEqual(self.chosen()['kind'], 'OBLIGATION')
        shown = self.get('document.getElementById("pane").textContent')
        self.assertIn('owed: IOTLB, device TLB', shown)
        self.assertIn('ends with OBLIGATION_DONE', shown)


if __name__ == '__main__':
    unittest.main()
