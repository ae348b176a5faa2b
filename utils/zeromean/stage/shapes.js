// Marks with an area: bars, histogram, ridges, boxes, polygons.

MARKS.bars = (p, m) => {
  const x = read(p, m.x).data, y = read(p, m.y).data, { ctx } = p;
  const half = Math.abs(p.X(p.axes.x.lo + m.width) - p.X(p.axes.x.lo)) / 2;
  const base = p.axes.y.log ? p.box.bottom : p.Y(0);
  ctx.fillStyle = p.ink[m.color];
  for (let i = 0; i < x.length; i += 1) {
    const top = p.Y(y[i]);
    if (Number.isFinite(top)) ctx.fillRect(p.X(x[i]) - half, Math.min(base, top), 2 * half, Math.abs(top - base));
  }
};

MARKS.histogram = (p, m) => {
  const edges = read(p, m.x).data, counts = read(p, m.y).data, { ctx } = p, ground = p.Y(0);
  const stairs = [...counts].flatMap((c, i) => [[p.X(edges[i]), p.Y(c)], [p.X(edges[i + 1]), p.Y(c)]]);
  Object.assign(ctx, { fillStyle: p.ink[m.color], strokeStyle: p.ink[m.color], lineWidth: thick(p, 1.5) });
  ctx.globalAlpha = m.alpha;
  ctx.beginPath();
  polygon(ctx, [[p.X(edges[0]), ground], ...stairs, [p.X(edges[counts.length]), ground]]);
  ctx.fill();
  ctx.globalAlpha = 1;
  ctx.stroke();
};

MARKS.ridges = (p, m) => {
  const x = read(p, m.x).data, z = read(p, m.z), [rows, n] = z.shape, { ctx } = p;
  const rise = m.overlap * Math.abs(p.Y(2) - p.Y(1));
  for (let r = 0; r < rows; r += 1) {
    const base = p.Y(r + 1), hill = z.data.slice(r * n, (r + 1) * n), top = Math.max(...hill);
    if (!(top > 0)) continue;
    ctx.beginPath();
    ctx.moveTo(p.X(x[0]), base);
    hill.forEach((v, i) => ctx.lineTo(p.X(x[i]), base - (rise * v) / top));
    ctx.lineTo(p.X(x[n - 1]), base);
    Object.assign(ctx, { fillStyle: p.ink.paper, strokeStyle: p.ink[m.color], lineWidth: thick(p, 1.8) });
    ctx.fill();
    Object.assign(ctx, { fillStyle: p.ink[m.color], globalAlpha: 0.45 });
    ctx.fill();
    ctx.globalAlpha = 1;
    ctx.stroke();
  }
};

MARKS.boxes = (p, m) => {
  const [x, y, words, fill, w, h] = [m.x, m.y, m.words, m.fill, m.w, m.h].map((k) => read(p, k)), { ctx } = p;
  for (let i = 0; i < words.data.length; i += 1) {
    const wide = Math.abs(p.X(pick(w, i)) - p.X(0)), high = Math.abs(p.Y(pick(h, i)) - p.Y(0));
    const [middle, level] = [p.X(pick(x, i)), p.Y(pick(y, i))], color = ORDER[pick(fill, i)];
    ctx.beginPath();
    ctx.roundRect(middle - wide / 2, level - high / 2, wide, high, 6);
    const lines = { strokeStyle: p.ink[color] ?? p.ink.grid, lineWidth: thick(p, color ? 2.5 : 1.5) };
    Object.assign(ctx, { fillStyle: p.ink.paper, ...lines });
    ctx.fill();
    if (color) { Object.assign(ctx, { fillStyle: p.ink[color], globalAlpha: 0.22 }); ctx.fill(); ctx.globalAlpha = 1; }
    ctx.stroke();
    const rows = String(words.data[i]).split('\n'), fit = Math.min(1, high / (rows.length * p.size * 1.15));
    Object.assign(ctx, { fillStyle: p.ink.ink, textAlign: 'center', textBaseline: 'middle' });
    rows.forEach((row, k) => {
      ctx.font = p.font((k ? 0.86 : 1) * fit, k === 0);
      ctx.fillText(row, middle, level + (k - (rows.length - 1) / 2) * p.size * 1.12 * fit, wide - 6);
    });
  }
};

MARKS.polygons = (p, m) => {
  const x = read(p, m.x), y = read(p, m.y), fill = read(p, m.fill), [n, corners] = x.shape, { ctx } = p;
  Object.assign(ctx, { strokeStyle: p.ink.paper, lineWidth: m.seam, lineJoin: 'round' });
  for (let i = 0; i < n; i += 1) {
    const from = i * corners;
    if (!Number.isFinite(x.data[from])) continue;
    ctx.beginPath();
    polygon(ctx, Array.from({ length: corners }, (_, k) => [p.X(x.data[from + k]), p.Y(y.data[from + k])]));
    const color = ORDER[pick(fill, i)];
    ctx.fillStyle = p.ink[color] ?? p.ink.grid;
    ctx.globalAlpha = m.alpha;
    ctx.fill();
    ctx.globalAlpha = 1;
    if (m.seam) ctx.stroke();
  }
};
