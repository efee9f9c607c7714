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
  for (const box of form.querySelectorAll(".matrix input, .extra input")) {
    const bad = answer.wrong.includes(box.name);
    const cell = box.closest("td");
    cell ? cell.classList.toggle("bad-cell", bad) : box.closest(".field").classList.toggle("bad-field", bad);
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
    if (name === "banks" || (/^(cell|row)\./.test(name) && value.trim())) query.append(name, value);
  try {
    const response = await fetch(`${form.dataset.matrix}?${query}`);
    if (response.ok && mine === latest) show(await response.json());
  } catch { /* without a line the button "Kiểm tra" remains */ }
}

function checkSoon() {
  clearTimeout(timer);
  timer = setTimeout(check, 400);
}

form.addEventListener("input", (event) => {
  if (event.target.matches(".matrix input, .extra input, .extra select, [name=banks]")) checkSoon();
});

// Rows with further conditions: added and dropped without a round trip.
const extras = form.querySelector("[data-extras]");
const blank = form.querySelector("[data-blank]");

function droppable(row) {
  const drop = row.querySelector("[data-drop]");
  drop.hidden = false;
  drop.addEventListener("click", () => {
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    (next?.querySelector("input") ?? form.querySelector("[name=action][value=add]")).focus();
    checkSoon();
  });
}

extras.querySelectorAll(".extra").forEach(droppable);
form.querySelector("[name=action][value=add]").addEventListener("click", (event) => {
  event.preventDefault();
  const used = [...extras.querySelectorAll("[data-available]")].map((number) => +number.dataset.available.split(".")[1]);
  const added = blank.content.querySelector(".extra").cloneNode(true);
  for (const one of added.querySelectorAll("*"))
    for (const { name, value } of [...one.attributes])
      if (value.startsWith("row.999.")) one.setAttribute(name, value.replace("999", Math.max(-1, ...used) + 1));
  extras.append(added);
  droppable(added);
  added.querySelector("input").focus();
  checkSoon();
});
