// The names of curves at their ends, moved apart where they would lie on one another; a legend where there is no room.

const NAMED_AT_END = ['line', 'rule', 'arrows'];
const namedAtEnd = (m) => Boolean(m.name) && NAMED_AT_END.includes(m.kind);

/** Returns the room that names need to the right of a picture; 0 where they would take more than a third of it. */
function marginFor(ctx, spec, font, width) {
  ctx.font = font(0.92, true);
  const words = spec.marks.filter((m) => namedAtEnd(m) && m.kind !== 'arrows' && (m.kind === 'line' || m.x === null));
  const longest = Math.max(0, ...words.map((m) => ctx.measureText(m.name).width));
  const room = longest + (spec.handles.length ? 24 : 14);
  return longest && room < width / 3 ? room : 0;
}

/** Moves heights apart: each at least `gap` below the one before, all between the ends where they fit. */
function apart(heights, gap, top, bottom) {
  const order = heights.map((_, i) => i).sort((a, b) => heights[a] - heights[b]), out = [...heights];
  order.forEach((i, k) => { out[i] = Math.max(out[i], k ? out[order[k - 1]] + gap : top); });
  [...order].reverse().forEach((i, k, back) => { out[i] = Math.min(out[i], k ? out[back[k - 1]] - gap : bottom); });
  return out;
}

/** Writes the names; beside a grip, which lies over the picture, they stand a little further off. */
function writeLabels(p, grips) {
  const { ctx, box, size } = p, gap = size * 1.1;
  const atSide = p.labels.filter((l) => !l.lost && !l.top && !l.way);
  const rest = p.labels.filter((l) => !atSide.includes(l));
  const ys = apart(atSide.map((l) => l.at[1]), gap, box.top, box.bottom);
  Object.assign(ctx, { textBaseline: 'middle', font: p.font(0.92, true) });
  atSide.forEach((l, i) => {
    const covered = grips.some(([gx, gy]) => Math.abs(gx - l.at[0]) < 15 && Math.abs(gy - ys[i]) < 15 + size / 2);
    const x = Math.max(l.at[0], box.left) + (covered ? 18 : 8), moved = Math.abs(ys[i] - l.at[1]) > 3;
    if (moved) leader(p, l, [x - 1, ys[i]]);
    inscribe(p, l, x, ys[i], 'left');
  });
  const used = [];
  for (const l of rest) {
    const half = ctx.measureText(l.words).width;
    if (l.way) {
      inscribe(p, l, l.at[0] + l.way[0] * (half / 2 + 22), l.at[1] + l.way[1] * size * 1.6, 'center');
      continue;
    }
    const x = Math.min(l.at[0] + 6, p.width - half - 4);
    let y = box.top + size * 0.8;
    while (used.some(([a, b, at]) => Math.abs(at - y) < gap && a < x + half && x < b)) y += gap;
    used.push([x, x + half, y]);
    inscribe(p, l, x, y, 'left');
  }
}

/** Writes over a soft edge of the paper, so that a name can be read on a curve. */
function inscribe({ ctx, ink }, l, x, y, textAlign) {
  Object.assign(ctx, { textAlign, strokeStyle: ink.paper, lineWidth: 4, lineJoin: 'round' });
  ctx.fillStyle = ink.words[l.color];
  ctx.strokeText(l.words, x, y);
  ctx.fillText(l.words, x, y);
}

function leader({ ctx, ink }, l, [x, y]) {
  Object.assign(ctx, { strokeStyle: ink[l.color], lineWidth: 1 });
  ctx.beginPath();
  ctx.moveTo(...l.at);
  ctx.lineTo(x, y);
  ctx.stroke();
}
