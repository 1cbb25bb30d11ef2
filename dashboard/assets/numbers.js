/* The pages of figures: their tables, and the names of agents to choose from. The server has made every text. */

import { element } from "./live/rows.js";
import { follow } from "./live/table.js";
import { drawHeat } from "./numbers/heat.js";
import { drawStrips } from "./numbers/strips.js";
import { drawWhatIf } from "./numbers/whatif.js";
import { row } from "./tables.js";

const TABLES = ["queue-table", "agent-table", "agent-events", "agent-reasons", "dispositions", "wait-table", "staffing-table", "tried"];

function fillAgents() {
  const list = document.querySelector("#agents-list");
  const text = document.querySelector("#agent-names")?.textContent;
  if (!list || !text || list.dataset.drawn === text) return;
  list.dataset.drawn = text;
  list.replaceChildren(
    ...JSON.parse(text).map(([value, label]) => Object.assign(element("option"), { value, label })),
  );
}

for (const name of TABLES) follow(name, 1, row);
function draw() {
  fillAgents();
  drawStrips();
  drawHeat();
  drawWhatIf();
}

new MutationObserver(draw).observe(document.documentElement, { childList: true, characterData: true, subtree: true });
draw();
