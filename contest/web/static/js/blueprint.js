// The live check of a round's question matrix: asks the server what the chosen banks can serve.
const form = document.querySelector("form[data-matrix]");
const report = form.querySelector("[data-report]");
const [summary, short, enough] = ["summary", "short", "enough"].map((name) => report.querySelector(`[data-${name}]`));
let timer;
let latest = 0;

function show(answer) {
  for (const number of form.querySelectorAll("[data-available]"))
    number.textContent = answer.available[number.dataset.available] ?? 0;
  for (const row of form.querySelectorAll(".matrix tbody tr:not(:last-child)"))
    row.hidden = ![...row.querySelectorAll("input")].some((box) => box.value.trim()) &&
      ![...row.querySelectorAll("[data-available]")].some((number) => number.textContent !== "0");
  for (const box of form.querySelectorAll(".matrix input")) {
    const bad = answer.wrong.includes(box.name);
    box.closest("td").classList.toggle("bad-cell", bad);
    bad ? box.setAttribute("aria-invalid", "true") : box.removeAttribute("aria-invalid");
  }
  summary.textContent = answer.summary;
  short.querySelector("ul").replaceChildren(...answer.shortages.map((line) => {
    const item = document.createElement("li");
    item.textContent = line;
    return item;
  }));
  short.hidden = !answer.shortages.length;
  enough.hidden = !answer.enough;
}

async function check() {
  const mine = ++latest;
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form))
    if (name === "banks" || (name.startsWith("cell.") && value.trim())) query.append(name, value);
  try {
    const response = await fetch(`${form.dataset.matrix}?${query}`);
    if (response.ok && mine === latest) show(await response.json());
  } catch { /* without a line the button "Kiểm tra" remains */ }
}

form.addEventListener("input", (event) => {
  if (!event.target.matches(".matrix input, [name=banks]")) return;
  clearTimeout(timer);
  timer = setTimeout(check, 400);
});
