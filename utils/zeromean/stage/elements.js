// How elements are made; words that wait until the hand rests.

/** Returns an id that no other demo on the page has, though each loads this file anew. */
const uid = () => `zm${Math.random().toString(36).slice(2)}`;

/** Makes an element: make('p', {class: 'a'}, 'words', child, ...). */
function make(tag, attributes = {}, ...children) {
  const el = document.createElement(tag);
  for (const [k, v] of Object.entries(attributes)) {
    if (k.startsWith('on')) el.addEventListener(k.slice(2), v);
    else if (v !== null && v !== undefined && v !== false) el.setAttribute(k, v === true ? '' : v);
  }
  el.append(...children.filter((c) => c !== null && c !== undefined));
  return el;
}

/** Makes a button; one with a state tells it as `aria-pressed`. */
const pressable = (words, onclick, more = {}) => make('button', { type: 'button', onclick, ...more }, words);

/** Calls f after `ms` without a further call. */
function settle(f, ms) {
  let timer;
  const later = (...args) => { clearTimeout(timer); timer = setTimeout(() => f(...args), ms); };
  return Object.assign(later, { stop: () => clearTimeout(timer) });
}

const isCalm = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
