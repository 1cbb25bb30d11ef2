/* The data-quality page's table of calls that differ: a row a fact. The server has made every text (dashboard/book_cards.py). */

import { element } from "./live/rows.js";
import { follow } from "./live/table.js";

function row([when, caller, href, why, what, ours, source, theirs, css]) {
  const line = element("tr", when ? "call" : "");
  const reason = element("td", "");
  reason.append(element("span", `pill ${css}`.trim(), why));
  line.append(
    element("td", "mid", when),
    whose(caller, href),
    reason,
    ...[what, ours].map((text) => element("td", "", text)),
    element("td", "mid", source),
    element("td", "", theirs),
  );
  return line;
}

function whose(caller, href) {
  const cell = element("td", "", href ? "" : caller);
  if (!href) return cell;
  const link = element("a", "", caller);
  link.href = href;
  cell.append(link);
  return cell;
}

follow("books", 7, row);
