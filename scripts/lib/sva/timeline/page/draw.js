// SPDX-License-Identifier: GPL-2.0-or-later
// Drawing.  What falls into one pixel is drawn once, so that a picture costs little
// more for many events than for few.

const TONES = ['neutral', 'stage', 'good', 'busy', 'warn', 'bad', 'violation', 'bound', 'gone',
  'unbound', 'changed'];
const RANK = Object.fromEntries(TONES.map((tone, rank) => [tone, rank]));
const STATES = new Set(['bound', 'gone', 'unbound', 'changed']);
const FONT = '11px system-ui, "DejaVu Sans", sans-serif';
// More vertical lines than this would only hide things.
const MOST_GUIDES = 60;

class Painter {
  constructor() {
    this.colours = {};
    this.patterns = {};
  }

  // Read the colours of the style sheet; again when light becomes dark.
  restyle() {
    const style = getComputedStyle(document.documentElement);
    for (const name of [...TONES, 'back', 'panel', 'stripe', 'line', 'grid', 'text', 'quiet',
      'focus', 'chosen', 'hit', 'on-dark', 'on-light']) {
      this.colours[name] = style.getPropertyValue(`--${name}`).trim();
    }
    this.patterns = {gone: this.pattern('gone', (pen) => {
      pen.lineWidth = 2.4;
      pen.strokeStyle = this.colours.gone;
      for (let at = -8; at <= 8; at += 8) {
        pen.moveTo(at, 8);
        pen.lineTo(at + 8, 0);
      }
      pen.stroke();
    }), unbound: this.pattern('unbound', (pen) => {
      pen.fillStyle = this.colours.unbound;
      pen.fillRect(1, 1, 2, 2);
      pen.fillRect(5, 5, 2, 2);
    })};
  }

  pattern(name, draw) {
    const tile = document.createElement('canvas');
    tile.width = tile.height = 8;
    const pen = tile.getContext('2d');
    pen.fillStyle = this.colours.back;
    pen.fillRect(0, 0, 8, 8);
    draw(pen);
    return pen.createPattern(tile, 'repeat');
  }

  // A context with the size of the canvas in CSS pixels.
  begin(canvas, width, height) {
    const scale = window.devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * scale)
        || canvas.height !== Math.round(height * scale)) {
      canvas.width = Math.round(width * scale);
      canvas.height = Math.round(height * scale);
      canvas.style.height = `${height}px`;
    }
    const pen = canvas.getContext('2d');
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.fillStyle = this.colours.back;
    pen.fillRect(0, 0, width, height);
    pen.font = FONT;
    pen.textBaseline = 'middle';
    return pen;
  }

  // -- tracks --

  tracks(canvas, chart, size, scroll) {
    const pen = this.begin(canvas, size.width, size.height);
    const view = {pen, chart, block: chart.block, width: size.width,
      scale: size.width / (chart.to - chart.from), from: chart.from};
    const visible = chart.rows.filter((row) => row.top + row.height > scroll
                                               && row.top < scroll + size.height);
    visible.forEach((row, number) => {
      pen.fillStyle = row.group ? this.colours.panel
        : number % 2 ? this.colours.stripe : this.colours.back;
      pen.fillRect(0, row.top - scroll, size.width, row.height);
    });
    this.grid(view, size.height);
    this.guides(view, size.height);
    for (const row of visible) {
      const top = row.top - scroll;
      if (row.group) {
        this.closedGroup(view, row, top);
      } else {
        this.spans(view, row, top);
        this.items(view, row.track.items, top, row.height, !row.track.rows.length);
      }
    }
    this.marks(view, visible, scroll);
    this.choice(view, scroll, size.height);
  }

  grid({pen, chart, width, scale, from}, height) {
    pen.fillStyle = this.colours.grid;
    for (const time of ticks(chart.from, chart.to, width)) {
      pen.fillRect(Math.round((time - from) * scale), 0, 1, height);
    }
  }

  // The stages of the program go through all tracks.
  guides({pen, chart, block, scale, from, width}, height) {
    const track = chart.tracks.find((one) => one.name === 'stages');
    const near = (track ? track.items : []).filter((item) => block.time[item] >= chart.from
                                                     && block.time[item] <= chart.to);
    if (near.length > MOST_GUIDES) {
      return;
    }
    pen.strokeStyle = this.colours.quiet;
    pen.setLineDash([2, 4]);
    pen.lineWidth = 1;
    for (const item of near) {
      const x = Math.round((block.time[item] - from) * scale) + 0.5;
      pen.beginPath();
      pen.moveTo(x, 0);
      pen.lineTo(x, height);
      pen.stroke();
    }
    pen.setLineDash([]);
  }

  // Density of all that a closed group has.
  closedGroup(view, row, top) {
    if (row.open) {
      return;
    }
    const state = row.tracks.find((track) => track.name === 'state');
    if (state) {
      this.spans(view, {track: state, height: 14}, top + 4);
    }
    for (const track of row.tracks) {
      this.items(view, track.items, top + 3, GROUP_HEIGHT - 6, false);
    }
  }

  // One bar for each pixel: its height tells how many, its tone the worst of them.
  items({pen, chart, block, scale, from, width}, items, top, height, named = true) {
    const bars = new Map();
    let [column, count, tone, lone] = [-1, 0, 0, -1];
    const flush = () => {
      if (count) {
        const tall = Math.min(height - 4, 6 + Math.log2(count) * 2.4);
        if (!bars.has(tone)) {
          bars.set(tone, []);
        }
        bars.get(tone).push(column, tall);
      }
    };
    for (let n = chart.after(items, chart.from - 2 / scale); n < items.length; n++) {
      const item = items[n];
      const x = Math.floor((block.time[item] - from) * scale);
      if (x > width) {
        break;
      }
      const rank = RANK[block.names[block.tone[item]]] || 0;
      if (x !== column) {
        flush();
        [column, count, tone] = [x, 0, 0];
      }
      count++;
      lone = item;
      tone = Math.max(tone, rank);
    }
    flush();
    for (const rank of [...bars.keys()].sort((a, b) => a - b)) {
      pen.fillStyle = this.colours[TONES[rank]];
      const list = bars.get(rank);
      for (let n = 0; n < list.length; n += 2) {
        pen.fillRect(list[n] - 0.5, top + height - 2 - list[n + 1], 2, list[n + 1]);
      }
    }
    if (lone >= 0 && named && items.length < 2000) {
      this.names({pen, chart, block, scale, from, width}, items, top, height);
    }
  }

  // Words beside items that have room for them.
  names({pen, chart, block, scale, from, width}, items, top, height) {
    pen.fillStyle = this.colours.text;
    let n = chart.after(items, chart.from);
    for (; n < items.length && block.time[items[n]] <= chart.to; n++) {
      const x = (block.time[items[n]] - from) * scale;
      const next = n + 1 < items.length ? (block.time[items[n + 1]] - from) * scale : width;
      const room = Math.min(next, width) - x - 8;
      if (room > 34) {
        const text = block.labelOf(items[n]) || block.kindOf(items[n]);
        pen.fillText(shorten(text, room), x + 5, top + height / 2 + 1);
      }
    }
  }

  spans(view, row, top) {
    const {track} = row;
    track.rows.forEach((spans, number) => {
      if (track.name === 'state') {
        this.spanRow(view, spans, top + 2, row.height - 5);
      } else {
        this.spanRow(view, spans, top + 2 + number * SPAN_HEIGHT, SPAN_HEIGHT - 2);
      }
    });
  }

  spanRow(view, spans, top, height) {
    const {chart, block, scale, from, width} = view;
    let full = -1;                 // up to this pixel something is drawn
    let worst = 0;
    for (const span of spans) {
      const start = block.spans.start[span];
      const end = block.spanEnd[span];
      if (start > chart.to) {
        break;
      }
      if (end < chart.from) {
        continue;
      }
      const left = Math.max(-2, (start - from) * scale);
      const right = Math.min(width + 2, Math.max((end - from) * scale, left + 1.5));
      const rank = RANK[block.names[block.spans.tone[span]]] || 0;
      if (right <= full && rank <= worst) {
        continue;
      }
      this.bar(view, span, left, right, top, height);
      worst = right - left < 2 ? Math.max(rank, left < full ? worst : 0) : 0;
      full = Math.max(full, right - left < 2 ? Math.floor(left) + 1 : -1);
    }
  }

  bar({pen, block}, span, left, right, top, height) {
    const tone = block.names[block.spans.tone[span]];
    const open = block.spans.end[span] < 0;
    const wide = right - left;
    pen.fillStyle = this.patterns[tone] || this.colours[tone] || this.colours.neutral;
    pen.fillRect(left, top, wide, height);
    if (wide > 3 && (STATES.has(tone) || open)) {
      pen.strokeStyle = STATES.has(tone) && tone !== 'changed' ? this.colours[tone] : this.colours.quiet;
      pen.lineWidth = 1;
      pen.setLineDash(open && !STATES.has(tone) || tone === 'changed' ? [3, 3] : []);
      pen.strokeRect(left + 0.5, top + 0.5, wide - 1, height - 1);
      pen.setLineDash([]);
    }
    if (wide > 30) {
      this.barText(pen, block.names[block.spans.label[span]], tone, left, wide, top, height);
    }
  }

  barText(pen, label, tone, left, wide, top, height) {
    const start = Math.max(left, 0) + 4;
    const text = shorten(label, left + wide - start - 4);
    const patterned = STATES.has(tone) && tone !== 'bound';
    if (patterned && text) {
      pen.fillStyle = this.colours.back;
      pen.fillRect(start - 2, top + 1, pen.measureText(text).width + 4, height - 2);
    }
    pen.fillStyle = patterned ? this.colours.text : legible(this.colours[tone]);
    pen.fillText(text, start, top + height / 2 + 0.5);
  }

  // Violations: a sign, and a line through everything while there are few.
  marks({pen, chart, block, scale, from, width}, visible, scroll) {
    const track = chart.tracks.find((one) => one.name === 'violations');
    if (!track) {
      return;
    }
    const near = track.items.filter((item) => block.time[item] >= chart.from
                                              && block.time[item] <= chart.to);
    const row = visible.find((one) => one.track === track);
    pen.fillStyle = this.colours.violation;
    for (const item of near) {
      const x = (block.time[item] - from) * scale;
      if (near.length <= MOST_GUIDES) {
        pen.globalAlpha = 0.75;
        pen.fillRect(x - 0.5, 0, 1, 1e5);
        pen.globalAlpha = 1;
      }
      if (row) {
        const top = row.top - scroll + 2;
        pen.beginPath();
        pen.moveTo(x - 6, top);
        pen.lineTo(x + 6, top);
        pen.lineTo(x, top + 12);
        pen.fill();
      }
    }
  }

  choice({pen, chart, block, scale, from}, scroll, height) {
    const time = chart.chosenTime();
    if (!time) {
      return;
    }
    const number = chart.chosen.span !== undefined ? block.spans.track[chart.chosen.span]
      : block.track[chart.chosen.item];
    const row = chart.rowOf(number);
    const left = (time[0] - from) * scale;
    const wide = Math.max((time[1] - time[0]) * scale, 1);
    pen.fillStyle = this.colours.focus;
    pen.globalAlpha = 0.1;
    pen.fillRect(left, 0, wide, height);
    pen.globalAlpha = 1;
    pen.fillRect(left - 0.5, 0, 1, height);
    if (row) {
      pen.strokeStyle = this.colours.focus;
      pen.lineWidth = 2;
      pen.strokeRect(left - 4, row.top - scroll + 1, wide + 8, row.height - 2);
    }
  }

  // -- ruler, and the whole run above it --

  ruler(canvas, chart, size, offset) {
    const pen = this.begin(canvas, size.width, size.height);
    const width = size.width - offset;
    const scale = width / (chart.to - chart.from);
    const marks = ticks(chart.from, chart.to, width);
    const step = marks.length > 1 ? marks[1] - marks[0] : chart.to - chart.from;
    pen.fillStyle = this.colours.quiet;
    pen.fillText(shorten(`${duration(Math.round(chart.to - chart.from))} shown`, offset - 12), 8,
      size.height / 2);
    for (const time of marks) {
      const x = offset + (time - chart.from) * scale;
      pen.fillStyle = this.colours.line;
      pen.fillRect(Math.round(x), 0, 1, size.height);
      pen.fillStyle = this.colours.text;
      pen.fillText(`${seconds(time, step)} s`, x + 4, size.height / 2);
    }
  }

  all(canvas, chart, size) {
    const pen = this.begin(canvas, size.width, size.height);
    const {block} = chart;
    const scale = size.width / (block.last - block.first);
    const {counts, worst} = this.density(chart, Math.ceil(size.width), scale);
    const most = Math.log2(counts.reduce((a, b) => Math.max(a, b), 1) + 1);
    counts.forEach((count, x) => {
      if (count) {
        const tall = Math.max(2, Math.log2(count + 1) / most * (size.height - 6));
        pen.fillStyle = this.colours[worst[x] >= RANK.bad ? TONES[worst[x]] : 'neutral'];
        pen.fillRect(x, size.height - tall, 1, tall);
      }
    });
    pen.fillStyle = this.colours.hit;
    for (const item of chart.hits.length > 5000 ? [] : chart.hits) {
      pen.fillRect((block.time[item] - block.first) * scale - 0.5, 0, 2, 5);
    }
    this.frame(pen, (chart.from - block.first) * scale, (chart.to - block.first) * scale, size);
  }

  // How many items there are at each pixel; the same as long as filter and width are.
  density(chart, width, scale) {
    const {block, shown} = chart;
    if (this.counted && this.counted.shown === shown && this.counted.width === width) {
      return this.counted;
    }
    const counts = new Uint32Array(width + 1);
    const worst = new Uint8Array(width + 1);
    for (const item of shown) {
      const x = Math.floor((block.time[item] - block.first) * scale);
      counts[x]++;
      worst[x] = Math.max(worst[x], RANK[block.names[block.tone[item]]] || 0);
    }
    this.counted = {shown, width, counts, worst};
    return this.counted;
  }

  // Which part of the run is below.
  frame(pen, left, right, size) {
    pen.fillStyle = this.colours.panel;
    pen.globalAlpha = 0.7;
    pen.fillRect(0, 0, left, size.height);
    pen.fillRect(right, 0, size.width - right, size.height);
    pen.globalAlpha = 1;
    pen.strokeStyle = this.colours.focus;
    pen.lineWidth = 2;
    pen.strokeRect(Math.max(1, left), 1, Math.max(3, Math.min(right, size.width - 1) - Math.max(1, left)),
      size.height - 2);
  }
}

// Round moments, as many as have room for their text.
function ticks(from, to, width) {
  const least = (to - from) / Math.max(1, width / 130);
  const power = 10 ** Math.floor(Math.log10(least));
  const step = Math.max(1, [1, 2, 5, 10].map((n) => n * power).find((n) => n >= least));
  const found = [];
  for (let time = Math.ceil(Math.max(from, 0) / step) * step; time <= to; time += step) {
    found.push(time);
  }
  return found;
}

// Letters have about the same width; measuring each would cost more than the drawing.
function shorten(text, room) {
  const most = Math.floor(room / 6);
  if (text.length <= most) {
    return text;
  }
  return most < 3 ? '' : `${text.slice(0, most - 1)}…`;
}

// Black or white, on a colour like #123456.
function legible(colour) {
  const value = parseInt(colour.slice(1), 16);
  const light = (value >> 16) * 0.299 + (value >> 8 & 255) * 0.587 + (value & 255) * 0.114;
  return light > 130 ? '#10151a' : '#ffffff';
}
