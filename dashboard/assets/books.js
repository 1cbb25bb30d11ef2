/*
 * The reconciliation page's table: a row a fact, plain elements for the same reason as in report.js. The server has made every text
 * (dashboard/book_cards.py).
 */

import { element } from "./live/rows.js";

const COLUMNS = 7;
let drawn = "";

function row([when, caller, why, what, ours, source, theirs, css]) {
  const line = element("tr", when ? "call" : "");
  const reason = element("td", "");
  reason.append(element("span", `pill ${css}`.trim(), why));
  line.append(
    element("td", "mid", when),
    element("td", "", caller),
    reason,
    ...[what, ours].map((text) => element("td", "", text)),
    element("td", "mid", source),
    element("td", "", theirs),
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
  const body = document.querySelector("#books-rows");
  const text = document.querySelector("#books-data")?.textContent;
  if (!body || !text || (text === drawn && body.children.length)) return;
  drawn = text;
  const { rows, empty } = JSON.parse(text);
  body.replaceChildren(...(rows.length ? rows.map(row) : [emptyRow(empty)]));
}

// Dash puts the page and its data in by itself: follow it.
new MutationObserver(draw).observe(document.documentElement, { childList: true, characterData: true, subtree: true });
