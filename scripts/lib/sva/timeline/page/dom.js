// SPDX-License-Identifier: GPL-2.0-or-later
// Making elements.  Text of a guest gets into the page as text nodes, in no other way.

const $ = (id) => document.getElementById(id);

// make('button', {class: 'x', click: f, 'aria-label': 'y'}, 'text', child...)
function make(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (typeof value === 'function') {
      node.addEventListener(name, value);
    } else if (value !== null && value !== undefined && value !== false) {
      node.setAttribute(name, value === true ? '' : value);
    }
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

function fill(node, ...children) {
  node.replaceChildren(...children);
  return node;
}

const SIGNS = {pass: '✓', known: '◆', fail: '✗', error: '!'};

function result(name, text) {
  return make('span', {class: `result ${name}`}, `${SIGNS[name] || '?'} ${text || name}`);
}

// Nanoseconds as seconds, with as many digits as a step of that size needs.
function seconds(ns, step) {
  const digits = step === undefined ? 9 : Math.min(9, Math.max(0, Math.ceil(9 - Math.log10(step))));
  const whole = Math.floor(ns / 1e9);
  const rest = String(Math.round(ns - whole * 1e9)).padStart(9, '0').slice(0, digits);
  return digits ? `${whole}.${rest}` : `${whole}`;
}

function duration(ns) {
  for (const [unit, size] of [['s', 1e9], ['ms', 1e6], ['µs', 1e3]]) {
    if (ns >= size) {
      return `${(ns / size).toPrecision(4).replace(/\.?0+$/, '')} ${unit}`;
    }
  }
  return `${ns} ns`;
}

function functionName(rid) {
  if (rid < 0) {
    return '';
  }
  const hex = (value) => value.toString(16).padStart(2, '0');
  return `${hex(rid >> 8)}:${hex(rid >> 3 & 31)}.${rid & 7}`;
}

function thousands(number) {
  return number.toLocaleString('en');
}
