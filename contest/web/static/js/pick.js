// Long lists of boxes: one button ticks all of its form, or none.

for (const button of document.querySelectorAll("[data-pick]")) {
  const words = [button.textContent, button.dataset.pick];
  const boxes = button.form.querySelectorAll("input[type=checkbox][name=question]");
  const all = () => [...boxes].every((box) => box.checked);
  const show = () => { button.textContent = words[all() ? 1 : 0]; };
  button.hidden = false;
  button.addEventListener("click", () => {
    const ticked = !all();
    for (const box of boxes) box.checked = ticked;
    show();
  });
  for (const box of boxes) box.addEventListener("change", show);
  show();
}
