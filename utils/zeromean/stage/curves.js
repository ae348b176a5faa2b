// Marks along a curve: line, points, band, rule, arrows, text.

/** Says where a row of numbers is on the picture: [pixel, pixel] for each; what is infinite lies beyond the edge. */
function places(p, x, y, row, n) {
  const xs = x.data.length === y.data.length ? row * n : 0, far = { lo: p.box.bottom + 1e4, hi: p.box.top - 1e4 };
  return Array.from({ length: n }, (_, i) => {
    const value = y.data[row * n + i];
    const beyond = value === Infinity ? far.hi : value === -Infinity ? far.lo : NaN;
    return [p.X(x.data[xs + i]), Number.isFinite(value) ? Math.max(far.hi, Math.min(far.lo, p.Y(value))) : beyond];
  });
}

const drawable = ([x, y]) => Number.isFinite(x) && Number.isFinite(y);
const inside = (p, [x, y]) => drawable([x, y]) && y > p.box.top - 1 && y < p.box.bottom + 1 && x > p.box.left - 1;

function trace(ctx, spots) {
  let down = false;
  ctx.beginPath();
  for (const spot of spots) {
    if (drawable(spot)) ctx[down ? 'lineTo' : 'moveTo'](...spot);
    down = drawable(spot);
  }
  ctx.stroke();
}

/** Says where a curve leaves the picture for good, upwards or into no number: [pixel, pixel], or null. */
function leaves(p, spots) {
  const last = spots.findLastIndex((spot) => inside(p, spot));
  if (last === spots.length - 1) return null;
  if (last < 0) return [p.box.left + p.size, p.box.top];
  const [[x0, y0], [x1, y1]] = [spots[last], spots[last + 1]];
  if (!Number.isFinite(x1)) return null; // it has not come that far yet
  const edge = y1 > p.box.bottom ? p.box.bottom : p.box.top;
  const t = Number.isFinite(y1) && y1 !== y0 ? (edge - y0) / (y1 - y0) : 1;
  return [x0 + t * (x1 - x0), edge];
}

MARKS.line = (p, m) => {
  const { ctx } = p, x = read(p, m.x), y = read(p, m.y), n = y.shape.at(-1) ?? 1, rows = y.data.length / n;
  const followed = m.follow && rows > 1 && p.follow?.key === m.follow ? p.follow.i : -1;
  const tone = { strokeStyle: p.ink[m.color], fillStyle: p.ink[m.color], lineJoin: 'round' };
  for (let row = 0; row < rows; row += 1) {
    const spots = places(p, x, y, row, n), alpha = row === followed ? 1 : m.alpha, lost = m.lost && leaves(p, spots);
    if (alpha === 0) continue;
    Object.assign(ctx, { ...tone, globalAlpha: alpha, lineWidth: thick(p, m.width) });
    ctx.setLineDash(DASH[m.dash]);
    if (lost) trace(ctx, [...spots.filter((s) => inside(p, s)).slice(-1), lost]);
    trace(ctx, spots);
    if (m.marker) for (const spot of spots) if (drawable(spot)) glyph(ctx, m.marker, ...spot, 4.5 * p.scale);
    ctx.setLineDash([]);
    if (m.name && rows === 1) label(p, m, spots, lost);
  }
  ctx.globalAlpha = 1;
};

/** Notes the name of a curve for its end. */
function label(p, m, spots, lost) {
  const at = lost || spots.findLast((spot) => inside(p, spot));
  const words = lost ? `${m.name}: ${m.lost}` : m.name;
  if (at && (p.named || lost)) p.labels.push({ words, at, color: m.color, lost });
}

MARKS.points = (p, m) => {
  const x = read(p, m.x), y = read(p, m.y), { ctx } = p, n = Math.max(x.data.length, y.data.length);
  const look = { fillStyle: p.ink[m.color], strokeStyle: p.ink[m.color], lineWidth: thick(p, 2), globalAlpha: m.alpha };
  Object.assign(ctx, look);
  for (let i = 0; i < n; i += 1) {
    const spot = [p.X(pick(x, i)), p.Y(pick(y, i))];
    if (drawable(spot)) glyph(ctx, m.marker, ...spot, m.size * p.scale);
  }
  ctx.globalAlpha = 1;
};

MARKS.band = (p, m) => {
  const x = read(p, m.x).data, low = read(p, m.low).data, high = read(p, m.high).data, { ctx } = p;
  ctx.beginPath();
  for (let i = 0; i < x.length; i += 1) ctx.lineTo(p.X(x[i]), p.Y(high[i]));
  for (let i = x.length - 1; i >= 0; i -= 1) ctx.lineTo(p.X(x[i]), p.Y(low[i]));
  Object.assign(ctx, { fillStyle: p.ink[m.color], globalAlpha: m.alpha });
  ctx.fill();
  ctx.globalAlpha = 1;
};

MARKS.rule = (p, m) => {
  const value = read(p, m.x ?? m.y).data[0], { ctx, box } = p, upright = m.x !== null;
  if (!Number.isFinite(value)) return;
  const at = upright ? p.X(value) : p.Y(value);
  const ends = upright ? [[at, box.bottom], [at, box.top]] : [[box.left, at], [box.right, at]];
  Object.assign(ctx, { strokeStyle: p.ink[m.color], lineWidth: thick(p, 2) });
  ctx.setLineDash(DASH[m.dash]);
  trace(ctx, ends);
  ctx.setLineDash([]);
  if (m.name && p.named) p.labels.push({ words: m.name, at: ends[1], color: m.color, top: upright });
};

MARKS.arrows = (p, m) => {
  const [x, y, dx, dy] = [m.x, m.y, m.dx, m.dy].map((k) => read(p, k)), { ctx } = p, wide = thick(p, m.width);
  Object.assign(ctx, { strokeStyle: p.ink[m.color], fillStyle: p.ink[m.color], lineWidth: wide });
  for (let i = 0; i < dx.data.length; i += 1) {
    const [x0, y0] = [p.X(pick(x, i)), p.Y(pick(y, i))];
    const x1 = p.X(pick(x, i) + dx.data[i]), y1 = p.Y(pick(y, i) + dy.data[i]), length = Math.hypot(x1 - x0, y1 - y0);
    if (!(length > 0.5)) continue;
    const head = Math.min(5 + 2.5 * wide, length), ux = (x1 - x0) / length, uy = (y1 - y0) / length;
    trace(ctx, [[x0, y0], [x1 - ux * head * 0.8, y1 - uy * head * 0.8]]);
    ctx.beginPath();
    polygon(ctx, [[x1, y1], [x1 - head * (ux + 0.45 * uy), y1 - head * (uy - 0.45 * ux)],
      [x1 - head * (ux - 0.45 * uy), y1 - head * (uy + 0.45 * ux)]]);
    ctx.fill();
    if (m.name && p.named && dx.data.length === 1) {
      p.labels.push({ words: m.name, at: [x1, y1], color: m.color, way: [ux, uy] });
    }
  }
};

MARKS.text = (p, m) => {
  const x = read(p, m.x), y = read(p, m.y), words = read(p, m.words);
  const look = { textAlign: m.align, textBaseline: 'middle', font: p.font(m.size) };
  Object.assign(p.ctx, { fillStyle: p.ink.words[m.color], ...look });
  words.data.forEach((word, i) => {
    const said = write(word, '.3g'), half = m.align === 'center' ? p.ctx.measureText(said).width / 2 + 2 : 0;
    p.ctx.fillText(said, Math.max(half, Math.min(p.width - half, p.X(pick(x, i)))), p.Y(pick(y, i)));
  });
};
