// A setting in the address of an exported page, so that it can be sent: #demo=rate-sweep&lr=3. Slides keep theirs.

const slug = (title) => title.split(':')[0].toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '');

/** Returns {control: position} that the address gives for this stage, or null when it speaks of another. */
function fromAddress(spec) {
  const given = new URLSearchParams(location.hash.slice(1));
  if (given.get('demo') !== slug(spec.title)) return null;
  const at = {};
  for (const { name, kind, values } of spec.controls) {
    if (!given.has(name)) continue;
    const words = given.get(name), number = kind === 'slider' && words ? Number(words) : NaN;
    const i = Number.isFinite(number) ? nearest(values, number) : values.findIndex((v) => String(v) === words);
    if (i >= 0) at[name] = i;
  }
  return at;
}

function toAddress(spec, settings) {
  if (location.hash.startsWith('#/')) return; // reveal.js keeps the slide's number there
  const given = new URLSearchParams({ demo: slug(spec.title), ...settings });
  history.replaceState(null, '', `#${given}`);
}
