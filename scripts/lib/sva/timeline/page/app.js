// SPDX-License-Identifier: GPL-2.0-or-later
// The page as a whole.

class App {
  constructor(report) {
    this.report = report;
    this.chart = null;
    this.scenario = null;
    this.violations = [];
    this.painter = new Painter();
    this.pending = false;
    // For tests and the curious: milliseconds.
    this.stats = {load: 0, draw: 0, draws: 0};
    this.painter.restyle();
    this.panel = new Panel(this);
    this.bind();
    this.drawHead();
    this.drawNav();
  }

  bind() {
    bindKeys(this);
    bindChart(this, $('chart'));
    bindOverview(this, $('all'));
    const on = (id, action) => $(id).addEventListener('click', action);
    on('zoom-in', () => this.zoom(1.6));
    on('zoom-out', () => this.zoom(1 / 1.6));
    on('zoom-all', () => this.showAll());
    on('zoom-fit', () => this.fit());
    on('search-on', () => this.nextHit(1));
    on('search-back', () => this.nextHit(-1));
    on('violation-on', () => this.nextViolation(1));
    on('help', () => this.help());
    on('theme', () => this.nextTheme());
    $('of-function').addEventListener('change', () => this.setFilter());
    $('of-pasid').addEventListener('change', () => this.setFilter());
    $('tracks').addEventListener('scroll', () => this.draw());
    $('search').addEventListener('input', () => this.searchSoon());
    $('search').addEventListener('keydown', (event) => this.searchKey(event));
    new ResizeObserver(() => this.draw()).observe($('tracks'));
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.restyle());
    window.addEventListener('hashchange', () => this.openNamed());
  }

  // -- head and list of scenarios --

  drawHead() {
    const all = this.report.scenarios.flatMap((one) => one.verdicts);
    $('run').textContent = this.report.title;
    fill($('counts'), ...tally(all).flatMap(([name, count]) => [result(name, `${count} ${name}`), ' ']));
  }

  drawNav() {
    const nav = $('scenarios');
    fill(nav, this.navButton(null, 'All scenarios', null));
    let last = null;
    this.report.scenarios.forEach((one, number) => {
      const title = `${one.arch} · Linux ${one.kernel}`;
      if (title !== last) {
        nav.append(make('h2', {}, title));
        last = title;
      }
      nav.append(this.navButton(number, one.name, worst(one.verdicts)));
    });
  }

  navButton(number, name, sign) {
    return make('button', {type: 'button', 'data-number': number === null ? 'all' : number,
      click: () => {
        location.hash = number === null ? '' : this.nameOf(number);
      }}, make('span', {class: 'name'}, name), sign && result(sign, sign === 'pass' ? '' : sign));
  }

  nameOf(number) {
    const {arch, name} = this.report.scenarios[number];
    return encodeURI(`${arch}/${name}`);
  }

  // What the address asks for: a scenario, or all of them.
  openNamed() {
    const wanted = location.hash.slice(1);
    const number = this.report.scenarios.findIndex((one, at) => this.nameOf(at) === wanted);
    const all = number < 0;
    document.querySelectorAll('#scenarios button').forEach((button) => button.setAttribute(
      'aria-current', String(button.dataset.number === (all ? 'all' : String(number)))));
    $('overview').hidden = !all;
    $('timeline').hidden = $('panel').hidden = true;
    $('status').textContent = '';
    this.chart = null;
    return all ? this.drawOverview() : this.open(number);
  }

  drawOverview() {
    const parts = this.report.scenarios.map((one, number) => [
      make('h2', {}, make('button', {type: 'button', class: 'link', click: () => {
        location.hash = this.nameOf(number);
      }}, `${one.arch} · ${one.name}`), ` ${one.seconds.toFixed(1)} s  `,
      ...tally(one.verdicts).map(([name, count]) => result(name, `${count} `))),
      verdictTable(one.verdicts)]);
    fill($('overview'), ...parts.flat());
  }

  async open(number) {
    const began = performance.now();
    this.scenario = this.report.scenarios[number];
    $('status').textContent = 'Loading …';
    try {
      const block = await Block.load($(`block-${number}`));
      if (this.scenario !== this.report.scenarios[number]) {
        return;
      }
      this.chart = new Chart(block);
    } catch (error) {
      $('status').textContent = `This browser cannot show the timeline: ${error.message}`;
      return;
    }
    $('status').textContent = '';
    this.violations = this.chart.block.byKind('VIOLATION');
    $('timeline').hidden = $('panel').hidden = false;
    this.drawTools();
    this.panel.open(this.violations.length ? 'Violations' : 'Verdicts');
    $('tracks').scrollTop = 0;
    this.redraw(true);
    this.drawNow();
    this.stats.load = performance.now() - began;
    document.documentElement.dataset.ready = number;
  }

  // -- tools --

  drawTools() {
    const {block} = this.chart;
    const options = (values, name) => [make('option', {value: ''}, 'all'),
      ...values.map((value) => make('option', {value}, name(value)))];
    const known = (column) => [...new Set(column)].filter((n) => n >= 0).sort((a, b) => a - b)
      .slice(0, 500);
    fill($('of-function'), ...options(known(block.rid), functionName));
    fill($('of-pasid'), ...options(known(block.pasid), String));
    const counts = new Map();
    block.kind.forEach((kind) => counts.set(kind, (counts.get(kind) || 0) + 1));
    fill($('kind-list'), ...[...counts].sort((a, b) => b[1] - a[1]).map(([kind, count]) => make(
      'label', {}, make('input', {type: 'checkbox', checked: true, value: kind, change: () => this.setFilter()}),
      block.names[kind], make('span', {class: 'number'}, thousands(count)))));
    $('search').value = '';
    $('hits').textContent = '';
    $('violation-on').hidden = !this.violations.length;
    $('violation-on').textContent = `▼ ${thousands(this.violations.length)} violation`
      + (this.violations.length === 1 ? '' : 's');
    this.drawLeft(block.facts);
  }

  // What the page does not hold.
  drawLeft(facts) {
    const parts = Object.entries(facts.left).map(([kind, count]) => `${thousands(count)} ${kind}`);
    const text = [
      !facts.recorded && 'No event stream was recorded.',
      !facts.aligned && facts.recorded && 'The logs have no times; only the event stream is shown.',
      parts.length && `Of ${thousands(facts.events)} events these are left out: ${parts.join(', ')}.`,
      facts.lost && `${thousands(facts.lost)} events were lost while the machine ran.`,
      facts.cut && `${thousands(facts.cut)} events are missing in the middle of the recording.`,
      facts.repeated && `${thousands(facts.repeated)} reads of table entries that said nothing new `
        + 'are not recorded.',
      facts.bad && `${thousands(facts.bad)} lines of the recording are no events.`].filter(Boolean);
    $('left').textContent = text.join('  ');
    $('left').hidden = !text.length;
  }

  setFilter() {
    const number = (id) => ($(id).value === '' ? null : Number($(id).value));
    const off = [...document.querySelectorAll('#kind-list input')].filter((box) => !box.checked);
    this.chart.filter = {rid: number('of-function'), pasid: number('of-pasid'),
      off: new Set(off.map((box) => Number(box.value)))};
    this.chart.apply();
    this.redraw(true);
    this.panel.draw();
  }

  searchSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.search(), 150);
  }

  search() {
    const text = $('search').value;
    this.chart.setHits(text ? this.chart.block.search(text) : []);
    this.hitAt = -1;
    $('hits').textContent = text ? `${thousands(this.chart.hits.length)} hits` : '';
    this.draw();
  }

  searchKey(event) {
    if (event.key === 'Enter') {
      clearTimeout(this.timer);
      if (this.searched !== $('search').value) {
        this.searched = $('search').value;
        this.search();
      }
      this.nextHit(event.shiftKey ? -1 : 1);
    } else if (event.key === 'Escape') {
      $('chart').focus();
    }
  }

  nextHit(step) {
    this.next(this.chart.hits, step);
    const at = this.chart.hits.indexOf(this.chosenItem());
    if (at >= 0) {
      $('hits').textContent = `${thousands(at + 1)} of ${thousands(this.chart.hits.length)}`;
    }
  }

  nextViolation(step) {
    this.next(this.violations, step, {zoom: true});
  }

  // To the next one of a list of items, from what is selected.
  next(items, step, how) {
    if (!items.length) {
      return;
    }
    const now = this.chosenItem();
    let at = items.findIndex((item) => item > now);
    if (step > 0) {
      at = at < 0 ? 0 : at;
    } else {
      const before = items.findLastIndex((item) => item < now || now < 0);
      at = before < 0 ? items.length - 1 : before;
    }
    this.choose({item: items[at]}, how);
  }

  // -- selection --

  chosenItem() {
    const {chosen, block} = this.chart;
    if (!chosen) {
      return -1;
    }
    return chosen.span === undefined ? chosen.item : block.spans.first[chosen.span];
  }

  step(by) {
    const {shown} = this.chart;
    const now = this.chosenItem();
    let at = now < 0 ? this.chart.after(shown, this.chart.from) : this.panel.rowOf(now) + by;
    at = Math.min(Math.max(at, 0), shown.length - 1);
    if (at >= 0) {
      this.choose({item: shown[at]});
    }
  }

  choose(choice, {reveal = true, zoom = false} = {}) {
    this.chart.chosen = choice;
    if (choice) {
      const time = this.chart.chosenTime();
      const number = choice.span === undefined ? this.chart.block.track[choice.item]
        : this.chart.block.spans.track[choice.span];
      if (zoom) {
        const half = Math.min((this.chart.to - this.chart.from) / 2, 5e6);
        this.chart.show(time[0] - half, time[1] + half);
      } else if (reveal) {
        this.chart.reveal(...time);
      }
      if (reveal) {
        this.scrollTo(this.chart.openFor(number));
        $('timeline').scrollIntoView({block: 'nearest'});
      }
    }
    if (this.panel.tab === 'Events') {
      this.panel.showChosen();
      this.panel.drawRows();
    } else {
      this.panel.open(choice ? 'Selection' : this.panel.tab);
    }
    this.redraw();
  }

  scrollTo(row) {
    const tracks = $('tracks');
    if (row && (row.top < tracks.scrollTop
                || row.top + row.height > tracks.scrollTop + tracks.clientHeight)) {
      tracks.scrollTop = row.top - tracks.clientHeight / 2;
    }
  }

  // The event of the stream with a number, before another item if there are several: a
  // guest that moves begins a new stream.
  bySeq(seq, item) {
    const pattern = `"seq":${Number(seq)},`;
    const {lines} = this.chart.block;
    const before = lines.findLastIndex((line, at) => at <= item && line.includes(pattern));
    return before < 0 ? lines.findIndex((line) => line.includes(pattern)) : before;
  }

  // The last event of the function and PASID before a violation.
  lastBefore(violation) {
    const {block} = this.chart;
    for (let at = violation - 1; at >= Math.max(0, violation - 5000); at--) {
      if (block.rid[at] === block.rid[violation] && block.pasid[at] === block.pasid[violation]
          && block.kind[at] !== block.kind[violation]) {
        return at;
      }
    }
    return -1;
  }

  find(x, y) {
    const {chart} = this;
    const scale = (chart.to - chart.from) / this.width();
    return chart.at(y + $('tracks').scrollTop, chart.from + x * scale, NEAR * scale);
  }

  textAt(x, y) {
    const found = this.find(x, y);
    if (!found) {
      return '';
    }
    const {block} = this.chart;
    if (found.span !== undefined) {
      return `${block.names[block.spans.label[found.span]]}, `
        + duration(block.spanEnd[found.span] - block.spans.start[found.span]);
    }
    return `${block.kindOf(found.item)}  ${block.textOf(found.item)}`.slice(0, 300);
  }

  // -- the part of time --

  zoom(factor, place) {
    this.chart.zoom(factor, place);
    this.draw();
  }

  move(share) {
    this.chart.move(share);
    this.draw();
  }

  show(from, to) {
    this.chart.show(from, to);
    this.draw();
  }

  showAll() {
    this.chart.showAll();
    this.draw();
  }

  fit() {
    const time = this.chart.chosenTime();
    if (time) {
      const margin = Math.max((time[1] - time[0]) * 0.3, 2000);
      this.show(time[0] - margin, time[1] + margin);
    }
  }

  width() {
    return $('chart').clientWidth || 1;
  }

  // -- drawing --

  // The rows may have changed as well.
  redraw() {
    const {rows, height} = this.chart;
    $('content').style.height = `${height}px`;
    fill($('labels'), ...rows.map((row) => {
      const name = row.group || row.track.name;
      const node = row.group
        ? make('button', {type: 'button', title: name, 'aria-expanded': String(row.open),
          click: () => this.toggle(row.group)}, name)
        : make('div', {title: `${name}: ${thousands(row.track.count)} events`}, name);
      node.style.top = `${row.top}px`;
      node.style.height = node.style.lineHeight = `${row.height}px`;
      return node;
    }));
    this.draw();
  }

  toggle(group) {
    this.chart.toggle(group);
    this.redraw();
  }

  draw() {
    if (this.chart && !this.pending) {
      this.pending = true;
      requestAnimationFrame(() => this.drawNow());
    }
  }

  drawNow() {
    this.pending = false;
    if (!this.chart) {
      return;
    }
    const began = performance.now();
    const tracks = $('tracks');
    const labels = $('labels').offsetWidth;
    const full = tracks.clientWidth;
    $('chart').style.width = `${full - labels}px`;
    this.painter.all($('all'), this.chart, {width: $('all').clientWidth, height: 38});
    this.painter.ruler($('ruler'), this.chart, {width: $('ruler').clientWidth, height: 22}, labels);
    this.painter.tracks($('chart'), this.chart, {width: full - labels, height: tracks.clientHeight},
      tracks.scrollTop);
    this.stats.draw = performance.now() - began;
    this.stats.draws++;
  }

  restyle() {
    this.painter.restyle();
    this.draw();
  }

  nextTheme() {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === 'dark'
      : matchMedia('(prefers-color-scheme: dark)').matches;
    root.dataset.theme = dark ? 'light' : 'dark';
    this.restyle();
  }

  help() {
    const dialog = $('keys');
    fillHelp(dialog);
    for (const sample of dialog.querySelectorAll('canvas')) {
      const pen = sample.getContext('2d');
      const {tone} = sample.dataset;
      pen.fillStyle = this.painter.patterns[tone] || this.painter.colours[tone];
      pen.fillRect(0, 0, 46, 14);
    }
    dialog.showModal();
  }
}

const app = new App(JSON.parse($('report').textContent));
window.svaReport = app;
if (!location.hash && app.report.scenarios.length === 1) {
  location.hash = app.nameOf(0);
} else {
  app.openNamed();
}
