/* The strip of figures at the top of the live page. */

import { behind, setNumber } from "./behind.js";
import { now, secondsSince } from "./clocks.js";
import { count, duration, percent } from "./format.js";
import { LEVELS, WAIT_LIMITS, levelOf, limitsOf } from "./limits.js";
import { presenceAt } from "./presence.js";
import { setClass, setText } from "./rows.js";
import { drawSpark } from "./spark.js";

// One sample each 10 s, 60 of them: the last ten minutes.
const SAMPLE_MS = 10_000;
const SAMPLES = 60;
const BUSY = new Set(["on_call", "on_hold", "ringing", "wrap_up"]);

/** Shows the tiles under `root`; returns what draws them from a store. */
export function tiles(root) {
  const history = new History();
  const series = root.querySelector("#today-series");
  return (store, { past: looksBack }) => {
    if (!store.heard) return;
    const shown = figures(store);
    history.sample({ waiting: store.totals.waiting, longest: shown.longest.seconds });
    const past = { ...parsed(series), ...history.values };
    for (const tile of root.querySelectorAll("[data-kpi]")) fill(tile, shown[tile.dataset.kpi], past[tile.dataset.kpi], !looksBack);
  };
}

function fill(tile, figure, past, opens) {
  setNumber(tile.querySelector("b"), figure.value, opens && figure.show ? behind(figure.show) : "");
  setText(tile.querySelector("small"), figure.note);
  setClass(tile, `kpi stales ${LEVELS[figure.level ?? 0]}`.trim());
  drawSpark(tile.querySelector(".spark"), past ?? []);
}

function figures({ totals, queues, agents }) {
  return {
    waiting: waiting(totals, queues),
    longest: longest(totals, queues),
    service_level: serviceLevel(totals, queues),
    abandoned: {
      value: percent(totals.offered ? totals.abandoned / totals.offered : null),
      note: `${count(totals.abandoned)} of ${count(totals.offered)}`,
      show: totals.abandoned ? "abandoned" : "",
    },
    asa: { value: duration(totals.asa), note: "mean of answered" },
    aht: { value: duration(totals.aht), note: "talk, hold, wrap-up" },
    occupancy: occupancy(agents),
  };
}

function waiting(totals, queues) {
  const every = [...queues.values()].map((queue) => ({ waiters: queue.waiters ?? [], limits: limitsOf(queue.pbx, queue.queueId) }));
  const past = every.flatMap(({ waiters, limits }) => waiters.filter(({ since }) => levelOf(secondsSince(since), limits.wait))).length;
  const crowded = every.some(({ waiters, limits }) => levelOf(waiters.length, limits.waiting));
  const limit = queues.size ? same(every.map(({ limits }) => limits.wait[0])) : WAIT_LIMITS[0];
  const words = limit === null ? "the queue's limit" : duration(limit);
  return {
    value: count(totals.waiting),
    note: past ? `${count(past)} past ${words}` : `none past ${words}`,
    level: Number(past > 0 || crowded),
  };
}

function longest(totals, queues) {
  const since = totals.longestWaitSince;
  if (!since) return { value: duration(null), note: "nobody waits", seconds: 0 };
  const seconds = secondsSince(since);
  const queue = [...queues.values()].find((each) => each.waiters?.some((waiter) => waiter.since === since));
  const limits = queue ? limitsOf(queue.pbx, queue.queueId).wait : WAIT_LIMITS;
  return {
    value: duration(seconds),
    note: `${queue ? `${queue.name ?? queue.queueId}, ` : ""}limit ${duration(limits[1])}`,
    level: levelOf(seconds, limits),
    seconds,
  };
}

function serviceLevel(totals, queues) {
  const seconds = same([...queues.values()].map((queue) => queue.serviceLevelSeconds));
  const target = same([...queues.values()].map((queue) => queue.target));
  const within = seconds === null ? "within each queue's time" : `within ${seconds} s`;
  return {
    value: percent(totals.serviceLevel),
    note: target === null ? within : `${within}, target ${percent(target, 0)}`,
    show: totals.serviceLevel ? "in_time" : "",
    level: totals.serviceLevel !== null && target !== null && totals.serviceLevel < target ? 1 : 0,
  };
}

function occupancy(agents) {
  const states = [...agents.values()].map((agent) => presenceAt(agent, now()).state);
  const busy = states.filter((state) => BUSY.has(state)).length;
  const all = busy + states.filter((state) => state === "available").length;
  return { value: percent(all ? busy / all : null, 0), note: all ? `${count(busy)} of ${count(all)} agents now` : "nobody available" };
}

/** The one value that all have, else null. */
function same(values) {
  const different = new Set(values.filter((value) => value !== undefined));
  return different.size === 1 ? [...different][0] : null;
}

function parsed(holder) {
  return holder?.textContent ? JSON.parse(holder.textContent) : {};
}

/** What the feed does not carry: how many waited, and how long, while this page was open. */
class History {
  values = {};
  #last = 0;

  sample(taken) {
    if (now() - this.#last < SAMPLE_MS) return;
    this.#last = now();
    for (const [name, value] of Object.entries(taken)) {
      this.values[name] = [...(this.values[name] ?? []), value].slice(-SAMPLES);
    }
  }
}
