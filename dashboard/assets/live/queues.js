/* The table of queues. Trouble rises: queues past a limit stand first, the others stay where they are. */

import { behind, setNumber } from "./behind.js";
import { now, secondsSince } from "./clocks.js";
import { count, duration, percent } from "./format.js";
import { limitsButton } from "./limit_form.js";
import { LEVELS, levelOf, limitsOf } from "./limits.js";
import { STATES, presenceAt } from "./presence.js";
import { element, row, setClass, setText, setTitle, syncEmpty, syncRows } from "./rows.js";

const COLUMNS = {
  name: "name", waiting: "", longest: "num", level: "", offered: "num", answered: "num", abandoned: "num", agents: "",
};
// As many squares as fit beside the number; the number itself is always whole.
const SQUARES = 10;
// States that a queue's bar shows; on hold is part of a call.
const BAR = ["on_call", "ringing", "available", "wrap_up", "paused"];

/** Shows the queues under `root`; returns what draws them from a store. `find()` is what the reader looks for. */
export function queues(root, find) {
  const body = root.querySelector("#queue-rows");
  return (store, { past }) => {
    if (!store.heard) return;
    // What was known at a past instant is no list of calls.
    const shown = arranged(store, find()).map((item) => ({ ...item, opens: !past }));
    if (shown.length) syncRows(body, shown, { key: (item) => item.key, make, fill });
    else syncEmpty(body, Object.keys(COLUMNS).length, nothing(store.queues.size));
  };
}

const nothing = (known) =>
  known ? "No queue has that name." : "No queues yet: a queue appears here as soon as a PBX tells of it.";

function arranged(store, wanted) {
  const states = statesByQueue(store.agents);
  const pbxs = new Set([...store.queues.values()].map((queue) => queue.pbx));
  return [...store.queues].map(([key, queue]) => item(key, queue, states.get(key) ?? {}, pbxs.size > 1))
    .filter(({ name }) => name.toLowerCase().includes(wanted))
    .sort((a, b) => b.trouble - a.trouble || b.today.offered - a.today.offered || a.name.localeCompare(b.name));
}

function item(key, queue, states, severalPbxs) {
  const waits = (queue.waiters ?? []).map((waiter) => secondsSince(waiter.since)).sort((a, b) => a - b);
  const longest = waits.length ? waits[waits.length - 1] : null;
  const today = queue.today ?? { offered: 0, answered: 0, abandoned: 0, serviceLevel: null };
  const below = today.serviceLevel !== null && today.serviceLevel < queue.target;
  const limits = limitsOf(queue.pbx, queue.queueId);
  const waitLevel = levelOf(longest, limits.wait);
  const crowdLevel = levelOf(waits.length, limits.waiting);
  const rateLevel = below ? (limits.levelRed !== null && today.serviceLevel < limits.levelRed ? 2 : 1) : 0;
  return {
    key, queue, states, waits, longest, today, limits, waitLevel, crowdLevel, rateLevel,
    name: queue.name ?? queue.queueId,
    pbx: severalPbxs ? queue.pbx : "",
    trouble: Math.max(waitLevel, crowdLevel) * 2 + rateLevel,
  };
}

/** How many agents of each queue are in each state, by the queue's key. */
function statesByQueue(agents) {
  const counted = new Map();
  for (const agent of agents.values()) {
    const { state } = presenceAt(agent, now());
    if (state === "offline") continue;
    for (const queueId of agent.queues ?? []) {
      const key = `${agent.pbx ?? ""}:${queueId}`;
      const states = counted.get(key) ?? {};
      const shown = state === "on_hold" ? "on_call" : state;
      states[shown] = (states[shown] ?? 0) + 1;
      counted.set(key, states);
    }
  }
  return counted;
}

function make() {
  const line = row(COLUMNS);
  const { name, waiting, level, agents } = line.parts;
  name.append(element("span", "cut"), element("span", "pbx"), limitsButton());
  waiting.append(element("b"), squares());
  level.append(bar(), element("span", "rate"));
  agents.append(stateBar(), element("span", "dim"));
  return line;
}

function squares() {
  const made = element("span", "waiters");
  made.setAttribute("aria-hidden", "true");
  return made;
}

function bar() {
  const made = element("span", "bar");
  made.append(element("i"), element("u"));
  return made;
}

function stateBar() {
  const made = element("span", "states");
  made.append(...BAR.map((state) => element("i", state)));
  return made;
}

function fill(line, shown) {
  const { parts } = line;
  setClass(line, `queue ${LEVELS[Math.max(shown.waitLevel, shown.crowdLevel, shown.rateLevel)]}`.trim());
  fillName(parts.name, shown);
  fillWaiting(parts.waiting, shown);
  setText(parts.longest, duration(shown.longest));
  setClass(parts.longest, `num ${LEVELS[shown.waitLevel]}`.trim());
  fillLevel(parts.level, shown);
  const queue = `${shown.queue.pbx ?? ""}:${shown.queue.queueId}`;
  for (const name of ["offered", "answered", "abandoned"]) {
    const number = shown.today[name];
    setNumber(parts[name], count(number), shown.opens && number ? behind(name, { queue }) : "");
  }
  fillAgents(parts.agents, shown.states);
}

function fillName(cell, { name, pbx, queue }) {
  const [words, place, button] = cell.children;
  setText(words, name);
  setTitle(cell, name);
  setText(place, pbx);
  button.dataset.pbx = queue.pbx ?? "";
  button.dataset.queue = queue.queueId;
  button.setAttribute("aria-label", `Limits of ${name}`);
}

function fillWaiting(cell, { waits, limits, crowdLevel }) {
  const [number, boxes] = cell.children;
  setText(number, count(waits.length));
  setClass(number, waits.length ? LEVELS[crowdLevel] : "none");
  const shown = waits.slice(-SQUARES);
  while (boxes.children.length > shown.length) boxes.lastChild.remove();
  while (boxes.children.length < shown.length) boxes.append(element("i"));
  shown.forEach((seconds, i) => setClass(boxes.children[i], LEVELS[levelOf(seconds, limits.wait)]));
}

function fillLevel(cell, { today, queue, rateLevel }) {
  const [track, rate] = cell.children;
  const none = today.serviceLevel === null;
  track.hidden = none;
  setClass(track, `bar ${LEVELS[rateLevel]}`.trim());
  track.firstChild.style.width = `${(today.serviceLevel ?? 0) * 100}%`;
  track.lastChild.style.left = `${(queue.target ?? 0) * 100}%`;
  setClass(rate, none ? "rate none" : `rate ${LEVELS[rateLevel]}`.trim());
  setText(rate, none ? (today.offered ? "none answered yet" : "no calls offered") : percent(today.serviceLevel));
  setTitle(track, `target ${percent(queue.target, 0)} within ${queue.serviceLevelSeconds} s`);
}

function fillAgents(cell, states) {
  const [track, number] = cell.children;
  const total = BAR.reduce((sum, state) => sum + (states[state] ?? 0), 0);
  for (const part of track.children) part.style.width = `${((states[part.className] ?? 0) / (total || 1)) * 100}%`;
  setText(number, count(total));
  const words = BAR.filter((state) => states[state]).map((state) => `${states[state]} ${STATES[state].word.toLowerCase()}`);
  setTitle(cell, words.join(", ") || "nobody signed in");
}
