// The talk with the kernel: one setting that is wanted at a time and, while it is idle, those that may be wanted next.

const PATIENCE = 10000; // milliseconds until a kernel that does not answer is taken for gone
const REST = 250; // milliseconds without a move until the hand is taken to rest

class Kernel {
  constructor(stage) {
    const on = Boolean(stage.spec.kernel && stage.model.send);
    Object.assign(this, { stage, on, gone: false, asked: 0, ahead: new Map(), kept: new Map(), begun: new Map() });
  }

  /** Sees to it that the numbers for a setting come, unless they are there. */
  want(key, there) {
    if (!this.on || there || (this.request && !this.gone)) this.lookAhead();
    else if (this.coming(key)) this.wait();
    else this.post({ key });
  }

  /** Asks for what a button gives, when the request before it has been answered. */
  act(button) {
    if (this.request) this.queued = button;
    else this.post({ key: this.stage.key(), act: button });
  }

  /** Asks a kernel that is idle, or between two frames, for the settings around: at first those of the last direction,
   * the others when the hand rests, since their answers come in the way of the next key. */
  lookAhead() {
    const { stage } = this, { name, step } = stage.way, around = [];
    if (!this.on || (this.request && !this.isBetween()) || this.blind || this.gone || stage.hidden) return;
    if (name) around.push([name, step], [name, 2 * step], [name, 3 * step], [name, -step]);
    const others = stage.spec.controls.filter((c) => c.kind === 'slider' && c.name !== name);
    const since = performance.now() - stage.moved;
    clearTimeout(this.rest);
    if (since < REST) this.rest = setTimeout(() => this.lookAhead(), REST - since);
    else for (const c of others) around.push([c.name, 1], [c.name, -1]);
    for (const [moved, by] of around) {
      if (this.ahead.size >= 2) return;
      const at = { ...stage.at, [moved]: stage.at[moved] + by }, key = stage.key(at);
      const there = this.known(key) || this.coming(key) || stage.stored(at).exact;
      if (there || !(at[moved] in stage.controls.get(moved).spec.values)) continue;
      this.asked += 1;
      this.ahead.set(this.asked, key);
      this.send({ id: this.asked, at, ahead: true });
    }
  }

  /** The frame of a setting that is kept; of one that comes frame by frame (live training), the first. */
  known(key) { return this.kept.get(key) ?? this.begun.get(key); }

  /** Tells whether the kernel is between two frames of a setting. */
  isBetween() { return Boolean(this.request?.frame && !this.request.act); }

  coming(key) { return [...this.ahead.values()].includes(key); }

  /** Sends one request; while it is away, later settings wait, and only the latest is sent. */
  post(request) {
    const { stage } = this;
    this.asked += 1;
    this.request = { ...request, id: this.asked };
    this.send({ id: this.asked, at: { ...stage.at }, act: request.act?.textContent });
    if (this.gone) this.lost();
    else this.wait();
  }

  send(message) {
    try { this.stage.model.send(message); } catch { this.lost(); }
  }

  wait() {
    const { root } = this.stage;
    clearTimeout(this.patience);
    clearTimeout(this.giveUp);
    root.setAttribute('aria-busy', 'true');
    const slow = () => { this.stage.tell('Waiting for the kernel ...'); root.dataset.waiting = ''; };
    this.patience = setTimeout(slow, 600);
    this.giveUp = setTimeout(() => this.lost(), PATIENCE);
  }

  arrived() {
    const { root } = this.stage;
    clearTimeout(this.patience);
    clearTimeout(this.giveUp);
    root.removeAttribute('aria-busy');
    if ('waiting' in root.dataset) { delete root.dataset.waiting; this.stage.tell(''); }
  }

  /** Says that nobody answers, and goes back to the nearest setting whose numbers are there. */
  lost() {
    const { stage } = this;
    if (!this.on) return;
    this.gone = true;
    this.ahead.clear();
    this.arrived();
    this.request?.act?.removeAttribute('aria-busy');
    stage.fallBack([...this.kept.keys()]);
    stage.tell('The kernel does not answer: it is busy, or it has stopped. Shown is the nearest setting that it '
      + 'computed. To go on, run this cell again.');
  }

  receive(content, buffers) {
    const { request, stage } = this;
    if (this.gone) { this.gone = false; stage.tell(''); }
    if (this.ahead.has(content.id)) { this.receiveAhead(content, buffers); return; }
    if (!request || content.id !== request.id) return;
    this.arrived();
    if (content.error) stage.tell(content.error);
    else if (!content.done) {
      request.frame = decode(content.table, ownBuffer(buffers[0]), []);
      this.hand(request);
      if (content.more && request.key === stage.wanted) {
        this.send({ id: request.id });
        this.wait();
        this.lookAhead();
        return;
      }
    }
    if (request.act) request.act.removeAttribute('aria-busy');
    else if (request.frame && !content.more) this.keep(request.key, request.frame);
    this.next(request);
  }

  /** Gives the numbers that have come to the stage. */
  hand({ act, key, frame }) {
    const { stage } = this;
    if (act) {
      stage.extra = key === stage.key() ? frame : {};
      stage.show(stage.base, stage.shown);
    } else if (stage.shown !== stage.wanted || stage.shown === key) stage.show(frame, key);
  }

  next(request) {
    const { stage } = this;
    this.request = null;
    const more = stage.shown !== stage.wanted || this.begun.has(stage.wanted);
    if (stage.wanted !== request.key && more) this.post({ key: stage.wanted });
    else if (this.queued) { const act = this.queued; this.queued = null; this.act(act); } else this.lookAhead();
  }

  /** Keeps what was asked for ahead; of what comes frame by frame only the first, and nothing after an error. */
  receiveAhead(content, buffers) {
    const { stage } = this, key = this.ahead.get(content.id);
    this.ahead.delete(content.id);
    this.blind ||= Boolean(content.error);
    if (!this.blind) this.keep(key, decode(content.table, ownBuffer(buffers[0]), []), content.more && this.begun);
    const waited = key === stage.wanted && stage.shown !== key;
    if (waited && !this.request) this.arrived();
    if (waited) stage.find(); else this.lookAhead();
  }

  keep(key, frame, shelf) {
    const kept = shelf || this.kept;
    if (kept.size > 300) kept.clear();
    kept.set(key, frame);
  }

  end() { [this.patience, this.giveUp, this.rest].forEach((timer) => clearTimeout(timer)); }
}
