// Motion: between two named settings the numbers glide, so that the eye keeps hold of what moved. Never under a hand.

const GLIDE = 220; // milliseconds

class Motion {
  /** `fixed`: names whose numbers stand for words or colours, and jump. */
  constructor(fixed) { Object.assign(this, { fixed, from: null }); }

  start(from) { Object.assign(this, { from, since: performance.now() }); }

  stop() { this.from = null; }

  /** Returns the frame to be drawn now on the way to `to`. */
  frame(to) {
    if (!this.from) return to;
    const t = (performance.now() - this.since) / GLIDE;
    if (t >= 1) { this.stop(); return to; }
    const u = t * t * (3 - 2 * t), mixed = { ...to };
    for (const [name, array] of Object.entries(to)) {
      const old = this.from[name];
      if (!this.fixed.has(name) && glides(old, array)) mixed[name] = { ...array, data: mix(old.data, array.data, u) };
    }
    return mixed;
  }
}

const glides = (old, array) => old && old.data !== array.data && old.shape.join() === array.shape.join()
  && (array.data instanceof Float32Array || array.data instanceof Uint8Array || array.setting);

/** Goes from a to b; where they are far apart and of one sign, by equal factors, as a log axis wants it. */
function mix(a, b, u) {
  const out = Array.from(b);
  for (let i = 0; i < out.length; i += 1) {
    const ratio = a[i] ? b[i] / a[i] : 0;
    if (a[i] === b[i] || !Number.isFinite(a[i]) || !Number.isFinite(b[i])) continue;
    out[i] = ratio > 20 || (ratio > 0 && ratio < 0.05) ? a[i] * ratio ** u : a[i] + (b[i] - a[i]) * u;
  }
  return out;
}
