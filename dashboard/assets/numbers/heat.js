/*
 * The heat map (dashboard/heat_cards.py): a cell an hour of the week, each a link to its calls. On a narrow screen the hours go down and the
 * weekdays across, which the style sheet does with the same elements.
 */

import { element } from "../live/rows.js";

export function drawHeat() {
  const box = document.querySelector("#heat-grid");
  const text = document.querySelector("#heat-data")?.textContent;
  if (!box || !text || box.dataset.drawn === text) return;
  box.dataset.drawn = text;
  const { days = [], hours = [], cells = [], least, most, empty } = JSON.parse(text);
  if (empty) {
    box.replaceChildren(element("p", "mid", empty));
    document.querySelector("#heat-scale").replaceChildren();
    return;
  }
  box.style.setProperty("--hours", hours.length);
  const head = [element("span"), ...hours.map((hour) => element("span", "hour", hour))];
  const lines = days.flatMap((day, i) => [element("span", "day", day), ...cells[i].map(cell)]);
  box.replaceChildren(...head, ...lines);
  document.querySelector("#heat-scale").replaceChildren(element("span", "", least), element("i"), element("span", "", most));
}

function cell(given) {
  if (!given) return element("span", "none", "·");
  const made = element("a", "", given.text);
  made.href = given.href;
  made.title = given.title;
  made.setAttribute("aria-label", given.title);
  made.style.setProperty("--level", given.level);
  return made;
}
