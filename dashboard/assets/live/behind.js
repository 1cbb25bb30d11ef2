/* From a figure of today to the calls that it counts: the calls page's address, whose range is today where it says nothing. Pure but for elements. */

import { element, setText } from "./rows.js";

const PAGE = "/reports/calls";

/** The address of today's calls of this kind (`dashboard/call_search.py`), of a queue or an agent where one is named. */
export const behind = (show, narrower = {}) => `${PAGE}?${new URLSearchParams({ ...narrower, show })}`;

/** A number that opens what it counts; with nothing behind it, only the number. A link stays the same element: who stands on it must not lose it. */
export function setNumber(cell, text, href) {
  const link = cell.querySelector("a");
  if (!href) {
    if (link) link.remove();
    setText(cell, text);
    return;
  }
  const shown = link ?? element("a");
  if (!link) cell.replaceChildren(shown);
  setText(shown, text);
  if (shown.getAttribute("href") !== href) shown.href = href;
}
