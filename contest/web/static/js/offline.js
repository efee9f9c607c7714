// The page that is shown without a line: is a sitting open on this machine, and is there a line again?

const $ = (selector) => document.querySelector(selector);
const keys = (prefix) => { try { return Object.keys(localStorage).filter((key) => key.startsWith(prefix)); } catch { return []; } };

// The exam page keeps one record for each sitting, named "exam:…"; it goes when the sitting is over and nothing
// of it is unsent, or a week after.
function indexed() {
  return new Promise((done) => {
    try {
      const opening = indexedDB.open("keyval-store");
      opening.onupgradeneeded = () => opening.transaction.abort(); // there was none: leave none behind
      opening.onerror = () => done([]);
      opening.onsuccess = () => {
        const reading = opening.result.transaction("keyval").objectStore("keyval").getAllKeys();
        reading.onsuccess = () => done(reading.result.filter((key) => String(key).startsWith("exam:")));
        reading.onerror = () => done([]);
      };
    } catch { done([]); }
  });
}

const unsent = keys("unsent:").reduce((sum, key) => sum + Number(localStorage.getItem(key)), 0);
$("#sitting-kept").hidden = !unsent && !keys("exam:").length && !(await indexed()).length;
$("#unsent").hidden = !unsent;
$("#unsent").textContent = $("#unsent").dataset.words.replace("{n}", unsent);

// A line that came back without the browser noticing, or a server that did.
async function ask() {
  const answer = await fetch("/healthz", { cache: "no-store", credentials: "omit" }).catch(() => null);
  if (answer && answer.ok) location.reload();
  else setTimeout(ask, 10000 + Math.random() * 10000);
}
addEventListener("online", () => location.reload());
setTimeout(ask, 5000 + Math.random() * 10000);
