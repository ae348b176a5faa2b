// The stage: builds the page of one demo, keeps its setting, finds the numbers for it, and draws them.
// The numbers come from a table that NumPy made beforehand, or from the kernel on demand. Used by stage.py.

let counter = 0;
const uid = () => `zm${(counter += 1)}`;

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

class Picture {
  constructor(spec, stage) {
    Object.assign(this, { spec, stage, sheets: new Map(), drawn: 0 });
    this.canvas = make('canvas', { role: 'img', 'aria-label': spec.title, 'data-drawn': 0 });
    this.ctx = this.canvas.getContext('2d');
    this.holder = make('div', { class: 'zm-canvas', style: `aspect-ratio: ${1 / spec.ratio}` }, this.canvas);
    this.grips = spec.handles.map((h) => this.grip(h));
    this.holder.addEventListener('pointerdown', (e) => this.grab(e));
    this.table = make('div', { class: 'zm-table', role: 'group', tabindex: 0, 'aria-label': `Numbers of ${spec.title}`, hidden: true });
    this.el = make('figure', { class: spec.wide ? 'zm-view zm-wide' : 'zm-view' },
      make('figcaption', {}, make('strong', {}, spec.title), this.legend()), make('div', {}, spec.wide ? make('div', { class: 'zm-scroll', role: 'group', tabindex: 0, 'aria-label': spec.title }, this.holder) : this.holder, this.table));
    this.say = settle(() => this.canvas.setAttribute('aria-label', `${spec.title}. ${fill(spec.alt, stage.values())}`), 250);
  }

  legend() {
    const keys = this.spec.marks.filter((m) => m.name).map((m) => {
      if (m.limits) return make('span', { class: 'zm-key' }, m.name, ` ${write(m.limits[0], '.3g')}`, make('i', { class: 'zm-ramp' }), write(m.limits[1], '.3g'));
      const swatch = make('canvas', { 'aria-hidden': 'true', class: 'zm-swatch' });
      swatch.mark = m;
      return (swatch.key = make('span', { class: 'zm-key' }, swatch, m.name));
    });
    return make('span', { class: 'zm-legend' }, ...keys);
  }

  paintLegend(ink) {
    for (const swatch of this.el.querySelectorAll('.zm-swatch')) {
      swatch.key.hidden = !this.ready(swatch.mark, this.stage.frame ?? {});
      const m = swatch.mark, ctx = swatch.getContext('2d'), k = devicePixelRatio, color = ink[m.color];
      Object.assign(swatch, { width: 30 * k, height: 14 * k });
      ctx.scale(k, k);
      Object.assign(ctx, { strokeStyle: color, fillStyle: color, lineWidth: m.width > 1 ? m.width : 2 });
      ctx.setLineDash(DASH[m.dash] ?? []);
      if (['line', 'rule', 'contours', 'arrows'].includes(m.kind)) { ctx.beginPath(); ctx.moveTo(0, 7); ctx.lineTo(30, 7); ctx.stroke(); ctx.setLineDash([]); }
      else if (m.kind !== 'points') { ctx.globalAlpha = m.alpha ?? 1; ctx.fillRect(4, 1, 22, 12); }
      if (m.marker) glyph(ctx, m.marker, 15, 7, 4.5);
    }
  }

  /** A small canvas for the pixels of a heat map, kept from frame to frame. */
  sheet(mark, width, height) {
    let sheet = this.sheets.get(mark);
    if (!sheet || sheet.canvas.width !== width || sheet.canvas.height !== height) {
      const canvas = Object.assign(document.createElement('canvas'), { width, height });
      sheet = { canvas, ctx: canvas.getContext('2d') };
      this.sheets.set(mark, sheet);
    }
    return sheet;
  }

  measure() {
    this.width = this.holder.clientWidth;
    this.height = this.holder.clientHeight;
    this.size = Math.round(Math.min(19, Math.max(13, this.stage.width / 78)));
  }

  layout(frame) {
    const { spec, width, height, size } = this, font = (scale = 1, bold = false) => `${bold ? 600 : 400} ${Math.round(size * scale)}px system-ui, sans-serif`;
    const end = (v) => (typeof v === 'string' ? scalar(frame[v]) : v), ends = (axis) => ({ ...axis, lo: end(axis.lo), hi: end(axis.hi) });
    const axes = { x: ends(spec.x), y: ends(spec.y) };
    const box = { left: 8, right: width - (spec.frame ? 18 : 8), top: 8, bottom: height - 8 };
    let yTicks = [];
    if (spec.frame) {
      box.top = size * (spec.y.label ? 1.9 : 0.8);
      box.bottom = height - size * (spec.x.label ? 2.9 : 1.8);
      yTicks = ticksOf(axes.y, (box.bottom - box.top) / (size * 2.6));
      this.ctx.font = font(0.9);
      box.left = 14 + Math.max(...yTicks.map(([, words]) => this.ctx.measureText(words).width), 8);
    }
    if (spec.equal) {
      const unit = Math.min((box.right - box.left) / Math.abs(axes.x.hi - axes.x.lo), (box.bottom - box.top) / Math.abs(axes.y.hi - axes.y.lo));
      for (const [axis, room] of [[axes.x, box.right - box.left], [axes.y, box.bottom - box.top]]) {
        const middle = (axis.lo + axis.hi) / 2, half = (Math.sign(axis.hi - axis.lo) * room) / unit / 2;
        Object.assign(axis, { lo: middle - half, hi: middle + half });
      }
      if (spec.frame) yTicks = ticksOf(axes.y, (box.bottom - box.top) / (size * 2.6));
    }
    const xTicks = spec.frame ? ticksOf(axes.x, (box.right - box.left) / (size * 4.6)) : [];
    return { ctx: this.ctx, box, axes, font, size, xTicks, yTicks, X: scaleOf(axes.x, box.left, box.right), Y: scaleOf(axes.y, box.bottom, box.top), sheet: (...a) => this.sheet(...a) };
  }

  draw(frame, ink) {
    if (!this.width) return;
    const k = devicePixelRatio, { canvas, ctx, width, height } = this;
    if (canvas.width !== Math.round(width * k) || canvas.height !== Math.round(height * k)) Object.assign(canvas, { width: Math.round(width * k), height: Math.round(height * k) });
    ctx.setTransform(k, 0, 0, k, 0, 0);
    ctx.clearRect(0, 0, width, height);
    const p = { ...this.layout(frame), frame, ink };
    this.pen = p;
    if (this.spec.frame) this.drawFrame(p);
    ctx.save();
    ctx.beginPath();
    ctx.rect(p.box.left - 1, p.box.top - 7, p.box.right - p.box.left + 8, p.box.bottom - p.box.top + 8);
    ctx.clip();
    for (const m of this.spec.marks) if (this.ready(m, frame)) MARKS[m.kind](p, m);
    ctx.restore();
    this.grips.forEach((g) => g.place(p));
    canvas.dataset.drawn = this.drawn += 1;
    this.say();
  }

  /** Tells whether all arrays of a mark are there (those of an action come later). */
  ready(m, frame) {
    return ['x', 'y', 'z', 'dx', 'dy', 'low', 'high', 'words', 'fill', 'w', 'h'].every((k) => typeof m[k] !== 'string' || frame[m[k]]);
  }

  drawFrame({ ctx, box, X, Y, xTicks, yTicks, font, size, axes, ink }) {
    Object.assign(ctx, { lineWidth: 1, strokeStyle: ink.grid, fillStyle: ink.muted, font: font(0.9), textBaseline: 'middle', textAlign: 'right' });
    ctx.beginPath();
    for (const [v, words] of yTicks) { const y = Math.round(Y(v)) + 0.5; ctx.moveTo(box.left, y); ctx.lineTo(box.right, y); ctx.fillText(words, box.left - 7, y); }
    ctx.textAlign = 'center';
    for (const [v, words] of xTicks) {
      const x = Math.round(X(v)) + 0.5, half = ctx.measureText(words).width / 2;
      ctx.moveTo(x, box.top); ctx.lineTo(x, box.bottom);
      ctx.fillText(words, Math.min(x, this.width - half - 1), box.bottom + size * 0.95);
    }
    ctx.stroke();
    Object.assign(ctx, { strokeStyle: ink.muted, lineWidth: 1.2, fillStyle: ink.ink, font: font(0.95) });
    ctx.beginPath(); ctx.moveTo(box.left, box.top); ctx.lineTo(box.left, box.bottom); ctx.lineTo(box.right, box.bottom); ctx.stroke();
    ctx.textAlign = 'left';
    ctx.fillText(axes.y.label, 4, size * 0.8);
    ctx.textAlign = 'right';
    ctx.fillText(axes.x.label, box.right, this.height - size * 0.75);
  }

  /** A handle: a focusable grip over the canvas, which the pointer drags and the arrow keys move. */
  grip(h) {
    const { stage } = this, control = (name) => stage.controls.get(name);
    const names = h.along ? [h.along] : [h.x, h.y].filter((n) => control(n));
    const el = make('button', { type: 'button', class: 'zm-grip', role: 'slider', 'aria-label': h.label, style: `--grip: var(--zm-${h.color})` });
    const at = (what) => (typeof what === 'number' ? what : control(what) ? control(what).value() : stage.frame[what].data[0]);
    const where = () => (h.along ? h.path[stage.at[h.along]] : [at(h.x), at(h.y)]);
    const grip = {
      el,
      place: (p) => {
        const [x, y] = where();
        el.style.transform = `translate(${p.X(x)}px, ${p.Y(y)}px) translate(-50%, -50%)`;
        grip.pixel = [p.X(x), p.Y(y)];
        el.setAttribute('aria-valuenow', stage.at[names[0]]);
        el.setAttribute('aria-valuemin', 0);
        el.setAttribute('aria-valuemax', control(names[0]).spec.values.length - 1);
        el.setAttribute('aria-valuetext', names.map((n) => `${control(n).spec.label} ${control(n).words()}`).join(', '));
      },
      drag: (px, py, p) => {
        if (h.along) {
          const away = h.path.map(([x, y]) => Math.hypot(p.X(x) - px, p.Y(y) - py));
          stage.move({ [h.along]: away.indexOf(Math.min(...away)) });
        } else {
          const to = {};
          if (control(h.x)) to[h.x] = nearest(control(h.x).spec.values, p.X.back(px));
          if (control(h.y)) to[h.y] = nearest(control(h.y).spec.values, p.Y.back(py));
          stage.move(to);
        }
      },
    };
    el.addEventListener('keydown', (e) => {
      const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[e.key];
      if (!step) return;
      e.preventDefault();
      const name = names.length > 1 && e.key.match(/Up|Down/) ? names[1] : names[0];
      stage.move({ [name]: stage.at[name] + step });
    });
    this.holder.append(el);
    return grip;
  }

  /** Takes the nearest handle: the grip itself by any pointer, the open picture by mouse or pen only. */
  grab(e) {
    const onGrip = this.grips.find((g) => g.el === e.target);
    if (!this.grips.length || (!onGrip && e.pointerType === 'touch')) return;
    const point = (ev) => {
      const box = this.canvas.getBoundingClientRect(), k = this.width / box.width;
      return [(ev.clientX - box.left) * k, (ev.clientY - box.top) * k];
    };
    const [px, py] = point(e), away = (g) => Math.hypot(g.pixel[0] - px, g.pixel[1] - py);
    const grip = onGrip ?? this.grips.reduce((a, b) => (away(b) < away(a) ? b : a));
    const move = (ev) => grip.drag(...point(ev), this.pen);
    const drop = () => { ['pointermove', 'pointerup', 'pointercancel'].forEach((n, i) => this.holder.removeEventListener(n, i ? drop : move)); };
    this.holder.setPointerCapture(e.pointerId);
    this.holder.addEventListener('pointermove', move);
    this.holder.addEventListener('pointerup', drop);
    this.holder.addEventListener('pointercancel', drop);
    grip.el.focus({ preventScroll: true });
    e.preventDefault();
    move(e);
  }

  /** Writes the numbers of this picture as tables: one for the drawn series, one for each matrix. */
  fillTable(frame) {
    const caption = (m) => `${this.spec.title}${m.name ? `: ${m.name}` : ''}`;
    this.table.replaceChildren(...this.spec.marks.filter((m) => this.ready(m, frame)).flatMap((m) => {
      const keys = ['x', 'y', 'dx', 'dy', 'low', 'high', 'words'].filter((k) => typeof m[k] === 'string');
      if (typeof m.z === 'string') return [matrixTable(caption(m), frame[m.z])];
      const columns = keys.map((k) => frame[m[k]]).filter((a) => a.shape.length < 2);
      const matrices = keys.map((k) => frame[m[k]]).filter((a) => a.shape.length === 2 && m.kind !== 'polygons');
      const heads = keys.filter((k) => frame[m[k]].shape.length < 2).map((k) => ({ x: this.spec.x.label || 'x', y: this.spec.y.label || 'y', words: 'text' })[k] ?? k);
      return [...(columns.length && m.kind !== 'rule' ? [columnTable(caption(m), heads, columns)] : []), ...matrices.map((a) => matrixTable(caption(m), a))];
    }));
  }
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

class StageView {
  constructor(model, el) {
    Object.assign(this, { model, el, spec: model.get('spec'), ends: [], extra: {}, width: 0, frames: 0, asked: 0 });
    this.bytes = ownBuffer(model.get('data'));
    this.at = Object.fromEntries(this.spec.controls.map((c) => [c.name, c.start]));
    this.cache = new Map();
    this.build();
    this.listen();
    this.takeParams();
    this.move({});
  }

  build() {
    const { spec } = this, title = uid();
    this.controls = new Map(spec.controls.map((c) => [c.name, makeControl(c, this)]));
    this.pictures = spec.views.map((v) => new Picture(v, this));
    this.presets = spec.presets.map((p) => ({ ...p, el: make('button', { type: 'button', class: 'zm-chip', title: p.note, onclick: () => this.move(p.at, true) }, p.name) }));
    this.readout = make('p', { class: 'zm-readout' });
    this.live = make('p', { class: 'zm-hidden', role: 'status', 'aria-live': 'polite' });
    this.status = make('p', { class: 'zm-status', role: 'status' });
    this.lamp = spec.goal && make('p', { class: 'zm-goal' }, make('i', { 'aria-hidden': 'true' }), make('span'));
    this.inner = make('div', { class: 'zm-inner' },
      make('div', { class: 'zm-controls' }, ...[...this.controls.values()].map((c) => c.el)),
      make('div', { class: 'zm-tries' }, this.presets.length ? make('div', { class: 'zm-presets', role: 'group', 'aria-label': 'Settings to try' }, ...this.presets.map((p) => p.el)) : null, this.status),
      make('div', { class: 'zm-views', style: spec.columns ? `--zm-least: calc(${100 / spec.columns}% - 24px)` : null }, ...this.pictures.map((p) => p.el)), this.readout,
      make('div', { class: 'zm-foot' }, this.lamp, make('span', { class: 'zm-buttons' }, ...this.actionButtons(), this.tableButton(),
        make('button', { type: 'button', onclick: () => this.reset() }, 'Reset'))));
    this.root = make('section', { class: 'zm-stage', 'aria-labelledby': title, 'data-prevent-swipe': true, 'data-drawn': 0 },
      make('p', { class: 'zm-title', id: title }, spec.title), spec.prediction ? this.prediction() : null, this.inner, this.live);
    this.el.replaceChildren(this.root);
    this.announce = settle((words) => { this.live.textContent = words; }, 700);
    this.save = settle(() => { if (this.model.send) { this.model.set('params', this.settings()); this.model.save_changes(); } }, 200);
    this.ends.push(this.announce.stop, this.save.stop, ...this.pictures.map((p) => p.say.stop));
  }

  listen() {
    this.el.addEventListener('keydown', (e) => e.stopPropagation());
    const sizes = new ResizeObserver(() => this.resize());
    sizes.observe(this.root);
    const theme = () => this.theme(), dark = matchMedia('(prefers-color-scheme: dark)');
    const body = new MutationObserver(theme);
    body.observe(document.body, { attributes: true, attributeFilter: ['class', 'style', 'data-jp-theme-light', 'data-jp-theme-name'] });
    dark.addEventListener('change', theme);
    const message = (content, buffers) => this.receive(content, buffers), params = () => this.takeParams();
    this.model.on('msg:custom', message);
    this.model.on('change:params', params);
    this.ends.push(() => { sizes.disconnect(); body.disconnect(); dark.removeEventListener('change', theme); this.model.off('msg:custom', message); this.model.off('change:params', params); clearTimeout(this.patience); });
  }

  /** Follows the page: dark where the first painted background behind the stage is dark. */
  theme() {
    if (!this.root.isConnected) return;
    let dark = false;
    for (let el = this.el; el; el = el.parentElement) {
      const [r, g, b, a = 1] = getComputedStyle(el).backgroundColor.match(/[\d.]+/g).map(Number);
      if (a > 0.5) { dark = 0.3 * r + 0.59 * g + 0.11 * b < 110; break; }
      if (!el.parentElement) dark = getComputedStyle(el).colorScheme.includes('dark') && matchMedia('(prefers-color-scheme: dark)').matches;
    }
    this.root.dataset.theme = dark ? 'dark' : 'light';
    const style = getComputedStyle(this.root);
    this.ink = Object.fromEntries([...ORDER, 'paper', 'muted', 'grid'].map((n) => [n, style.getPropertyValue(`--zm-${n}`).trim()]));
    this.pictures.forEach((p) => p.paintLegend(this.ink));
    this.draw();
  }

  resize() {
    if (!this.root.clientWidth) return;
    if (!this.width) this.theme();
    this.width = this.root.clientWidth;
    this.pictures.forEach((p) => p.measure());
    this.draw();
  }

  settings() { return Object.fromEntries([...this.controls].map(([name, c]) => [name, c.value()])); }

  values() { return { ...this.settings(), ...this.frame }; }

  takeParams() {
    const wanted = this.model.get('params') ?? {}, to = {};
    for (const [name, value] of Object.entries(wanted)) {
      const control = this.controls.get(name);
      const i = !control ? -1 : control.spec.kind === 'slider' ? nearest(control.spec.values, value) : control.spec.values.indexOf(value);
      if (i >= 0) to[name] = i;
    }
    if (this.frame && Object.keys(to).some((n) => to[n] !== this.at[n])) this.move(to);
    else Object.assign(this.at, to);
  }

  reset() { this.move(Object.fromEntries(this.spec.controls.map((c) => [c.name, c.start]))); }

  /** Moves controls to positions, finds the numbers, draws. */
  move(to, speak = false) {
    for (const [name, i] of Object.entries(to)) this.at[name] = Math.max(0, Math.min(this.controls.get(name).spec.values.length - 1, i));
    for (const [name, c] of this.controls) c.show(this.at[name]);
    for (const p of this.presets) p.el.setAttribute('aria-pressed', Object.entries(p.at).every(([n, i]) => this.at[n] === i));
    if (speak) this.status.textContent = this.presets.find((p) => p.at === to)?.note ?? '';
    else if (Object.keys(to).length) this.status.textContent = '';
    this.extra = {};
    this.find();
    this.save();
  }

  key() { return this.spec.controls.map((c) => this.at[c.name]).join(); }

  find() {
    const { stored, table, kernel } = this.spec, key = this.key(), asks = kernel && this.model.send;
    const order = this.spec.controls.map((c) => this.at[c.name]), where = order.map((i, k) => nearest(stored[k], i));
    const exact = order.every((i, k) => stored[k][where[k]] === i);
    this.wanted = key;
    if (this.cache.has(key)) this.show(this.cache.get(key), key);
    else if (exact || !asks || !this.frame) this.show(decode(table, this.bytes, where), key);
    if (kernel && !asks && !exact) this.status.textContent = 'Without a kernel: the nearest stored setting is shown.';
    if (asks && !exact && !this.cache.has(key) && !this.request) this.post({ key });
  }

  show(frame, key) {
    Object.assign(this, { base: frame, shown: key, frame: { ...frame, ...this.extra } });
    const names = Object.keys(this.frame).length;
    if (names !== this.names && this.ink) { this.names = names; this.pictures.forEach((p) => p.paintLegend(this.ink)); }
    this.draw();
  }

  /** Sends one request to the kernel; while it is away, later settings wait, and only the latest is sent. */
  post(request) {
    Object.assign(this, { request, asked: this.asked + 1 });
    this.model.send({ id: this.asked, at: { ...this.at }, act: request.act?.textContent });
    this.wait();
  }

  wait() {
    clearTimeout(this.patience);
    this.patience = setTimeout(() => { this.status.textContent = 'Waiting for the kernel ...'; this.root.dataset.waiting = ''; }, 600);
  }

  receive(content, buffers) {
    const { request } = this;
    if (!request || content.id !== this.asked) return;
    clearTimeout(this.patience);
    if ('waiting' in this.root.dataset) { delete this.root.dataset.waiting; this.status.textContent = ''; }
    if (content.error) this.status.textContent = content.error;
    else if (!content.done) {
      request.frame = decode(content.table, ownBuffer(buffers[0]), []);
      if (request.act) this.extra = request.key === this.key() ? request.frame : {};
      if (request.act) this.show(this.base, this.shown);
      else if (this.shown !== this.wanted || this.shown === request.key) this.show(request.frame, request.key);
      if (content.more && request.key === this.wanted) { this.model.send({ id: this.asked }); this.wait(); return; }
    }
    if (request.act) request.act.removeAttribute('aria-busy');
    else if (request.frame && !content.more) this.cache.set(request.key, request.frame);
    if (this.cache.size > 300) this.cache.clear();
    this.request = null;
    if (this.wanted !== request.key && this.shown !== this.wanted) this.post({ key: this.wanted });
    else if (this.queued) { const act = this.queued; this.queued = null; this.post({ key: this.key(), act }); }
  }

  actionButtons() {
    if (!this.model.send) return [];
    return this.spec.actions.map((label) => {
      const act = make('button', { type: 'button', onclick: () => {
        if (act.getAttribute('aria-busy')) return;
        act.setAttribute('aria-busy', 'true');
        if (this.request) this.queued = act; else this.post({ key: this.key(), act });
      } }, label);
      return act;
    });
  }

  tableButton() {
    const button = make('button', { type: 'button', 'aria-pressed': 'false', onclick: () => {
      this.tables = !this.tables;
      button.setAttribute('aria-pressed', this.tables);
      this.pictures.forEach((p) => { p.table.hidden = !this.tables; });
      this.draw();
    } }, 'Show as table');
    return button;
  }

  /** Draws everything at the next frame of the screen, once however often it is asked for. */
  draw() {
    if (this.drawing || !this.frame || !this.ink) return;
    this.drawing = requestAnimationFrame(() => { this.drawing = null; this.paint(); });
  }

  paint() {
    const values = this.values(), { goal, readout } = this.spec;
    this.pictures.forEach((p) => p.draw(this.frame, this.ink));
    if (this.tables) this.pictures.forEach((p) => p.fillTable(this.frame));
    const words = fill(readout, values);
    this.readout.textContent = words;
    let lamp = '';
    if (goal) {
      const reached = Boolean(scalar(values[goal.reached]));
      lamp = `Goal: ${goal.text} ${reached ? 'Reached!' : 'Not yet.'}`;
      this.lamp.dataset.reached = reached;
      this.lamp.lastChild.textContent = lamp;
    }
    if (!this.hidden) this.announce(`${words} ${lamp}`);
    this.root.dataset.drawn = this.frames += 1;
  }

  /** The question that comes first: everything else waits behind it until a choice, or a skip. */
  prediction() {
    const { question, choices, answer, because, at } = this.spec.prediction, id = uid();
    const open = () => { this.hidden = false; this.inner.inert = false; this.root.classList.remove('zm-asking'); this.draw(); };
    const answered = (i) => {
      this.move(at);
      open();
      const right = i === answer, verdict = right ? 'You saw it coming.' : `You said: ${choices[i]}. It is: ${choices[answer]}.`;
      box.replaceChildren(make('p', { class: 'zm-verdict', 'data-right': right, tabindex: -1 }, make('strong', {}, verdict), ` ${fill(because, this.values())}`));
      box.firstChild.focus({ preventScroll: true });
    };
    const box = make('div', { class: 'zm-predict', role: 'group', 'aria-labelledby': id }, make('p', { id, class: 'zm-question' }, make('strong', {}, 'Predict first. '), question),
      make('div', { class: 'zm-choices' }, ...choices.map((c, i) => make('button', { type: 'button', class: 'zm-choice', onclick: () => answered(i) }, c)),
        make('button', { type: 'button', class: 'zm-skip', onclick: () => { box.remove(); open(); } }, 'Skip')));
    this.hidden = true;
    queueMicrotask(() => { if (this.hidden) { this.inner.inert = true; this.root.classList.add('zm-asking'); } });
    return box;
  }

  end() { this.ends.forEach((f) => f()); cancelAnimationFrame(this.drawing); }
}

/** In a notebook: anywidget calls render. */
function render({ model, el }) {
  const view = new StageView({
    get: (k) => model.get(k), set: (k, v) => model.set(k, v), save_changes: () => model.save_changes(),
    send: (content) => model.send(content), on: (n, f) => model.on(n, f), off: (n, f) => model.off(n, f),
  }, el);
  return () => view.end();
}

/** On a page without a kernel: everything is in the page. */
async function fromPage(el, name) {
  const read = (id) => document.getElementById(id).textContent;
  const packed = Uint8Array.from(atob(read(`${name}-data`)), (c) => c.charCodeAt(0));
  const open = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate'));
  const bytes = new DataView(await new Response(open).arrayBuffer()), spec = JSON.parse(read(name));
  const given = { spec, data: bytes, params: {} };
  return new StageView({ get: (k) => given[k], on() {}, off() {}, send: null }, el);
}

export default { render, fromPage };
