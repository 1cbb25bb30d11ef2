/*
 * How fresh and how sure the page is: the line at its foot, the clock at its top, and the hatching when what is shown is no
 * longer true. A page never freezes silently.
 */

import { freeze, now, thaw } from "./clocks.js";
import { count, duration, timeOfDay } from "./format.js";
import { element, setClass, setText } from "./rows.js";

// Behind by more than this the page is no live page any more: five of the feed's once-a-second reports were late.
const STALE_AFTER_MS = 5_000;
const PILLS = { lost: "Not connected", behind: "Behind", gap: "Not heard" };

/** Shows health under `root`. Returns what draws it from a store and the socket's state `{open, retryAt}`. */
export function health(root) {
  const zone = root.dataset.timezone;
  const parts = {
    clock: root.querySelector("#live-clock"),
    notice: root.querySelector("#live-notice"),
    line: root.querySelector("#health"),
  };
  let lostAt = null;
  return (store, link) => {
    if (link.past) {
      lostAt = null;
      thaw();
      fillPast(root, parts, store, link.trouble, zone);
      return;
    }
    if (link.open) {
      lostAt = null;
      thaw();
    } else {
      lostAt ??= freeze();
    }
    const stale = staleness(store.health, link, lostAt);
    mark(root, stale && store.heard ? `stale since ${timeOfDay(stale.since, zone)}` : "");
    setText(parts.notice, noticeText(store, stale, link, zone));
    parts.notice.hidden = !parts.notice.textContent;
    fillClock(parts.clock, stale, store, zone);
    if (store.health) fillLine(parts.line, store.health, stale, zone);
  };
}

/** What is said of the past: it is as true as the log, and of then. */
function fillPast(root, { clock, notice, line }, store, trouble, zone) {
  mark(root, "");
  const gap = store.health?.lastGap;
  const unheard = gap ? `${gap.pbx} had not been heard since ${timeOfDay(gap.start, zone)}: ${gap.cause}.` : "";
  setText(notice, trouble || unheard);
  notice.hidden = !notice.textContent;
  setClass(clock, "clock past");
  setText(clock.lastChild, `Past ${timeOfDay(now(), zone)}`);
  const [pill, asOf, told, sure] = line.children;
  setClass(pill, "pill");
  setClass(pill.firstChild, "icon icon-past");
  setText(pill.lastChild, "Past");
  asOf.replaceChildren(`What had been heard by ${timeOfDay(now(), zone)}, told again from the log`);
  setText(told, "Names and thresholds are those of then");
  setText(sure, "");
}

function staleness(health, link, lostAt) {
  if (!link.open) return { since: lostAt, reason: "lost" };
  if (health?.lastGap && health.lastGap.end === null) return { since: health.lastGap.start, reason: "gap" };
  if (health && health.behindMs > STALE_AFTER_MS) return { since: health.asOf ?? now(), reason: "behind" };
  return null;
}

function mark(root, text) {
  root.classList.toggle("stale", Boolean(text));
  for (const each of root.querySelectorAll(".stale-mark")) setText(each, text);
}

function noticeText(store, stale, { retryAt }, zone) {
  if (!stale) return "";
  if (stale.reason === "behind") {
    const behind = duration(store.health.behindMs / 1000);
    return `The PBX's events arrive ${behind} late: what you see was true at ${timeOfDay(stale.since, zone)}. Nothing is lost, it catches up by itself.`;
  }
  if (stale.reason === "gap") {
    const { pbx, cause } = store.health.lastGap;
    return `${pbx} has not been heard since ${timeOfDay(stale.since, zone)}: ${cause}. What you see of it was true then.`;
  }
  if (retryAt === null) return "";
  const seconds = Math.max(0, Math.ceil((retryAt - Date.now()) / 1000));
  const next = seconds ? `trying again in ${seconds} s` : "trying again now";
  return store.heard
    ? `The live feed was lost at ${timeOfDay(stale.since, zone)}, ${next}. What you see was true then.`
    : `The live feed cannot be reached, ${next}.`;
}

function fillClock(clock, stale, store, zone) {
  setClass(clock, `clock ${!store.heard ? "" : stale ? "warn" : "ok"}`.trim());
  setText(clock.lastChild, !store.heard ? "Connecting" : stale ? `Stale ${timeOfDay(stale.since, zone)}` : `Live ${timeOfDay(now(), zone)}`);
}

function fillLine(line, health, stale, zone) {
  const [pill, asOf, gap, sure] = line.children;
  setClass(pill, stale ? "pill warn" : "pill ok");
  setClass(pill.firstChild, stale ? "icon icon-warn" : "icon icon-check");
  setText(pill.lastChild, !stale ? "Everything heard" : PILLS[stale.reason]);
  fillAsOf(asOf, health, zone);
  setText(gap, gapText(health.lastGap, zone));
  setText(sure, `${count(health.final)} calls final · ${count(health.provisional)} provisional`);
}

function fillAsOf(target, { asOf, behindMs, pbxs }, zone) {
  if (!target.querySelector("b")) target.replaceChildren("As of ", element("b"), element("span"));
  setText(target.querySelector("b"), asOf ? timeOfDay(asOf, zone, true) : "never");
  const names = (pbxs ?? []).map(({ pbx }) => pbx);
  const behind = behindMs < 1000 ? `${count(Math.round(behindMs))} ms` : `${(behindMs / 1000).toFixed(1)} s`;
  setText(target.querySelector("span"), names.length ? `, ${behind} behind ${listed(names)}` : ", no PBX heard yet");
}

const listed = (names) => (names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`);

function gapText(gap, zone) {
  if (!gap) return "No gap today";
  const span = gap.end === null ? "still open" : `${((gap.end - gap.start) / 1000).toFixed(1)} s`;
  return `Last gap ${timeOfDay(gap.start, zone)}, ${span}, ${gap.source} of ${gap.pbx}`;
}
