/* The data-quality page's tables of what was heard. The server has made every text (dashboard/trust_cards.py). */

import { Api } from "./administration/api.js";
import { count } from "./live/format.js";
import { setText } from "./live/rows.js";
import { row } from "./tables.js";
import { follow } from "./live/table.js";

follow("pbxs", 10, row);
follow("days", 8, row);
follow("gaps", 5, row);

const api = new Api("/api/pbx/");
let asked = "";

/** How many packets and lines were refused: the API knows it, the marts do not. */
async function tellRefused() {
  const query = document.querySelector("#refused-asked")?.textContent ?? "";
  if (query === asked) return;
  asked = query;
  if (!query) return;
  const words = await api.get("rejects", [...new URLSearchParams(query)]).then(said, (error) => error.message);
  const target = document.querySelector("#refused");
  if (target && query === asked) setText(target, words);
}

function said({ items }) {
  const all = items.reduce((sum, each) => sum + each.rejects, 0);
  if (!all) return "Nothing was refused";
  const by = items.map(({ pbx, source, rejects }) => `${source} of ${pbx}: ${count(rejects)}`).join(", ");
  return `${count(all)} packets and lines refused (${by})`;
}

new MutationObserver(tellRefused).observe(document.documentElement, { childList: true, characterData: true, subtree: true });
tellRefused();
