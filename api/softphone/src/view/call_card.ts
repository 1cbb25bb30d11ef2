/* The card on the left: whom one talks to, for how long, how it sounds, and everything that can be done to the call. */

import { html, nothing, type TemplateResult } from "lit";
import { span } from "../clock.ts";
import type { KeyAction } from "../keys.ts";
import { type Presence, presenceAt } from "../live.ts";
import { type Action, type Call, customer, inFront, may, ringing } from "../phone.ts";
import { QUALITY, SAYS } from "../words.ts";
import { icon, receiver } from "./icons.ts";
import { idleCard, wrapUpCard } from "./idle_card.ts";
import { CLOSED, initials, key, type Local, type Look, readable } from "./look.ts";
import { keypad, reach } from "./panels.ts";

export function callCard(look: Look): TemplateResult {
  const { state } = look;
  const call = inFront(state.phone);
  const own = state.own && presenceAt(state.own, look.now);
  const rings = ringing(state.phone);
  return html`<section class="card call" aria-label=${SAYS.thisCall}>${call ? inCall(look, call) : rings ? caller(look, rings) : without(look, own)}</section>`;
}

function without(look: Look, own: Presence | null): TemplateResult {
  if (look.state.dialling) return dialling(look.state.dialling);
  return own?.state === "wrap_up" ? wrapUpCard(look, own) : idleCard(look);
}

function inCall(look: Look, call: Call): TemplateResult {
  const { local } = look;
  return html`
    ${caller(look, call)}
    <div class="clock"><time>${clock(look, call)}</time></div>
    ${sounds(look, call)}
    ${local.panel === "keypad" ? keypad(look) : local.panel ? reach(look, local.panel) : call.consults ? consulting(look, call) : controls(look, call)}
    <button class="end" ?disabled=${!may(look.state.phone, call, "hangUp")} @click=${() => look.act({ do: "hangUp" })}>
      ${receiver(false)}${call.phase === "dialling" ? SAYS.cancelDial : SAYS.hangUp} ${key("hangUp")}
    </button>`;
}

function dialling(to: string): TemplateResult {
  return html`<div class="caller"><span class="pill">${SAYS.outgoing}</span><div class="face" aria-hidden="true">${initials(to) || icon("ring")}</div>
    <b>${readable(to)}</b><span>${SAYS.dialling}</span></div>`;
}

/** The name and the number, and what kind of call it is. */
export function names(look: Look, call: Call): { name: string; number: string } {
  const own = call.consults || call.test ? null : look.state.contact;
  const known = call.consults || call.test ? null : look.state.customer?.contact?.number;
  const number = known || call.number || look.state.own?.currentCall?.number || "";
  const name = (own && !/^\+?\d+$/.test(own) ? own : "") || call.name;
  return { name: name && name !== number ? name : readable(number) || SAYS.unknown, number: name && name !== number ? readable(number) : "" };
}

function caller(look: Look, call: Call): TemplateResult {
  const { name, number } = names(look, call);
  return html`<div class="caller"><span class="pill">${how(look, call)}</span>
    <div class="face" aria-hidden="true">${initials(name) || icon("ring")}</div>
    <b class="cut">${name}</b><span>${[number, company(look, call), status(look, call)].filter(Boolean).join(" · ")}</span></div>`;
}

function company(look: Look, call: Call): string {
  return call.consults || call.test ? "" : (look.state.customer?.contact?.company ?? "");
}

function how(look: Look, call: Call): string {
  if (call.test) return SAYS.echoTest;
  const asked = call.consults && customer(look.state.phone);
  if (asked) return SAYS.waitsForYou(names(look, asked).name);
  const stint = look.state.facts?.metadata.stints?.at(-1);
  if (look.state.queue && stint?.waitS) return SAYS.waited(queueName(look, look.state.queue), span(stint.waitS * 1000));
  if (look.state.queue) return queueName(look, look.state.queue);
  return call.direction === "out" || look.state.dialling ? SAYS.outgoing : SAYS.direct;
}

/** A queue as people call it. */
export function queueName(look: Look, id: string): string {
  return look.state.waiting.find((each) => each.queueId === id)?.name ?? id;
}

function status(look: Look, call: Call): string {
  return look.state.dialling ? SAYS.dialling : SAYS.phases[call.phase];
}

/** After a reload the server still knows when it began. */
function clock(look: Look, call: Call): string {
  const known = call.consults || call.test ? null : look.state.own?.currentCall?.since;
  return span(look.now - Math.min(call.since, known ?? call.since));
}

function sounds(look: Look, call: Call): TemplateResult {
  const other = call.consults || call.direction === "out" ? SAYS.other : SAYS.caller;
  return html`<div class="meter">
    <span>${other}</span><level-meter class="lv" .stream=${look.caller} aria-label=${other}></level-meter>
    <span>${SAYS.you}</span><level-meter class="lv" .stream=${call.muted || call.phase === "held" ? null : look.microphone} aria-label=${SAYS.you}></level-meter>
    ${quality(look)}</div>${look.local.quality ? figures(look) : nothing}`;
}

function quality(look: Look): TemplateResult | typeof nothing {
  const read = look.state.quality;
  if (!read) return nothing;
  const shown = QUALITY[read.word];
  return html`<button class="pill ${shown.colour} quality" aria-expanded=${look.local.quality ? "true" : "false"}
    @click=${() => look.show({ quality: !look.local.quality })}>${shown.word} ${read.mos.toFixed(1)}</button>`;
}

function figures(look: Look): TemplateResult | typeof nothing {
  const read = look.state.quality;
  if (!read) return nothing;
  const parts = [SAYS.mos(read.mos.toFixed(2)), SAYS.loss((read.lossRatio * 100).toFixed(1)), SAYS.jitter(read.jitterMs.toFixed(0))];
  if (read.rttMs !== null) parts.push(SAYS.trip(read.rttMs.toFixed(0)));
  return html`<p class="figures">${parts.join(", ")}</p>`;
}

interface Button {
  readonly key: KeyAction;
  readonly icon: string;
  readonly text: string;
  readonly on: boolean;
  readonly free: boolean;
  click(): void;
}

function controls(look: Look, call: Call): TemplateResult {
  const { phone } = look.state;
  const held = call.phase === "held";
  const can = (action: Action): boolean => may(phone, call, action) && !call.test;
  const open = (panel: Local["panel"]): (() => void) => () => look.show({ ...CLOSED, panel });
  return grid([
    { key: "mute", icon: call.muted ? "muted" : "microphone", text: call.muted ? SAYS.unmute : SAYS.mute, on: call.muted,
      free: may(phone, call, call.muted ? "unmute" : "mute"), click: () => look.act({ do: "mute" }) },
    { key: "hold", icon: held ? "resume" : "hold", text: held ? SAYS.resume : SAYS.hold, on: held,
      free: can(held ? "resume" : "hold"), click: () => look.act({ do: "hold" }) },
    { key: "transfer", icon: "transfer", text: SAYS.transfer, on: false, free: can("transfer"), click: open("transfer") },
    { key: "add", icon: "add", text: SAYS.add, on: false, free: can("add"), click: open("add") },
    { key: "keypad", icon: "keypad", text: SAYS.keypad, on: false, free: may(phone, call, "tone"), click: open("keypad") },
    { key: "notes", icon: "notes", text: SAYS.notes, on: false, free: true, click: () => document.querySelector<HTMLElement>("#notes")?.focus() },
  ]);
}

function consulting(look: Look, call: Call): TemplateResult {
  const { phone } = look.state;
  return grid([
    { key: "transfer", icon: "transfer", text: SAYS.complete, on: may(phone, call, "complete"), free: may(phone, call, "complete"), click: () => look.act({ do: "complete" }) },
    { key: "back", icon: "back", text: SAYS.back, on: false, free: may(phone, call, "back"), click: () => look.act({ do: "back" }) },
    { key: "mute", icon: call.muted ? "muted" : "microphone", text: call.muted ? SAYS.unmute : SAYS.mute, on: call.muted,
      free: may(phone, call, call.muted ? "unmute" : "mute"), click: () => look.act({ do: "mute" }) },
  ]);
}

function grid(buttons: readonly Button[]): TemplateResult {
  return html`<div class="grid">${buttons.map((each) => html`
    <button class="k ${each.on ? "on" : ""}" data-key=${each.key} ?disabled=${!each.free} @click=${() => each.click()}>
      ${icon(each.icon)}<span>${each.text}</span>${key(each.key)}</button>`)}</div>`;
}
