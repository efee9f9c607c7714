// An import with a script: files can be dropped, a long upload says so, progress moves by itself.

const EVERY_MS = 2000;

for (const form of document.querySelectorAll("form[data-upload]")) {
  form.addEventListener("submit", (event) => {
    const told = form.querySelector("[data-sending]");
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    if (told) told.textContent = told.dataset.words;
  });
}
// A page that the browser brings back from its memory can be sent again.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-upload]")) {
    delete form.dataset.sent;
    const told = form.querySelector("[data-sending]");
    if (told) told.textContent = "";
  }
});

for (const zone of document.querySelectorAll("[data-drop]")) {
  const input = zone.querySelector("input[type=file]");
  const picked = zone.querySelector("[data-picked]");
  zone.querySelector("[data-drop-hint]").hidden = false;
  const show = () => {
    picked.replaceChildren(...[...input.files].map((file) => {
      const item = document.createElement("li");
      item.textContent = `${file.name} (${(file.size / 1048576).toFixed(1).replace(".", ",")} MB)`;
      return item;
    }));
    picked.hidden = input.files.length < 2;
  };
  input.addEventListener("change", show);
  for (const kind of ["dragenter", "dragover"])
    zone.addEventListener(kind, (event) => { event.preventDefault(); zone.classList.add("over"); });
  for (const kind of ["dragleave", "drop"]) zone.addEventListener(kind, () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    show();
  });
}

const box = document.querySelector("[data-progress]");
if (box) {
  const said = box.querySelector("[data-said]"), bar = box.querySelector("[data-bar]"), late = box.querySelector("[data-late]");
  const look = async () => {
    try {
      const answer = await fetch(box.dataset.progress, { headers: { Accept: "application/json" } });
      if (!answer.ok) { location.reload(); return; }
      const told = await answer.json();
      if (told.next) { location.assign(told.next); return; }
      if (told.over) { location.reload(); return; }
      if (said.textContent !== told.words) said.textContent = told.words;
      if (told.total && told.done) { bar.max = told.total; bar.value = told.done; } else bar.removeAttribute("value");
      late.hidden = !told.late;
      box.querySelector("[data-late-words]").textContent = told.late || "";
    } catch {
      // No network for a moment: the next look tells.
    }
    setTimeout(look, EVERY_MS);
  };
  setTimeout(look, EVERY_MS);
}
