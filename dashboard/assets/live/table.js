/*
 * A report's table, made of plain elements: Dash needs a hundredth of a second for each cell that is one of its components, a browser
 * makes thousands at once. Dash puts the page and its data in by itself, so the document is watched for them.
 */

import { element } from "./rows.js";

function emptyRow(text, columns) {
  const line = element("tr", "empty");
  const cell = element("td", "", text);
  cell.colSpan = columns;
  line.append(cell);
  return line;
}

/**
 * Draw `#NAME-rows` anew whenever the JSON in `#NAME-data` changes: `{rows, empty, columns}`, where `row` makes an element of each of the rows and
 * `empty` is what is said without any. `also` is done at each change of the document.
 */
export function follow(name, columns, row, also = () => {}) {
  let drawn = "";
  function draw() {
    also();
    const body = document.querySelector(`#${name}-rows`);
    const text = document.querySelector(`#${name}-data`)?.textContent;
    if (!body || !text || (text === drawn && body.children.length)) return;
    drawn = text;
    const { rows, empty, columns: told = columns } = JSON.parse(text);
    body.replaceChildren(...(rows.length ? rows.map(row) : [emptyRow(empty, told)]));
  }
  new MutationObserver(draw).observe(document.documentElement, { childList: true, characterData: true, subtree: true });
  // The page may have been quicker than this file.
  draw();
}
