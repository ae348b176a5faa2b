// The numbers of a picture as tables.

const MOST = 24;
const cell = (tag, words, attributes = {}) =>
  make(tag, attributes, typeof words === 'string' ? words : write(words, '.4g'));

function columnTable(caption, heads, columns) {
  const n = Math.max(...columns.map((c) => c.data.length)), rows = Math.min(n, MOST);
  const note = n > rows ? ` (first ${rows} of ${n})` : '';
  const row = (_, i) => make('tr', {}, ...columns.map((c) => cell('td', pick(c, i) ?? '')));
  return make('table', {}, cell('caption', caption + note),
    make('thead', {}, make('tr', {}, ...heads.map((h) => cell('th', h, { scope: 'col' })))),
    make('tbody', {}, ...Array.from({ length: rows }, row)));
}

function matrixTable(caption, { data, shape: [rows, columns, ...depth] }) {
  const every = (n, most) => {
    const step = Math.ceil(n / most);
    return Array.from({ length: Math.ceil(n / step) }, (_, i) => i * step);
  };
  const is = every(rows, 12), js = every(columns, 12), all = is.length === rows && js.length === columns;
  const note = all ? '' : ` (${is.length} of ${rows} rows, ${js.length} of ${columns} columns)`;
  const at = (i, j) => {
    const from = (i * columns + j) * (depth[0] ?? 1);
    return depth.length ? [...data.subarray(from, from + depth[0])].map((v) => write(v, '.3g')).join(' ') : data[from];
  };
  const row = (i) => [cell('th', `row ${i + 1}`, { scope: 'row' }), ...js.map((j) => cell('td', at(i, j)))];
  return make('table', {}, cell('caption', caption + note),
    make('tbody', {}, ...is.map((i) => make('tr', {}, ...row(i)))));
}

const told = ({ data }) => Array.prototype.some.call(data, (v) => typeof v === 'string' || Number.isFinite(v));

/** Returns the tables of one mark: one for its series, one for each matrix; none where it draws nothing. */
function tablesOf(m, frame, spec) {
  const caption = `${spec.title}${m.name ? `: ${m.name}` : ''}`;
  if (typeof m.z === 'string') return told(frame[m.z]) ? [matrixTable(caption, frame[m.z])] : [];
  const keys = ['x', 'y', 'dx', 'dy', 'low', 'high', 'words'].filter((k) => typeof m[k] === 'string');
  if (!keys.every((k) => told(frame[m[k]]))) return [];
  const flat = keys.filter((k) => frame[m[k]].shape.length < 2);
  const names = { x: spec.x.label || 'x', y: spec.y.label || 'y', words: 'text' };
  const deep = m.kind === 'polygons' ? [] : keys.filter((k) => frame[m[k]].shape.length === 2);
  const columns = flat.length && m.kind !== 'rule'
    ? [columnTable(caption, flat.map((k) => names[k] ?? k), flat.map((k) => frame[m[k]]))] : [];
  return [...columns, ...deep.map((k) => matrixTable(caption, frame[m[k]]))];
}
