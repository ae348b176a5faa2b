// The native controls: a range, a select, a checkbox, and the buttons that play.

/** One control: {el, spec, value(), words(), show(position)}. */
function makeControl(spec, stage) {
  const at = () => stage.at[spec.name], value = () => spec.values[at()];
  const unit = /^\p{L}/u.test(spec.unit ?? '') ? ` ${spec.unit}` : spec.unit ?? ''; // 3 pixels, but 45° and 2×
  const number = () => write(value(), spec.fmt) + unit;
  const words = () => spec.words?.[at()] ?? (spec.kind === 'slider' ? number() : write(value()));
  const control = { spec, value, words };
  return Object.assign(control, { slider: sliderOf, choice: choiceOf, check: checkOf }[spec.kind](control, stage));
}

function sliderOf({ spec, words, value }, stage) {
  const id = uid(), shown = make('span', { class: 'zm-value', 'aria-hidden': 'true' });
  const oninput = () => stage.move({ [spec.name]: Number(input.value) });
  const input = make('input', { id, type: 'range', min: 0, max: spec.values.length - 1, step: 1, oninput });
  const row = make('div', { class: 'zm-row' }, input, spec.play ? playButtons(spec, stage) : null);
  const label = make('div', { class: 'zm-label' }, make('label', { for: id }, spec.label), shown);
  const show = (i) => {
    if (Number(input.value) !== i) input.value = i;
    shown.textContent = words();
    input.setAttribute('aria-valuetext', words());
  };
  return { el: make('div', { class: 'zm-control' }, label, row), show, value };
}

function choiceOf({ spec }, stage) {
  const id = uid(), onchange = () => stage.move({ [spec.name]: input.selectedIndex }, { smooth: true });
  const input = make('select', { id, onchange }, ...spec.values.map((v) => make('option', {}, v)));
  const label = make('div', { class: 'zm-label' }, make('label', { for: id }, spec.label));
  return { el: make('div', { class: 'zm-control' }, label, input), show: (i) => { input.selectedIndex = i; } };
}

function checkOf({ spec }, stage) {
  const id = uid(), onchange = () => stage.move({ [spec.name]: input.checked ? 1 : 0 }, { smooth: true });
  const input = make('input', { id, type: 'checkbox', onchange });
  const el = make('div', { class: 'zm-control zm-check' }, input, make('label', { for: id }, spec.label));
  return { el, show: (i) => { input.checked = i === 1; } };
}

function playButtons({ name, values, label }, stage) {
  const last = values.length - 1, named = (words) => ({ 'aria-label': words, title: words });
  const pause = () => (isCalm() ? 900 : Math.max(60, Math.min(900, 6000 / values.length)));
  let timer = null;
  const face = (sign, words) => {
    play.textContent = sign;
    Object.entries(named(words)).forEach(([k, v]) => play.setAttribute(k, v));
  };
  const stop = () => { clearInterval(timer); timer = null; face('▶', 'Play'); };
  const step = () => {
    if (stage.at[name] < last) stage.move({ [name]: stage.at[name] + 1 }, { smooth: pause() >= 200 });
    if (stage.at[name] >= last) stop();
  };
  const start = () => {
    if (stage.at[name] >= last) stage.move({ [name]: 0 });
    face('❚❚', 'Pause');
    timer = setInterval(step, pause());
  };
  const back = () => { stop(); stage.move({ [name]: stage.at[name] - 1 }, { smooth: true }); };
  const play = pressable('▶', () => (timer ? stop() : start()), named('Play'));
  stage.ends.push(stop);
  return make('div', { class: 'zm-steps', role: 'group', 'aria-label': label },
    pressable('‹', back, named('One step back')), play,
    pressable('›', () => { stop(); step(); }, named('One step on')));
}
