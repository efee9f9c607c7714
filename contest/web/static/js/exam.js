// A sitting in the browser. Every page works without this file: it adds saving at once, the queue
// that outlives a lost line, the running clock, and turning the page without loading one.
// The server alone decides time; this clock only shows what the server said was left.

const $ = (selector) => document.querySelector(selector);
const all = (selector) => [...document.querySelectorAll(selector)];
const root = $("#sitting");
const d = root.dataset;
const word = (key, values = {}) => d[`w${key}`].replace(/\{(\w+)\}/g, (_, name) => values[name]);
const fields = d.fields ? await import(d.fields).catch(() => null) : null; // without them the form saves by itself
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/* What is not saved yet, kept on this machine: {generation, answers: {slot: {generation, seq, choice}}, flags, until, left}.
   An answer keeps the generation it was given in: after another device has been at work, the server then
   lets it count only where that device has not touched the question.
   What a sitting left unsent is kept for a week: it may be reopened. When its own week is over its receipt says;
   `until` is for others on this machine and, with `left`, for offline.js. */

const KEY = `exam:${d.account}:${d.attempt}`;
const vendor = d.store ? import(d.store).catch(() => null) : null;
const empty = () => ({ generation: 0, answers: {}, flags: {} });
let indexed = true; // private windows of some browsers refuse IndexedDB

async function load() {
  try {
    return (await (await vendor).get(KEY)) || empty();
  } catch {
    indexed = false;
    return local((record) => record);
  }
}

function local(edit) {
  let record = empty();
  try {
    record = edit(JSON.parse(localStorage.getItem(KEY)) || record);
    localStorage.setItem(KEY, JSON.stringify(record));
  } catch { /* no storage at all: the page itself still holds the queue */ }
  return record;
}

async function keep(edit) {
  const change = (record = empty()) => {
    edit(record);
    record.until = Date.now() + 7 * 86400000;
    record.left = left();
    return record;
  };
  try {
    if (indexed) return await (await vendor).update(KEY, change);
  } catch { indexed = false; }
  local(change);
}

async function forget(key = KEY) {
  try { localStorage.removeItem(key); localStorage.removeItem(countOf(key)); } catch { /* nothing kept there */ }
  try { await (await vendor).del(key); } catch { /* nor there */ }
}

// What other sittings left here more than a week ago, whosever they were.
async function sweep() {
  const past = ([key, record]) => key !== KEY && record.until < Date.now() && forget(key);
  try {
    for (const key of Object.keys(localStorage))
      if (key.startsWith("exam:")) past([key, JSON.parse(localStorage.getItem(key))]);
  } catch { /* nothing kept there */ }
  try { await Promise.all((await (await vendor).entries()).map(past)); } catch { /* nor there */ }
}

// The page with the sign-out button may be another one: it reads this count.
const countOf = (key) => key.replace("exam", "unsent");
function mark() {
  try {
    unsaved() ? localStorage.setItem(countOf(KEY), unsaved()) : localStorage.removeItem(countOf(KEY));
  } catch { /* no warning then */ }
}

/* Talking to the server */

let csrf = d.csrf;
let offline = false;

// {status, data}; status 0: no answer of ours within 10 s (a portal's own page counts as none).
async function call(method, url, body, renewed = false, take = (response) => response.json()) {
  const abort = new AbortController();
  const limit = setTimeout(() => abort.abort(), 10000);
  const sent = performance.now();
  try {
    const response = await fetch(url, {
      method, signal: abort.signal, referrer: "/", ...(!body && { cache: "no-store" }), // few bytes go up
      headers: { "X-CSRF-Token": csrf, ...(body && { "Content-Type": "application/json" }) },
      body: body && JSON.stringify(body),
    });
    const data = response.status === 204 ? {} : await take(response).catch((problem) => {
      if (response.ok) throw problem;
      return {};
    });
    clearTimeout(limit);
    if (data.code === "csrf" && !renewed && await renew()) return call(method, url, body, true, take);
    if (typeof data.remaining_ms === "number") sync(sent, data.remaining_ms, Date.parse(data.server_now));
    setOffline(false);
    return { status: response.status, data, wait: Number(response.headers.get("Retry-After")) * 1000 };
  } catch {
    clearTimeout(limit);
    setOffline(true);
    return { status: 0, data: {}, wait: 0 };
  }
}

async function renew() {
  const { status, data } = await call("GET", d.session, undefined, true);
  csrf = data.csrf_token || csrf;
  return status === 200;
}

/* The clock: bounds of the deadline on the monotonic clock of this page; the PC's own time is not read. */

const navigation = performance.getEntriesByType("navigation")[0];
let deadline = (navigation ? navigation.responseStart : performance.now()) + Number(d.remaining);
let heard = performance.now(), asked = 0, ends = 0;
const left = () => Math.max(0, deadline - performance.now());
const ASK = 7500 + Math.random() * 1500; // so that many pages do not ask together

function sync(sent, remaining, now) {
  heard = performance.now();
  if (sent < asked) return; // overtaken by the answer to a later question
  asked = sent;
  if (remaining) ends = now + remaining; // the server's; told, never compared
  // Both bounds lie within the way there and back: a deadline that lies well beyond them was moved.
  const more = Math.round((sent + remaining - deadline) / 60000);
  if (remaining && more >= 1) granted(more);
  deadline = Math.min(Math.max(deadline, sent + remaining), heard + remaining);
}

function granted(minutes) {
  over = flushed = false;
  warned = Infinity;
  show("#over", false);
  say(word("Granted", { minutes }));
  band("Granted", word("Granted", { minutes }));
}

function digits(ms) {
  const s = Math.floor(ms / 1000), two = (n) => String(n).padStart(2, "0");
  return (s >= 3600 ? `${Math.floor(s / 3600)}:` : "") + two(Math.floor(s / 60) % 60) + ":" + two(s % 60);
}

const timer = $("#digits");
let before = left(), minute = -1, slipped = Date.now() - performance.now(), flushed = false, over = false, warned = Infinity;

function tick() {
  const ms = left();
  // A laptop that slept: page time stood still while the machine's went on. The server is asked.
  const slip = Date.now() - performance.now();
  if (Math.abs(slip - slipped) > 2000) { slipped = slip; resync(); }
  timer.textContent = digits(ms);
  if (minute !== Math.ceil(ms / 60000)) turnMinute(minute = Math.ceil(ms / 60000));
  for (const at of [10, 5, 1]) {
    if (before <= at * 60000 || ms > at * 60000 || warned <= at) continue;
    warned = at; // once, though the next answer of the server may set the clock back by a moment
    say(word(at === 1 ? "Spoken1" : "Spoken", { minutes: at, blank: blank() }));
  }
  if (!flushed && ms <= 20000 - Math.random() * 2000) { flushed = true; settle(); flush(); }
  before = ms;
  // Extra time, a take-over or an end that an organiser decided are seen within 10 s while the page is looked at.
  if (performance.now() - heard > (document.hidden ? 60000 : ASK)) { heard = performance.now(); resync(); }
  if (!ms && !over) timeUp();
}

function turnMinute(minutes) {
  $("#time-sentence").textContent = word("Sentence", { minutes, blank: blank() });
  const soon = minutes <= 5;
  $("#time-band").hidden = !soon;
  $(".clock").classList.toggle("soon", soon);
  $("#clock-word").textContent = word(minutes <= 1 ? "Soon" : "Left");
  if (soon) $("#time-band p").textContent = word(minutes <= 1 ? "Band1" : "Band5", { minutes, blank: blank() });
}

async function resync() {
  const { status, data } = await call("GET", `${d.api}/clock`);
  if (status === 200) await placed(data);
  else if (status === 401 || status === 404) refuse(status, data);
  return status === 200;
}

// What the server says of this sitting: over, ours, or another device's.
async function placed(data) {
  if (data.state !== "open" || !data.remaining_ms) return finish();
  if (data.owned) return stop("");
  if (data.generation === generation) return takeOver(); // the same browser, signed in again
  stop("Other");
}

const hour = (ms) => new Date(ms + 7 * 3600000).toISOString().slice(11, 19);

async function timeUp() {
  over = true;
  settle();
  if (ends) $("#over .lead").textContent = word("OverAt", { time: hour(ends) });
  show("#over", true);
  say(word("Over"));
  await flush();
  for (let i = 0; over; i++) {
    const known = await resync();
    if (!known) await pause(wait(i));
    else if (left() > 2000) { over = flushed = false; show("#over", false); } // the round was extended
    else await pause(300);
    $("#over-unsent").textContent = unsaved() ? word("Unsent", { n: unsaved(), slots: slots() }) : "";
  }
}

let gone = false;
async function finish() {
  if (gone) return;
  gone = true;
  deadline = 0;
  if (!stopped) await flush(); // the round may take for a while what was chosen in time
  try { sessionStorage.setItem(`lost:${d.attempt}`, slots()); } catch { /* not told then */ }
  await (Object.keys((await load()).answers).length ? keep(() => {}) : forget());
  location.replace(d.receipt);
}

/* Saving */

let generation = Number(d.generation);
let queue = {}, flags = {};
let sending = null, stopped = d.mine === "1" ? "" : "Other", tries = 0, again = 0, alone = false;
let troubled = false, recovered = 0, complained = 0;
const seqs = {}, choices = {};
const unsaved = () => Object.keys(queue).length;
const slots = () => Object.keys(queue).join(", ");
const wait = (i) => [2000, 5000, 10000, 20000, 30000][Math.min(i, 4)] * (.8 + Math.random() * .4);

function answer(slot, choice) {
  const seq = Math.max(seqs[slot] || 0, queue[slot] ? queue[slot].seq : 0) + 1;
  const mine = queue[slot] = { generation, seq, choice };
  choices[slot] = choice;
  keep((record) => { record.generation = generation; record.answers[slot] = mine; });
  mark();
  paint();
  return flush();
}

function flush() {
  clearTimeout(again);
  if (!sending) sending = send().finally(() => { sending = null; });
  return sending;
}

async function send() {
  while (!stopped && (unsaved() || Object.keys(flags).length)) {
    if (!unsaved()) { if (!await sendFlags()) return; continue; }
    const oldest = Math.min(...Object.values(queue).map((kept) => kept.generation));
    let batch = Object.entries(queue).filter(([, kept]) => kept.generation === oldest)
      .map(([slot, { seq, choice }]) => ({ slot: Number(slot), seq, choice }));
    batch = batch.slice(0, alone ? 1 : fitting(batch));
    const slow = setTimeout(() => line("saving", word("Saving")), 800);
    const reply = await call("PUT", `${d.api}/answers`, { generation: oldest, answers: batch });
    clearTimeout(slow);
    if (!await received(reply, batch)) return;
  }
}

// How many of the answers one request takes: essays are long.
function fitting(batch) {
  let bytes = 0;
  const over = batch.findIndex((one) => (bytes += new Blob([JSON.stringify(one)]).size) > 48000);
  return over < 0 ? batch.length : Math.max(over, 1);
}

async function sendFlags() {
  const [slot, on] = Object.entries(flags)[0];
  const { status, data } = await call("PUT", `${d.api}/flags/${slot}`, { on });
  if (!status || status >= 500) { retry(); return false; }
  if (status === 401) { refuse(status, data); return false; } // kept: it goes up once somebody is signed in again
  if (flags[slot] === on) delete flags[slot];
  await keep((record) => { record.flags = { ...flags }; });
  return true;
}

// True where sending may go on at once.
async function received({ status, data, wait: told }, batch) {
  const sent = Object.fromEntries(batch.map(({ slot, seq }) => [slot, seq]));
  if (status === 200 || status === 422) {
    const refused = data.refused || (status === 422 ? (batch.length > 1 ? [] : batch) : []);
    alone = status === 422 && !refused.length;
    const lost = [...(data.stale || []), ...refused].map(({ slot }) => slot);
    drop([...(data.saved || []).map(({ slot }) => slot), ...lost], sent);
    if (status === 200) saved(data, batch.length - lost.length);
    if (lost.length) await adopt(lost);
    return true;
  }
  if (status === 401 || status === 404 || status === 409) { refuse(status, data); return false; }
  retry(told);
  return false;
}

function drop(done, sent) {
  const gone = done.filter((slot) => queue[slot] && queue[slot].seq <= sent[slot]);
  for (const slot of gone) {
    seqs[slot] = Math.max(seqs[slot] || 0, queue[slot].seq);
    delete queue[slot];
  }
  mark();
  keep((record) => {
    for (const slot of gone) if ((record.answers[slot] || {}).seq <= sent[slot]) delete record.answers[slot];
  });
}

function saved(data, count) {
  const time = hour(Date.parse(data.server_now)).slice(0, 5);
  recovered += count;
  tries = 0;
  if (unsaved()) return;
  d.savedLine = word("Saved", { time });
  line("saved", d.savedLine);
  if (troubled) {
    say(word("Back", { n: recovered }));
    band("Back", word("Back", { n: recovered }));
    soon();
  }
  troubled = false;
  recovered = 0;
}

function retry(told) {
  if (!troubled) say(word("Failed", { slots: slots() }));
  if (!troubled || performance.now() - complained > 120000) { complained = performance.now(); tell("unsaved"); }
  troubled = true;
  tries += 1;
  if (unsaved()) line("failed", word("Failed", { slots: slots() }));
  if (!offline) band("Busy", word("Busy"));
  clearTimeout(again);
  again = setTimeout(flush, Math.min(left() < 20000 ? 2000 : Infinity, Math.max(told || 0, wait(tries - 1))));
}

function refuse(status, data) {
  if (status === 409 && data.code !== "other_device") return finish();
  if (status === 409) return resync().then(() => stopped || retry()); // another device, or this one signed in again
  return stop(status === 401 ? "SignedOut" : "NotYours");
}

function stop(kind) {
  if (stopped === kind) return;
  stopped = kind;
  for (const name of ["Other", "SignedOut", "NotYours"]) show(`#band-${name}`, name === kind);
  const fields = $("#question fieldset");
  for (const element of [fields, $("#flag"), $("#clear")]) if (element) element.disabled = Boolean(kind);
  if (!kind) return flush();
  say($(`#band-${kind} p`).textContent);
  return held();
}

function held() {
  if (unsaved()) line("failed", word("Held", { slots: slots() }));
}

async function takeOver() {
  const { status, data } = await call("POST", `${d.api}/take-over`);
  if (status !== 200) return stop("Other");
  generation = data.generation;
  await keep((record) => { record.generation = generation; });
  if (d.mine !== "1") return reload();
  stop("");
  return flush();
}

/* The paper: all questions come once, a moment after the first one is on the screen. */

const paper = new Map(), saveds = {}; // slot → its fieldset; slot → the answer that the server has

// The server draws every question, so that a page with and one without a script show the same.
async function asPaper(response) {
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const sheets = [...page.querySelectorAll("fieldset[data-slot]")];
  if (!sheets.length) throw new Error("no paper"); // a portal's page, or a sign-in
  return { sheets };
}

async function fetchPaper(fresh = false) {
  if (!fields) return false;
  const { status, data } = await call("GET", d.paper, undefined, false, asPaper);
  if (status !== 200) return false;
  for (const sheet of data.sheets) {
    const slot = Number(sheet.dataset.slot);
    paper.set(slot, slot === current && !fresh ? $("#question fieldset") : document.adoptNode(sheet));
    seqs[slot] = Math.max(seqs[slot] || 0, Number(sheet.dataset.seq));
    saveds[slot] = fields.read(sheet);
    if (!queue[slot] && (fresh || slot !== current)) choices[slot] = saveds[slot];
    fields.dress(paper.get(slot), tellPlace);
  }
  if (form) form.dataset.ready = "yes";
  paint();
  return true;
}

const tellPlace = (n) => say(word("Moved", { n }));

// Another window or device was newer: its answer is shown, and this is said.
async function adopt(lost) {
  for (const slot of lost) seqs[slot] = 0;
  await fetchPaper(true);
  turn(current, false);
  band("Changed", word("Changed", { slots: lost.join(", ") }));
  say(word("Changed", { slots: lost.join(", ") }));
}

// What an earlier page of this browser left unsent, compared with the server's copy.
async function restore(again = 0) {
  const record = await load();
  if (stopped && record.generation === generation) return takeOver();
  const waiting = Object.entries(record.answers);
  if (stopped) { queue = record.answers; mark(); return held(); }
  flags = record.flags;
  if (!waiting.length && d.view !== "question") return flush();
  if (waiting.length) line("saving", word("Saving"));
  if (!await fetchPaper() && !waiting.length) return setTimeout(restore, wait(again), again + 1);
  for (const [slot, kept] of waiting) {
    if (queue[slot]) continue; // chosen on this page meanwhile
    if (slot in saveds && fields.same(saveds[slot], kept.choice)) continue;
    queue[slot] = kept;
    choices[slot] = kept.choice;
  }
  await keep((old) => { // what another tab has queued meanwhile stays
    const later = Object.entries(old.answers).filter(([slot, { seq }]) => !(slot in record.answers) || seq > record.answers[slot].seq);
    old.generation = generation;
    old.answers = { ...Object.fromEntries(later), ...queue };
  });
  mark();
  if (unsaved() && form) turn(current, false);
  paint();
  const some = unsaved() > 0;
  await flush();
  if (some && !unsaved() && d.view === "check") reload(); // its table was drawn without these answers
  else if (waiting.length && !some) line("saved", d.savedLine);
}

/* What is on the screen */

let current = Number(d.slot) || 0;
const count = Number(d.count);
const form = $("#paper");
const answered = (slot) => choices[slot] === "?" || Boolean(fields && fields.filled(choices[slot]));
const blank = () => (form ? count - all(".cells .cell.done").length : Number(d.blank));

function show(selector, on) {
  const element = $(selector);
  if (!element) return;
  element.hidden = !on;
  if (selector !== "#over") return;
  $("#sheet").hidden = on;
  if (on) $("#over h1").focus();
}

let spoken = 0;
function say(text) {
  $("#voice").textContent = text;
  clearTimeout(spoken);
  spoken = setTimeout(() => { $("#voice").textContent = ""; }, 20000); // not to be met again while browsing
}

function line(state, text) {
  $("#save").dataset.state = state;
  $("#save").textContent = text;
}

let quiet = 0;
function band(kind, text) {
  $("#band-line").className = `band ${{ Offline: "offline", Back: "good" }[kind] || "warn"}`;
  $("#band-line p").textContent = text;
  $("#band-line").hidden = !text;
  clearTimeout(quiet);
  if (text && kind !== "Offline" && kind !== "Busy") quiet = setTimeout(() => band("", ""), 12000);
}

function setOffline(on) {
  if (offline === on) return;
  offline = on;
  hints.line(on);
  band("Offline", on ? word("Offline") : "");
  if (on) { say(word("Offline")); troubled = true; return; }
  if (unsaved()) { flush(); return; }
  if (!stopped) band("Back", word("Online"));
  troubled = false;
}

function paint() {
  for (const cell of all(".cells .cell")) {
    const slot = Number(cell.dataset.slot);
    if (slot in choices) cell.classList.toggle("done", answered(slot));
    if (slot === current) cell.setAttribute("aria-current", "step");
    else cell.removeAttribute("aria-current");
    const state = [cell.classList.contains("done") ? d.wDone : d.wBlank, cell.classList.contains("flag") && d.wFlagged];
    cell.setAttribute("aria-label", [word("Cell", { n: slot }), ...state].filter(Boolean).join(", "));
    cell.parentElement.hidden = filter === "blank" ? cell.classList.contains("done")
      : filter === "flag" && !cell.classList.contains("flag");
  }
  if (!form) return;
  const done = count - blank(), flagged = all(".cells .cell.flag").length;
  for (const element of all(".n-done")) element.textContent = done;
  $("#n-blank").textContent = count - done;
  $("#n-flag").textContent = flagged;
  for (const pill of all("[name=show]")) pill.setAttribute("aria-pressed", pill.value === filter);
  $("#nothing").hidden = !filter || all(".cells li:not([hidden])").length > 0;
  $(".line").value = done;
  $("#clear").hidden = !answered(current);
  if (minute >= 0) turnMinute(minute);
  if (current) $("#flag").setAttribute("aria-pressed", cellOf(current).classList.contains("flag"));
}

let filter = form ? form.dataset.show : "";
const cellOf = (slot) => $(`.cells [data-slot="${slot}"]`);

// Puts question `slot` on the screen.
function turn(slot, move = true) {
  const sheet = paper.get(slot);
  if (!sheet) return;
  settle();
  current = slot;
  const place = { n: slot, of: count };
  document.title = `${word("Place", place)} – ${d.title}`;
  $("#place").textContent = word("Place", place);
  if (choices[slot] !== "?") fields.write(sheet, choices[slot]);
  sheet.disabled = Boolean(stopped);
  $("#question fieldset").replaceWith(sheet);
  $("#clear").textContent = /one|many/.test(sheet.dataset.shape) ? d.wClear : d.wErase;
  const next = $("#next"), last = slot === count;
  next.value = $("#enter").value = last ? "check" : "next";
  next.textContent = last ? d.wCheck : d.wNext;
  $("#prev").hidden = slot === 1;
  form.action = `${d.page}${slot}`;
  paint();
  if (!move) return;
  scrollTo(0, 0);
  $("#question legend").focus({ preventScroll: true });
}

function go(slot) {
  if (slot < 1 || slot > count) return;
  if (slot !== current) history.pushState({ slot }, "", `${d.page}${slot}`);
  turn(slot);
}

function choose() {
  clearTimeout(typing);
  typing = 0;
  const chosen = fields.read($("#question fieldset"));
  if (!fields.same(chosen, choices[current])) answer(current, chosen);
}

// What is being written is saved a second after the last key, or when its question is left.
let typing = 0;
function type() {
  clearTimeout(typing);
  typing = setTimeout(choose, 1000);
}
const settle = () => { if (typing) choose(); };

function flag() {
  const on = cellOf(current).classList.toggle("flag");
  flags[current] = on;
  keep((record) => { record.flags = { ...flags }; });
  paint();
  flush();
}

// The answer that the server had, whatever has been chosen in its fieldset since.
function drawn(sheet) {
  const copy = document.createElement("form");
  copy.append(sheet.cloneNode(true));
  copy.reset();
  return fields.read(copy.firstChild);
}

let leaving = false;
function reload() { leaving = true; location.reload(); }

async function toCheck() {
  settle();
  await flush();
  if (unsaved() || !await resync() || stopped || gone) return; // the band says why
  leaving = true;
  location.assign(d.check);
}

function press(button) {
  const { name, value } = button;
  if (name === "show") { filter = filter === value ? "" : value; return paint(); }
  if (value === "next") return go(current + 1);
  if (value === "prev") return go(current - 1);
  if (value === "flag") return flag();
  if (value === "clear") {
    fields.write($("#question fieldset"), null);
    $("#question fieldset :is(input, select, textarea, button):not([hidden], :disabled)").focus();
    return choose();
  }
  if (value === "check") return toCheck();
  if (matchMedia("(max-width: 63.99rem)").matches) $("#list").open = false;
  go(Number(value));
}

/* Submitting */

let submitting = false;
async function submit(button) {
  if (submitting) return;
  submitting = true;
  button.setAttribute("aria-disabled", "true");
  line("saving", word("Submitting"));
  for (let i = 0; !gone && !stopped; i++) {
    await flush();
    if (!unsaved() && await resync() && !stopped && !gone) { // not what another device has taken over
      const { status, data } = await call("POST", `${d.api}/submit`, { prediction: null });
      if (status === 200) return finish();
      if (status === 401 || status === 404 || status === 409) { refuse(status, data); break; }
    }
    line("failed", word("NotSubmitted"));
    await pause(wait(i));
  }
  submitting = false;
  button.removeAttribute("aria-disabled");
}

/* Hints for the organisers: told now and then, in no hurry; that answers can't be saved is told while it lasts. */

let told = [], telling = 0, put = 0;
function tell(kind, since) {
  if (!d.api) return;
  told.push({ kind, slot: current || null, ms: since ? Math.min(86400000, Math.round(performance.now() - since)) : null });
  if (told.length > 50) told.shift();
  soon();
}

function soon(refused = 0) { // whoever was refused waits for minutes: who is overloaded shall not be more so
  clearTimeout(telling);
  if (told.length && !gone) telling = setTimeout(report, refused ? 60000 + Math.random() * 120000 : 5000 + Math.random() * 25000);
}

// Put off without a line, or where nobody takes them, ten minutes or so; the end of the trouble sets it going again.
async function report() {
  if (offline || stopped) { if (put++ < 40) soon(); return; }
  const sent = told.splice(0);
  const { status } = await call("POST", `${d.api}/events`, { events: sent });
  if (status && status < 500) { put = 0; return; }
  told = [...sent, ...told].slice(-50);
  if (put++ < 40) soon(status || 503);
}

function watch() {
  let away = 0, cut = 0;
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) away = performance.now();
    else if (away) tell("hidden", away);
  });
  setTimeout(() => tell("opened"), 30000 + Math.random() * 210000); // whence; not while everybody begins
  addEventListener("paste", (event) => { if (/^(TEXTAREA|INPUT)$/.test(event.target.tagName)) tell("pasted"); });
  return { line(on) { if (on) cut = performance.now(); else if (cut) { tell("offline", cut); cut = 0; } } };
}
const hints = watch();

/* Preferences */

const setting = (name, value) => {
  try {
    if (value === undefined) return localStorage.getItem(name) === "on";
    localStorage.setItem(name, value ? "on" : "off");
  } catch { /* this page only */ }
  return Boolean(value);
};

function preferences() {
  const clock = $("#hide-clock"), keys = $("#shortcuts");
  const draw = () => {
    $(".clock").classList.toggle("hushed", hidden);
    clock.textContent = hidden ? d.wShowClock : d.wHideClock;
    keys.setAttribute("aria-pressed", shortcuts);
    $("#shortcut-help").hidden = !shortcuts;
  };
  let hidden = setting("clock-hidden"), shortcuts = setting("shortcuts");
  clock.addEventListener("click", () => { hidden = setting("clock-hidden", !hidden); draw(); });
  keys.addEventListener("click", () => { shortcuts = setting("shortcuts", !shortcuts); draw(); });
  draw();
  addEventListener("keydown", (event) => {
    if (!shortcuts || stopped || over || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if (event.target.matches("textarea, select, [type=text]")) return; // somebody writes, or looks for an option
    const option = all("#options input")[Number(event.key) - 1];
    const button = $({ n: "#next", p: "#prev:not([hidden])", f: "#flag" }[event.key.toLowerCase()] || "#none");
    if (option) { option.focus(); option.click(); } else if (button) button.click();
    if (option || button) event.preventDefault();
  });
}

/* Start */

function sitting() {
  for (const cell of all(".cells .cell")) choices[cell.dataset.slot] = cell.classList.contains("done") ? "?" : null;
  if (form && fields && stopped !== "Other") {
    const sheet = $("#question fieldset");
    seqs[current] = Number(sheet.dataset.seq);
    choices[current] = drawn(sheet);
    fields.dress(sheet, tellPlace);
    $("#question").addEventListener("change", choose);
    $("#question").addEventListener("input", (event) => { if (/text/.test(event.target.type)) type(); });
    let clicked = null; // Safari 15.0 knows no event.submitter
    form.addEventListener("click", (event) => { clicked = event.target.closest("button") || clicked; });
    form.addEventListener("submit", (event) => {
      if (!paper.size && !offline) { leaving = true; return; } // not here yet: the form saves by itself
      event.preventDefault();
      if (clicked && (paper.size || clicked.name === "show")) press(clicked);
    });
    if (matchMedia("(min-width: 64rem)").matches) $("#list").open = true;
    $("#to-blank").addEventListener("click", (event) => {
      event.preventDefault();
      $("#list").open = true;
      filter = "blank";
      paint();
      ($(".cells li:not([hidden]) .cell") || $("#list summary")).focus();
    });
    addEventListener("popstate", () => turn(Number(location.pathname.split("/").pop())));
    choose(); // what was chosen before this script came, over a slow line, is to be saved as well
  }
  preferences();
  const hand = $("#hand-in");
  if (hand) hand.addEventListener("submit", (event) => { event.preventDefault(); submit(hand.querySelector(".btn")); });
  for (const link of all("[data-leave]")) link.addEventListener("click", () => { leaving = true; });
  addEventListener("beforeunload", (event) => {
    settle();
    if (!unsaved() || leaving || gone) return;
    event.preventDefault();
    event.returnValue = "";
  });
  addEventListener("online", () => resync().then(flush));
  addEventListener("offline", () => setOffline(true));
  addEventListener("pageshow", (event) => { if (event.persisted) reload(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) resync(); });
  tick();
  setInterval(tick, 500);
  restore().then(sweep);
}

// The prediction: what is typed is shown as a number and kept, so that it counts if time runs out.
function guessing() {
  sitting();
  const field = $("#prediction"), shown = $("#prediction-shown");
  const whole = () => field.value.replace(/\D/g, "");
  const draw = () => {
    const digits = whole();
    shown.textContent = d.asks !== "perfect_percent" && digits.length > 3
      ? word("Shown", { n: digits.replace(/\B(?=(\d{3})+$)/g, ".") }) : "";
  };
  let waiting = 0, failed = 0;
  const send = async () => {
    const guess = field.value.trim();
    const { status, data } = await call("PUT", `${d.api}/prediction`, { prediction: guess || null });
    if (!status || status >= 500) { clearTimeout(waiting); waiting = setTimeout(send, wait(failed++)); return; }
    failed = 0;
    if (status === 401 || status === 404 || status === 409) refuse(status, data);
    else keep((record) => { if (record.guess && record.guess.typed === guess) delete record.guess; });
  };
  const typed = () => {
    draw();
    // Outlives a lost line and a reload, as answers do; `over`: what the server had then.
    keep((record) => { record.guess = { typed: field.value.trim(), over: field.defaultValue }; });
    clearTimeout(waiting);
    waiting = setTimeout(send, 1000);
  };
  field.addEventListener("input", typed);
  if (field.value !== field.defaultValue) typed(); // typed before this script came
  field.form.addEventListener("submit", (event) => {
    if (offline) { event.preventDefault(); say(word("Offline")); return; }
    clearTimeout(waiting);
    leaving = true;
  });
  load().then(({ guess }) => {
    if (!guess || guess.over !== field.defaultValue || field.disabled) return; // another page was newer
    field.value = guess.typed;
    draw();
    send();
  });
  draw();
}

// The receipt: what came too late is named, and kept as long as the sitting may be reopened. Nothing else stays here.
async function done() {
  const print = $("#print");
  print.hidden = false;
  print.addEventListener("click", () => window.print());
  sweep();
  const held = Object.keys((await load()).answers).join(", ");
  const lost = held || sessionStorage.getItem(`lost:${d.attempt}`);
  if (lost) { $("#lost p").textContent = word(held && d.wKept ? "Kept" : "Lost", { slots: lost }); $("#lost").hidden = false; }
  if (!held || !d.wKept) return forget();
  setInterval(async () => {
    if (document.hidden) return;
    const { state } = await fetch(d.clock, { cache: "no-store" }).then((reply) => reply.json()).catch(() => ({}));
    if (state === "open") location.reload(); // it leads to the sitting, which sends them
  }, 60000);
}

({ question: sitting, guess: guessing, check: sitting, done }[d.view] || (() => {}))();
