/*
 * A report's table from JSON (dashboard/tables.py): each row is a list of cells, each a text or `{text, css, href, note, change, spark, bar}`.
 * Every text goes in as textContent.
 */

import { element } from "./live/rows.js";
import { drawSpark } from "./live/spark.js";

/** A cell: its text, a link if it opens something, a smaller `note` behind it, and `change`: [words, class, what was before]. */
export function cell(given) {
  const { text = "", css = "", href, title, note, change, spark } = typeof given === "string" ? { text: given } : given;
  const made = element("td", css);
  if (href) {
    const link = element("a", "", text);
    link.href = href;
    made.append(link);
  } else made.append(text);
  if (title) made.title = title;
  if (note) made.append(" ", element("span", "dim", note));
  if (change) made.append(changed(change));
  if (spark) made.append(sparked(spark));
  return made;
}

export function row(cells) {
  const line = element("tr");
  line.append(...cells.map(cell));
  return line;
}

function changed([words, css, before]) {
  const made = element("span", `change ${css}`, words);
  made.title = `before: ${before}`;
  return made;
}

function sparked(values) {
  const made = element("span", "spark");
  drawSpark(made, values);
  return made;
}
