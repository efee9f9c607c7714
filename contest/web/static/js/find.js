// Long selects: a field above each that leaves the options whose words are typed, accents and case aside.
// Without this script the select itself is searched by its first letters, as browsers do.

const fold = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/gi, "d").toLowerCase();

for (const select of document.querySelectorAll("select[data-find]")) {
  const groups = [...select.children].map((group) => [group, [...group.children]]);
  const box = document.createElement("input");
  const said = document.createElement("p");
  box.type = "search"; box.className = "input full"; box.autocomplete = "off";
  box.placeholder = select.dataset.find;
  box.setAttribute("aria-label", select.dataset.find);
  said.className = "meta"; said.setAttribute("role", "status");
  select.before(box);
  select.after(said);
  box.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  box.addEventListener("input", () => {
    const words = fold(box.value).split(/\s+/).filter(Boolean);
    const chosen = select.value;
    let found = [];
    for (const [group, options] of groups) {
      const kept = options.filter((option) => !option.value || words.every((word) => fold(option.text).includes(word)));
      group.replaceChildren(...kept);
      group.hidden = !kept.length;
      found = found.concat(kept.filter((option) => option.value));
    }
    // Nothing is chosen for anybody, unless only one is left.
    const kept = found.find((option) => option.value === chosen) || (found.length === 1 && found[0]);
    select.value = kept ? kept.value : "";
    said.textContent = found.length ? "" : select.dataset.none;
  });
}
