/*
 * A rule's metric over a day as steps, its limit dashed, its firings as bands. Pure but for elements. What is drawn is said in the label
 * and stands in the table below.
 */

import { valueOf } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const [LEFT, RIGHT, TOP, BOTTOM, HEIGHT] = [52, 12, 12, 24, 230];
const NARROWEST = 300;
const HOUR_MS = 3_600_000;
const STEPS_H = [1, 2, 3, 6, 12, 24, 48];
const PER_LABEL_PX = 64;
const ROOM = 1.1;

function shape(name, attributes, text = "") {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text) made.textContent = text;
  return made;
}

/** The drawing. `told`: the API's `{firings, curve}`; `width` in pixels. */
export function chart({ rule, told, zone, width, label }) {
  const wide = Math.max(NARROWEST, width);
  const { values, stepSeconds } = told.curve;
  const start = Date.parse(told.curve.start);
  const end = start + values.length * stepSeconds * 1000;
  const top = Math.max(rule.limit, ...values.filter((value) => value !== null), 0) * ROOM || 1;
  const x = (at) => LEFT + ((Math.min(Math.max(at, start), end) - start) / (end - start)) * (wide - LEFT - RIGHT);
  const y = (value) => TOP + (1 - value / top) * (HEIGHT - TOP - BOTTOM);
  const svg = shape("svg", { viewBox: `0 0 ${wide} ${HEIGHT}`, width: wide, height: HEIGHT, role: "img", "aria-label": label });
  for (const firing of told.firings) svg.append(band(firing, x, end));
  svg.append(shape("line", { x1: LEFT, x2: wide - RIGHT, y1: y(0), y2: y(0), class: "axis" }));
  for (const [at, words] of hours(start, end, zone, wide)) svg.append(shape("text", { x: x(at), y: HEIGHT - 7, class: "tick mid-x" }, words));
  svg.append(shape("path", { d: steps(values, (index) => x(start + index * stepSeconds * 1000), y), class: "metric" }));
  svg.append(shape("line", { x1: LEFT, x2: wide - RIGHT, y1: y(rule.limit), y2: y(rule.limit), class: "limit" }));
  for (const value of ticks(top, rule.limit)) svg.append(shape("text", { x: LEFT - 8, y: y(value) + 4, class: value === rule.limit ? "tick end-x at-limit" : "tick end-x" }, valueOf(rule.metric, value)));
  return svg;
}

function band({ raisedAt, clearedAt, value }, x, end) {
  const [from, to] = [x(Date.parse(raisedAt)), x(clearedAt ? Date.parse(clearedAt) : end)];
  const group = shape("g", { class: "firing" });
  group.append(shape("rect", { x: from, y: TOP, width: Math.max(2, to - from), height: HEIGHT - TOP - BOTTOM }));
  group.append(shape("path", { d: `M${from - 4} ${TOP - 6}h8l-4 7z` }), shape("title", {}, `Raised ${raisedAt}, value ${value}`));
  return group;
}

/** Steps from left to right; where nothing was counted there is none. */
function steps(values, x, y) {
  let path = "";
  let open = false;
  values.forEach((value, index) => {
    if (value === null) {
      open = false;
      return;
    }
    path += `${open ? "L" : "M"}${x(index).toFixed(1)} ${y(value).toFixed(1)}H${x(index + 1).toFixed(1)}`;
    open = true;
  });
  return path;
}

/** Zero, the limit, and the top where it is not too near to it. */
function ticks(top, limit) {
  const highest = top / ROOM;
  return highest > limit * 1.25 ? [0, limit, highest] : [0, limit];
}

function hours(start, end, zone, width) {
  const most = Math.max(2, Math.floor((width - LEFT - RIGHT) / PER_LABEL_PX));
  const step = STEPS_H.find((each) => (end - start) / (each * HOUR_MS) <= most) ?? STEPS_H.at(-1);
  const write = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" });
  const found = [];
  for (let at = start; at <= end; at += step * HOUR_MS) found.push([at, write.format(at)]);
  // The last one would stand on the edge.
  return found.filter(([at]) => at === start || end - at > (end - start) / (most * 4));
}
