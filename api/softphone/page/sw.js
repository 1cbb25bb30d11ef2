/*
 * Opens the page while the server is away, so that it can say so and come back by itself, and shows what rings where pages
 * may not. The server is always asked first: a new release is there with the next load. Nothing but the page's own files is kept.
 */

const KEPT = "trunkline-phone";
const PAGE = "/phone";
const SHELL = [
  PAGE, "/phone/phone.js", "/phone/phone.css", "/phone/manifest.webmanifest", "/phone/icon.svg", "/phone/icon-192.png",
  "/static/tokens.css", "/static/theme.js", "/static/session.js", "/static/fonts/inter-latin-wght-normal.woff2",
];
// A server that is there answers in less; one that is not must not keep an agent from a call.
const PATIENCE_MS = 4000;

addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((kept) => Promise.all(SHELL.map((path) => renew(kept, path)))).then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter((name) => name.startsWith(KEPT) && name !== KEPT).map((name) => caches.delete(name))))
    .then(() => clients.claim()));
});

addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method === "GET" && origin === location.origin && SHELL.includes(pathname)) event.respondWith(newest(event.request, pathname));
});

addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(clients.matchAll({ type: "window" }).then(([page]) => (page ? page.focus() : clients.openWindow(PAGE))));
});

async function renew(kept, path) {
  const answer = await fetch(path, { cache: "no-cache", redirect: "manual" }).catch(() => null);
  if (answer?.ok) await kept.put(path, answer);
}

/** What the server says now; what it said last where it does not answer. A browser that cannot keep it does without. */
async function newest(request, path) {
  const kept = await caches.open(KEPT).catch(() => null);
  try {
    const answer = await inTime(fetch(request), path === PAGE ? PATIENCE_MS : 2 * PATIENCE_MS);
    if (answer.status >= 500) throw new Error(answer.statusText);
    if (answer.ok && !answer.redirected) void kept?.put(path, answer.clone()).catch(() => undefined);
    return answer;
  } catch (error) {
    const last = await kept?.match(path);
    if (last) return last;
    throw error;
  }
}

function inTime(answer, ms) {
  return Promise.race([answer, new Promise((_, reject) => setTimeout(() => reject(new Error("late")), ms))]);
}
