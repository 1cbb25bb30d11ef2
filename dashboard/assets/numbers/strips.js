/*
 * One agent's days, one below the other, on one axis of hours (dashboard/agent_days.py): a strip of states, and a mark for each missed ring.
 */

import { element } from "../live/rows.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 1000;
const HEIGHT = 20;
const MOST_TICKS = 9;

export function drawStrips() {
  const box = document.querySelector("#agent-strips");
  const text = document.querySelector("#agent-strips-data")?.textContent;
  if (!box || !text || box.dataset.drawn === text) return;
  box.dataset.drawn = text;
  const { from, to, days } = JSON.parse(text);
  const made = days.map((day) => strip(day, from, to));
  box.replaceChildren(...(made.length ? [axis(from, to), ...made] : []));
}

function strip({ label, href, parts, missed }, from, to) {
  const line = element("div", "strip");
  const name = element("a", "", label);
  name.href = href;
  const scale = (hour) => ((hour - from) / (to - from)) * WIDTH;
  const svg = shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img" });
  svg.setAttribute("aria-label", `${label}: ${parts.length ? `${parts.length} changes of state, ${missed.length} missed rings` : "not logged in"}`);
  for (const [begin, end, css, words] of parts) {
    svg.append(titled("rect", { x: scale(begin), y: 2, width: Math.max(scale(end) - scale(begin), 0.6), height: HEIGHT - 4, class: css }, words));
  }
  for (const [at, words] of missed) svg.append(titled("rect", { x: scale(at) - 1, y: 0, width: 2, height: HEIGHT, class: "st-missed" }, words));
  line.append(name, svg);
  return line;
}

function axis(from, to) {
  const line = element("div", "strip axis");
  const ticks = element("div", "ticks");
  const step = Math.ceil((to - from) / MOST_TICKS);
  for (let hour = from; hour < to; hour += step) {
    const tick = element("span", "", `${String(hour % 24).padStart(2, "0")}:00`);
    tick.style.left = `${((hour - from) / (to - from)) * 100}%`;
    ticks.append(tick);
  }
  line.append(element("span"), ticks);
  return line;
}

function titled(name, attributes, words) {
  const made = shape(name, attributes);
  const title = document.createElementNS(SVG, "title");
  title.textContent = words;
  made.append(title);
  return made;
}

function shape(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
