const root = document.documentElement;
const sizes = ["100", "115", "130"];
const read = (key, fallback) => { try { return localStorage.getItem(key) || fallback; } catch { return fallback; } };
const write = (key, value) => { try { localStorage.setItem(key, value); } catch { /* storage is off: this page only */ } };
let theme = read("theme", "auto");
let text = read("text", "100");

function show() {
  theme === "auto" ? delete root.dataset.theme : (root.dataset.theme = theme);
  root.dataset.text = text;
  root.dataset.prefs = "";
  for (const button of document.querySelectorAll("[data-set-theme]"))
    button.setAttribute("aria-pressed", button.dataset.setTheme === theme);
  for (const button of document.querySelectorAll("[data-set-text]"))
    button.setAttribute("aria-pressed", button.dataset.setText === text);
}

if (!sizes.includes(text)) text = "100";
show();
addEventListener("DOMContentLoaded", show);
addEventListener("click", (event) => {
  const { setTheme, setText } = event.target.closest("button")?.dataset ?? {};
  if (setTheme) write("theme", theme = setTheme);
  if (setText) write("text", text = setText);
  if (setTheme || setText) show();
});
let opened = [];
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("main details:not([open])")];
  for (const item of opened) item.open = true;
});
addEventListener("afterprint", () => {
  for (const item of opened) item.open = false;
});

// Signing out leaves nothing of a sitting on this machine; answers that were not sent yet are asked about first.
addEventListener("submit", (event) => {
  const words = event.target.dataset.unsent;
  if (!words) return;
  const kept = (prefix) => { try { return Object.keys(localStorage).filter((key) => key.startsWith(prefix)); } catch { return []; } };
  const count = kept("unsent:").reduce((sum, key) => sum + Number(read(key, "0")), 0);
  if (count && !confirm(words.replace("{n}", count))) return event.preventDefault();
  for (const key of [...kept("unsent:"), ...kept("exam:")]) localStorage.removeItem(key);
  try { indexedDB.deleteDatabase("keyval-store"); } catch { /* nothing kept there */ }
  navigator.serviceWorker?.getRegistrations().then((all) => all.forEach((one) => one.unregister()));
  globalThis.caches?.keys().then((names) => names.forEach((name) => caches.delete(name)));
});
