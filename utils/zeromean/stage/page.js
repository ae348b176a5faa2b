// The page of a stage: its parts in their order, its colours, its height in a talk.

const THEMES = ['class', 'style', 'data-jp-theme-light', 'data-jp-theme-name'];

/** How many pictures stand side by side: three, but four as two and two, unless `columns` says otherwise. */
function across({ views, columns }) {
  const narrow = views.filter((v) => v.size === 'small').length;
  return columns ?? (narrow === 4 ? 2 : Math.max(1, Math.min(narrow, 3)));
}

function buildPage(stage) {
  const { spec } = stage, title = uid();
  stage.controls = new Map(spec.controls.map((c) => [c.name, makeControl(c, stage)]));
  stage.pictures = spec.views.map((v) => new Picture(v, stage));
  stage.presets = spec.presets.map((p) => {
    const onclick = () => stage.move(p.at, { smooth: true, note: p.note, anew: true });
    return { ...p, el: make('button', { type: 'button', class: 'zm-chip', title: p.note, onclick }, p.name) };
  });
  stage.status = make('p', { class: 'zm-status', role: 'status' });
  stage.readout = make('p', { class: 'zm-readout' });
  stage.live = make('p', { class: 'zm-hidden', role: 'status', 'aria-live': 'polite' });
  stage.lamp = spec.goal && make('p', { class: 'zm-goal' }, make('i', { 'aria-hidden': 'true' }), make('span'));
  stage.formula = spec.formula ? new Formula(spec.formula) : null;
  stage.views = viewsOf(stage);
  const chosen = [...stage.controls.values()].filter((c) => c.spec.values.length > 1); // a page may store one setting
  const parts = [...chosen.map((c) => c.el), ...stage.follow.inputs.map((f) => f.el)];
  const tries = { class: 'zm-presets', role: 'group', 'aria-label': 'Settings to try' };
  stage.inner = make('div', { class: 'zm-inner' }, make('div', { class: 'zm-controls' }, ...parts),
    make('div', { class: 'zm-tries' }, make('div', tries, ...stage.presets.map((p) => p.el)), stage.status),
    stage.formula?.el, stage.views, stage.follow.words, stage.readout,
    stage.lamp);
  const question = spec.prediction && !stage.sent ? new Question(stage).el : null;
  const names = { role: 'region', 'aria-labelledby': title, 'data-prevent-swipe': true, 'data-drawn': 0 };
  stage.root = make('div', { class: 'zm-stage', ...names },
    make('div', { class: 'zm-head' }, make('p', { class: 'zm-title', id: title }, spec.title),
      make('div', { class: 'zm-buttons' }, ...buttons(stage))), question, stage.inner, stage.live);
  stage.el.replaceChildren(stage.root);
  remember(stage);
}

function viewsOf({ spec, pictures }) {
  const large = spec.views.some((v) => v.size === 'large'), small = spec.views.filter((v) => v.size === 'small').length;
  const layout = { 'data-columns': across(spec), 'data-large': large, style: `--rows: ${Math.max(1, small)}` };
  return make('div', { class: 'zm-views', ...layout }, ...pictures.map((p) => p.el));
}

/** What happens when the hand rests: words are read out, the setting is kept. */
function remember(stage) {
  const { model, spec, sent } = stage;
  stage.announce = settle((words) => { stage.live.textContent = words; }, 700);
  stage.save = settle(() => {
    if (!model.send) { if (stage.touched) toAddress(spec, stage.settings()); stage.touched = true; return; }
    model.set('params', stage.settings());
    model.save_changes();
  }, 300);
  stage.touched = Boolean(sent);
  stage.ends.push(stage.announce.stop, stage.save.stop, ...stage.pictures.map((p) => p.say.stop));
}

function buttons(stage) {
  const actions = stage.model.send ? stage.spec.actions.map((label) => {
    const act = pressable(label, () => {
      if (act.getAttribute('aria-busy')) return;
      act.setAttribute('aria-busy', 'true');
      stage.kernel.act(act);
    });
    return act;
  }) : [];
  const toggle = (words, f) => {
    const button = pressable(words, () => button.setAttribute('aria-pressed', f()), { 'aria-pressed': 'false' });
    return button;
  };
  const tables = toggle('Show as table', () => {
    stage.tables = !stage.tables;
    stage.pictures.forEach((p) => { p.table.hidden = !stage.tables; });
    stage.draw();
    return stage.tables;
  });
  const talk = toggle('Talk mode', () => {
    stage.wantsTalk = !stage.wantsTalk;
    stage.resize();
    return stage.wantsTalk;
  });
  return [...actions, tables, talk, pressable('Reset', () => stage.reset())];
}

/** In a talk the stage takes the height that is left in the element that has `data-zm-talk`, or in the window. */
function fitTalk(stage) {
  const { root, el } = stage, host = el.closest('[data-zm-talk]');
  stage.talks = Boolean(host || stage.wantsTalk);
  root.toggleAttribute('data-talk', stage.talks);
  root.style.height = '';
  if (!stage.talks) return;
  if (!host) { root.style.height = `${Math.max(420, innerHeight - 24)}px`; return; }
  const [frame, own] = [host, root].map((part) => part.getBoundingClientRect());
  const scale = frame.height / host.offsetHeight || 1;
  const after = Math.max(0, ...[...host.children].map((c) => c.getBoundingClientRect().bottom)) - own.bottom;
  const left = (host.clientHeight * scale - (own.top - frame.top) - Math.max(0, after)) / scale;
  root.style.height = `${Math.max(360, Math.floor(left))}px`;
}

/** Follows the page: dark where the first painted background behind the stage is dark. Returns the colours. */
function inkOf(root, from) {
  let dark = false;
  for (let el = from; el; el = el.parentElement) {
    const style = getComputedStyle(el), [r, g, b, a = 1] = style.backgroundColor.match(/[\d.]+/g).map(Number);
    if (a > 0.5) { dark = 0.3 * r + 0.59 * g + 0.11 * b < 110; break; }
    if (!el.parentElement) dark = style.colorScheme.includes('dark') && isDark();
  }
  root.dataset.theme = dark ? 'dark' : 'light';
  const style = getComputedStyle(root), color = (name) => style.getPropertyValue(`--zm-${name}`).trim();
  const ink = Object.fromEntries([...ORDER, 'paper', 'muted', 'grid'].map((n) => [n, color(n)]));
  return { ...ink, words: Object.fromEntries(ORDER.map((n) => [n, blend(ink[n], ink.ink, dark ? 0.25 : 0.4)])) };
}

const isDark = () => matchMedia('(prefers-color-scheme: dark)').matches;

/** Mixes two colours #rrggbb, so that words in the colour of a series can be read. */
function blend(a, b, t) {
  const [from, to] = [a, b].map((hex) => rgbOf(hex.slice(1)));
  return `rgb(${from.map((v, k) => Math.round(v + (to[k] - v) * t))})`;
}
