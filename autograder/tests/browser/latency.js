// Measures from the press of a key to pixels. In the page: const times = zmLatency(part); press keys; times.shown.
// A stage counts its drawings in `data-drawn`; `interact` puts a new image in its place. The time is taken when the
// frame with the drawing has been handed to the screen.

function zmLatency(part) {
  const shown = [], ready = (node) => node.decode?.() ?? Promise.resolve();
  let pressed = null;
  part.addEventListener('keydown', (e) => { pressed = e.timeStamp; }, true);
  const watch = new MutationObserver(async (changes) => {
    const nodes = changes.flatMap(({ target, addedNodes }) => [target, ...addedNodes]);
    const drawings = nodes.map((node) => (node.matches?.('[data-drawn], img') ? node : node.querySelector?.('img')));
    const drawing = drawings.find(Boolean);
    if (pressed === null || !drawing) return;
    const start = pressed;
    pressed = null;
    await ready(drawing);
    const channel = new MessageChannel();
    channel.port1.onmessage = () => shown.push(performance.now() - start);
    channel.port2.postMessage(null);
  });
  watch.observe(part, { attributes: true, attributeFilter: ['data-drawn', 'src'], childList: true, subtree: true });
  return { shown };
}
