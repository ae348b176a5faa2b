// One picture of a demo: its canvas, legend, handles, and the same numbers as a table.

class Picture {
  constructor(spec, stage) {
    Object.assign(this, { spec, stage, sheets: new Map(), drawn: 0, words: wordsOf(spec) });
    this.canvas = make('canvas', { role: 'img', 'aria-label': spec.title, 'data-drawn': 0 });
    this.ctx = this.canvas.getContext('2d');
    this.canvas.addEventListener('contextrestored', () => { this.looked = null; stage.draw(); });
    const style = `--ratio: ${1 / spec.ratio}; --least: ${spec.least}px`;
    this.holder = make('div', { class: 'zm-canvas', style }, this.canvas);
    this.grips = spec.handles.map((h) => new Grip(h, stage));
    this.holder.append(...this.grips.map((g) => g.el));
    this.holder.addEventListener('pointerdown', (e) => this.grab(e));
    this.holder.addEventListener('pointermove', (e) => this.hover(e));
    this.holder.addEventListener('pointerleave', () => stage.follow.point(null));
    const named = { role: 'group', tabindex: 0, 'aria-label': `Numbers of ${spec.title}`, hidden: true };
    this.table = make('div', { class: 'zm-table', ...named });
    const scroll = { class: 'zm-scroll', role: 'group', tabindex: 0, 'aria-label': spec.title };
    const sheet = spec.least ? make('div', scroll, this.holder) : this.holder;
    const body = make('div', { class: 'zm-body' }, sheet, this.table);
    this.plus = pressable('+', () => stage.enlarge(this), { class: 'zm-plus', 'aria-pressed': 'false' });
    this.plus.setAttribute('aria-label', `Enlarge ${spec.title}`);
    this.plus.title = 'Enlarge (key +)';
    const caption = make('figcaption', {}, make('strong', {}, spec.title), this.plus);
    this.el = make('figure', { class: `zm-view zm-${spec.size}` }, caption, this.legend(), body);
    const say = () => this.canvas.setAttribute('aria-label', `${spec.title}. ${fill(spec.alt, stage.frame)}`);
    this.say = settle(say, 250);
  }

  legend() {
    const ramp = (m) => [` ${write(m.limits[0], '.3g')}`, make('i', { class: 'zm-ramp' }), write(m.limits[1], '.3g')];
    const keys = this.spec.marks.filter((m) => m.name).map((m) => {
      if (m.limits) return make('span', { class: 'zm-key' }, m.name, ...ramp(m));
      const swatch = make('canvas', { 'aria-hidden': 'true', class: 'zm-swatch' });
      swatch.mark = m;
      return (swatch.key = make('span', { class: 'zm-key' }, swatch, m.name));
    });
    return make('div', { class: 'zm-legend' }, ...keys);
  }

  /** Paints the legend: what has no name at its curve, and is there. */
  paintLegend(ink) {
    for (const swatch of this.el.querySelectorAll('.zm-swatch')) {
      const m = swatch.mark, ctx = swatch.getContext('2d'), k = devicePixelRatio, color = ink[m.color];
      swatch.key.hidden = (this.named && namedAtEnd(m)) || !ready(m, this.stage.frame ?? {});
      Object.assign(swatch, { width: 30 * k, height: 14 * k });
      ctx.scale(k, k);
      Object.assign(ctx, { strokeStyle: color, fillStyle: color, lineWidth: m.width > 1 ? m.width : 2 });
      ctx.setLineDash(DASH[m.dash] ?? []);
      if (['line', 'rule', 'contours', 'arrows'].includes(m.kind)) trace(ctx, [[0, 7], [30, 7]]);
      else if (m.kind !== 'points') { ctx.globalAlpha = m.alpha ?? 1; ctx.fillRect(4, 1, 22, 12); }
      ctx.setLineDash([]);
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
    const { stage } = this, before = [this.width, this.height, this.size].join();
    this.width = this.holder.clientWidth;
    this.height = this.holder.clientHeight;
    this.scale = stage.talks ? 1.4 : 1;
    this.size = Math.round(Math.min(18, Math.max(13, stage.width / 82)) * this.scale);
    return before !== [this.width, this.height, this.size].join();
  }

  draw(frame, ink) {
    if (!this.width || !this.height) return;
    const k = devicePixelRatio, { canvas, ctx, width, height, stage } = this;
    const [w, h] = [Math.round(width * k), Math.round(height * k)];
    if (canvas.width !== w || canvas.height !== h) {
      Object.assign(canvas, { width: w, height: h });
      Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` }); // a fraction of a pixel would blur
    }
    const look = this.look(frame, ink, k);
    if (this.looked && sameLook(this.looked, look)) return;
    this.looked = look;
    ctx.setTransform(k, 0, 0, k, 0, 0);
    ctx.clearRect(0, 0, width, height);
    const more = { width, height, frame, ink, labels: [], marks: this.spec.marks, follow: stage.follow.now };
    Object.assign(more, { talk: stage.talks, scale: this.scale, sheet: (...a) => this.sheet(...a) });
    const p = { ...layoutOf(this, frame), ...more };
    this.pen = p;
    if (this.named !== p.named) { this.named = p.named; this.paintLegend(ink); }
    if (this.spec.frame) drawFrame(p);
    this.drawMarks(p);
    writeLabels(p, this.grips.map((g) => g.find(p)));
  }

  /** What decides on the pixels: sizes and colours, and what the arrays hold that the picture names. */
  look(frame, ink, k) {
    const { stage, width, height, size } = this, names = Object.keys(frame).filter((name) => this.words.has(name));
    return { how: [ink, k, width, height, size, stage.talks, stage.follow.now], names, frame };
  }

  /** Moves the handles to what was drawn, after all pictures. */
  place() {
    if (!this.width || !this.height) return;
    this.grips.forEach((g) => g.place());
    this.canvas.dataset.drawn = this.drawn += 1;
    this.say();
  }

  drawMarks(p) {
    const { ctx, box } = p;
    ctx.save();
    ctx.beginPath();
    if (!this.spec.frame) ctx.rect(0, 0, p.width, p.height);
    else ctx.rect(box.left - 1, box.top - 7, box.right - box.left + 8, box.bottom - box.top + 8);
    ctx.clip();
    for (const m of p.marks) if (ready(m, p.frame)) MARKS[m.kind](p, m);
    this.stage.follow.draw(p);
    ctx.restore();
  }

  point(e) {
    const box = this.canvas.getBoundingClientRect(), k = this.width / box.width;
    return [(e.clientX - box.left) * k, (e.clientY - box.top) * k];
  }

  hover(e) {
    const { follow } = this.stage;
    if (this.pen && !e.buttons && follow.keys.length) follow.point(follow.under(this.pen, this.point(e)));
  }

  /** Takes the nearest handle (the grip by any pointer, the picture by mouse or pen), or keeps an example. */
  grab(e) {
    const onGrip = this.grips.find((g) => g.el === e.target), { follow } = this.stage, [px, py] = this.point(e);
    const found = !onGrip && this.pen && follow.under(this.pen, [px, py]);
    if (found) { follow.pin(found); return; }
    if (!this.grips.length || (!onGrip && e.pointerType === 'touch')) return;
    const away = (g) => Math.hypot(g.pixel[0] - px, g.pixel[1] - py);
    const grip = onGrip ?? this.grips.reduce((a, b) => (away(b) < away(a) ? b : a));
    const move = (ev) => grip.drag(...this.point(ev), this.pen), { holder } = this;
    const drop = () => ['pointermove', 'pointerup', 'pointercancel']
      .forEach((n, i) => holder.removeEventListener(n, i ? drop : move));
    holder.setPointerCapture(e.pointerId);
    holder.addEventListener('pointermove', move);
    holder.addEventListener('pointerup', drop);
    holder.addEventListener('pointercancel', drop);
    grip.el.focus({ preventScroll: true });
    e.preventDefault();
    move(e);
  }

  /** Writes the numbers of this picture as tables. */
  fillTable(frame) {
    const there = this.spec.marks.filter((m) => ready(m, frame));
    this.table.replaceChildren(...there.flatMap((m) => tablesOf(m, frame, this.spec)));
  }
}
