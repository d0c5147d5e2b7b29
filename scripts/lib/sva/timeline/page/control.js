// SPDX-License-Identifier: GPL-2.0-or-later
// Pointer, wheel and keys.

// Pixels within which something is hit, and from which a press is a drag.
const NEAR = 6;
const DRAG = 4;

const KEYS = [
  ['w, +', 'zoom in', (app) => app.zoom(1.6)],
  ['s, -', 'zoom out', (app) => app.zoom(1 / 1.6)],
  ['a', 'move left', (app) => app.move(-0.2)],
  ['d', 'move right', (app) => app.move(0.2)],
  ['0', 'show all', (app) => app.showAll()],
  ['f', 'show the selection', (app) => app.fit()],
  ['ArrowRight', 'next event', (app) => app.step(1)],
  ['ArrowLeft', 'event before', (app) => app.step(-1)],
  ['n', 'next hit of the search', (app) => app.nextHit(1)],
  ['N', 'hit before', (app) => app.nextHit(-1)],
  ['v', 'next violation', (app) => app.nextViolation(1)],
  ['V', 'violation before', (app) => app.nextViolation(-1)],
  ['/', 'search', () => $('search').focus()],
  ['Escape', 'select nothing', (app) => app.choose(null)],
  ['?', 'this help', (app) => app.help()],
];

function bindKeys(app) {
  const known = new Map();
  for (const [keys, , action] of KEYS) {
    keys.split(', ').forEach((key) => known.set(key, action));
  }
  document.addEventListener('keydown', (event) => {
    const field = event.target.closest('input, select, textarea, dialog, [role="tablist"]');
    const action = known.get(event.key);
    if (field || !action || event.ctrlKey || event.metaKey || event.altKey
        || (!app.chart && event.key !== '?')) {
      return;
    }
    event.preventDefault();
    action(app);
  });
}

function bindChart(app, canvas) {
  const pointers = new Map();
  let moved = false;
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return {x: event.clientX - box.left, y: event.clientY - box.top};
  };
  const end = (event) => {
    if (pointers.delete(event.pointerId) && !moved && event.type === 'pointerup') {
      const at = place(event);
      app.choose(app.find(at.x, at.y), {reveal: false});
    }
    canvas.classList.remove('moving');
  };
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button === 0) {
      canvas.setPointerCapture(event.pointerId);
      pointers.set(event.pointerId, place(event));
      moved = pointers.size > 1;
    }
  });
  canvas.addEventListener('pointermove', (event) => {
    const last = pointers.get(event.pointerId);
    const now = place(event);
    if (!last) {
      canvas.title = app.textAt(now.x, now.y);
    } else if (pointers.size === 2) {
      pinch(app, pointers, event.pointerId, now);
    } else if (moved || Math.abs(now.x - last.x) > DRAG) {
      moved = true;
      canvas.classList.add('moving');
      app.move((last.x - now.x) / app.width());
      pointers.set(event.pointerId, now);
    }
  });
  canvas.addEventListener('pointerup', end);
  canvas.addEventListener('pointercancel', end);
  canvas.addEventListener('dblclick', (event) => app.zoom(4, place(event).x / app.width()));
  canvas.addEventListener('wheel', (event) => wheel(app, event, place(event)), {passive: false});
}

function pinch(app, pointers, id, now) {
  const other = [...pointers].find(([one]) => one !== id)[1];
  const last = pointers.get(id);
  const [before, after] = [Math.abs(last.x - other.x), Math.abs(now.x - other.x)];
  if (before > 10 && after > 10) {
    app.zoom(after / before, other.x / app.width());
  }
  pointers.set(id, now);
}

// Up and down scrolls, with Ctrl it zooms, with Shift or to the side it moves.
function wheel(app, event, at) {
  const side = event.shiftKey && !event.deltaX ? event.deltaY : event.deltaX;
  if (event.ctrlKey || event.metaKey) {
    event.preventDefault();
    app.zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.002)), at.x / app.width());
  } else if (Math.abs(side) > Math.abs(event.shiftKey ? 0 : event.deltaY)) {
    event.preventDefault();
    app.move(side / app.width());
  }
}

// Above: a press goes there, a drag chooses a part.
function bindOverview(app, canvas) {
  let begin = null;
  const time = (event) => {
    const box = canvas.getBoundingClientRect();
    const {first, last} = app.chart.block;
    return first + (last - first) * Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
  };
  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId);
    begin = {x: event.clientX, time: time(event)};
  });
  canvas.addEventListener('pointermove', (event) => {
    if (begin && Math.abs(event.clientX - begin.x) > DRAG) {
      const [from, to] = [begin.time, time(event)].sort((a, b) => a - b);
      app.show(from, to);
    }
  });
  canvas.addEventListener('pointerup', (event) => {
    if (begin && Math.abs(event.clientX - begin.x) <= DRAG) {
      const half = (app.chart.to - app.chart.from) / 2;
      app.show(begin.time - half, begin.time + half);
    }
    begin = null;
  });
}

function fillHelp(dialog) {
  const list = make('dl', {});
  for (const [keys, what] of KEYS) {
    list.append(make('dt', {}, ...keys.split(', ').map((key) => make('kbd', {}, key))),
      make('dd', {}, what));
  }
  list.append(make('dt', {}, 'wheel'), make('dd', {}, 'scroll; with Ctrl zoom, with Shift move'),
    make('dt', {}, 'drag'), make('dd', {}, 'move; over the whole run above: choose a part'));
  const colours = make('dl', {});
  for (const [tone, what] of [
    ['bound', 'table state bound'], ['gone', 'mm gone: the entry is quiesced'],
    ['unbound', 'unbound: no entry'],
    ['changed', 'a command said that the entry changed; nobody has read it since'],
    ['good', 'completed, Success'], ['warn', 'not completed yet, aborted, Invalid Request'],
    ['bad', 'a fault, a failure'], ['violation', 'a rule is broken']]) {
    const sample = make('canvas', {class: 'sample', 'data-tone': tone, width: 46, height: 14});
    colours.append(make('dt', {}, sample), make('dd', {}, what));
  }
  fill(dialog, make('h2', {}, 'Keys'), list, make('h2', {}, 'Colours'), colours,
    make('form', {method: 'dialog'}, make('button', {}, 'Close')));
}
