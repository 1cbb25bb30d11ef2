/*
 * The time bar: a track of the day beside the clock, and while the past is shown a bar that says so, with date, time, speed and the way back
 * to now. The instant is in the address, so that it can be sent to somebody.
 */

import { now, present } from "./clocks.js";
import { dateOf, timeOfDay } from "./format.js";
import { element, icon, setText } from "./rows.js";

const SPEEDS = [1, 10, 60];
const DAY_S = 86_400;
// While the track is moved, not every place on it is asked for.
const MOVING_MS = 150;

/** Shows the bar under `root`. `go(at)` shows an instant, `play(speed)`, `pause()` and `leave()` what they say. Returns what draws it. */
export function travel(root, { go, play, pause, leave }) {
  const zone = root.dataset.timezone;
  const parts = build(root);
  let speed = SPEEDS[1];
  let moving = null;
  const chosen = () => `${parts.date.value}T${parts.time.value || "00:00:00"}`;
  parts.track.addEventListener("input", () => {
    clearTimeout(moving);
    const seconds = Number(parts.track.value);
    moving = setTimeout(() => go(`${dateOf(now(), zone)}T${clockOf(seconds)}`), MOVING_MS);
  });
  for (const field of [parts.date, parts.time]) field.addEventListener("change", () => parts.date.value && go(chosen()));
  parts.back.addEventListener("click", leave);
  parts.play.addEventListener("click", () => (parts.playing ? pause() : play(speed)));
  for (const [index, button] of parts.speeds.entries()) {
    button.addEventListener("click", () => {
      speed = SPEEDS[index];
      if (parts.playing) play(speed);
      mark(parts, speed);
    });
  }
  mark(parts, speed);
  return ({ past, playing }) => draw(root, parts, zone, past, playing);
}

/** The instant in the address, in ISO 8601, or null. */
export const addressed = () => new URLSearchParams(location.search).get("at");

/** Put an instant (ms since the epoch, null for now) into the address, without a new page. */
export function address(at) {
  const query = new URLSearchParams(location.search);
  if (at === null) query.delete("at");
  else query.set("at", new Date(at).toISOString().replace(/\.\d+Z$/, "Z"));
  const search = query.size ? `?${query}` : "";
  if (search !== location.search) history.replaceState(history.state, "", `${location.pathname}${search}`);
}

function build(root) {
  const scrub = root.querySelector("#scrub");
  const track = field("range", "Time of the day that is shown");
  Object.assign(track, { min: 0, max: DAY_S - 1, step: 1 });
  scrub.prepend(element("span", "dim small", "00:00"), track);
  const bar = root.querySelector("#past-bar");
  const date = field("date", "Day");
  const time = field("time", "Time");
  time.step = 1;
  const playButton = button("btn", "Play");
  playButton.prepend(icon("play"));
  playButton.append(kbd("Space"));
  const speeds = SPEEDS.map((each) => button("btn", `${each}×`));
  const group = element("span", "group");
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", "Speed");
  group.append(...speeds);
  const back = button("btn primary", "Back to now");
  back.append(kbd("N"));
  const said = element("b", "past-said");
  const kind = element("span", "past-kind");
  kind.append(icon("past"), element("span", "", "Past, not live"));
  playButton.dataset.past = "play";
  back.dataset.past = "back";
  bar.append(kind, said, date, time, playButton, group, element("span", "grow"), back);
  return { bar, track, date, time, play: playButton, speeds, back, said, playing: false };
}

function draw(root, parts, zone, past, playing) {
  root.classList.toggle("past", past);
  document.documentElement.classList.toggle("past", past);
  parts.bar.hidden = !past;
  setText(root.querySelector("h1"), past ? "Past" : "Live");
  setText(root.querySelector("#today-title"), past ? "That day by 15 minutes, until then" : "Today by 15 minutes");
  setText(root.querySelector("#queues .fresh-mark"), `${past ? "that day" : "today"} since 00:00 ${zone}`);
  chart(past);
  parts.playing = playing;
  const [date, time] = [dateOf(now(), zone), timeOfDay(now(), zone)];
  if (document.activeElement !== parts.track) parts.track.value = secondsOf(time);
  parts.track.setAttribute("aria-valuetext", time);
  if (!past) return;
  setText(parts.said, `${date} ${time}`);
  parts.date.max = dateOf(present(), zone);
  // What somebody types is not written over.
  if (document.activeElement !== parts.date) parts.date.value = date;
  if (document.activeElement !== parts.time) parts.time.value = time;
  setText(parts.play.childNodes[1], playing ? "Pause" : "Play");
  parts.play.firstChild.className = `icon icon-${playing ? "pause" : "play"}`;
}

// The day's chart is drawn anew when another quarter of an hour is over.
const QUARTER_MS = 900_000;
let drawn = null;

function chart(past) {
  const at = past ? new Date(now() - (now() % QUARTER_MS)).toISOString() : null;
  if (at === drawn || !window.dash_clientside?.set_props) return;
  drawn = at;
  window.dash_clientside.set_props("today-past", { data: at });
}

function mark({ speeds }, speed) {
  for (const [index, each] of speeds.entries()) {
    each.classList.toggle("on", SPEEDS[index] === speed);
    each.setAttribute("aria-pressed", String(SPEEDS[index] === speed));
  }
}

const secondsOf = (time) => time.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);

const clockOf = (seconds) => [seconds / 3600, (seconds / 60) % 60, seconds % 60].map((part) => String(Math.floor(part)).padStart(2, "0")).join(":");

function field(type, label) {
  const made = element("input");
  made.type = type;
  made.setAttribute("aria-label", label);
  return made;
}

function button(className, text) {
  const made = element("button", className);
  made.type = "button";
  made.append(element("span", "", text));
  return made;
}

const kbd = (text) => element("kbd", "hide-small", text);
