// Keeps the program's own versioned files and the page for when there is no network. Nothing with a person in it is
// ever kept: every other answer goes straight past. Served from /sw.js with the version and the files filled in.
const VERSION = "__VERSION__";
const PREFIX = "__PREFIX__";
const FILES = ["__FILES__"];
const OFFLINE = "__OFFLINE__";
const MORE = ["__MORE__"]; // only where conversations are recorded offline
const CACHE = `psfs-${VERSION}`;
const BUSY = /^\/frakopla|\/samtalar\/ny$/; // pages where a conversation may be under way

addEventListener("install", (event) => {
  event.waitUntil(fill().then(takeOver));
});

addEventListener("activate", (event) => {
  event.waitUntil(dropOldCaches().then(() => clients.claim()));
});

// "take-over": a page has been opened while this version waits. "keep-offline": offline is being switched on here; the
// port is answered `true` once all of it is kept.
addEventListener("message", (event) => {
  if (event.data === "take-over") event.waitUntil(takeOver());
  if (event.data === "keep-offline") event.waitUntil(answerKept(event.ports[0]));
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith(PREFIX)) event.respondWith(fromCache(request));
  else if (request.mode !== "navigate") return;
  else if (isShell(url.pathname)) event.respondWith(shell(url.pathname));
  else event.respondWith(fromNetwork(request));
});

async function fill() {
  const cache = await caches.open(CACHE);
  await cache.addAll([...FILES.map((file) => PREFIX + file), bare(OFFLINE)]);
  if (await recordsOffline()) await keepMore();
}

async function keepMore() {
  const cache = await caches.open(CACHE);
  await cache.addAll(MORE.map(bare));
}

async function answerKept(port) {
  port?.postMessage(await keepMore().then(() => true, () => false));
}

/** Without cookies: what is kept is the same for everybody. */
function bare(address) {
  return new Request(address, { credentials: "omit" });
}

async function recordsOffline() {
  if (!indexedDB.databases) return true;
  return (await indexedDB.databases()).some(({ name }) => name === "psfs-offline");
}

/** Not while a conversation may be open in any window: its page keeps the files that it began with. */
async function takeOver() {
  const open = await clients.matchAll({ type: "window", includeUncontrolled: true });
  if (!open.some(({ url }) => BUSY.test(new URL(url).pathname))) await skipWaiting();
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

function isShell(path) {
  return path === OFFLINE || MORE.includes(path); // of MORE only shells are navigated to
}

async function shell(path) {
  const cache = await caches.open(CACHE);
  return (await cache.match(path)) ?? fetch(bare(path)).catch(() => Response.redirect(OFFLINE));
}

async function fromNetwork(request) {
  try {
    return await fetch(request);
  } catch {
    return Response.redirect(OFFLINE);
  }
}
