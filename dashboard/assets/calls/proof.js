/* What proves a call: its events, each with its place in its source, and behind it all that it proved. Kept as a file on request. */

import { element } from "../live/rows.js";
import { factsOf, moment } from "./words.js";

// As many as tell the story; all of them on request.
const FIRST = 12;

/** Fills `card` with the events of a call. */
export async function proven(card, call, { api, zone }) {
  const body = card.querySelector(".card-body");
  try {
    const { items } = await api.get(`history/${encodeURIComponent(call.callId)}/events`);
    draw(card, body, items, call, zone);
  } catch (error) {
    body.replaceChildren(element("p", "mid", error.message));
  }
}

function draw(card, body, items, call, zone) {
  if (!items.length) {
    const words = call.certainty === "final" ? "No event was heard: the PBX's files alone tell of this call." : "Its events come in a moment.";
    body.replaceChildren(element("p", "mid", words));
    return;
  }
  const table = element("table", "events");
  const head = table.createTHead().insertRow();
  for (const [words, css] of [["Time", ""], ["Fact", ""], ["Event", "hide-small"], ["Source", "num"]]) head.append(heading(words, css));
  const rows = table.createTBody();
  const show = (some) => rows.replaceChildren(...some.flatMap((item) => lines(item, call, zone)));
  show(items.slice(0, FIRST));
  body.replaceChildren(table);
  const tools = card.querySelector(".tools");
  if (items.length > FIRST) {
    const all = Object.assign(element("button", "btn little", `All ${items.length} events`), { type: "button" });
    all.addEventListener("click", () => {
      show(items);
      all.remove();
    });
    tools.append(all);
  }
  const save = element("a", "btn little", "Save as JSON");
  save.href = `/api/pbx/history/${encodeURIComponent(call.callId)}/events?download=true`;
  save.download = "";
  tools.append(save);
}

function heading(words, css) {
  const made = element("th", css, words);
  made.scope = "col";
  return made;
}

function lines(item, call, zone) {
  const line = element("tr");
  const time = element("td", "mono dim", moment(item.at, zone, "exact"));
  const fact = element("td", "fact");
  const button = Object.assign(element("button", "plain"), { type: "button" });
  button.setAttribute("aria-expanded", "false");
  button.append(...factsOf(item, call).flatMap((words, index) => (index ? [", ", isolated(words)] : [isolated(words)])));
  fact.append(button);
  line.append(time, fact, element("td", "mono hide-small", item.event), element("td", "num src", `${item.source} ${item.epoch}/${item.seq}`));
  const more = element("tr", "more");
  more.hidden = true;
  const cell = element("td");
  cell.colSpan = 4;
  const about = `${item.event} from ${item.source} by ${item.ingester}, login ${item.epoch}, packet ${item.seq}; the call's version ${item.version}.`;
  cell.append(element("p", "mid small", about), element("pre", "", JSON.stringify(item.proved, null, 2)));
  more.append(cell);
  button.addEventListener("click", () => {
    more.hidden = !more.hidden;
    button.setAttribute("aria-expanded", String(!more.hidden));
  });
  return [line, more];
}

function isolated(words) {
  const made = element("bdi");
  made.textContent = words;
  return made;
}
