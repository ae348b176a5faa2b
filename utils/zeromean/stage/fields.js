// Marks of a matrix: heat, image, contours, cells.

const rgbOf = (hex) => [0, 2, 4].map((i) => parseInt(hex.slice(i, i + 2), 16));
const VIRIDIS = ['440154', '481a6c', '472f7d', '414487', '39568c', '31688e', '2a788e', '23888e', '1f988b', '22a884',
  '35b779', '54c568', '7ad151', 'a5db36', 'd2e21b', 'fde725'].map(rgbOf);

function viridis(u) {
  const t = Math.min(1, Math.max(0, u)) * (VIRIDIS.length - 1), i = Math.min(VIRIDIS.length - 2, Math.floor(t));
  return VIRIDIS[i].map((c, k) => Math.round(c + (t - i) * (VIRIDIS[i + 1][k] - c)));
}

const SHADES = Array.from({ length: 1025 }, (_, i) => viridis(i / 1024));
const CLEAR = [0, 0, 0];

/** Paints rows and columns of pixels; `shade` gives [red, green, blue] of what begins at a place; NaN stays clear. */
function paint(p, m, shade) {
  const z = read(p, m.z), [rows, columns] = z.shape, deep = z.data.length / (rows * columns), { ctx } = p;
  const sheet = p.sheet(m, columns, rows), pixels = sheet.ctx.createImageData(columns, rows);
  for (let i = 0; i < rows * columns; i += 1) {
    const from = i * deep, rgb = shade(z.data, from, deep);
    for (let k = 0; k < 3; k += 1) pixels.data[4 * i + k] = rgb[k];
    pixels.data[4 * i + 3] = Number.isFinite(z.data[from]) ? 255 : 0;
  }
  sheet.ctx.putImageData(pixels, 0, 0);
  const [x0, x1] = m.xs.map(p.X), [y0, y1] = m.ys.map(p.Y);
  ctx.save();
  ctx.imageSmoothingEnabled = false;
  ctx.translate(x0, y0);
  ctx.scale((x1 - x0) / columns, (y1 - y0) / rows);
  ctx.drawImage(sheet.canvas, 0, 0);
  ctx.restore();
}

MARKS.heat = (p, m) => {
  const [lo, hi] = m.limits, share = (v) => Math.min(1, Math.max(0, (v - lo) / (hi - lo)));
  paint(p, m, (data, i) => SHADES[Math.round(1024 * share(data[i]))] ?? CLEAR);
};

MARKS.image = (p, m) => {
  const [lo, hi] = m.limits, grey = (v) => Math.round((255 * (v - lo)) / (hi - lo));
  paint(p, m, (data, i, deep) => [0, 1, 2].map((k) => grey(data[deep < 3 ? i : i + k])));
};

MARKS.contours = (p, m) => {
  const z = read(p, m.z), [rows, columns] = z.shape, { ctx } = p;
  const X = (j) => p.X(m.xs[0] + ((m.xs[1] - m.xs[0]) * j) / (columns - 1));
  const Y = (i) => p.Y(m.ys[0] + ((m.ys[1] - m.ys[0]) * i) / (rows - 1));
  const crossings = (i, j, level) => {
    const corners = [[i, j], [i, j + 1], [i + 1, j + 1], [i + 1, j]];
    return corners.flatMap(([a, b], k) => {
      const [c, d] = corners[(k + 1) % 4], u = z.data[a * columns + b] - level, v = z.data[c * columns + d] - level;
      const t = u / (u - v);
      return (u < 0) !== (v < 0) ? [[X(b + t * (d - b)), Y(a + t * (c - a))]] : [];
    });
  };
  Object.assign(ctx, { strokeStyle: p.ink[m.color], lineWidth: thick(p, 1) });
  ctx.beginPath();
  for (let i = 0; i < rows - 1; i += 1) for (let j = 0; j < columns - 1; j += 1) {
    const at = i * columns + j, a = z.data[at], b = z.data[at + 1];
    const c = z.data[at + columns], d = z.data[at + columns + 1];
    const least = Math.min(a, b, c, d), most = Math.max(a, b, c, d);
    for (const level of m.levels) if (least < level && level <= most) {
      const ends = crossings(i, j, level);
      for (let k = 0; k + 1 < ends.length; k += 2) { ctx.moveTo(...ends[k]); ctx.lineTo(...ends[k + 1]); }
    }
  }
  ctx.stroke();
};

MARKS.cells = (p, m) => {
  const z = read(p, m.z), [rows, columns] = z.shape, [lo, hi] = m.limits, { ctx } = p;
  const wide = Math.abs(p.X(1) - p.X(0)) - 2, high = Math.abs(p.Y(1) - p.Y(0)) - 2;
  const scale = Math.min(0.95, wide / p.size / 2.2);
  Object.assign(ctx, { textAlign: 'center', textBaseline: 'middle', font: p.font(scale) });
  for (let i = 0; i < rows; i += 1) for (let j = 0; j < columns; j += 1) {
    const value = z.data[i * columns + j], rgb = viridis((value - lo) / (hi - lo));
    if (!Number.isFinite(value)) continue;
    const x = p.X(j + m.at[0]), y = p.Y(i + m.at[1]);
    ctx.fillStyle = `rgb(${rgb})`;
    ctx.fillRect(x - wide / 2, y - high / 2, wide, high);
    ctx.fillStyle = 0.3 * rgb[0] + 0.59 * rgb[1] + 0.11 * rgb[2] > 140 ? '#000' : '#fff';
    ctx.fillText(write(value, m.fmt), x, y);
  }
};
