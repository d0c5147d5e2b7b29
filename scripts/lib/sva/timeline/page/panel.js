// SPDX-License-Identifier: GPL-2.0-or-later
// Below the timeline: verdicts, violations, what is selected, the list of events.

const ROW_HEIGHT = 20;
// Browsers limit the height of an element.
const MOST_HEIGHT = 8e6;
const ORDER = {error: 0, fail: 1, known: 2, pass: 3};

function verdictTable(verdicts) {
  const body = make('tbody', {});
  let state = '';
  for (const verdict of verdicts) {
    const marks = {bound: 'bound', 'mm gone': 'gone', unbound: 'unbound'};
    const first = verdict.state !== state;
    state = verdict.state;
    const note = verdict.finding ? ` [${verdict.finding}]` : '';
    body.append(make('tr', {},
      make('td', {class: 'state'}, first ? make('span', {class: `mark ${marks[state] || 'overall'}`}) : '',
        first ? state : ''),
      make('td', {}, verdict.rule), make('td', {}, result(verdict.result)),
      make('td', {class: 'party'}, verdict.result === 'pass' ? '' : verdict.party),
      make('td', {class: 'evidence'}, verdict.evidence + note)));
  }
  return make('table', {}, make('thead', {}, make('tr', {}, make('th', {}, 'state'), make('th', {}, 'rule'),
    make('th', {}, 'result'), make('th', {class: 'party'}, 'party'), make('th', {}, 'evidence'))), body);
}

function worst(verdicts) {
  const names = verdicts.map((one) => one.result).sort((a, b) => ORDER[a] - ORDER[b]);
  return names[0] || 'error';
}

function tally(verdicts) {
  return Object.keys(ORDER).map((name) => [name, verdicts.filter((v) => v.result === name).length])
    .filter(([, count]) => count);
}

class Panel {
  constructor(app) {
    this.app = app;
    this.tab = 'Verdicts';
    this.pane = $('pane');
    this.pane.addEventListener('scroll', () => this.tab === 'Events' && this.drawRows());
    $('tabs').addEventListener('keydown', (event) => this.arrow(event));
  }

  open(tab) {
    this.tab = tab;
    this.draw();
  }

  tabs() {
    const violations = this.app.violations.length;
    return ['Verdicts', ...(violations ? ['Violations'] : []), 'Selection', 'Events'];
  }

  arrow(event) {
    const step = {ArrowLeft: -1, ArrowRight: 1}[event.key];
    if (step) {
      const names = this.tabs();
      this.open(names[(names.indexOf(this.tab) + step + names.length) % names.length]);
      $('tabs').querySelector('[aria-selected="true"]').focus();
    }
  }

  draw() {
    fill($('tabs'), ...this.tabs().map((name) => {
      const chosen = name === this.tab;
      const count = {Violations: this.app.violations.length, Events: this.app.chart.shown.length}[name];
      return make('button', {type: 'button', role: 'tab', 'aria-selected': String(chosen),
        tabindex: chosen ? '0' : '-1', class: name === 'Violations' ? 'tone-violation' : null,
        click: () => this.open(name)},
      count === undefined ? name : `${name} (${thousands(count)})`);
    }));
    this.pane.classList.toggle('list', this.tab === 'Events');
    this.pane.setAttribute('aria-label', this.tab);
    ({Verdicts: () => fill(this.pane, verdictTable(this.app.scenario.verdicts)),
      Violations: () => this.drawViolations(),
      Selection: () => this.drawSelection(),
      Events: () => this.drawEvents()})[this.tab]();
  }

  // -- violations --

  drawViolations() {
    fill(this.pane, ...this.app.violations.map((item) => this.violation(item)));
  }

  violation(item) {
    const {block} = this.app.chart;
    const data = block.dataOf(item) || {};
    const about = data.violation || {};
    const known = new Set(['rule', 'text', 'event', 'culprit', 'party', 'sentence', 'source', 'finding']);
    const rest = fields(about).filter(([name, value]) => !known.has(name) && value !== '')
      .map(([name, value]) => [name, name === 'since' && Number.isFinite(about.since)
        ? `${seconds(about.since)} s` : value]);
    return make('div', {class: 'violation'},
      make('button', {type: 'button', class: 'link', click: () => this.app.choose({item}, {zoom: true})},
        `▼ ${about.rule || 'violation'}`),
      ` at ${seconds(block.time[item])} s · ${functionName(block.rid[item])} ${pasidName(block.pasid[item])}`
      + (about.culprit || about.party ? ` · accused: ${about.culprit || about.party}` : '')
      + (about.finding ? ` · ${about.finding}` : ''),
      make('div', {}, about.text || ''),
      make('div', {class: 'quiet'}, [about.sentence, about.source].filter(Boolean).join(' · ')),
      this.eventLink(about.event, item),
      rest.length ? table(rest) : null);
  }

  // To the event that broke the rule, or else to the last one of the function and PASID.
  eventLink(seq, violation) {
    const named = seq ? this.app.bySeq(seq, violation) : -1;
    const item = named < 0 ? this.app.lastBefore(violation) : named;
    const {block} = this.app.chart;
    if (item < 0) {
      return null;
    }
    return make('div', {}, seq && named < 0 ? `event ${seq} is not on this page; before it ` : '',
      make('button', {type: 'button', class: 'link', click: () => this.app.choose({item}, {zoom: true})},
        `event: ${block.kindOf(item)}`), ` at ${seconds(block.time[item])} s`);
  }

  // -- selection --

  drawSelection() {
    const {chosen, block} = this.app.chart;
    if (!chosen) {
      fill(this.pane, make('p', {class: 'quiet'}, 'Nothing is selected.  Click an event, or go from one to the '
        + 'other with the arrow keys.'));
    } else if (chosen.span !== undefined) {
      fill(this.pane, ...this.spanParts(chosen.span));
    } else {
      const related = (block.related.get(chosen.item) || []).map((span) => this.spanLine(span, chosen.item));
      fill(this.pane, ...this.itemParts(chosen.item), ...related);
    }
  }

  itemParts(item) {
    const {block} = this.app.chart;
    const data = block.dataOf(item);
    const label = block.labelOf(item);
    const rows = [['time', `${seconds(block.time[item])} s`],
      ['on', `${block.tracks[block.track[item]].group} · ${block.tracks[block.track[item]].name}`]];
    if (block.rid[item] >= 0) {
      rows.push(['function', functionName(block.rid[item])]);
    }
    if (block.pasid[item] >= 0) {
      rows.push(['PASID', String(block.pasid[item])]);
    }
    const rest = data ? fields(data).filter(([name]) => !['time', 'kind', 'rid', 'pasid'].includes(name)) : [];
    return [make('h3', {}, `${block.kindOf(item)}${label ? ` · ${label}` : ''}`),
      table([...rows, ...rest]), make('pre', {}, block.lines[item])];
  }

  spanParts(span) {
    const {block} = this.app.chart;
    const {spans} = block;
    const track = block.tracks[spans.track[span]];
    const rows = [['from', `${seconds(spans.start[span])} s`],
      ['to', spans.end[span] < 0 ? 'nothing ended it' : `${seconds(spans.end[span])} s`],
      ['lasts', duration(block.spanEnd[span] - spans.start[span])], ['on', `${track.group} · ${track.name}`]];
    const parts = [make('h3', {}, block.names[spans.label[span]]), table(rows)];
    for (const item of new Set([spans.first[span], spans.last[span]])) {
      if (item >= 0) {
        parts.push(this.jump({item}, `${item === spans.first[span] ? 'begins with' : 'ends with'} `
          + block.kindOf(item)), ...this.itemParts(item).slice(1));
      }
    }
    return parts;
  }

  spanLine(span, item) {
    const {block} = this.app.chart;
    const {spans} = block;
    const others = [spans.first[span], spans.last[span]].filter((one) => one >= 0 && one !== item);
    const open = spans.end[span] < 0;
    return make('div', {class: 'related'},
      this.jump({span}, block.names[spans.label[span]]),
      open ? 'nothing ended it' : duration(spans.end[span] - spans.start[span]),
      ...others.map((one) => this.jump({item: one}, block.kindOf(one))));
  }

  jump(choice, text) {
    return make('button', {type: 'button', click: () => this.app.choose(choice)}, text);
  }

  // -- events: only the rows that can be seen are there --

  drawEvents() {
    const {shown} = this.app.chart;
    this.scale = Math.max(1, shown.length * ROW_HEIGHT / MOST_HEIGHT);
    const spacer = make('div', {});
    spacer.style.height = `${shown.length * ROW_HEIGHT / this.scale}px`;
    this.list = make('div', {role: 'listbox', 'aria-label': 'Events', tabindex: '0'});
    fill(this.pane, spacer, this.list);
    this.showChosen();
    this.drawRows();
  }

  showChosen() {
    const item = this.app.chosenItem();
    if (this.tab === 'Events' && item >= 0) {
      const at = this.rowOf(item) * ROW_HEIGHT / this.scale;
      if (at < this.pane.scrollTop || at > this.pane.scrollTop + this.pane.clientHeight - ROW_HEIGHT) {
        this.pane.scrollTop = at - this.pane.clientHeight / 2;
      }
    }
  }

  rowOf(item) {
    const {shown} = this.app.chart;
    let [low, high] = [0, shown.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      [low, high] = shown[middle] < item ? [middle + 1, high] : [low, middle];
    }
    return low;
  }

  drawRows() {
    const {shown, block} = this.app.chart;
    const chosen = this.app.chosenItem();
    const top = this.pane.scrollTop;
    const first = Math.max(0, Math.floor(top * this.scale / ROW_HEIGHT) - 5);
    const rows = shown.slice(first, first + Math.ceil(this.pane.clientHeight / ROW_HEIGHT) + 10);
    fill(this.list, ...rows.map((item, number) => {
      const row = make('div', {class: 'row', role: 'option', 'aria-selected': String(item === chosen),
        click: () => this.app.choose({item})},
      make('span', {}, seconds(block.time[item])), make('span', {class: `tone-${block.toneOf(item)}`}, block.kindOf(item)),
      make('span', {class: 'wide'}, functionName(block.rid[item])),
      make('span', {class: 'wide'}, block.pasid[item] < 0 ? '' : String(block.pasid[item])),
      make('span', {}, block.textOf(item)));
      row.style.top = `${(first + number) * ROW_HEIGHT - top * this.scale + top}px`;
      return row;
    }));
  }
}

function table(rows) {
  const list = make('dl', {class: 'number'});
  rows.forEach(([name, value]) => list.append(make('dt', {}, name), make('dd', {}, value)));
  return list;
}

function pasidName(pasid) {
  return pasid < 0 ? '' : `PASID ${pasid}`;
}
