/* The card in the middle: what is known of the call, notes, result, and the day's calls. */

import { html, nothing, type TemplateResult } from "lit";
import { day, monthOf, span, timeOfDay } from "../clock.ts";
import type { EarlierCall, PastCall } from "../server.ts";
import { SAYS } from "../words.ts";
import { queueName } from "./call_card.ts";
import type { Look } from "./look.ts";
import { readable } from "./look.ts";

export function thisCall(look: Look): TemplateResult {
  const { state } = look;
  const talking = state.own?.currentCall?.callId === state.notes.callId;
  return html`<section class="card middle" aria-label=${SAYS.thisCall}>
    <header><h2>${talking || !state.notes.callId ? SAYS.thisCall : SAYS.lastCall}</h2></header>
    ${state.notes.callId ? html`${facts(look)}${notes(look)}${result(look)}` : html`<div class="sec dim">${SAYS.noCall}</div>`}
    <div class="sec today"><h2>${SAYS.today}</h2>${today(look)}</div></section>`;
}

/** Who it is, and what they called about before. */
function facts(look: Look): TemplateResult {
  const { customer } = look.state;
  // Without a number nothing can be looked up; until the answer is there, its place is kept.
  if (!customer?.number) return html`<div class="sec dim">${customer ? SAYS.nothingKnown : SAYS.lookedUp}</div>`;
  const { contact, firstAt, calls } = customer;
  const [last, ...before] = customer.last;
  return html`<div class="sec"><dl>
    ${fact(SAYS.customerSince, firstAt ? SAYS.sinceCalls(monthOf(firstAt), calls) : SAYS.firstCall)}
    ${last ? html`<dt>${SAYS.lastCall}</dt><dd>${earlier(look, last)}</dd>` : nothing}
    ${fact(SAYS.about, contact?.notes)}${fact(SAYS.email, contact?.email)}</dl>
    ${before.length ? html`<details><summary>${SAYS.callsBefore(before.length)}</summary><ul>${before.map((each) => html`<li>${earlier(look, each)}</li>`)}</ul></details>` : nothing}</div>`;
}

function fact(name: string, value: string | null | undefined): TemplateResult | typeof nothing {
  return value ? html`<dt>${name}</dt><dd class="lines">${value}</dd>` : nothing;
}

function earlier(look: Look, call: EarlierCall): TemplateResult {
  const parts = [day(call.at), call.agent ?? (call.queue ? queueName(look, call.queue) : ""), call.talkS ? span(call.talkS * 1000) : SAYS.notTalked, call.result];
  return html`${parts.filter(Boolean).join(", ")}${call.notes ? html`<em class="lines">${call.notes}</em>` : nothing}`;
}

function notes(look: Look): TemplateResult {
  const { notes: kept } = look.state;
  const field = document.querySelector<HTMLTextAreaElement>("#notes");
  // What is being typed is newer than what comes back.
  const text = field && document.activeElement === field && field.dataset["call"] === kept.callId ? field.value : kept.text;
  return html`<div class="sec"><label class="h2" for="notes">${SAYS.notes}</label>
    <textarea id="notes" data-call=${kept.callId ?? ""} maxlength="4000" placeholder=${SAYS.notesPlaceholder} .value=${text}
      @input=${(event: Event) => look.act({ do: "notes", text: (event.target as HTMLTextAreaElement).value })}></textarea>
    <div class="small ${kept.state === "failed" ? "bad-text" : "dim"}" role="status">${saved(look)}</div></div>`;
}

function saved(look: Look): string {
  const { state, savedAt } = look.state.notes;
  if (state === "failed") return SAYS.unsaved;
  if (state === "waits") return SAYS.saving;
  return savedAt === null ? SAYS.savedAsTyped : SAYS.saved(Math.max(0, Math.round((Date.now() - savedAt) / 1000)));
}

function result(look: Look): TemplateResult {
  const { dispositions, notes: kept } = look.state;
  return html`<div class="sec"><h2 id="result">${SAYS.result}</h2>
    ${dispositions.length === 0 ? html`<p class="dim">${SAYS.noResults}</p>` : nothing}
    <div class="chips" role="group" aria-labelledby="result">${dispositions.map(({ code, title }, place) => html`
      <button class="chip ${kept.result === code ? "on" : ""}" aria-pressed=${kept.result === code ? "true" : "false"}
        @click=${() => look.act({ do: "result", code })}>${title}${place < 9 ? html` <kbd>${place + 1}</kbd>` : nothing}</button>`)}</div></div>`;
}

function today(look: Look): TemplateResult {
  const { history } = look.state;
  if (history.length === 0) return html`<p class="dim">${SAYS.noToday}</p>`;
  return html`<div class="scroll" tabindex="0" role="group" aria-label=${SAYS.today}><table><tbody>${history.map((each) => row(look, each))}</tbody></table></div>`;
}

function row(look: Look, call: PastCall): TemplateResult {
  const shown = call.name || readable(call.number ?? "") || SAYS.unknown;
  const title = look.state.dispositions.find((each) => each.code === call.disposition)?.title ?? call.disposition ?? "";
  return html`<tr><td class="dim">${timeOfDay(call.at)}</td>
    <td>${call.number ? html`<button class="link" aria-label=${SAYS.callNumber(shown)} @click=${() => look.act({ do: "dial", to: call.number!, name: call.name ?? "" })}>${shown}</button>` : shown}</td>
    <td class="dim">${call.queue ? queueName(look, call.queue) : ""}</td>
    <td class="num">${call.missed ? html`<span class="warn-text">${SAYS.missed}</span>` : span(call.talkS * 1000)}</td><td>${title}</td></tr>`;
}
