// The question that comes first: everything waits behind it until a choice, or a skip; afterwards it can still be read.

class Question {
  constructor(stage) {
    Object.assign(this, { stage, ...stage.spec.prediction });
    const id = uid(), choose = (i) => () => this.answered(i);
    const choices = this.choices.map((c, i) => pressable(c, choose(i), { class: 'zm-choice' }));
    const asked = make('p', { id, class: 'zm-question' }, make('strong', {}, 'Predict first. '), this.question);
    this.el = make('div', { class: 'zm-predict', role: 'group', 'aria-labelledby': id }, asked,
      make('div', { class: 'zm-choices' }, ...choices, pressable('Skip', () => this.skip(), { class: 'zm-skip' })));
    stage.hidden = true;
    queueMicrotask(() => this.veil(stage.hidden));
  }

  veil(on) {
    Object.assign(this.stage, { hidden: on });
    this.stage.inner.inert = on;
    this.stage.root.classList.toggle('zm-asking', on);
  }

  open() {
    this.veil(false);
    this.stage.draw();
    this.stage.kernel.lookAhead();
  }

  skip() {
    this.el.remove();
    this.open();
  }

  answered(i) {
    const { stage, answer, choices } = this, right = i === answer;
    stage.move(this.at, { anew: true });
    this.open();
    const said = right ? 'You saw it coming: ' : `You said: ${choices[i]}. It is: `, why = make('span');
    const verdict = make('p', { class: 'zm-verdict', 'data-right': right, tabindex: -1 },
      make('strong', {}, `${said}${choices[answer]}.`), ' ', why);
    this.el.replaceChildren(make('p', { class: 'zm-asked' }, make('b', {}, 'Asked: '), this.question), verdict);
    const tell = () => { why.textContent = fill(this.because, stage.frame); stage.reason = null; };
    stage.reason = { key: stage.wanted, tell };
    if (stage.shown === stage.wanted) tell();
    verdict.focus({ preventScroll: true });
    const fold = () => stage.root.classList.add('zm-moved'); // in a talk the pictures then get the room of the reason
    for (const moved of ['change', 'click']) stage.inner.addEventListener(moved, fold, { once: true });
  }
}
