// SPDX-License-Identifier: GPL-2.0-or-later
// What is shown of a block: the part of time, the filter, the rows and where they are.

const GROUP_HEIGHT = 22;
const ITEM_HEIGHT = 18;
const SPAN_HEIGHT = 13;
const STATE_HEIGHT = 20;
// Groups that are open at first.
const OPEN_GROUPS = 8;
// Less than this is never shown, in nanoseconds.
const LEAST = 200;

class Chart {
  constructor(block) {
    this.block = block;
    this.filter = {rid: null, pasid: null, off: new Set()};
    this.closed = new Set();
    this.chosen = null;            // {item} or {span}
    this.hits = [];
    this.isHit = new Uint8Array(block.size);
    this.showAll();
    this.groups = [...new Set(block.tracks.map((track) => track.group))];
    this.groups.slice(OPEN_GROUPS).filter((name) => name.includes('PASID'))
      .forEach((name) => this.closed.add(name));
    this.apply();
  }

  // -- time --

  showAll() {
    const margin = (this.block.last - this.block.first) * 0.01;
    this.from = this.block.first - margin;
    this.to = this.block.last + margin;
  }

  show(from, to) {
    const margin = (this.block.last - this.block.first) * 0.02;
    const [low, high] = [this.block.first - margin, this.block.last + margin];
    const length = Math.min(Math.max(to - from, LEAST), high - low);
    this.from = Math.min(Math.max(from, low), high - length);
    this.to = this.from + length;
  }

  // factor > 1: more detail; around a place from 0 (left) to 1
  zoom(factor, place = 0.5) {
    const length = Math.max((this.to - this.from) / factor, LEAST);
    const at = this.from + (this.to - this.from) * place;
    this.show(at - length * place, at + length * (1 - place));
  }

  move(share) {
    const by = (this.to - this.from) * share;
    this.show(this.from + by, this.to + by);
  }

  reveal(from, to) {
    const length = this.to - this.from;
    if (to - from > length) {
      this.show(from - (to - from) * 0.1, to + (to - from) * 0.1);
    } else if (from < this.from + length * 0.05 || to > this.to - length * 0.05) {
      this.show((from + to - length) / 2, (from + to + length) / 2);
    }
  }

  // -- filter --

  passes(rid, pasid) {
    const filter = this.filter;
    return (filter.rid === null || rid === filter.rid || rid < 0)
      && (filter.pasid === null || pasid === filter.pasid || pasid < 0);
  }

  // Sort what passes the filter by track.
  apply() {
    const block = this.block;
    const tracks = block.tracks.map((track, number) => ({
      ...track, number, items: [], rows: [], count: 0, height: ITEM_HEIGHT}));
    const shown = [];
    for (let at = 0; at < block.size; at++) {
      if (this.filter.off.has(block.kind[at]) || !this.passes(block.rid[at], block.pasid[at])) {
        continue;
      }
      shown.push(at);
      const track = tracks[block.track[at]];
      track.count++;
      if (!block.covered[at]) {
        track.items.push(at);
      }
    }
    for (let at = 0; at < block.spanCount; at++) {
      const first = block.spans.first[at];
      if (this.passes(block.spans.rid[at], block.spans.pasid[at])
          && !(first >= 0 && this.filter.off.has(block.kind[first]))) {
        const {rows} = tracks[block.spans.track[at]];
        const row = block.spans.row[at];
        while (rows.length <= row) {
          rows.push([]);
        }
        rows[row].push(at);
      }
    }
    this.shown = shown;
    this.place = new Map();
    this.tracks = tracks.filter((track) => track.items.length || track.rows.length);
    this.layout();
  }

  // Where the rows are, from above.
  layout() {
    this.rows = [];
    let top = 0;
    const add = (row, height) => {
      this.rows.push({...row, top, height});
      top += height;
    };
    for (const group of this.groups) {
      const tracks = this.tracks.filter((track) => track.group === group);
      if (!tracks.length) {
        continue;
      }
      const open = !this.closed.has(group);
      add({group, open, tracks}, GROUP_HEIGHT);
      for (const track of open ? tracks : []) {
        const needed = track.rows.length * SPAN_HEIGHT + 5;
        add({track}, track.name === 'state' ? STATE_HEIGHT : Math.max(ITEM_HEIGHT, needed));
      }
    }
    this.height = top;
  }

  toggle(group) {
    if (!this.closed.delete(group)) {
      this.closed.add(group);
    }
    this.layout();
  }

  rowOf(trackNumber) {
    return this.rows.find((row) => row.track && row.track.number === trackNumber);
  }

  openFor(trackNumber) {
    const {group} = this.block.tracks[trackNumber];
    if (this.closed.has(group)) {
      this.toggle(group);
    }
    return this.rowOf(trackNumber);
  }

  // -- what is where --

  // The span or item at a place; slack: nanoseconds of a few pixels
  at(y, time, slack) {
    const row = this.rows.find((one) => y >= one.top && y < one.top + one.height);
    if (!row || !row.track) {
      return null;
    }
    const item = this.itemNear(row.track, time, slack);
    const span = this.spanNear(row, y, time, slack);
    if (span !== null && (item === null
                          || Math.abs(this.block.time[item] - time) > slack / 2)) {
      return {span};
    }
    return item === null ? null : {item};
  }

  itemNear(track, time, slack) {
    const {items} = track;
    let best = null;
    for (let n = Math.max(0, this.after(items, time - slack)); n < items.length; n++) {
      const far = Math.abs(this.block.time[items[n]] - time);
      if (this.block.time[items[n]] > time + slack) {
        break;
      }
      if (best === null || far < Math.abs(this.block.time[best] - time)) {
        best = items[n];
      }
    }
    return best;
  }

  spanNear(row, y, time, slack) {
    const {rows} = row.track;
    const wanted = row.track.name === 'state' ? 0
      : Math.floor((y - row.top - 2) / SPAN_HEIGHT);
    const spans = rows[Math.min(Math.max(wanted, 0), rows.length - 1)] || [];
    const {start} = this.block.spans;
    let best = null;
    let least = Infinity;
    for (const span of spans) {
      if (start[span] > time + slack) {
        break;
      }
      const far = Math.max(start[span] - time, time - this.block.spanEnd[span], 0);
      // The later of two at the same place is drawn over the earlier.
      if (far <= slack && far <= least) {
        [best, least] = [span, far];
      }
    }
    return best;
  }

  // Place of the first of some items at a time or later.
  after(items, time) {
    let [low, high] = [0, items.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.block.time[items[middle]] < time) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  setHits(hits) {
    this.hits = hits;
    this.isHit.fill(0);
    hits.forEach((item) => {
      this.isHit[item] = 1;
    });
  }

  // [from, to] of what is chosen.
  chosenTime() {
    const {chosen, block} = this;
    if (!chosen) {
      return null;
    }
    return chosen.span !== undefined
      ? [block.spans.start[chosen.span], block.spanEnd[chosen.span]]
      : [block.time[chosen.item], block.time[chosen.item]];
  }
}
