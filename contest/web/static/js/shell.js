// The service worker: it keeps the static files that SHELL names, by addresses that change with their content,
// and one page for when there is no line. Papers, answers, pages of a person and the API pass it by.

const NAME = `shell-${SHELL.version}`;

async function fill() {
  const cache = await caches.open(NAME);
  await cache.addAll(SHELL.files);
  await cache.add(new Request(SHELL.offline, { credentials: "omit", cache: "no-store" }));
  await skipWaiting();
}

async function takeOver() {
  for (const name of await caches.keys()) if (name !== NAME) await caches.delete(name);
  if (registration.navigationPreload) await registration.navigationPreload.enable();
  await clients.claim();
}

async function page(event) {
  try {
    return (await event.preloadResponse) || await fetch(event.request);
  } catch {
    return (await caches.match(SHELL.offline)) || Response.error();
  }
}

const file = async (request) => (await caches.match(request, { ignoreVary: true })) || fetch(request);

addEventListener("install", (event) => event.waitUntil(fill()));
addEventListener("activate", (event) => event.waitUntil(takeOver()));
addEventListener("fetch", (event) => {
  const { request } = event, { origin, pathname, search } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (SHELL.files.includes(pathname + search)) event.respondWith(file(request));
});
