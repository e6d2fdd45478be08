// Keeps the scanner's page on the phone, so that it opens without a network. Its files are all named here; when one of
// them changes, so does this script, and the browser takes everything anew. Answers about people are never kept here.
const NAME = "vh-scan-{{ version }}";
const PAGE = {{ url_for("checkin.phone") | tojson }};
const FILES = {{ files | tojson }};
const PATIENCE_MS = 2500;

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(NAME);
    await cache.addAll([PAGE, ...FILES]);
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith("vh-scan-") && name !== NAME).map((name) => caches.delete(name)));
    await self.clients.claim();
  })());
});

async function page(request) {
  const cache = await caches.open(NAME);
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  try {
    const response = await fetch(request, { signal: stop.signal });
    if (response.ok && !response.redirected) {
      await cache.put(PAGE, response.clone());
      return response;
    }
    if (response.status < 500) return response;
  } catch { /* no network, or none worth waiting for */ } finally {
    clearTimeout(timer);
  }
  return (await cache.match(PAGE)) ?? Response.error();
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (request.mode === "navigate" && address.pathname === PAGE) event.respondWith(page(request));
  else if (address.pathname.startsWith("/static/")) {
    event.respondWith(caches.match(request).then((kept) => kept ?? fetch(request)));
  }
});
