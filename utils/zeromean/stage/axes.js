// The frame of a picture: where the axes lie, their ticks and words.

function layoutOf(picture, frame) {
  const { spec, width, height, size, ctx } = picture;
  const font = (scale = 1, bold = false) => `${bold ? 600 : 400} ${Math.round(size * scale)}px system-ui, sans-serif`;
  const end = (v) => (typeof v === 'string' ? scalar(frame[v]) : v);
  const ends = (axis) => ({ ...axis, lo: end(axis.lo), hi: end(axis.hi) });
  const axes = { x: ends(spec.x), y: ends(spec.y) }, named = marginFor(ctx, spec, font, width);
  const box = { left: 8, right: width - 8 - named, top: 8, bottom: height - 8 };
  let yTicks = [];
  if (spec.frame) {
    box.top = size * (spec.y.label ? 1.7 : 0.8);
    box.bottom = height - size * (spec.x.label ? 2.6 : 1.6);
    box.right = width - Math.max(18, named);
    yTicks = ticksOf(axes.y, (box.bottom - box.top) / (size * 2.6));
    ctx.font = font(0.9);
    box.left = 14 + Math.max(...yTicks.map(([, words]) => ctx.measureText(words).width), 8);
  }
  if (spec.equal) {
    equalize(axes, box);
    if (spec.frame) yTicks = ticksOf(axes.y, (box.bottom - box.top) / (size * 2.6));
  }
  const xTicks = spec.frame ? ticksOf(axes.x, (box.right - box.left) / (size * 3.6)) : [];
  const X = scaleOf(axes.x, box.left, box.right), Y = scaleOf(axes.y, box.bottom, box.top);
  yTicks = thinned(yTicks, Y, size * 0.95);
  return { ctx, box, axes, font, size, xTicks, yTicks, X, Y, named: named > 0 || !spec.frame };
}

/** Leaves out numbers that would stand on one another, counted from the last; names all stay. */
function thinned(ticks, Y, least) {
  if (ticks.length < 2 || !ticks.every(([, words]) => /^[\d.−]+$/.test(words))) return ticks;
  const gap = Math.min(...ticks.slice(1).map(([v], i) => Math.abs(Y(v) - Y(ticks[i][0]))));
  const every = Math.max(1, Math.ceil(least / gap)), last = ticks.length - 1;
  return ticks.filter((_, i) => (last - i) % every === 0);
}

/** Widens the shorter axis, so that one unit is as long on both. */
function equalize(axes, box) {
  const rooms = [[axes.x, box.right - box.left], [axes.y, box.bottom - box.top]];
  const unit = Math.min(...rooms.map(([axis, room]) => room / Math.abs(axis.hi - axis.lo)));
  for (const [axis, room] of rooms) {
    const middle = (axis.lo + axis.hi) / 2, half = (Math.sign(axis.hi - axis.lo) * room) / unit / 2;
    Object.assign(axis, { lo: middle - half, hi: middle + half });
  }
}

function drawFrame(p) {
  const { ctx, box, X, Y, xTicks, yTicks, font, size, axes, ink } = p;
  Object.assign(ctx, { lineWidth: 1, strokeStyle: ink.grid, fillStyle: ink.muted, font: font(0.9) });
  Object.assign(ctx, { textBaseline: 'middle', textAlign: 'right' });
  ctx.beginPath();
  for (const [v, words] of yTicks) {
    const y = Math.round(Y(v)) + 0.5;
    ctx.moveTo(box.left, y);
    ctx.lineTo(box.right, y);
    ctx.fillText(words, box.left - 7, y);
  }
  ctx.textAlign = 'center';
  const steps = xTicks.slice(1).map(([v], i) => Math.abs(X(v) - X(xTicks[i][0])));
  const room = Math.min(p.width, ...steps) - size / 2; // longer words are drawn narrower
  for (const [v, words] of xTicks) {
    const x = Math.round(X(v)) + 0.5, half = Math.min(room, ctx.measureText(words).width) / 2;
    ctx.moveTo(x, box.top);
    ctx.lineTo(x, box.bottom);
    ctx.fillText(words, Math.min(x, p.width - half - 1), box.bottom + size * 0.85, room);
  }
  ctx.stroke();
  Object.assign(ctx, { strokeStyle: ink.muted, lineWidth: 1.2, fillStyle: ink.ink, font: font(0.95) });
  ctx.beginPath();
  ctx.moveTo(box.left, box.top);
  ctx.lineTo(box.left, box.bottom);
  ctx.lineTo(box.right, box.bottom);
  ctx.stroke();
  ctx.textAlign = 'left';
  ctx.fillText(axes.y.label, 4, size * 0.8, p.width - 8);
  ctx.textAlign = 'right';
  ctx.fillText(axes.x.label, box.right, p.height - size * 0.65, box.right - 4);
}
