// SPDX-License-Identifier: GPL-2.0-or-later
// One scenario: columns of items (something at one moment), spans and tracks.

async function inflate(text) {
  const raw = atob(text.trim());
  const bytes = new Uint8Array(raw.length);
  for (let at = 0; at < raw.length; at++) {
    bytes[at] = raw.charCodeAt(at);
  }
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
  return new Response(stream).text();
}

class Block {
  static async load(element) {
    const text = await inflate(element.textContent);
    const end = text.indexOf('\n');
    const record = JSON.parse(end < 0 ? text : text.slice(0, end));
    return new Block(record, end < 0 ? [] : text.slice(end + 1).split('\n'));
  }

  constructor(record, lines) {
    this.facts = record.facts;
    this.names = record.names;
    this.lines = lines;
    this.size = record.time.length;
    this.time = new Float64Array(this.size);
    let now = 0;
    for (let at = 0; at < this.size; at++) {
      now += record.time[at];
      this.time[at] = now;
    }
    this.kind = Uint32Array.from(record.kind);
    this.track = Uint32Array.from(record.track);
    this.rid = Int32Array.from(record.rid);
    this.pasid = Int32Array.from(record.pasid);
    this.tone = Uint32Array.from(record.tone);
    this.label = Uint32Array.from(record.label);
    this.tracks = record.tracks;
    this.spans = record.spans;
    this.spanCount = record.spans.start.length;
    this.setRange();
    this.setEnds();
    this.setRelated();
  }

  setRange() {
    const ends = this.spans.end;
    this.first = this.size ? this.time[0] : 0;
    this.last = this.size ? this.time[this.size - 1] : 1;
    for (let at = 0; at < this.spanCount; at++) {
      this.first = Math.min(this.first, this.spans.start[at]);
      this.last = Math.max(this.last, this.spans.start[at], ends[at]);
    }
    this.last = Math.max(this.last, this.first + 1000);
  }

  // Spans that nothing ended go to the end, and are drawn so.
  setEnds() {
    this.spanEnd = new Float64Array(this.spanCount);
    for (let at = 0; at < this.spanCount; at++) {
      this.spanEnd[at] = this.spans.end[at] < 0 ? this.last : this.spans.end[at];
    }
  }

  // For each item the spans that it begins or ends; those on its own track stand for it.
  setRelated() {
    this.related = new Map();
    this.covered = new Uint8Array(this.size);
    for (let at = 0; at < this.spanCount; at++) {
      for (const item of new Set([this.spans.first[at], this.spans.last[at]])) {
        if (item >= 0) {
          if (!this.related.has(item)) {
            this.related.set(item, []);
          }
          this.related.get(item).push(at);
          if (this.track[item] === this.spans.track[at]) {
            this.covered[item] = 1;
          }
        }
      }
    }
  }

  kindOf(item) {
    return this.names[this.kind[item]];
  }

  toneOf(item) {
    return this.names[this.tone[item]];
  }

  labelOf(item) {
    return this.names[this.label[item]];
  }

  // The event behind an item; null: a line of a log.
  dataOf(item) {
    const line = this.lines[item];
    if (line === undefined || line[0] !== '{') {
      return null;
    }
    try {
      return JSON.parse(line);
    } catch (e) {
      return null;
    }
  }

  // One line about an item.
  textOf(item) {
    const data = this.dataOf(item);
    if (!data) {
      return this.lines[item] || '';
    }
    if (data.violation) {
      return [data.violation.rule, data.violation.text].filter(Boolean).join('   ');
    }
    const words = fields(data).filter(([name]) => !COMMON.has(name))
      .map(([name, value]) => `${name.replace(/^[a-z_]+\./, '')}=${value}`);
    const label = this.labelOf(item);
    return (label ? `${label}   ` : '') + words.join(' ');
  }

  // Numbers of the items whose line, label or kind has the text.
  search(text) {
    const pattern = new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'i');
    const fitting = this.names.map((name) => pattern.test(name));
    const found = [];
    for (let at = 0; at < this.size; at++) {
      if (fitting[this.kind[at]] || fitting[this.label[at]] || pattern.test(this.lines[at])) {
        found.push(at);
      }
    }
    return found;
  }

  byKind(kind) {
    const number = this.names.indexOf(kind);
    const found = [];
    for (let at = 0; number >= 0 && at < this.size; at++) {
      if (this.kind[at] === number) {
        found.push(at);
      }
    }
    return found;
  }
}

const COMMON = new Set(['seq', 'time', 'kind', 'rid', 'pasid']);

// [[name, value]] of all that is neither object nor list of objects.
function fields(data, prefix = '') {
  const found = [];
  for (const [name, value] of Object.entries(data)) {
    if (Array.isArray(value)) {
      found.push([prefix + name, value.join(' ')]);
    } else if (value && typeof value === 'object') {
      found.push(...fields(value, `${prefix}${name}.`));
    } else {
      found.push([prefix + name, String(value)]);
    }
  }
  return found;
}
