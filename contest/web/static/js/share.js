// Passing a contest on: copy its address, or hand it to another app of the phone; print its poster.

const $ = (selector) => document.querySelector(selector);
const share = $("#share");

async function copy(address) {
  try {
    await navigator.clipboard.writeText(address);
    return true;
  } catch { // over plain http, or not allowed: the old way
    const range = document.createRange();
    range.selectNodeContents($("#share-address"));
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    return document.execCommand("copy");
  }
}

if (share) {
  const { address, title, copied, failed } = share.dataset;
  $("#share-copy").hidden = false;
  $("#share-copy").addEventListener("click", async () => {
    $("#share-said").textContent = await copy(address) ? copied : failed;
  });
  if (navigator.share) {
    $("#share-app").hidden = false;
    $("#share-app").addEventListener("click", () => navigator.share({ title, url: address }).catch(() => {}));
  }
}

const print = $("#print");
if (print) {
  print.hidden = false;
  print.addEventListener("click", () => window.print());
}

// What opens without a line is kept once this page is there.
if ("serviceWorker" in navigator) addEventListener("load", () => navigator.serviceWorker.register("/sw.js").catch(() => {}));
