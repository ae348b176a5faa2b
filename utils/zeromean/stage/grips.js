// Handles: focusable grips over the canvas, which the pointer drags and the arrow keys move.

const STEPS = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 };
const FRAME = 4; // pixels by which a frame is larger than what it is around

class Grip {
  constructor(spec, stage) {
    Object.assign(this, { spec, stage });
    this.names = spec.along.length ? spec.along : [spec.x, spec.y].filter((n) => this.control(n));
    this.el = make('button', {
      type: 'button', class: `zm-grip${spec.around.length ? ' zm-around' : ''}`,
      role: 'slider', 'aria-label': spec.label, style: `--grip: var(--zm-${spec.color})`, onkeydown: (e) => this.key(e),
    });
  }

  control(name) { return this.stage.controls.get(name); }

  last(name) { return this.control(name).spec.values.length - 1; }

  /** Where the grip is, in the numbers of the axes. */
  where(frame) {
    const { spec, stage } = this, at = (what) => (typeof what === 'number' ? what : frame[what].data[0]);
    const step = (sum, name) => sum * (this.last(name) + 1) + stage.at[name];
    return spec.along.length ? spec.path[spec.along.reduce(step, 0)] : [at(spec.x), at(spec.y)];
  }

  /** Finds its pixel in the picture that is being drawn, and returns it. */
  find(p) {
    const [x, y] = this.where(p.frame);
    const [wide, high] = this.spec.around;
    this.pixel = [p.X(x), p.Y(y)];
    if (wide) this.sides = [p.X(x + wide) - p.X(x), p.Y(y + high) - p.Y(y)].map((s) => `${Math.abs(s) + FRAME}px`);
    return this.pixel;
  }

  place() {
    const { names, el } = this;
    el.style.transform = `translate(${this.pixel[0]}px, ${this.pixel[1]}px) translate(-50%, -50%)`;
    if (this.sides) [el.style.width, el.style.height] = this.sides;
    el.setAttribute('aria-valuenow', this.stage.at[names[0]]);
    el.setAttribute('aria-valuemin', 0);
    el.setAttribute('aria-valuemax', this.last(names[0]));
    const words = names.map((n) => `${this.control(n).spec.label} ${this.control(n).words()}`);
    el.setAttribute('aria-valuetext', words.join(', '));
  }

  drag(px, py, p) {
    const { spec, stage } = this;
    if (!spec.along.length) {
      const to = {};
      if (this.control(spec.x)) to[spec.x] = nearest(this.control(spec.x).spec.values, p.X.back(px));
      if (this.control(spec.y)) to[spec.y] = nearest(this.control(spec.y).spec.values, p.Y.back(py));
      stage.move(to);
      return;
    }
    const away = spec.path.map(([x, y]) => Math.hypot(p.X(x) - px, p.Y(y) - py));
    let at = away.indexOf(Math.min(...away));
    const to = {};
    for (const name of [...spec.along].reverse()) {
      const count = this.last(name) + 1;
      to[name] = at % count;
      at = Math.floor(at / count);
    }
    stage.move(to);
  }

  key(e) {
    if (e.ctrlKey || e.metaKey || e.altKey || this.stage.keys.turns(e)) return;
    const { names, stage } = this, name = names.length > 1 && /Up|Down/.test(e.key) ? names[1] : names[0];
    const ends = { Home: 0, End: this.last(name) };
    if (!(e.key in STEPS) && !(e.key in ends)) return;
    e.preventDefault();
    stage.move({ [name]: ends[e.key] ?? stage.at[name] + STEPS[e.key] });
  }
}
