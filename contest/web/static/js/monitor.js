// The live monitor: its part is fetched anew every ten seconds, unless paused or out of sight.

const EVERY_MS = 10000;
const part = document.querySelector("#part"), button = document.querySelector("#pause"), late = document.querySelector("#late");
let paused = false;

async function draw() {
  if (paused || document.hidden) return;
  const busy = part.contains(document.activeElement) && document.activeElement.matches("a, button");
  if (busy) return; // not under somebody's fingers
  try {
    const answer = await fetch(part.dataset.source, { credentials: "same-origin", cache: "no-store" });
    if (answer.redirected) { location.reload(); return; } // signed out
    if (!answer.ok) throw new Error(String(answer.status));
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").body;
    const focused = document.activeElement.value;
    for (const box of part.querySelectorAll("input[name=attempt]:checked")) {
      const same = fresh.querySelector(`input[value="${box.value}"]`);
      if (same) same.checked = true;
    }
    if (paused) return;
    part.replaceChildren(...fresh.childNodes);
    const again = focused && part.querySelector(`input[value="${CSS.escape(focused)}"]`);
    if (again) again.focus({ preventScroll: true });
    late.hidden = true;
  } catch {
    late.textContent = part.dataset.late;
    late.hidden = false;
  }
}

button.hidden = false;
button.addEventListener("click", () => {
  paused = !paused;
  button.textContent = paused ? button.dataset.go : button.dataset.pause;
  button.setAttribute("aria-pressed", paused);
  draw();
});
document.addEventListener("visibilitychange", draw);
setInterval(draw, EVERY_MS);
