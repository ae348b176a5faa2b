// Measures from the press of a key to pixels. In the page: const times = zmLatency(part); press keys; times.shown.
// A stage counts its drawings in `data-drawn`; `interact` puts a new image in its place. The time is taken when the
// first frame that has the drawing has been handed to the screen.

function zmLatency(part) {
  const shown = [], ready = (node) => node.decode?.() ?? Promise.resolve();
  let pressed = null, drawn = false, framing = false;
  const handed = new MessageChannel();
  handed.port1.onmessage = () => {
    framing = false;
    if (!drawn || pressed === null) return;
    shown.push(performance.now() - pressed);
    pressed = null;
  };
  const frame = () => {
    if (!framing) requestAnimationFrame(() => handed.port2.postMessage(null));
    framing = true;
  };
  const watch = new MutationObserver(async (changes) => {
    const nodes = changes.flatMap(({ target, addedNodes }) => [target, ...addedNodes]);
    const drawings = nodes.map((node) => (node.matches?.('[data-drawn], img') ? node : node.querySelector?.('img')));
    const drawing = drawings.find(Boolean);
    if (pressed === null || !drawing) return;
    await ready(drawing);
    drawn = true;
    frame();
  });
  part.addEventListener('keydown', (e) => { pressed = e.timeStamp; drawn = false; frame(); }, true);
  watch.observe(part, { attributes: true, attributeFilter: ['data-drawn', 'src'], childList: true, subtree: true });
  return { shown };
}
