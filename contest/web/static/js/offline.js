// The page that is shown without a line: is a sitting open on this machine, and is there a line again?

const $ = (selector) => document.querySelector(selector);
const parsed = (text) => { try { return JSON.parse(text) || {}; } catch { return {}; } };
const keys = (prefix) => { try { return Object.keys(localStorage).filter((key) => key.startsWith(prefix)); } catch { return []; } };

// The exam page keeps one record for each sitting, named "exam:…"; it goes when the sitting is over and nothing
// of it is unsent, or a week after.
function indexed() {
  return new Promise((done) => {
    try {
      const opening = indexedDB.open("keyval-store"), found = [];
      opening.onupgradeneeded = () => opening.transaction.abort(); // there was none: leave none behind
      opening.onerror = () => done([]);
      opening.onsuccess = () => {
        const reading = opening.result.transaction("keyval").objectStore("keyval").openCursor();
        reading.onsuccess = () => {
          const cursor = reading.result;
          if (!cursor) return done(found);
          found.push([String(cursor.key), cursor.value]);
          cursor.continue();
        };
        reading.onerror = () => done([]);
      };
    } catch { done([]); }
  });
}

const records = new Map([...keys("exam:").map((key) => [key, parsed(localStorage.getItem(key))]), ...await indexed()]
  .filter(([key]) => key.startsWith("exam:")));
const WEEK = 7 * 86400000; // from when `left` was left, to `until`; a record that does not say so is of one that runs
const over = (key, { until, left } = records.get(key) || {}) => until - WEEK + left <= Date.now();
const unsent = { false: 0, true: 0 }; // of sittings that run; of those that are over
for (const key of keys("unsent:")) unsent[over(key.replace("unsent", "exam"))] += Number(localStorage.getItem(key));

$("#sitting-kept").hidden = !unsent.false && [...records.keys()].every((key) => over(key));
$("#answers-kept").hidden = !unsent.true;
for (const [id, count] of [["#unsent", unsent.false], ["#unsent-over", unsent.true]]) {
  $(id).hidden = !count;
  $(id).textContent = $(id).dataset.words.replace("{n}", count);
}

// A line that came back without the browser noticing, or a server that did.
async function ask() {
  const answer = await fetch("/healthz", { cache: "no-store", credentials: "omit" }).catch(() => null);
  if (answer && answer.ok) location.reload();
  else setTimeout(ask, 10000 + Math.random() * 10000);
}
addEventListener("online", () => location.reload());
setTimeout(ask, 5000 + Math.random() * 10000);
