// Without a kernel only the stored settings can be shown: the controls then offer those, and no others.

function storedOnly(spec) {
  const { stored } = spec, order = Object.fromEntries(spec.controls.map((c, k) => [c.name, stored[k]]));
  const moved = (at) => Object.fromEntries(Object.entries(at).map(([name, i]) => [name, order[name].indexOf(i)]));
  const controls = spec.controls.map((c, k) => {
    const few = (list) => stored[k].map((i) => list[i]);
    const words = c.words?.length ? few(c.words) : null;
    return { ...c, values: few(c.values), words, start: stored[k].indexOf(c.start) };
  });
  const path = (h) => {
    const sizes = h.along.map((name) => spec.controls.find((c) => c.name === name).values.length);
    const rows = h.along.reduce((all, name) => all.flatMap((row) => order[name].map((i) => [...row, i])), [[]]);
    return h.along.length ? rows.map((row) => h.path[row.reduce((sum, i, k) => sum * sizes[k] + i, 0)]) : h.path;
  };
  return {
    ...spec,
    controls,
    stored: stored.map((positions) => positions.map((_, i) => i)),
    presets: spec.presets.map((p) => ({ ...p, at: moved(p.at) })),
    prediction: spec.prediction && { ...spec.prediction, at: moved(spec.prediction.at) },
    views: spec.views.map((v) => ({ ...v, handles: v.handles.map((h) => ({ ...h, path: path(h) })) })),
  };
}
