// The live monitor: its part is fetched anew every ten seconds, unless paused or out of sight.

const EVERY_MS = 10000, HANDS_MS = 3000;
const part = document.querySelector("#part"), button = document.querySelector("#pause"), late = document.querySelector("#late");
let paused = false, acted = -HANDS_MS, asked = 0, drawn = 0;

// What finds an element again after its part was drawn anew.
const NAMES = ["name", "value", "href", "formaction", "tabindex"];
const finder = (element) => element.localName + NAMES.map((name) => (
  element.hasAttribute(name) ? `[${name}="${CSS.escape(element.getAttribute(name))}"]` : `:not([${name}])`)).join("");

function put(fresh) {
  const at = part.contains(document.activeElement) && finder(document.activeElement);
  const before = part.querySelector(".scroll"), { scrollLeft = 0, scrollTop = 0 } = before || {};
  for (const box of part.querySelectorAll("input:checked")) {
    const same = fresh.querySelector(finder(box));
    if (same) same.checked = true;
  }
  part.replaceChildren(...fresh.childNodes);
  const after = part.querySelector(".scroll");
  if (after) Object.assign(after, { scrollLeft, scrollTop });
  const again = at && part.querySelector(at);
  if (again) again.focus({ preventScroll: true });
}

const busy = () => paused || document.hidden || performance.now() - acted < HANDS_MS; // not under somebody's fingers

async function draw() {
  if (busy()) return;
  const turn = ++asked;
  try {
    const answer = await fetch(part.dataset.source, { credentials: "same-origin", cache: "no-store" });
    if (answer.redirected) { location.reload(); return; } // signed out
    if (!answer.ok) throw new Error(String(answer.status));
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").body;
    if (busy() || turn < drawn) return; // or overtaken by a later one
    drawn = turn;
    put(fresh);
    late.hidden = true;
  } catch {
    if (turn < drawn) return;
    late.textContent = part.dataset.late;
    late.hidden = false;
  }
}

for (const kind of ["pointerdown", "keydown"]) part.addEventListener(kind, () => { acted = performance.now(); });
button.hidden = false;
button.addEventListener("click", () => {
  paused = !paused;
  button.textContent = paused ? button.dataset.go : button.dataset.pause;
  draw();
});
document.addEventListener("visibilitychange", draw);
setInterval(draw, EVERY_MS);
