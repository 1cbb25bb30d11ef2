/* What opens in place of the buttons: the keypad, and whom to transfer to or bring in. */

import { html, nothing, type TemplateResult } from "lit";
import { SAYS } from "../words.ts";
import { icon } from "./icons.ts";
import { CLOSED, key, type Look } from "./look.ts";
import { choices, type Picked, picker } from "./picker.ts";

const TONES = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"] as const;

export function press(look: Look, tone: string): void {
  look.act({ do: "tone", tone });
  look.show({ tones: (look.local.tones + tone).slice(-20) });
}

export function keypad(look: Look): TemplateResult {
  return html`<div class="panel" role="group" aria-label=${SAYS.keypad}>
    ${head(look, SAYS.keypad)}
    <output class="tones">${look.local.tones || " "}</output>
    <div class="pad">${TONES.map((tone) => html`<button class="k" @click=${() => press(look, tone)}>${tone}</button>`)}</div></div>`;
}

/** Choosing somebody for a transfer, or to bring in. */
export function reach(look: Look, panel: "transfer" | "add"): TemplateResult {
  const transfer = panel === "transfer";
  const label = transfer ? SAYS.transferTo : SAYS.addTo;
  const go = (what: "transfer" | "consult" | "add") => (choice: Picked) => {
    look.act({ do: what, to: choice.to, name: choice.name });
    look.show(CLOSED);
  };
  const first = go(transfer ? "transfer" : "add");
  const chosen = choices(look, transfer)[look.local.place];
  const picking = { id: "reach", label, queues: transfer, focus: true, pick: first, ...(transfer ? { other: go("consult") } : {}) };
  return html`<div class="panel reach" role="group" aria-label=${label}>
    ${head(look, label)}${picker(look, picking)}
    <div class="two">
      <button class="btn primary" ?disabled=${!chosen} @click=${() => chosen && first(chosen)}>${transfer ? SAYS.transferNow : SAYS.addNow} <kbd>Enter</kbd></button>
      ${transfer ? html`<button class="btn" ?disabled=${!chosen} @click=${() => chosen && go("consult")(chosen)}>${SAYS.askFirst} <kbd>Alt Enter</kbd></button>` : nothing}
    </div></div>`;
}

function head(look: Look, title: string): TemplateResult {
  return html`<header><h2>${title}</h2><span class="grow"></span>
    <button class="plain" @click=${() => look.show(CLOSED)}>${icon("close")}<span class="unseen">${SAYS.close}</span>${key("close")}</button></header>`;
}
