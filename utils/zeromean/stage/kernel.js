// The talk with the kernel: one setting that is wanted at a time and, while it is idle, those that may be wanted next.

class Kernel {
  constructor(stage) {
    Object.assign(this, { stage, on: Boolean(stage.spec.kernel && stage.model.send), asked: 0, ahead: new Map(), kept: new Map() });
  }

  /** Sees to it that the numbers for a setting come, unless they are there. */
  want(key, there) {
    if (!this.on || there || this.request) this.lookAhead();
    else if (this.coming(key)) this.wait();
    else this.post({ key });
  }

  /** Asks for what a button gives, when the request before it has been answered. */
  act(button) {
    if (this.request) this.queued = button;
    else this.post({ key: this.stage.key(), act: button });
  }

  /** Asks an idle kernel for the settings around, those in the direction of the last step first: then they are there at once. */
  lookAhead() {
    const { stage, kept } = this, { name, step } = stage.way, around = [];
    if (!this.on || this.request || this.blind || stage.hidden) return;
    if (name) around.push([name, step], [name, 2 * step], [name, 3 * step], [name, -step]);
    for (const c of stage.spec.controls) if (c.kind === 'slider' && c.name !== name) around.push([c.name, 1], [c.name, -1]);
    for (const [moved, by] of around) {
      if (this.ahead.size >= 2) return;
      const at = { ...stage.at, [moved]: stage.at[moved] + by }, key = stage.key(at);
      if (!(at[moved] in stage.controls.get(moved).spec.values) || kept.has(key) || this.coming(key) || stage.stored(at).exact) continue;
      this.asked += 1;
      this.ahead.set(this.asked, key);
      stage.model.send({ id: this.asked, at });
    }
  }

  coming(key) { return [...this.ahead.values()].includes(key); }

  /** Sends one request; while it is away, later settings wait, and only the latest is sent. */
  post(request) {
    const { stage } = this;
    Object.assign(this, { request, asked: this.asked + 1 });
    stage.model.send({ id: this.asked, at: { ...stage.at }, act: request.act?.textContent });
    this.wait();
  }

  wait() {
    const { root, status } = this.stage;
    clearTimeout(this.patience);
    root.setAttribute('aria-busy', 'true');
    this.patience = setTimeout(() => { status.textContent = 'Waiting for the kernel ...'; root.dataset.waiting = ''; }, 600);
  }

  arrived() {
    const { root, status } = this.stage;
    clearTimeout(this.patience);
    root.removeAttribute('aria-busy');
    if ('waiting' in root.dataset) { delete root.dataset.waiting; status.textContent = ''; }
  }

  receive(content, buffers) {
    const { request, stage } = this;
    if (this.ahead.has(content.id)) { this.receiveAhead(content, buffers); return; }
    if (!request || content.id !== this.asked) return;
    this.arrived();
    if (content.error) stage.status.textContent = content.error;
    else if (!content.done) {
      request.frame = decode(content.table, ownBuffer(buffers[0]), []);
      if (request.act) stage.extra = request.key === stage.key() ? request.frame : {};
      if (request.act) stage.show(stage.base, stage.shown);
      else if (stage.shown !== stage.wanted || stage.shown === request.key) stage.show(request.frame, request.key);
      this.blind ||= content.more;
      if (content.more && request.key === stage.wanted) { stage.model.send({ id: this.asked }); this.wait(); return; }
    }
    if (request.act) request.act.removeAttribute('aria-busy');
    else if (request.frame && !content.more) this.keep(request.key, request.frame);
    this.request = null;
    if (stage.wanted !== request.key && stage.shown !== stage.wanted) this.post({ key: stage.wanted });
    else if (this.queued) { const act = this.queued; this.queued = null; this.act(act); }
    else this.lookAhead();
  }

  /** Keeps what was asked for ahead. Frames that come one by one (live training) are not for keeping, nor are errors. */
  receiveAhead(content, buffers) {
    const { stage } = this, key = this.ahead.get(content.id);
    this.ahead.delete(content.id);
    this.blind ||= Boolean(content.more || content.error);
    if (!this.blind) this.keep(key, decode(content.table, ownBuffer(buffers[0]), []));
    if (this.request) return;
    if (key === stage.wanted && stage.shown !== key) { this.arrived(); stage.find(); } else this.lookAhead();
  }

  keep(key, frame) {
    if (this.kept.size > 300) this.kept.clear();
    this.kept.set(key, frame);
  }

  end() { clearTimeout(this.patience); }
}
