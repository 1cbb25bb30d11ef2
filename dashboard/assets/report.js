/* The service-level page's table and the list of time zones. The server has made every text (dashboard/report_cards.py). */

import { element } from "./live/rows.js";
import { follow } from "./live/table.js";
import { cell } from "./tables.js";

function row([label, note, offered, inTime, later, abandoned, level, change, levelClass, changeClass, ...behind]) {
  const line = element("tr");
  const first = element("td", "", label);
  if (note) first.append(" ", element("span", "dim", note));
  line.append(
    first,
    ...[offered, inTime, later, abandoned].map((text, i) => cell({ text, css: "num", href: behind[i] })),
    element("td", `num ${levelClass}`.trim(), level),
    element("td", `num ${changeClass}`.trim(), change),
  );
  return line;
}

function fillZones() {
  const list = document.querySelector("#zones");
  if (!list || list.children.length) return;
  list.append(...Intl.supportedValuesOf("timeZone").map((name) => Object.assign(element("option"), { value: name })));
}

follow("level", 7, row, fillZones);
