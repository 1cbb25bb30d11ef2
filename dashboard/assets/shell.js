/* What every page has: theme switch, signing out, menus that close, keys, and a notice when the login or the server is gone. */

import { keepSignedIn, signedOut } from "./session.js";
import "./exports.js";
import "./tips.js";
import "./useful.js";

const LOGIN = "/login";
const SESSION_CHECK_MS = 60_000;
// This page's own figures come first; then what the other pages need is fetched, so that they open at once.
const OTHERS_AFTER_MS = 1000;

const actions = {
  theme: () => window.trunklineTheme.toggle(),
  "sign-out": signOut,
  "full-screen": fullScreen,
  keys: () => document.querySelector("#keys")?.showModal(),
  "close-keys": () => document.querySelector("#keys")?.close(),
  find: () => document.querySelector("#find")?.focus(),
};

const keys = { t: "theme", f: "full-screen", "?": "keys", "/": "find" };

async function signOut() {
  await keepSignedIn();
  await fetch("/api/auth/logout", { method: "POST" });
  signedOut();
  location.assign(LOGIN);
}

/** The login leads back here. */
function toLogin() {
  location.assign(`${LOGIN}?next=${encodeURIComponent(location.pathname + location.search)}`);
}

function fullScreen() {
  if (!document.querySelector("#live")) return;
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen();
}

/** A link that a script made leads to a page of ours without loading everything anew, as Dash's own links do. */
function stayInside(event) {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  if (link.target || link.origin !== location.origin || !link.pathname.startsWith("/reports/") || link.hasAttribute("download")) return;
  event.preventDefault();
  history.pushState({}, "", link.href);
  dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
  scrollTo(0, 0);
}

document.addEventListener("click", (event) => {
  stayInside(event);
  const name = event.target.closest?.("[data-action]")?.dataset.action;
  if (name) actions[name]();
  const menu = event.target.closest?.("details.menu");
  if (event.target.closest?.("details.menu > summary")) inUse = menu.open ? null : menu.id;
  // Choosing one of several ends the choice; choosing many does not.
  const done = event.target.closest?.("a") && !menu?.classList.contains("many");
  closeMenus(done ? null : menu);
});

// Dates and zones are forms, so that they work by themselves; with Dash there, the address changes without a new page.
document.addEventListener("submit", (event) => {
  if (!event.target.matches(".free")) return;
  event.preventDefault();
  closeMenus();
  const { page } = event.target.closest("[data-page]").dataset;
  window.dash_clientside.set_props(`${page}-address`, { search: `?${new URLSearchParams(new FormData(event.target))}` });
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    closeMenus();
    document.activeElement?.blur?.();
  }
  const typing = event.target.closest?.("input, textarea, select");
  const name = keys[event.key.toLowerCase()];
  if (!name || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  actions[name]();
});

// The menu in use, by id: Dash draws menus anew, closed, when their choices change. The click sets it, not the `toggle` event:
// that one follows later, and never from a menu that was drawn anew meanwhile.
let inUse = null;

function closeMenus(but = null) {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (menu !== but) menu.open = false;
  if (!but) inUse = null;
}

document.addEventListener("fullscreenchange", () => {
  document.documentElement.classList.toggle("wall", Boolean(document.fullscreenElement));
});

/** Whether the login still holds; `null` when nothing answers. */
async function session() {
  try {
    return (await fetch("/reports/session", { cache: "no-store" })).status;
  } catch {
    return null;
  }
}

async function backToLogin() {
  await keepSignedIn();
  if ((await session()) === 401) toLogin();
}

async function watchServer() {
  const notice = document.querySelector("#notice");
  if (!notice || document.visibilityState !== "visible") return;
  const status = await session();
  if (status === 401) toLogin();
  notice.hidden = status !== null && status < 500;
  notice.textContent = notice.hidden ? "" : "Trunkline does not answer. What you see is what it last knew; it is asked again each minute.";
}

setInterval(async () => {
  await keepSignedIn();
  await watchServer();
}, SESSION_CHECK_MS);
// The feed was refused or lost, and has its own notice: only find out whether the login is why.
addEventListener("trunkline:lost", backToLogin);

addEventListener("load", () => {
  const later = JSON.parse(document.querySelector("#later")?.textContent ?? "[]");
  setTimeout(() => later.forEach((address) => import(address)), OTHERS_AFTER_MS);
});

new MutationObserver(() => {
  const heading = document.querySelector("#page h1")?.textContent;
  const title = heading ? `${heading} · Trunkline` : "Trunkline";
  if (document.title !== title) document.title = title;
  const menu = inUse && document.getElementById(inUse);
  if (menu && !menu.open) menu.open = true;
}).observe(document.body, { childList: true, subtree: true });
