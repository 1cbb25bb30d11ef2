/* The card on the right: finding and calling somebody, and who waits in one's queues for how long. */

import { html, type TemplateResult } from "lit";
import { span } from "../clock.ts";
import type { Waiting } from "../live.ts";
import { SAYS } from "../words.ts";
import type { Look } from "./look.ts";
import { picker } from "./picker.ts";

// Past this a caller's wait is shown as trouble: three times what most centres promise.
const LONG_WAIT_MS = 60_000;

export function colleagues(look: Look): TemplateResult {
  // While somebody is looked for elsewhere, the list there is the one that is walked.
  const elsewhere = look.local.panel === "transfer" || look.local.panel === "add";
  const own = elsewhere ? { ...look, local: { ...look.local, find: "", place: -1 } } : look;
  const picking = {
    id: "find", label: SAYS.findPlaceholder, queues: false, focus: false,
    pick: ({ to, name }: { to: string; name: string }) => {
      look.act({ do: "dial", to, name });
      look.show({ find: "", place: 0 });
      look.act({ do: "find", text: "" });
    },
  };
  return html`<section class="card right" aria-label=${SAYS.colleagues}>
    <header><h2>${SAYS.colleagues}</h2></header>
    ${picker(own, picking)}
    <header class="second"><h2>${SAYS.waiting}</h2></header>
    <ul class="queues">${look.state.waiting.length === 0 ? html`<li class="empty">${SAYS.noQueues}</li>` : look.state.waiting.map((each) => queue(look, each))}</ul></section>`;
}

function queue(look: Look, { name, waiting, waiters }: Waiting): TemplateResult {
  const wait = waiters[0] ? look.now - waiters[0].since : 0;
  return html`<li><b class="cut">${name}</b><span class="grow"></span><span class=${waiting ? "" : "dim"}>${SAYS.howMany(waiting)}</span>
    <time class=${wait > LONG_WAIT_MS ? "bad-text" : "mid"}>${waiting ? span(wait) : ""}</time></li>`;
}
