// Before a sitting: the countdown to an opening, the queue before a start.

const $ = (selector) => document.querySelector(selector);

function digits(ms) {
  const s = Math.ceil(ms / 1000), two = (n) => String(n).padStart(2, "0");
  return (s >= 3600 ? `${Math.floor(s / 3600)}:` : "") + two(Math.floor(s / 60) % 60) + ":" + two(s % 60);
}

// Counts down in `element` what was left when this page was answered; then calls `done`. The machine's clock is not read.
function count(element, left, done) {
  const navigation = performance.getEntriesByType("navigation")[0];
  const end = (navigation ? navigation.responseStart : performance.now()) + left;
  const draw = () => {
    const ms = Math.max(0, end - performance.now());
    if (ms < 86400000) element.textContent = digits(ms);
    if (ms > 0) return;
    clearInterval(ticking);
    done();
  };
  const ticking = setInterval(draw, 500);
  draw();
}

// One reload once the round opens, spread over 20 s; the time of a sitting is counted from its own start.
const opening = $("#countdown");
if (opening) count(opening, Number(opening.dataset.left), () => setTimeout(() => location.reload(), Math.random() * 20000));

// The same form again at its turn, spread over a second; without a line, when there is one again.
const queue = $("#queue");
if (queue) count($("#queue-clock"), Number(queue.dataset.wait), () => {
  const enter = () => setTimeout(() => queue.submit(), Math.random() * 1000);
  if (navigator.onLine) enter();
  else addEventListener("online", enter, { once: true });
});
