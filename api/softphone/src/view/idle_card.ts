/* The card on the left without a call: at rest, or wrapping up with the server's countdown. */

import { html, nothing, type TemplateResult } from "lit";
import { span, timeOfDay } from "../clock.ts";
import type { Presence } from "../live.ts";
import type { PastCall } from "../server.ts";
import { SAYS } from "../words.ts";
import { icon, receiver } from "./icons.ts";
import { key, type Look, readable } from "./look.ts";

const MISSED_SHOWN = 4;

export function idleCard(look: Look): TemplateResult {
  const missed = look.state.history.filter((each) => each.missed);
  return html`
    <div class="caller"><div class="face quiet" aria-hidden="true">${receiver(false)}</div><b>${SAYS.idleTitle}</b><p>${SAYS.idle}</p></div>
    ${missed.length ? html`<h2>${SAYS.missedCalls(missed.length)}</h2><ul class="missed">${missed.slice(0, MISSED_SHOWN).map((each) => missedRow(look, each))}</ul>` : nothing}
    <span class="grow"></span>
    <button class="btn wide" @click=${() => look.show({ dialog: "devices" })}>${icon("sound")}${SAYS.devicesTitle} ${key("devices")}</button>`;
}

function missedRow(look: Look, { name, number, at }: PastCall): TemplateResult {
  const shown = name || readable(number ?? "") || SAYS.unknown;
  return html`<li>${icon("missed")}<b class="cut">${shown}</b><span class="dim">${timeOfDay(at)}</span><span class="grow"></span>
    ${number ? html`<button class="btn little" aria-label="${SAYS.callNumber(shown)}" @click=${() => look.act({ do: "dial", to: number, name: name ?? "" })}>${SAYS.dial}</button>` : nothing}</li>`;
}

function whose(look: Look): TemplateResult | typeof nothing {
  const { contact, number } = look.state.customer ?? {};
  const text = [readable(contact?.number ?? number ?? ""), contact?.company].filter(Boolean).join(" · ");
  return contact && text ? html`<span>${text}</span>` : nothing;
}

/** The time ends by itself, or by a click; who needs more pauses for a reason that says so. */
export function wrapUpCard(look: Look, own: Presence): TemplateResult {
  const left = own.until ? own.until - look.now : null;
  return html`
    <div class="caller"><span class="pill">${SAYS.wrapUp}</span><div class="face" aria-hidden="true">${icon("check")}</div>
      <b class="cut">${look.state.contact ? readable(look.state.contact) : SAYS.lastCall}</b>
      ${whose(look)}<p>${left === null ? SAYS.wrapUpOpen : SAYS.wrapUpEnds(span(left))}</p></div>
    ${left === null ? nothing : html`<div class="clock"><time>${span(left)}</time></div>
      <progress max=${own.until! - own.since} .value=${Math.max(0, left)} aria-label=${SAYS.wrapUp}></progress>`}
    <button class="btn primary wide" @click=${() => look.act({ do: "done" })}>${icon("check")}${SAYS.done} ${key("answer")}</button>
    ${left === null ? nothing : html`<button class="btn wide" @click=${() => look.act({ do: "more" })}>${icon("pause")}${SAYS.more} ${key("more")}</button>`}`;
}
