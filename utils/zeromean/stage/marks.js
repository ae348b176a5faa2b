// Marks: each function draws one kind on a canvas. `p` is the pen: {ctx, X, Y, frame, ink, size, box, follow, labels}.

const MARKS = {};
const DASH = { '': [], dash: [9, 6], dot: [2, 5], dashdot: [10, 5, 2, 5] };
const ORDER = ['blue', 'orange', 'green', 'vermilion', 'purple', 'sky', 'ink', 'grey'];
const ARRAYS = ['x', 'y', 'z', 'dx', 'dy', 'low', 'high', 'words', 'fill', 'w', 'h'];

/** Tells whether all arrays of a mark are there (those of an action come later). */
const ready = (m, frame) => ARRAYS.every((k) => typeof m[k] !== 'string' || frame[m[k]]);

/** Reads an argument of a mark: a number as it is, a name as its array. */
const read = (p, what) => (typeof what === 'string' ? p.frame[what] : { data: [what], shape: [] });
const pick = (array, i) => array.data[array.data.length === 1 ? 0 : i];
const thick = (p, w) => (p.talk ? Math.max(3, w * 1.25) : w); // what thin lines become in a talk

function polygon(ctx, corners) {
  corners.forEach(([x, y], i) => (i ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
  ctx.closePath();
}

/** Draws a marker; a cross is stroked with whole lines, whatever the dash of its curve. */
function glyph(ctx, marker, x, y, r) {
  ctx.beginPath();
  if (marker === 's') ctx.rect(x - r * 0.9, y - r * 0.9, r * 1.8, r * 1.8);
  else if (marker === '^') polygon(ctx, [[x, y - r * 1.2], [x + r * 1.1, y + r * 0.9], [x - r * 1.1, y + r * 0.9]]);
  else if (marker === 'd') polygon(ctx, [[x, y - r * 1.3], [x + r * 1.1, y], [x, y + r * 1.3], [x - r * 1.1, y]]);
  else if (marker === 'x') {
    ctx.setLineDash([]);
    ctx.moveTo(x - r, y - r); ctx.lineTo(x + r, y + r);
    ctx.moveTo(x + r, y - r); ctx.lineTo(x - r, y + r);
    ctx.stroke();
    return;
  } else ctx.arc(x, y, r, 0, 2 * Math.PI);
  ctx.fill();
}

/** Draws a ring round what is followed. */
function ring(p, x, y, color, r = 9) {
  const { ctx, ink } = p;
  if (!Number.isFinite(x) || !Number.isFinite(y)) return;
  ctx.setLineDash([]);
  for (const [stroke, line] of [[ink.paper, 6], [ink.ink, 2.5]]) {
    Object.assign(ctx, { strokeStyle: stroke, lineWidth: line });
    ctx.beginPath();
    ctx.arc(x, y, r, 0, 2 * Math.PI);
    ctx.stroke();
  }
  ctx.fillStyle = ink[color];
  ctx.beginPath();
  ctx.arc(x, y, r - 3, 0, 2 * Math.PI);
  ctx.fill();
}
