// Numbers: how they are read from bytes, written in sentences, and placed on an axis. No mathematics of the course.

const SUPERSCRIPT = '⁰¹²³⁴⁵⁶⁷⁸⁹';
const raised = (n) => (n < 0 ? '⁻' : '') + [...String(Math.abs(n))].map((d) => SUPERSCRIPT[d]).join('');

/** Writes a number as Python's format() would (f, g, e, %, d), with a true minus and 4.2×10⁻⁹. */
function write(value, spec = '') {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const [, sign, digits, kind] = /^(\+?),?(?:\.(\d+))?([fgeds%]?)$/.exec(spec) ?? [0, '', '3', 'g'];
  const out = written(value, digits, kind), zero = Number.parseFloat(out) === 0;
  return (sign && (zero || value > 0) ? '+' : '') + (zero ? out.replace('-', '') : out.replace('-', '−'));
}

function written(value, digits, kind) {
  if (kind === 'f') return value.toFixed(digits ?? 6);
  if (kind === '%') return `${(100 * value).toFixed(digits ?? 6)}\u202f%`;
  if (kind === 'd') return String(Math.round(value));
  if (value === 0) return '0';
  const precision = kind === 'e' ? Number(digits ?? 6) + 1 : Math.max(1, Number(digits ?? 6));
  const [mantissa, exponent] = value.toExponential(precision - 1).split('e').map(Number);
  const plain = kind !== 'e' && exponent >= -3 && exponent < Math.max(precision, 4);
  if (plain) return String(Number(value.toPrecision(precision)));
  return `${mantissa}×10${raised(exponent)}`;
}

/** Puts numbers into a sentence with {name:.3g} in it. */
function fill(template, values) {
  return template.replace(/\{(\w+)(?::([^}]*))?\}/g, (_, name, spec) => write(scalar(values[name]), spec));
}

const scalar = (v) => (v?.data ? v.data[0] : v);

const TYPED = { float32: Float32Array, int32: Int32Array, uint16: Uint16Array, uint8: Uint8Array };

/** Reads one frame out of the bytes: {name: {data, shape}}; `where` is the position on each control's stored grid. */
function decode(table, bytes, where) {
  const frame = {};
  for (const [name, { dtype, offset, shape, strides, words }] of Object.entries(table)) {
    const count = shape.reduce((a, b) => a * b, 1);
    const at = strides.reduce((sum, stride, axis) => sum + stride * where[axis], 0);
    const Typed = TYPED[dtype];
    let data = new Typed(bytes, offset + at * Typed.BYTES_PER_ELEMENT, count);
    if (words) data = Array.from(data, (code) => words[code]);
    frame[name] = { data, shape };
  }
  return frame;
}

/** Copies a DataView (or bytes) to a buffer of its own, so that typed arrays are aligned. */
const ownBuffer = (view) => (view
  ? view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength) : new ArrayBuffer(0));

const nearest = (values, wanted) => {
  let best = 0;
  values.forEach((v, i) => { if (Math.abs(v - wanted) < Math.abs(values[best] - wanted)) best = i; });
  return best;
};

/** Makes the map from values to pixels and back for an axis between two pixels. */
function scaleOf(axis, from, to) {
  const f = axis.log ? (v) => Math.log10(Math.max(v, 1e-300)) : (v) => v;
  const lo = f(axis.lo), k = (to - from) / (f(axis.hi) - lo);
  const scale = (v) => from + (f(v) - lo) * k;
  scale.back = (pixel) => { const u = lo + (pixel - from) / k; return axis.log ? 10 ** u : u; };
  return scale;
}

/** Chooses ticks [value, words] for about `room` labels. */
function ticksOf(axis, room) {
  if (axis.ticks) return Object.entries(axis.ticks).map(([v, words]) => [Number(v), words]);
  const lo = Math.min(axis.lo, axis.hi), hi = Math.max(axis.lo, axis.hi), out = [];
  if (axis.log) return powers(lo, hi, room);
  const rough = (hi - lo) / Math.max(2, room), power = 10 ** Math.floor(Math.log10(rough));
  const steps = [0.5, 1, 2, 5, 10].map((m) => m * power), wanted = steps.findIndex((s) => s >= rough * 0.999);
  // one tick alone tells no scale
  const step = steps[hi / steps[wanted] - lo / steps[wanted] < 2 ? wanted - 1 : wanted]
  const places = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  for (let i = Math.ceil(lo / step - 1e-9); i * step <= hi + step * 1e-9; i += 1) {
    out.push([i * step, (i * step).toFixed(places).replace(/^-(0(\.0*)?)$/, '$1').replace('-', '−')]);
  }
  return out;
}

/** Ticks of a log axis: powers of ten, written out where none is long. */
function powers(lo, hi, room) {
  const first = Math.ceil(Math.log10(lo) - 1e-9), last = Math.floor(Math.log10(hi) + 1e-9), out = [];
  const every = Math.max(1, Math.ceil((last - first + 1) / Math.max(2, room)));
  const short = Math.max(Math.abs(first), Math.abs(last)) <= 3;
  for (let e = first; e <= last; e += every) out.push([10 ** e, short ? String(Number(`1e${e}`)) : `10${raised(e)}`]);
  return out;
}
