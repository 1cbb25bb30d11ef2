/* The table of agents: those past a limit first, then who is busy or paused, then who is free; each longest in state first. */

import { behind, setNumber } from "./behind.js";
import { now, secondsSince } from "./clocks.js";
import { count, duration, masked } from "./format.js";
import { LEVELS, STATE_LIMITS, levelOf } from "./limits.js";
import { STATES, presenceAt } from "./presence.js";
import { fillSupervise, superviseButton, supervision } from "./supervise.js";
import { element, icon, row, setClass, setText, setTitle, syncEmpty, syncRows } from "./rows.js";

// What a pill has room for; a longer reason stands beside it.
const PILL_LETTERS = 14;

const COLUMNS = { name: "name", state: "", since: "num", with: "mid", calls: "num dim" };

/** Shows the agents under `root`; returns what draws them from a store. `find()` is what the reader looks for. */
export function agents(root, find) {
  const body = root.querySelector("#agent-rows");
  const menu = root.querySelector("#agent-states");
  const chosen = stateChoice(menu);
  supervision(body);
  return (store, { past }) => {
    if (!store.heard) return;
    const all = [...store.agents].map(([key, agent]) => ({ ...item(key, agent, store.queues), opens: !past }));
    const signedIn = all.filter(({ state }) => state !== "offline");
    setText(root.querySelector("#agent-count"), `${count(signedIn.length)} signed in, longest in state first`);
    const shown = arranged(chosen() ? all.filter(({ state }) => state === chosen()) : signedIn, find());
    if (shown.length) syncRows(body, shown, { key: (each) => each.key, make, fill });
    else syncEmpty(body, Object.keys(COLUMNS).length, nothing(all.length, chosen(), find()));
  };
}

/** The menu of states. Returns what tells the state chosen, or null for everybody signed in. */
function stateChoice(menu) {
  let state = null;
  menu.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-state]");
    if (!button) return;
    state = button.dataset.state || null;
    for (const each of menu.querySelectorAll("button[data-state]")) each.classList.toggle("on", each === button);
    setText(menu.querySelector("summary b"), button.textContent);
    menu.open = false;
    menu.dispatchEvent(new CustomEvent("chosen", { bubbles: true }));
  });
  return () => state;
}

function nothing(known, state, wanted) {
  if (wanted) return "No agent has that name.";
  if (state) return `Nobody is ${STATES[state].word.toLowerCase()} now.`;
  if (known) return "Nobody is signed in. Agents appear here when they log in to a queue.";
  return "No agents yet: an agent appears here on joining a queue.";
}

function item(key, agent, queues) {
  const { state, since, reason } = presenceAt(agent, now());
  const seconds = secondsSince(since);
  const limits = STATE_LIMITS[state];
  return {
    key, state, since, reason, seconds, limits,
    name: agent.name || agent.agentId,
    call: agent.currentCall ?? null,
    queue: queueName(agent, queues),
    handled: agent.handledToday ?? 0,
    agent: `${agent.pbx ?? ""}:${agent.agentId}`,
    level: levelOf(seconds, limits),
    rank: state === "available" ? 1 : state === "offline" ? 2 : 0,
  };
}

function queueName(agent, queues) {
  const id = agent.currentCall?.queue;
  return id ? (queues.get(`${agent.pbx ?? ""}:${id}`)?.name ?? id) : "";
}

function arranged(items, wanted) {
  return items.filter(({ name }) => name.toLowerCase().includes(wanted))
    .sort((a, b) => b.level - a.level || a.rank - b.rank || a.since - b.since || a.name.localeCompare(b.name));
}

function make() {
  const line = row(COLUMNS);
  line.parts.name.append(element("span", "cut"));
  const pill = element("span", "pill");
  pill.append(icon("dot"), element("span", "cut"));
  line.parts.state.append(pill);
  line.parts.with.append(element("span", "cut"), superviseButton());
  return line;
}

function fill(line, shown) {
  const { parts } = line;
  const level = LEVELS[shown.level];
  setClass(line, `agent ${level}`.trim());
  setText(parts.name.firstChild, shown.name);
  setTitle(parts.name, shown.name);
  fillPill(parts.state.firstChild, shown);
  setText(parts.since, duration(shown.seconds));
  setClass(parts.since, `num ${level}`.trim());
  fillWith(parts.with, shown);
  fillSupervise(parts.with.lastChild, shown);
  setNumber(parts.calls, count(shown.handled), shown.opens && shown.handled ? behind("handled", { agent: shown.agent }) : "");
}

function fillPill(pill, { state, reason, level }) {
  const { word, shape, colour } = STATES[state];
  const text = reason ? `${word}, ${reason}` : word;
  const short = text.length > PILL_LETTERS ? word : text;
  setClass(pill, `pill ${LEVELS[level] || colour}`.trim());
  setClass(pill.firstChild, `icon icon-${shape}`);
  setText(pill.lastChild, short);
  setTitle(pill, text);
}

function fillWith(cell, { call, queue, level, limits, state, reason }) {
  const busy = call && ["on_call", "on_hold", "ringing", "wrap_up"].includes(state);
  const caller = busy && state !== "wrap_up" ? masked(call.number) : "";
  const text = busy ? [queue, caller].filter(Boolean).join(" · ") : "";
  const limit = level ? `limit ${duration(limits[level - 1])}` : "";
  const why = reason && `${STATES[state].word}, ${reason}`.length > PILL_LETTERS ? reason : "";
  setText(cell.firstChild, text || limit || why);
  setTitle(cell, busy ? (call.contactName ?? "") : why);
}
