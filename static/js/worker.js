/* The service worker of the partner's phone, served at /worker.js. It keeps two things, by the edition of the static files:
     the static files themselves, which hold nobody's data, and the one page that says there is no network.
   That page opens what its holder's own pages have laid, sealed, on this phone (sheets.js); so it names every script a sheet may need.
   No page of a person, no photo and no answer passes through its cache: everything else goes to the network as if it were not there.
   Its own address says what it is made for: /worker.js?edition=…&locale=… */
const { searchParams } = new URL(self.location.href);
const EDITION = searchParams.get("edition");
const LOCALE = searchParams.get("locale") || "ko";
const CACHE = `dari-${EDITION}-${LOCALE}`;
const FILES = `/static/${EDITION}/`;
const OFFLINE = "/offline";

self.addEventListener("install", (event) => event.waitUntil(furnish().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(sweep()));

/** The page without a network and every file it names. Asked for as a stranger: nobody's name is on it. */
async function furnish() {
  const cache = await caches.open(CACHE);
  const page = await fetch(OFFLINE, { credentials: "omit", headers: { "Accept-Language": LOCALE }, cache: "no-store" });
  if (!page.ok || page.redirected) throw new Error("no offline page");
  const words = await page.clone().text();
  await cache.put(OFFLINE, page);
  await cache.addAll([...new Set(words.match(/\/static\/[^"?\s]+/g) ?? [])].filter((path) => path.startsWith(FILES)));
}

async function sweep() {
  const old = (await caches.keys()).filter((name) => name.startsWith("dari-") && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin) return;
  if (request.method === "GET" && pathname.startsWith(FILES)) event.respondWith(file(request));
  else if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)));
});

/** A file of this edition never changes: the kept one, else the network's, which is then kept. */
async function file(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request);
  if (kept) return kept;
  const fresh = await fetch(request);
  if (fresh.ok) await cache.put(request, fresh.clone());
  return fresh;
}
