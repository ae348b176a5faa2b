// One example through all pictures: pointing at it, or choosing its number, rings it wherever the same key is drawn.

/** What a mark is called in words: its picture, and the name of the curve on which it lies. */
function titleOf({ title, marks }, m) {
  const curve = marks.find((other) => other.name && other.x === m.x && other.y === m.y);
  return curve ? `${title}, ${curve.name}` : title;
}

class Follow {
  constructor(stage) {
    Object.assign(this, { stage, pinned: null, pointed: null });
    const marks = stage.spec.views.flatMap((v) => v.marks.map((m) => ({ m, title: titleOf(v, m) })));
    this.keys = [...new Set(marks.map(({ m }) => m.follow).filter(Boolean))];
    this.marks = marks.filter(({ m }) => m.follow);
    this.words = this.keys.length ? make('p', { class: 'zm-followed' }) : null;
    this.inputs = this.keys.map((key) => this.input(key));
  }

  get now() { return this.pointed ?? this.pinned; }

  count(key) {
    const { frame } = this.stage;
    return Math.max(...this.marks.filter(({ m }) => m.follow === key).map(({ m }) => frame[m.x]?.shape[0] ?? 1));
  }

  /** A range from "none" to the last example: what the keyboard and a screen reader follow with. */
  input(key) {
    const id = uid(), shown = make('span', { class: 'zm-value', 'aria-hidden': 'true' });
    const oninput = () => this.pin(input.value > 0 ? { key, i: Number(input.value) - 1 } : null);
    const input = make('input', { id, type: 'range', min: 0, max: 1, value: 0, oninput });
    const head = make('div', { class: 'zm-label' }, make('label', { for: id }, `Follow one ${key}`), shown);
    const el = make('div', { class: 'zm-control' }, head, make('div', { class: 'zm-row' }, input));
    const show = () => {
      const i = this.now?.key === key ? this.now.i + 1 : 0;
      input.max = this.count(key);
      input.value = i;
      shown.textContent = i ? String(i) : 'none';
      input.setAttribute('aria-valuetext', i ? `${key} ${i}` : 'none');
    };
    return { el, show };
  }

  pin(what) { Object.assign(this, { pinned: what, pointed: null }); this.stage.draw(); }

  point(what) {
    if (what?.i === this.pointed?.i && what?.key === this.pointed?.key) return;
    this.pointed = what;
    this.stage.draw();
  }

  /** Tells in words where the followed example is in each picture. */
  tell(frame) {
    this.inputs.forEach((each) => each.show());
    if (!this.words) return '';
    const { key, i } = this.now ?? {};
    const place = ({ m, title }) => `${title} (${[m.x, m.y].map((k) => write(frame[k].data[i], '.2f')).join(', ')})`;
    const flat = this.marks.filter(({ m }) => m.follow === key && ready(m, frame) && frame[m.y].shape.length === 1);
    const said = this.now ? `${key[0].toUpperCase()}${key.slice(1)} ${i + 1}: ${flat.map(place).join(' · ')}` : '';
    this.words.toggleAttribute('data-on', Boolean(said));
    this.words.textContent = said || `Point at one ${this.keys[0]} to follow it; click to keep it.`;
    return said;
  }

  /** Rings what is followed in one picture. */
  draw(p) {
    if (!this.now) return;
    for (const m of p.marks) {
      if (m.follow !== this.now.key || !ready(m, p.frame) || p.frame[m.y].shape.length > 1) continue;
      ring(p, p.X(read(p, m.x).data[this.now.i]), p.Y(read(p, m.y).data[this.now.i]), m.color, (m.size ?? 4) + 5);
    }
  }

  /** Returns what lies under a pixel of a picture, or null. */
  under(p, [px, py]) {
    let best = null, least = 24;
    for (const m of p.marks) {
      if (!m.follow || !ready(m, p.frame) || p.frame[m.y].shape.length > 1) continue;
      read(p, m.x).data.forEach((x, i) => {
        const away = Math.hypot(p.X(x) - px, p.Y(read(p, m.y).data[i]) - py);
        if (away < least) { least = away; best = { key: m.follow, i }; }
      });
    }
    return best;
  }
}
