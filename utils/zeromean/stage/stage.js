// The stage: builds the page of one demo, keeps its setting, finds the numbers for it, and draws them.
// The numbers come from a table that NumPy made beforehand, or from the kernel on demand. Used by stage.py.

/** How many pictures stand side by side where there is room: three, but four as two and two, unless `columns` says otherwise. */
function across({ views, columns }) {
  const narrow = views.filter((v) => !v.wide).length;
  return columns ?? (narrow === 4 ? 2 : Math.max(1, Math.min(narrow, 3)));
}

class StageView {
  constructor(model, el) {
    Object.assign(this, { model, el, spec: model.get('spec'), ends: [], extra: {}, width: 0, frames: 0, way: {} });
    this.bytes = ownBuffer(model.get('data'));
    this.at = Object.fromEntries(this.spec.controls.map((c) => [c.name, c.start]));
    this.kernel = new Kernel(this);
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
      make('div', { class: 'zm-views', 'data-columns': across(spec) }, ...this.pictures.map((p) => p.el)), this.readout,
      make('div', { class: 'zm-foot' }, this.lamp, make('span', { class: 'zm-buttons' }, ...this.actionButtons(), this.tableButton(),
        make('button', { type: 'button', onclick: () => this.reset() }, 'Reset'))));
    this.root = make('div', { class: 'zm-stage', role: 'region', 'aria-labelledby': title, 'data-prevent-swipe': true, 'data-drawn': 0 },
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
    const message = (content, buffers) => this.kernel.receive(content, buffers), params = () => this.takeParams();
    this.model.on('msg:custom', message);
    this.model.on('change:params', params);
    this.ends.push(() => { sizes.disconnect(); body.disconnect(); dark.removeEventListener('change', theme); this.model.off('msg:custom', message); this.model.off('change:params', params); this.kernel.end(); });
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
    if (this.width !== this.root.clientWidth) this.readout.style.minHeight = '';
    this.width = this.root.clientWidth;
    if (this.pictures.map((p) => p.measure()).includes(true)) this.draw();
    this.readout.style.minHeight = `${this.readout.offsetHeight}px`; // words that need fewer lines leave the page where it is
  }

  settings() { return Object.fromEntries([...this.controls].map(([name, c]) => [name, c.value()])); }

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
    for (const [name, i] of Object.entries(to)) {
      const before = this.at[name];
      this.at[name] = Math.max(0, Math.min(this.controls.get(name).spec.values.length - 1, i));
      if (this.at[name] !== before) this.way = { name, step: Math.sign(this.at[name] - before) };
    }
    for (const [name, c] of this.controls) c.show(this.at[name]);
    for (const p of this.presets) p.el.setAttribute('aria-pressed', Object.entries(p.at).every(([n, i]) => this.at[n] === i));
    if (speak) this.status.textContent = this.presets.find((p) => p.at === to)?.note ?? '';
    else if (Object.keys(to).length) this.status.textContent = '';
    this.extra = {};
    this.find();
    this.save();
  }

  key(at = this.at) { return this.spec.controls.map((c) => at[c.name]).join(); }

  /** Tells where in the table a setting stands: the nearest stored positions, and whether they are the setting itself. */
  stored(at) {
    const order = this.spec.controls.map((c) => at[c.name]), where = order.map((i, k) => nearest(this.spec.stored[k], i));
    return { where, exact: order.every((i, k) => this.spec.stored[k][where[k]] === i), key: where.map((i, k) => this.spec.stored[k][i]).join() };
  }

  find() {
    const { table, kernel: asks } = this.spec, { kernel } = this, key = this.key(), kept = kernel.kept.get(key), { where, exact, key: near } = this.stored(this.at);
    this.wanted = key;
    if (kept) this.show(kept, key);
    else if (exact || !kernel.on || !this.frame) this.show(decode(table, this.bytes, where), near);
    if (asks && !kernel.on && !exact) this.status.textContent = 'Without a kernel: the nearest stored setting is shown.';
    kernel.want(key, Boolean(kept) || exact);
  }

  /** Shows the numbers found for a setting; the setting itself is among them. */
  show(frame, key) {
    const at = key.split(','), settings = Object.fromEntries(this.spec.controls.map((c, k) => [c.name, { data: [c.values[at[k]]], shape: [] }]));
    Object.assign(this, { base: frame, shown: key, frame: { ...settings, ...frame, ...this.extra } });
    if (this.reason?.key === key) this.reason.tell();
    const names = Object.keys(this.frame).length;
    if (names !== this.names && this.ink) { this.names = names; this.pictures.forEach((p) => p.paintLegend(this.ink)); }
    this.draw();
  }

  actionButtons() {
    if (!this.model.send) return [];
    return this.spec.actions.map((label) => {
      const act = make('button', { type: 'button', onclick: () => {
        if (act.getAttribute('aria-busy')) return;
        act.setAttribute('aria-busy', 'true');
        this.kernel.act(act);
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
    const { goal, readout } = this.spec;
    this.pictures.forEach((p) => p.draw(this.frame, this.ink));
    if (this.tables) this.pictures.forEach((p) => p.fillTable(this.frame));
    const words = fill(readout, this.frame);
    this.readout.textContent = words;
    let lamp = '';
    if (goal) {
      const reached = Boolean(scalar(this.frame[goal.reached]));
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
    const open = () => { this.hidden = false; this.inner.inert = false; this.root.classList.remove('zm-asking'); this.draw(); this.kernel.lookAhead(); };
    const answered = (i) => {
      this.move(at);
      open();
      const right = i === answer, verdict = right ? 'You saw it coming.' : `You said: ${choices[i]}. It is: ${choices[answer]}.`;
      const why = make('span'), tell = () => { why.textContent = fill(because, this.frame); this.reason = null; };
      box.replaceChildren(make('p', { class: 'zm-verdict', 'data-right': right, tabindex: -1 }, make('strong', {}, verdict), ' ', why));
      this.reason = { key: this.wanted, tell };
      if (this.shown === this.wanted) tell();
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
