// One picture of a demo: its canvas, legend, axes, handles, and the same numbers as a table.

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
    this.say = settle(() => this.canvas.setAttribute('aria-label', `${spec.title}. ${fill(spec.alt, stage.frame)}`), 250);
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

  /** Takes the size of the picture from the page, and tells whether it is another than before. */
  measure() {
    const before = [this.width, this.height, this.size].join();
    this.width = this.holder.clientWidth;
    this.height = this.holder.clientHeight;
    this.size = Math.round(Math.min(19, Math.max(13, this.stage.width / 78)));
    return before !== [this.width, this.height, this.size].join();
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
    const xTicks = spec.frame ? ticksOf(axes.x, (box.right - box.left) / (size * 3.6)) : [];
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
    const room = Math.min(this.width, ...xTicks.slice(1).map(([v], i) => Math.abs(X(v) - X(xTicks[i][0])))) - size / 2; // longer words are drawn narrower
    for (const [v, words] of xTicks) {
      const x = Math.round(X(v)) + 0.5, half = Math.min(room, ctx.measureText(words).width) / 2;
      ctx.moveTo(x, box.top); ctx.lineTo(x, box.bottom);
      ctx.fillText(words, Math.min(x, this.width - half - 1), box.bottom + size * 0.95, room);
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
