// The page's parts: how elements are made, the native controls, and the tables of numbers.

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

/** Calls f after `ms` without a further call. */
function settle(f, ms) {
  let timer;
  return Object.assign((...args) => { clearTimeout(timer); timer = setTimeout(() => f(...args), ms); }, { stop: () => clearTimeout(timer) });
}

/** One control: {el, spec, value(), words(), show(position)}. */
function makeControl(spec, stage) {
  const id = uid(), label = make('label', { for: id }, spec.label), shown = make('span', { class: 'zm-value', 'aria-hidden': 'true' });
  const value = () => spec.values[stage.at[spec.name]];
  const words = () => (spec.kind === 'slider' ? write(value(), spec.fmt) + (spec.unit ? ` ${spec.unit}` : '') : write(value()));
  const control = { spec, value, words };
  const move = (i) => stage.move({ [spec.name]: Number(i) });
  if (spec.kind === 'slider') {
    const input = make('input', { id, type: 'range', min: 0, max: spec.values.length - 1, step: 1, oninput: () => move(input.value) });
    const row = make('div', { class: 'zm-row' }, input, spec.play ? playButtons(control, stage) : null);
    control.el = make('div', { class: 'zm-control' }, make('div', { class: 'zm-label' }, label, shown), row);
    control.show = (i) => { if (Number(input.value) !== i) input.value = i; shown.textContent = words(); input.setAttribute('aria-valuetext', words()); };
  } else if (spec.kind === 'choice') {
    const input = make('select', { id, onchange: () => move(input.selectedIndex) }, ...spec.values.map((v) => make('option', {}, v)));
    control.el = make('div', { class: 'zm-control' }, make('div', { class: 'zm-label' }, label), input);
    control.show = (i) => { input.selectedIndex = i; };
  } else {
    const input = make('input', { id, type: 'checkbox', onchange: () => move(input.checked ? 1 : 0) });
    control.el = make('div', { class: 'zm-control zm-check' }, input, label);
    control.show = (i) => { input.checked = i === 1; };
  }
  return control;
}

function playButtons(control, stage) {
  const { name, values, label } = control.spec, last = values.length - 1;
  const button = (sign, words, onclick) => make('button', { type: 'button', 'aria-label': words, title: words, onclick }, sign);
  let timer = null;
  const face = (sign, words) => { play.textContent = sign; play.title = words; play.setAttribute('aria-label', words); };
  const stop = () => { clearInterval(timer); timer = null; face('▶', 'Play'); };
  const step = () => { if (stage.at[name] < last) stage.move({ [name]: stage.at[name] + 1 }); if (stage.at[name] >= last) stop(); };
  const start = () => {
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    if (stage.at[name] >= last) stage.move({ [name]: 0 });
    face('❚❚', 'Pause');
    timer = setInterval(step, calm ? 900 : Math.max(60, Math.min(700, 6000 / values.length)));
  };
  const play = button('▶', 'Play', () => (timer ? stop() : start()));
  stage.ends.push(stop);
  return make('div', { class: 'zm-steps', role: 'group', 'aria-label': label },
    button('‹', 'One step back', () => { stop(); stage.move({ [name]: stage.at[name] - 1 }); }), play,
    button('›', 'One step on', () => { stop(); step(); }));
}

const MOST = 24;
const html = (tag, words, attributes = {}) => make(tag, attributes, typeof words === 'string' ? words : write(words, '.4g'));

function columnTable(caption, heads, columns) {
  const n = Math.max(...columns.map((c) => c.data.length)), rows = Math.min(n, MOST);
  const note = n > rows ? ` (first ${rows} of ${n})` : '';
  return make('table', {}, html('caption', caption + note), make('thead', {}, make('tr', {}, ...heads.map((h) => html('th', h, { scope: 'col' })))),
    make('tbody', {}, ...Array.from({ length: rows }, (_, i) => make('tr', {}, ...columns.map((c) => html('td', pick(c, i) ?? ''))))));
}

function matrixTable(caption, { data, shape: [rows, columns] }) {
  const every = (n, most) => { const step = Math.ceil(n / most); return Array.from({ length: Math.ceil(n / step) }, (_, i) => i * step); };
  const is = every(rows, 12), js = every(columns, 12), note = is.length < rows || js.length < columns ? ` (${is.length} of ${rows} rows, ${js.length} of ${columns} columns)` : '';
  return make('table', {}, html('caption', caption + note), make('tbody', {}, ...is.map((i) => make('tr', {}, html('th', `row ${i + 1}`, { scope: 'row' }), ...js.map((j) => html('td', data[i * columns + j]))))));
}
