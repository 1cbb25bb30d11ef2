/* The reconciliation page's table: a row a fact. The server has made every text (dashboard/book_cards.py). */

import { element } from "./live/rows.js";
import { follow } from "./live/table.js";

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

follow("books", 7, row);
