/*
 * The service-level page's table and its list of time zones. Dash needs a hundredth of a second for each cell that is one of its
 * components; of plain elements a browser makes thousands at once. The server has made every text (dashboard/report_cards.py).
 */

import { element } from "./live/rows.js";

const COLUMNS = 7;
let drawn = "";

function row([label, note, offered, inTime, later, abandoned, level, change, levelClass, changeClass]) {
  const line = element("tr");
  const first = element("td", "", label);
  if (note) first.append(" ", element("span", "dim", note));
  line.append(
    first,
    ...[offered, inTime, later, abandoned].map((text) => element("td", "num", text)),
    element("td", `num ${levelClass}`.trim(), level),
    element("td", `num ${changeClass}`.trim(), change),
  );
  return line;
}

function emptyRow(text) {
  const line = element("tr", "empty");
  const cell = element("td", "", text);
  cell.colSpan = COLUMNS;
  line.append(cell);
  return line;
}

function draw() {
  const body = document.querySelector("#level-rows");
  const text = document.querySelector("#level-data")?.textContent;
  if (!body || !text || (text === drawn && body.children.length)) return;
  drawn = text;
  const { rows, empty } = JSON.parse(text);
  body.replaceChildren(...(rows.length ? rows.map(row) : [emptyRow(empty)]));
}

function fillZones() {
  const list = document.querySelector("#zones");
  if (!list || list.children.length) return;
  list.append(...Intl.supportedValuesOf("timeZone").map((name) => Object.assign(element("option"), { value: name })));
}

// Dash puts the page and its data in by itself: follow it.
new MutationObserver(() => {
  draw();
  fillZones();
}).observe(document.documentElement, { childList: true, characterData: true, subtree: true });
