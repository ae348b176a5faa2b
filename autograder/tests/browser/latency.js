// Measures a stage from key to pixels. In the page: const times = zmLatency(stage); press keys; await times.read().
// `drawn` ends when the canvas has been drawn, `shown` when the frame with it has been handed to the screen.

function zmLatency(stage) {
  const drawn = [], shown = [];
  let pressed = null;
  stage.addEventListener('keydown', (e) => { pressed = e.timeStamp; }, true);
  const watch = new MutationObserver(() => {
    if (pressed === null) return;
    const start = pressed;
    pressed = null;
    drawn.push(performance.now() - start);
    const channel = new MessageChannel();
    channel.port1.onmessage = () => shown.push(performance.now() - start);
    channel.port2.postMessage(null);
  });
  watch.observe(stage, { attributes: true, attributeFilter: ['data-drawn'] });
  const summary = (times) => {
    const t = [...times].sort((a, b) => a - b);
    return { count: t.length, median: t[Math.floor(t.length / 2)], p95: t[Math.min(t.length - 1, Math.floor(0.95 * t.length))] };
  };
  return { read: () => ({ drawn: summary(drawn), shown: summary(shown) }) };
}
