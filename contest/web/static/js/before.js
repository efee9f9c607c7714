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

// What many pages do at once is spread, over no more time than costs nobody any of their sitting.
const spread = (element, act) => setTimeout(act, Math.random() * Number(element.dataset.spread));

// One reload once the round opens.
const opening = $("#countdown");
if (opening) count(opening, Number(opening.dataset.left), () => spread(opening, () => location.reload()));

// The same form again at its turn; without a line, when there is one again.
const queue = $("#queue");
if (queue) count($("#queue-clock"), Number(queue.dataset.wait), () => {
  const enter = () => spread(queue, () => queue.submit());
  if (navigator.onLine) enter();
  else addEventListener("online", enter, { once: true });
});

/* Is this machine ready? */

function tell(name, state, values = {}) {
  const item = $(`#check-${name}`), care = state === "care" || state === "none";
  const words = item.dataset[state].replace(/\{(\w+)\}/g, (_, key) => values[key]);
  const mark = document.createElement("b");
  mark.className = `mark ${care ? "part" : "right"}`;
  mark.textContent = $("#device").dataset[care ? "care" : "good"];
  item.replaceChildren(mark, ` ${words}`);
  return care ? words : "";
}

// IndexedDB first, as the exam page does; private windows of some browsers have neither it nor localStorage.
async function stores() {
  const indexed = await new Promise((done) => {
    try {
      const request = indexedDB.open("keyval-store");
      request.onupgradeneeded = () => request.result.createObjectStore("keyval");
      request.onsuccess = () => { request.result.close(); done(true); };
      request.onerror = () => done(false);
    } catch { done(false); }
  });
  if (indexed) return true;
  try {
    localStorage.setItem("probe", "1");
    localStorage.removeItem("probe");
    return true;
  } catch { return false; }
}

// The way there and back in ms, the middle of three, and how far this machine's clock is off; none without an answer.
async function line() {
  const times = [];
  let off = 0;
  try {
    for (let i = 0; i < 3; i++) {
      const sent = performance.now();
      const response = await fetch($("#device").dataset.probe, { cache: "no-store", credentials: "omit" });
      if (!response.ok) return null;
      times.push(performance.now() - sent);
      off = Math.abs(Date.now() - Date.parse(response.headers.get("Date")));
    }
  } catch { return null; }
  return { ms: Math.round(times.sort((a, b) => a - b)[1]), minutes: Math.round(off / 60000) || 0 };
}

async function inspect() {
  const [kept, found] = await Promise.all([stores(), line()]);
  const cares = [
    tell("browser", CSS.supports("aspect-ratio: 1") && "replaceAll" in String.prototype ? "good" : "care"),
    tell("storage", kept ? "good" : "care"),
    tell("cookie", navigator.cookieEnabled ? "good" : "care"),
    tell("line", found ? (found.ms <= 1000 ? "good" : "care") : "none", found || {}),
    found ? tell("clock", found.minutes < 2 ? "good" : "off", found) : ($("#check-clock").textContent = ""),
  ];
  $("#device-voice").textContent = cares.filter(Boolean).join(" ") || $("#device").dataset.good;
}

if ($("#device")) {
  setTimeout(inspect, Math.random() * 2000); // many pages open together
  $("#device-again").addEventListener("click", inspect);
}

// What opens without a line is kept once this page is there.
if ("serviceWorker" in navigator && !queue) addEventListener("load", () => navigator.serviceWorker.register("/sw.js").catch(() => {}));
