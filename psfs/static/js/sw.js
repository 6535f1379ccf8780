// Keeps the program's own versioned files and one page that says there is no network. Nothing with a person in it is
// ever kept: every other answer goes straight past. Served from /sw.js with the version and the files filled in.
const VERSION = "__VERSION__";
const PREFIX = "__PREFIX__";
const FILES = ["__FILES__"];
const OFFLINE = "__OFFLINE__";
const CACHE = `psfs-${VERSION}`;

addEventListener("install", (event) => {
  event.waitUntil(fill().then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  event.waitUntil(dropOldCaches().then(() => clients.claim()));
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith(PREFIX)) event.respondWith(fromCache(request));
  else if (request.mode === "navigate") event.respondWith(fromNetwork(request));
});

async function fill() {
  const cache = await caches.open(CACHE);
  // Without cookies: the offline page is the same for everybody.
  await cache.addAll([...FILES.map((file) => PREFIX + file), new Request(OFFLINE, { credentials: "omit" })]);
}

async function dropOldCaches() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("psfs-") && name !== CACHE).map((name) => caches.delete(name)));
}

async function fromCache(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone());
  return answer;
}

async function fromNetwork(request) {
  try {
    return await fetch(request);
  } catch {
    const cache = await caches.open(CACHE);
    return (await cache.match(OFFLINE)) ?? Response.error();
  }
}
