// The stage: keeps the setting of one demo, finds the numbers for it, and draws them. The numbers come from a table
// that NumPy made beforehand, or from the kernel on demand. Used by stage.py.

class StageView {
  constructor(model, el) {
    const given = model.get('spec'), spec = given.kernel && !model.send ? storedOnly(given) : given;
    Object.assign(this, { model, el, spec, ends: [], extra: {}, width: 0, frames: 0, way: {}, talks: false });
    this.bytes = ownBuffer(model.get('data'));
    this.at = Object.fromEntries(spec.controls.map((c) => [c.name, c.start]));
    this.kernel = new Kernel(this);
    this.follow = new Follow(this);
    this.motion = new Motion(new Set(spec.views.flatMap((v) => v.marks.flatMap((m) => [m.fill, m.words]))));
    this.sent = model.send ? null : fromAddress(spec);
    buildPage(this);
    this.keys = new Keys(this);
    this.listen();
    this.takeParams();
    this.move(this.sent ?? {});
    if (this.sent) this.el.scrollIntoView({ block: 'center' });
  }

  listen() {
    const theme = () => this.theme(), dark = matchMedia('(prefers-color-scheme: dark)');
    const sizes = new ResizeObserver(() => this.resize()), body = new MutationObserver(theme);
    const talk = this.el.closest('[data-zm-talk]') ?? this.el;
    for (const part of [this.root, talk, ...this.pictures.map((p) => p.holder)]) sizes.observe(part);
    body.observe(document.body, { attributes: true, attributeFilter: THEMES });
    dark.addEventListener('change', theme);
    const heard = {
      'msg:custom': (content, buffers) => this.kernel.receive(content, buffers),
      'change:params': () => this.takeParams(),
      'comm:close': () => this.kernel.lost(),
      comm_live_update: () => this.kernel.lost(),
    };
    Object.entries(heard).forEach(([name, f]) => this.model.on(name, f));
    this.ends.push(() => {
      sizes.disconnect();
      body.disconnect();
      dark.removeEventListener('change', theme);
      Object.entries(heard).forEach(([name, f]) => this.model.off(name, f));
      this.kernel.end();
    });
  }

  theme() {
    if (!this.root.isConnected) return;
    this.ink = inkOf(this.root, this.el);
    this.pictures.forEach((p) => p.paintLegend(this.ink));
    this.draw();
  }

  resize() {
    if (!this.root.clientWidth) return;
    if (!this.width) this.theme();
    if (this.width !== this.root.clientWidth) this.readout.style.minHeight = '';
    this.width = this.root.clientWidth;
    fitTalk(this);
    if (this.pictures.map((p) => p.measure()).includes(true)) this.draw();
    const { style, offsetHeight } = this.readout;
    style.minHeight = `${offsetHeight}px`; // words that need fewer lines leave the page where it is
  }

  settings() { return Object.fromEntries([...this.controls].map(([name, c]) => [name, c.value()])); }

  takeParams() {
    const wanted = this.model.get('params') ?? {}, to = {};
    for (const [name, value] of Object.entries(wanted)) {
      const spec = this.controls.get(name)?.spec;
      const i = !spec ? -1 : spec.kind === 'slider' ? nearest(spec.values, value) : spec.values.indexOf(value);
      if (i >= 0) to[name] = i;
    }
    if (this.frame && Object.keys(to).some((n) => to[n] !== this.at[n])) this.move(to);
    else Object.assign(this.at, to);
  }

  reset() {
    Object.assign(this.follow, { pinned: null, pointed: null });
    this.move(Object.fromEntries(this.spec.controls.map((c) => [c.name, c.start])), { smooth: true, anew: true });
  }

  /**
   * Moves controls to positions, finds the numbers, draws; `smooth`: the picture glides, `note`: what is said,
   * `anew`: another case begins, as it does with a choice, a check, or a slider of names.
   */
  move(to, { smooth = false, note = '', anew = false } = {}) {
    this.moved = performance.now();
    const named = ({ kind, words }) => kind !== 'slider' || words;
    if (anew || Object.keys(to).some((name) => named(this.controls.get(name).spec))) this.formula?.forget();
    for (const [name, i] of Object.entries(to)) {
      const before = this.at[name];
      this.at[name] = Math.max(0, Math.min(this.controls.get(name).spec.values.length - 1, i));
      if (this.at[name] !== before) this.way = { name, step: Math.sign(this.at[name] - before) };
    }
    this.glide = smooth && !isCalm() ? this.pictured : null;
    this.showSetting();
    if (Object.keys(to).length) this.tell(note);
    this.extra = {};
    this.find();
    this.save();
  }

  showSetting() {
    for (const [name, c] of this.controls) c.show(this.at[name]);
    for (const p of this.presets) {
      p.el.setAttribute('aria-pressed', Object.entries(p.at).every(([n, i]) => this.at[n] === i));
    }
  }

  tell(words) { this.status.textContent = words; }

  key(at = this.at) { return this.spec.controls.map((c) => at[c.name]).join(); }

  /** Tells where in the table a setting stands: the nearest stored positions, and whether they are the setting. */
  stored(at) {
    const { stored, controls } = this.spec, order = controls.map((c) => at[c.name]);
    const where = order.map((i, k) => nearest(stored[k], i)), exact = order.every((i, k) => stored[k][where[k]] === i);
    return { where, exact, key: where.map((i, k) => stored[k][i]).join() };
  }

  find() {
    const { kernel } = this, key = this.key(), known = kernel.known(key);
    const { where, exact, key: near } = this.stored(this.at);
    this.wanted = key;
    if (known) this.show(known, key);
    else if (exact || !this.frame) this.show(decode(this.spec.table, this.bytes, where), near);
    kernel.want(key, kernel.kept.has(key) || exact);
  }

  /** Goes back to the nearest setting whose numbers are there: one of the keys given, or the stored one. */
  fallBack(keys) {
    const here = this.key().split(',');
    const away = (key) => key.split(',').reduce((sum, i, k) => sum + Math.abs(i - here[k]), 0);
    const nearestKey = [this.stored(this.at).key, ...keys].reduce((a, b) => (away(b) < away(a) ? b : a));
    nearestKey.split(',').forEach((i, k) => { this.at[this.spec.controls[k].name] = Number(i); });
    this.showSetting();
    const { where } = this.stored(this.at);
    this.wanted = nearestKey;
    this.show(this.kernel.kept.get(nearestKey) ?? decode(this.spec.table, this.bytes, where), nearestKey);
  }

  /** Shows the numbers found for a setting; the setting itself is among them. */
  show(frame, key) {
    const at = key.split(','), value = (c, k) => ({ data: [c.values[at[k]]], shape: [], setting: c.kind === 'slider' });
    const settings = Object.fromEntries(this.spec.controls.map((c, k) => [c.name, value(c, k)]));
    Object.assign(this, { base: frame, shown: key, frame: { ...settings, ...frame, ...this.extra } });
    if (this.reason?.key === key) this.reason.tell();
    if (this.glide) this.motion.start(this.glide); else this.motion.stop();
    this.glide = null;
    const names = Object.keys(this.frame).length;
    if (names !== this.names && this.ink) { this.names = names; this.pictures.forEach((p) => p.paintLegend(this.ink)); }
    this.draw();
  }

  /** Shows one picture as wide as the stage, or all again. */
  enlarge(picture) {
    this.large = this.large === picture ? null : picture;
    this.views.toggleAttribute('data-only', Boolean(this.large));
    for (const p of this.pictures) {
      p.el.classList.toggle('zm-only', p === this.large);
      p.plus.setAttribute('aria-pressed', p === this.large);
      p.plus.textContent = p === this.large ? '−' : '+';
    }
    this.resize();
  }

  /** Answers the keys + and Escape; tells whether it did. */
  enlargeBy(key, target) {
    if (this.hidden || !(key === '+' || (this.large && ['Escape', '-'].includes(key)))) return false;
    const own = this.pictures.find((p) => p.el.contains(target));
    this.enlarge(this.large ?? own ?? this.pictures.find((p) => p.spec.size === 'large') ?? this.pictures[0]);
    return true;
  }

  /** Draws everything at once; what is asked for until the next frame of the screen is drawn with it, one time. */
  draw() {
    if (!this.frame || !this.ink) return;
    if (this.drawing) { this.again = true; return; }
    this.again = false;
    this.drawing = requestAnimationFrame(() => { this.drawing = null; if (this.again) this.draw(); });
    this.paint();
  }

  /** Words before pictures: the first font that a canvas sets has the page laid out, and so it is laid out once. */
  paint() {
    this.pictured = this.motion.frame(this.frame);
    this.speak();
    if (this.tables) this.pictures.forEach((p) => p.fillTable(this.frame));
    this.pictures.forEach((p) => p.draw(this.pictured, this.ink));
    this.pictures.forEach((p) => p.place());
    if (this.motion.from) this.draw();
    this.root.dataset.drawn = this.frames += 1;
  }

  /** Writes the words under the pictures, and has them read out when the hand rests. */
  speak() {
    const { goal, readout } = this.spec, words = fill(readout, this.frame), followed = this.follow.tell(this.frame);
    this.readout.textContent = words;
    this.formula?.show(this.frame);
    let lamp = '';
    if (goal) {
      const reached = Boolean(scalar(this.frame[goal.reached]));
      lamp = `Goal: ${goal.text} ${reached ? 'Reached!' : 'Not yet.'}`;
      this.lamp.dataset.reached = reached;
      this.lamp.lastChild.textContent = lamp;
    }
    if (!this.hidden) this.announce([followed, words, lamp].join(' '));
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
  const text = (id) => document.getElementById(id).textContent;
  const packed = Uint8Array.from(atob(text(`${name}-data`)), (c) => c.charCodeAt(0));
  const open = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate'));
  const bytes = new DataView(await new Response(open).arrayBuffer()), spec = JSON.parse(text(name));
  const given = { spec, data: bytes, params: {} };
  return new StageView({ get: (k) => given[k], on() {}, off() {}, send: null }, el);
}

export default { render, fromPage };
