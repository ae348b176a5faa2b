// Sameness: a picture that a key leaves as it was is not drawn again.

/** Returns the words of a picture's description, the names of its arrays among them; alt text makes no pixels. */
const wordsOf = (spec) => new Set(JSON.stringify({ ...spec, alt: '' }).match(/\w+/g));

/** Tells whether two arrays hold the same; NaN is NaN. */
function alike(a, b) {
  if (a.data === b.data) return true;
  if (a.data.length !== b.data.length || a.shape.join() !== b.shape.join()) return false;
  for (let i = 0; i < a.data.length; i += 1) if (!Object.is(a.data[i], b.data[i])) return false;
  return true;
}

/** Tells whether two looks give the same pixels: `how` are sizes and colours, `names` those of the arrays used. */
function sameLook(a, b) {
  return a.how.every((each, i) => each === b.how[i]) && a.names.join() === b.names.join()
    && a.names.every((name) => alike(a.frame[name], b.frame[name]));
}
