// The form of a question: rows come and go in place, and what is written is shown while it is written.
const form = document.querySelector("form[data-question]");
const panel = document.querySelector("#xem-truoc");
const WAIT_MS = 800;
let timer;
let latest = 0;

async function preview() {
  const mine = ++latest;
  const sent = new FormData(form);
  sent.delete("picture");
  try {
    const response = await fetch(form.dataset.preview, { method: "POST", body: sent });
    if (!response.ok || mine !== latest) return;
    panel.querySelector("[data-preview-here]").innerHTML = await response.text(); // sanitised by the server
    panel.hidden = false;
  } catch { /* without a line the button "Xem trước" remains */ }
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(preview, WAIT_MS);
}

function addRow(button) {
  const next = button.closest("fieldset").querySelectorAll(".row[hidden]");
  next[0].hidden = false;
  form.elements.shown.value = Number(form.elements.shown.value) + 1;
  if (next.length === 1) button.parentElement.hidden = true;
  next[0].querySelector("input, textarea").focus();
}

// The texts change places, not the rows: names and labels keep counting.
function move(button, other) {
  const [mine, its] = [button.closest(".row"), other].map((row) => row.querySelector("textarea"));
  [mine.value, its.value] = [its.value, mine.value];
  const same = other.querySelector(`[value^="${button.value.split(".")[0]}."]`);
  (same.disabled ? its : same).focus();
  later();
}

if (form) {
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=do]");
    if (!button) return;
    const [verb] = button.value.split(".");
    if (verb === "rows") {
      event.preventDefault();
      addRow(button);
    } else if (verb === "up" || verb === "down") {
      const row = button.closest(".row");
      const other = verb === "up" ? row.previousElementSibling : row.nextElementSibling;
      event.preventDefault();
      if (other && other.matches(".row:not([hidden])")) move(button, other);
    } else if (verb === "preview") {
      event.preventDefault();
      preview().then(() => panel.scrollIntoView({ block: "nearest" }));
    }
  });
}
