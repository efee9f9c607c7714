// The fields of one question, whatever its type: what they hold, and putting an answer back into them.
// An answer is [option ids], {part: option id or text}, a text, or null; `data-shape` tells which.

const PART = "part_";
const controls = (fieldset) => [...fieldset.querySelectorAll("input, select, textarea")];
const list = (fieldset) => fieldset.querySelector(".order");

export function read(fieldset) {
  const { shape } = fieldset.dataset;
  if (shape === "one" || shape === "many") {
    const chosen = controls(fieldset).filter((input) => input.checked).map((input) => input.value);
    return chosen.length ? chosen : null;
  }
  if (shape === "text" || shape === "essay") return controls(fieldset)[0].value || null;
  if (list(fieldset) && list(fieldset).dataset.said === "0") return null;
  const parts = {};
  for (const field of controls(fieldset))
    if (field.name.startsWith(PART) && field.value && (field.type !== "radio" || field.checked))
      parts[field.name.slice(PART.length)] = field.value;
  return Object.keys(parts).length ? parts : null;
}

export function write(fieldset, choice) {
  const { shape } = fieldset.dataset;
  if (shape === "text" || shape === "essay") { controls(fieldset)[0].value = choice || ""; return; }
  if (shape === "one" || shape === "many") {
    for (const input of controls(fieldset)) input.checked = (choice || []).includes(input.value);
    return;
  }
  for (const field of controls(fieldset)) {
    const value = (choice || {})[field.name.slice(PART.length)] || "";
    if (field.type === "radio") field.checked = field.value === value;
    else field.value = value;
  }
  if (list(fieldset)) { list(fieldset).dataset.said = choice ? 1 : 0; arrange(fieldset, choice); }
}

export const filled = (choice) => Boolean(choice) && (typeof choice === "string" || Object.keys(choice).length > 0);

export function same(a, b) {
  const plain = (choice) => !filled(choice) ? null : typeof choice === "string" ? choice.trimEnd()
    : Array.isArray(choice) ? [...choice].sort() : Object.entries(choice).sort();
  return JSON.stringify(plain(a)) === JSON.stringify(plain(b));
}

/* Ordering: two buttons instead of a select of places. */

const rows = (fieldset) => [...list(fieldset).children];

// Items in the order of the answer; those without a place keep theirs after them.
function arrange(fieldset, choice) {
  const place = (row) => Number((choice || {})[row.dataset.part]) || 99;
  const sorted = rows(fieldset).map((row, i) => [place(row), i, row]).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  list(fieldset).append(...sorted.map(([, , row]) => row));
  number(fieldset, Boolean(choice));
}

function number(fieldset, said) {
  const all = rows(fieldset);
  all.forEach((row, i) => {
    row.querySelector(".place").textContent = said ? i + 1 : "–";
    row.querySelector("select").value = said ? String(i + 1) : "";
    const [up, down] = row.querySelectorAll("[data-move]");
    up.disabled = i === 0;
    down.disabled = i === all.length - 1;
  });
  list(fieldset).dataset.said = said ? 1 : 0;
  fieldset.querySelector("[data-keep]").hidden = said;
}

// Hides the selects of an ordering; `told` gets the place that an item has moved to.
export function dress(fieldset, told) {
  if (!list(fieldset) || fieldset.dataset.dressed) return;
  fieldset.dataset.dressed = "yes";
  for (const row of rows(fieldset)) {
    row.querySelector("select").hidden = true;
    row.querySelector(".movers").hidden = false;
  }
  arrange(fieldset, list(fieldset).dataset.said === "1" ? read(fieldset) : null);
  const changed = (focus) => {
    number(fieldset, true);
    focus.focus();
    fieldset.dispatchEvent(new Event("change", { bubbles: true }));
  };
  fieldset.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move], [data-keep] button");
    if (!button) return;
    event.stopPropagation(); // no move of the page
    if (!button.dataset.move) { changed(rows(fieldset)[0].querySelector("[data-move]:not(:disabled)")); return; }
    const row = button.closest("li"), other = button.dataset.move === "1" ? row.nextElementSibling : row.previousElementSibling;
    if (!other) return;
    if (button.dataset.move === "1") other.after(row); else other.before(row);
    const place = rows(fieldset).indexOf(row) + 1;
    changed(button);
    if (button.disabled) row.querySelector("[data-move]:not(:disabled)").focus();
    told(place);
  });
}
