// Marks: each function draws one kind on a canvas. `p` is the pen: {ctx, X, Y, frame, ink, size, box}.

const DASH = { '': [], dash: [9, 6], dot: [2, 5], dashdot: [10, 5, 2, 5] };
const ORDER = ['blue', 'orange', 'green', 'vermilion', 'purple', 'sky', 'ink', 'grey'];
const VIRIDIS = ['440154', '481a6c', '472f7d', '414487', '39568c', '31688e', '2a788e', '23888e', '1f988b', '22a884',
  '35b779', '54c568', '7ad151', 'a5db36', 'd2e21b', 'fde725'].map((h) => [0, 2, 4].map((i) => parseInt(h.slice(i, i + 2), 16)));

function viridis(u) {
  const t = Math.min(1, Math.max(0, u)) * (VIRIDIS.length - 1), i = Math.min(VIRIDIS.length - 2, Math.floor(t));
  return VIRIDIS[i].map((c, k) => Math.round(c + (t - i) * (VIRIDIS[i + 1][k] - c)));
}

/** Reads an argument of a mark: a number as it is, a name as its array. */
const read = (p, what) => (typeof what === 'string' ? p.frame[what] : { data: [what], shape: [] });
const pick = (array, i) => array.data[array.data.length === 1 ? 0 : i];

function glyph(ctx, marker, x, y, r) {
  ctx.beginPath();
  if (marker === 's') ctx.rect(x - r * 0.9, y - r * 0.9, r * 1.8, r * 1.8);
  else if (marker === '^') { ctx.moveTo(x, y - r * 1.2); ctx.lineTo(x + r * 1.1, y + r * 0.9); ctx.lineTo(x - r * 1.1, y + r * 0.9); ctx.closePath(); }
  else if (marker === 'd') { ctx.moveTo(x, y - r * 1.3); ctx.lineTo(x + r * 1.1, y); ctx.lineTo(x, y + r * 1.3); ctx.lineTo(x - r * 1.1, y); ctx.closePath(); }
  else if (marker === 'x') { ctx.moveTo(x - r, y - r); ctx.lineTo(x + r, y + r); ctx.moveTo(x + r, y - r); ctx.lineTo(x - r, y + r); ctx.stroke(); return; }
  else ctx.arc(x, y, r, 0, 2 * Math.PI);
  ctx.fill();
}

function path(p, xs, ys, from, count) {
  let down = false;
  p.ctx.beginPath();
  for (let i = 0; i < count; i += 1) {
    const y = ys[from + i];
    if (!Number.isFinite(y) || !Number.isFinite(xs[i])) { down = false; continue; }
    if (down) p.ctx.lineTo(p.X(xs[i]), p.Y(y)); else p.ctx.moveTo(p.X(xs[i]), p.Y(y));
    down = true;
  }
}

const MARKS = {
  line(p, m) {
    const x = read(p, m.x), y = read(p, m.y), n = x.data.length;
    Object.assign(p.ctx, { strokeStyle: p.ink[m.color], fillStyle: p.ink[m.color], lineWidth: m.width, lineJoin: 'round' });
    p.ctx.setLineDash(DASH[m.dash]);
    for (let from = 0; from < y.data.length; from += n) {
      path(p, x.data, y.data, from, n);
      p.ctx.stroke();
      if (m.marker) for (let i = 0; i < n; i += 1) if (Number.isFinite(y.data[from + i])) glyph(p.ctx, m.marker, p.X(x.data[i]), p.Y(y.data[from + i]), 4.5);
    }
    p.ctx.setLineDash([]);
  },

  points(p, m) {
    const x = read(p, m.x).data, y = read(p, m.y).data;
    Object.assign(p.ctx, { fillStyle: p.ink[m.color], strokeStyle: p.ink[m.color], lineWidth: 2, globalAlpha: m.alpha });
    for (let i = 0; i < x.length; i += 1) if (Number.isFinite(x[i]) && Number.isFinite(y[i])) glyph(p.ctx, m.marker, p.X(x[i]), p.Y(y[i]), m.size);
    p.ctx.globalAlpha = 1;
  },

  bars(p, m) {
    const x = read(p, m.x).data, y = read(p, m.y).data;
    const half = Math.abs(p.X(p.axes.x.lo + m.width) - p.X(p.axes.x.lo)) / 2;
    const base = p.axes.y.log ? p.box.bottom : p.Y(0);
    p.ctx.fillStyle = p.ink[m.color];
    for (let i = 0; i < x.length; i += 1) if (Number.isFinite(y[i])) p.ctx.fillRect(p.X(x[i]) - half, Math.min(base, p.Y(y[i])), 2 * half, Math.abs(p.Y(y[i]) - base));
  },

  histogram(p, m) {
    const edges = read(p, m.x).data, counts = read(p, m.y).data, { ctx } = p;
    ctx.beginPath();
    ctx.moveTo(p.X(edges[0]), p.Y(0));
    counts.forEach((c, i) => { ctx.lineTo(p.X(edges[i]), p.Y(c)); ctx.lineTo(p.X(edges[i + 1]), p.Y(c)); });
    ctx.lineTo(p.X(edges[counts.length]), p.Y(0));
    Object.assign(ctx, { fillStyle: p.ink[m.color], strokeStyle: p.ink[m.color], lineWidth: 1.5, globalAlpha: m.alpha });
    ctx.fill();
    ctx.globalAlpha = 1;
    ctx.stroke();
  },

  ridges(p, m) {
    const x = read(p, m.x).data, z = read(p, m.z), [rows, n] = z.shape, { ctx } = p;
    const rise = m.overlap * Math.abs(p.Y(2) - p.Y(1));
    for (let r = 0; r < rows; r += 1) {
      const base = p.Y(r + 1);
      let top = 0;
      for (let i = 0; i < n; i += 1) top = Math.max(top, z.data[r * n + i]);
      if (!(top > 0)) continue;
      ctx.beginPath();
      ctx.moveTo(p.X(x[0]), base);
      for (let i = 0; i < n; i += 1) ctx.lineTo(p.X(x[i]), base - (rise * z.data[r * n + i]) / top);
      ctx.lineTo(p.X(x[n - 1]), base);
      Object.assign(ctx, { fillStyle: p.ink.paper, strokeStyle: p.ink[m.color], lineWidth: 1.8 });
      ctx.fill();
      Object.assign(ctx, { fillStyle: p.ink[m.color], globalAlpha: 0.45 });
      ctx.fill();
      ctx.globalAlpha = 1;
      ctx.stroke();
    }
  },

  band(p, m) {
    const x = read(p, m.x).data, low = read(p, m.low).data, high = read(p, m.high).data, { ctx } = p;
    ctx.beginPath();
    for (let i = 0; i < x.length; i += 1) ctx.lineTo(p.X(x[i]), p.Y(high[i]));
    for (let i = x.length - 1; i >= 0; i -= 1) ctx.lineTo(p.X(x[i]), p.Y(low[i]));
    Object.assign(ctx, { fillStyle: p.ink[m.color], globalAlpha: m.alpha });
    ctx.fill();
    ctx.globalAlpha = 1;
  },

  rule(p, m) {
    const at = read(p, m.x ?? m.y).data[0], { ctx, box } = p;
    if (!Number.isFinite(at)) return;
    Object.assign(ctx, { strokeStyle: p.ink[m.color], lineWidth: 2 });
    ctx.setLineDash(DASH[m.dash]);
    ctx.beginPath();
    if (m.x !== null) { ctx.moveTo(p.X(at), box.top); ctx.lineTo(p.X(at), box.bottom); } else { ctx.moveTo(box.left, p.Y(at)); ctx.lineTo(box.right, p.Y(at)); }
    ctx.stroke();
    ctx.setLineDash([]);
  },

  arrows(p, m) {
    const [x, y, dx, dy] = [m.x, m.y, m.dx, m.dy].map((k) => read(p, k)), { ctx } = p;
    Object.assign(ctx, { strokeStyle: p.ink[m.color], fillStyle: p.ink[m.color], lineWidth: m.width });
    for (let i = 0; i < dx.data.length; i += 1) {
      const x0 = p.X(pick(x, i)), y0 = p.Y(pick(y, i));
      const x1 = p.X(pick(x, i) + dx.data[i]), y1 = p.Y(pick(y, i) + dy.data[i]), length = Math.hypot(x1 - x0, y1 - y0);
      if (!(length > 0.5)) continue;
      const head = Math.min(5 + 2.5 * m.width, length), ux = (x1 - x0) / length, uy = (y1 - y0) / length;
      ctx.beginPath();
      ctx.moveTo(x0, y0);
      ctx.lineTo(x1 - ux * head * 0.8, y1 - uy * head * 0.8);
      ctx.stroke();
      ctx.beginPath();
      ctx.moveTo(x1, y1);
      ctx.lineTo(x1 - head * (ux + 0.45 * uy), y1 - head * (uy - 0.45 * ux));
      ctx.lineTo(x1 - head * (ux - 0.45 * uy), y1 - head * (uy + 0.45 * ux));
      ctx.fill();
    }
  },

  text(p, m) {
    const x = read(p, m.x), y = read(p, m.y), words = read(p, m.words);
    Object.assign(p.ctx, { fillStyle: p.ink[m.color], textAlign: m.align, textBaseline: 'middle', font: p.font(m.size) });
    for (let i = 0; i < words.data.length; i += 1) p.ctx.fillText(write(words.data[i], '.3g'), p.X(pick(x, i)), p.Y(pick(y, i)));
  },

  boxes(p, m) {
    const [x, y, words, fill, w, h] = [m.x, m.y, m.words, m.fill, m.w, m.h].map((k) => read(p, k)), { ctx } = p;
    for (let i = 0; i < words.data.length; i += 1) {
      const width = Math.abs(p.X(pick(w, i)) - p.X(0)), height = Math.abs(p.Y(pick(h, i)) - p.Y(0));
      const left = p.X(pick(x, i)) - width / 2, top = p.Y(pick(y, i)) - height / 2, color = ORDER[pick(fill, i)];
      ctx.beginPath();
      ctx.roundRect(left, top, width, height, 6);
      Object.assign(ctx, { fillStyle: p.ink.paper, strokeStyle: p.ink[color] ?? p.ink.grid, lineWidth: color ? 2.5 : 1.5 });
      ctx.fill();
      if (color) { Object.assign(ctx, { fillStyle: p.ink[color], globalAlpha: 0.22 }); ctx.fill(); ctx.globalAlpha = 1; }
      ctx.stroke();
      const lines = String(words.data[i]).split('\n');
      Object.assign(ctx, { fillStyle: p.ink.ink, textAlign: 'center', textBaseline: 'middle' });
      lines.forEach((line, k) => {
        ctx.font = p.font(k ? 0.86 : 1, k === 0);
        ctx.fillText(line, left + width / 2, top + height / 2 + (k - (lines.length - 1) / 2) * p.size * 1.12, width - 6);
      });
    }
  },

  polygons(p, m) {
    const x = read(p, m.x), y = read(p, m.y), fill = read(p, m.fill), [n, corners] = x.shape, { ctx } = p;
    Object.assign(ctx, { strokeStyle: p.ink.paper, lineWidth: 1.3, lineJoin: 'round' });
    for (let i = 0; i < n; i += 1) {
      if (!Number.isFinite(x.data[i * corners])) continue;
      ctx.beginPath();
      for (let k = 0; k < corners; k += 1) ctx.lineTo(p.X(x.data[i * corners + k]), p.Y(y.data[i * corners + k]));
      ctx.closePath();
      const color = ORDER[pick(fill, i)];
      ctx.fillStyle = p.ink[color] ?? p.ink.grid;
      ctx.globalAlpha = m.alpha;
      ctx.fill();
      ctx.globalAlpha = 1;
      ctx.stroke();
    }
  },

  heat(p, m) {
    const z = read(p, m.z), [rows, columns] = z.shape, [lo, hi] = m.limits;
    const sheet = p.sheet(m, columns, rows), pixels = sheet.ctx.createImageData(columns, rows);
    for (let i = 0; i < z.data.length; i += 1) {
      const [r, g, b] = viridis((z.data[i] - lo) / (hi - lo));
      pixels.data.set([r, g, b, Number.isFinite(z.data[i]) ? 255 : 0], 4 * i);
    }
    sheet.ctx.putImageData(pixels, 0, 0);
    const { ctx } = p, [x0, x1] = m.xs.map(p.X), [y0, y1] = m.ys.map(p.Y);
    ctx.save();
    ctx.imageSmoothingEnabled = false;
    ctx.translate(x0, y0);
    ctx.scale((x1 - x0) / columns, (y1 - y0) / rows);
    ctx.drawImage(sheet.canvas, 0, 0);
    ctx.restore();
  },

  contours(p, m) {
    const z = read(p, m.z), [rows, columns] = z.shape, { ctx } = p;
    const X = (j) => p.X(m.xs[0] + ((m.xs[1] - m.xs[0]) * j) / (columns - 1));
    const Y = (i) => p.Y(m.ys[0] + ((m.ys[1] - m.ys[0]) * i) / (rows - 1));
    Object.assign(ctx, { strokeStyle: p.ink[m.color], lineWidth: 1.3 });
    ctx.beginPath();
    for (const level of m.levels) for (let i = 0; i < rows - 1; i += 1) for (let j = 0; j < columns - 1; j += 1) {
      const corner = [[i, j], [i, j + 1], [i + 1, j + 1], [i + 1, j]];
      const ends = [];
      corner.forEach(([a, b], k) => {
        const [c, d] = corner[(k + 1) % 4], u = z.data[a * columns + b] - level, v = z.data[c * columns + d] - level;
        if ((u < 0) !== (v < 0)) { const t = u / (u - v); ends.push([X(b + t * (d - b)), Y(a + t * (c - a))]); }
      });
      for (let k = 0; k + 1 < ends.length; k += 2) { ctx.moveTo(...ends[k]); ctx.lineTo(...ends[k + 1]); }
    }
    ctx.stroke();
  },

  cells(p, m) {
    const z = read(p, m.z), [rows, columns] = z.shape, [lo, hi] = m.limits, { ctx } = p;
    Object.assign(ctx, { textAlign: 'center', textBaseline: 'middle', font: p.font(0.95) });
    for (let i = 0; i < rows; i += 1) for (let j = 0; j < columns; j += 1) {
      const value = z.data[i * columns + j], rgb = viridis((value - lo) / (hi - lo));
      const left = Math.min(p.X(j - 0.5), p.X(j + 0.5)), top = Math.min(p.Y(i - 0.5), p.Y(i + 0.5));
      if (!Number.isFinite(value)) continue;
      ctx.fillStyle = `rgb(${rgb})`;
      ctx.fillRect(left + 1, top + 1, Math.abs(p.X(1) - p.X(0)) - 2, Math.abs(p.Y(1) - p.Y(0)) - 2);
      ctx.fillStyle = 0.3 * rgb[0] + 0.59 * rgb[1] + 0.11 * rgb[2] > 140 ? '#000' : '#fff';
      ctx.fillText(write(value, m.fmt), p.X(j), p.Y(i));
    }
  },
};
