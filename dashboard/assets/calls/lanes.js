/*
 * What happened in a call, drawn on one axis of time: a lane for the caller, for each queue and for each agent. Pure but for elements;
 * names go in as text.
 */

import { duration } from "../live/format.js";

const SVG = "http://www.w3.org/2000/svg";
const LEFT = 150;
const WIDTH = 1160;
const RIGHT = 10;
const TOP = 26;
const LANE = 33;
const BAR = 20;
// Narrower than this a bar has no room for words.
const WORDS_FROM = 36;
const TICKS = 9;
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200];
const LETTERS = 19;

export const KINDS = [["menu", "menu"], ["wait", "waiting"], ["ring", "ringing"], ["talk", "talking"], ["hold", "on hold"]];

const ms = (iso) => Date.parse(iso);

/** Lanes `{name, note, bars: [{kind, from, to, text}]}` and marks `{at, text}`; times in ms. `now`: where what lasts ends. */
export function lanesOf(call, now) {
  const end = call.endedAt ? ms(call.endedAt) : now;
  const until = (iso) => (iso ? ms(iso) : end);
  const lanes = new Map();
  const lane = (name, note) => {
    const key = `${note} ${name}`;
    if (!lanes.has(key)) lanes.set(key, { name, note, bars: [] });
    return lanes.get(key).bars;
  };
  const caller = lane(call.contact?.name || call.fromName || call.fromNumber || "Caller", call.direction === "outbound" ? "dialled" : "caller");
  for (const stay of call.stays) {
    const span = { kind: "wait", from: ms(stay.enteredAt), to: until(stay.leftAt) };
    lane(stay.name, "queue").push({ ...span, text: duration((span.to - span.from) / 1000) });
    caller.push({ ...span, text: stay.name });
  }
  for (const ring of call.rings) {
    const from = ms(ring.rangAt);
    lane(ring.agent, ring.interface).push({ kind: "missed", from, to: from + ring.ringS * 1000, text: "missed" });
  }
  call.parts.forEach((part, index) => {
    const bars = lane(part.agent, part.interface);
    if (part.rangAt) bars.push({ kind: "ring", from: ms(part.rangAt), to: ms(part.answeredAt), text: "" });
    const talks = talkOf(part, until, call.holds.filter((hold) => hold.part === index));
    bars.push(...talks);
    caller.push(...talks.map((bar) => ({ ...bar, text: bar.kind === "hold" ? "on hold" : "" })));
  });
  const begun = Math.min(...caller.map((bar) => bar.from), end);
  if (begun > ms(call.startedAt)) caller.unshift({ kind: "menu", from: ms(call.startedAt), to: begun, text: "menu" });
  const marks = call.parts
    .filter((part) => part.transferTo && part.endedAt)
    .map((part) => ({ at: ms(part.endedAt), text: `${part.transferKind === "attended" ? "Attended transfer" : "Transfer"} to ${part.transferTo}` }));
  return { start: ms(call.startedAt), end: Math.max(end, ms(call.startedAt) + 1000), lanes: [...lanes.values()], marks };
}

/** A part without its holds, and these. */
function talkOf(part, until, holds) {
  const [from, to] = [ms(part.answeredAt), until(part.endedAt)];
  const bars = [];
  let at = from;
  for (const hold of holds) {
    const [began, ended] = [Math.max(ms(hold.beganAt), at), Math.min(ms(hold.endedAt), to)];
    if (began > at) bars.push(talk(at, began));
    if (ended > began) bars.push({ kind: "hold", from: began, to: ended, text: duration((ended - began) / 1000) });
    at = Math.max(at, ended);
  }
  if (to > at) bars.push(talk(at, to));
  return bars;
}

const talk = (from, to) => ({ kind: "talk", from, to, text: duration((to - from) / 1000) });

/** The drawing, as an element with `seek(ms)`, which moves the line of the player; null takes it away. `pick`: told of a click, in ms. */
export function drawn({ start, end, lanes, marks }, pick) {
  const height = TOP + lanes.length * LANE + (marks.length ? 22 : 8);
  const x = (at) => LEFT + ((at - start) / (end - start)) * (WIDTH - LEFT - RIGHT);
  const svg = node("svg", { viewBox: `0 0 ${WIDTH} ${height}`, class: "lanes", role: "img" });
  const title = node("title");
  title.textContent = lanes.map(({ name, bars }) => `${name}: ${bars.map(said).join(", ")}`).join(". ");
  svg.append(title, ...ticks(start, end, x));
  lanes.forEach(({ name, note, bars }, index) => {
    const y = TOP + index * LANE;
    svg.append(text(0, y + 10, cut(name), "lane-name"), text(0, y + 23, cut(note), "lane-note"));
    svg.append(node("line", { x1: LEFT, x2: WIDTH - RIGHT, y1: y + 26.5, y2: y + 26.5, class: "lane-line" }));
    for (const bar of bars) svg.append(...bars_of(bar, x, y));
  });
  marks.forEach(({ at, text: words }) => {
    svg.append(node("line", { x1: x(at), x2: x(at), y1: 18, y2: height - 4, class: "lane-mark" }));
    const late = x(at) > WIDTH - 220;
    const label = text(x(at) + (late ? -5 : 5), height - 4, cut(words, 40), "lane-mark-words");
    if (late) label.setAttribute("text-anchor", "end");
    svg.append(label);
  });
  const line = node("line", { x1: 0, x2: 0, y1: 16, y2: height - 4, class: "lane-now" });
  line.style.display = "none";
  svg.append(line);
  svg.seek = (at) => {
    line.style.display = at === null ? "none" : "";
    if (at !== null) for (const end of ["x1", "x2"]) line.setAttribute(end, x(Math.min(Math.max(at, start), svg.until)));
  };
  svg.until = end;
  svg.addEventListener("click", (event) => {
    const box = svg.getBoundingClientRect();
    const place = ((event.clientX - box.left) / box.width) * WIDTH;
    if (place >= LEFT) pick(start + ((place - LEFT) / (WIDTH - LEFT - RIGHT)) * (end - start));
  });
  return svg;
}

const said = ({ kind, from, to }) => `${KINDS.find(([name]) => name === kind)?.[1] ?? "missed ring"} ${duration((to - from) / 1000)}`;

function bars_of({ kind, from, to, text: words }, x, y) {
  const width = Math.max(1.5, x(to) - x(from) - 1);
  const shape = node("rect", { x: x(from) + 0.5, y, width, height: BAR, rx: 3, class: `bar-${kind}` });
  if (!words || width < WORDS_FROM) return [shape];
  const room = Math.floor((width - 10) / 6.2);
  return [shape, text(x(from) + 7, y + 14, cut(words, room), `bar-words${kind === "menu" || kind === "missed" ? " dark" : ""}`)];
}

function ticks(start, end, x) {
  const seconds = (end - start) / 1000;
  const step = STEPS.find((each) => seconds / each <= TICKS) ?? Math.ceil(seconds / TICKS / 3600) * 3600;
  return Array.from({ length: Math.floor(seconds / step) + 1 }, (_, index) => text(x(start + index * step * 1000), 12, duration(index * step), "lane-tick"));
}

function node(name, attributes = {}) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function text(x, y, words, css) {
  const made = node("text", { x, y, class: css });
  made.textContent = words;
  return made;
}

const cut = (words, letters = LETTERS) => (words.length > letters ? `${words.slice(0, Math.max(1, letters - 1))}…` : words);
