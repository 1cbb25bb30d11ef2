/* What lies over the desk: who rings, the sound's settings with meter and echo test, the list of keys. */

import { html, nothing, type TemplateResult } from "lit";
import type { Device, Use } from "../audio.ts";
import { KEYS, type KeyAction } from "../keys.ts";
import { inFront, ringing } from "../phone.ts";
import { SAYS } from "../words.ts";
import { queueName } from "./call_card.ts";
import { icon, receiver } from "./icons.ts";
import { initials, key, type Look, readable } from "./look.ts";

/** Who rings, over everything. */
export function toast(look: Look): TemplateResult | typeof nothing {
  const call = ringing(look.state.phone);
  if (!call) return nothing;
  const { contact, queue } = look.state;
  const name = contact || call.name || call.number;
  const shown = name ? readable(name) : SAYS.unknown;
  return html`<section class="toast" role="alert" aria-label=${SAYS.incoming}>
    <div class="face" aria-hidden="true">${initials(shown) || icon("ring")}</div>
    <div class="words"><span class="small dim">${SAYS.incoming}, ${queue ? queueName(look, queue) : SAYS.direct}</span><b class="cut">${shown}</b>
      ${about(look, call.number, shown)}</div>
    <button class="take" data-key="answer" @click=${() => look.act({ do: "answer" })}>${receiver(true)}${SAYS.answer} ${key("answer")}</button>
    <button class="leave" data-key="reject" @click=${() => look.act({ do: "reject" })}>${receiver(false)}${SAYS.reject} ${inFront(look.state.phone) ? nothing : key("hangUp")}</button>
  </section>`;
}

/** The number where it is not the name already, the company, and how often they called before. */
function about(look: Look, number: string, shown: string): TemplateResult | typeof nothing {
  const { customer } = look.state;
  const told = readable(customer?.contact?.number ?? number);
  const parts = [told === shown ? "" : told, customer?.contact?.company, customer?.calls ? SAYS.calledBefore(customer.calls) : ""];
  const text = parts.filter(Boolean).join(" · ");
  return text ? html`<span class="mid">${text}</span>` : nothing;
}

export function dialogs(look: Look): TemplateResult {
  const { dialog } = look.local;
  const close = (): void => look.show({ dialog: null });
  return html`<dialog class="box" aria-labelledby="box-title" @close=${close}>
    ${dialog === null ? nothing : html`<header><h2 id="box-title">${dialog === "keys" ? SAYS.keysTitle : SAYS.devicesTitle}</h2><span class="grow"></span>
      <button class="plain" @click=${close}>${icon("close")}<span class="unseen">${SAYS.close}</span>${key("close")}</button></header>
      ${dialog === "keys" ? keys() : devices(look)}`}</dialog>`;
}

function keys(): TemplateResult {
  const rows = Object.entries(SAYS.keys) as [KeyAction, string][];
  return html`<dl class="keys">${rows.map(([action, text]) => html`<dt><kbd>${KEYS[action].shown}</kbd></dt><dd>${text}</dd>`)}
    <dt><kbd>1</kbd>–<kbd>9</kbd></dt><dd>${SAYS.digits}</dd></dl>`;
}

function devices(look: Look): TemplateResult {
  const found = look.state.devices;
  const echo = look.state.phone.calls.some((call) => call.test);
  const busy = !echo && inFront(look.state.phone) !== undefined;
  return html`<div class="devices">
    ${look.local.checked ? nothing : html`<p class="mid">${SAYS.beforeAvailable}</p>`}
    ${look.state.microphone ? html`<p class="bad-text" role="alert">${trouble(look.state.microphone)}</p>` : nothing}
    ${choice(look, "microphone", SAYS.microphone, found?.microphones ?? [])}
    <div class="meter"><span>${SAYS.level}</span><level-meter class="lv" .stream=${look.microphone} aria-label=${SAYS.level}></level-meter></div>
    ${found?.outputsChosen ? html`${choice(look, "speaker", SAYS.speaker, found.outputs)}${choice(look, "ringer", SAYS.ringer, found.outputs)}` : nothing}
    <div class="two">
      <button class="btn ${echo ? "on" : ""}" ?disabled=${busy || look.state.phone.line !== "ready"} @click=${() => look.act({ do: "echo" })}>${echo ? SAYS.stopEcho : SAYS.startEcho}</button>
      <button class="btn" @click=${() => look.act({ do: "ringOnce" })}>${SAYS.ringNow}</button>
    </div>
    ${echo ? html`<p class="mid" role="status">${SAYS.echoRuns}</p>` : nothing}
    ${notifications()}
    ${look.local.checked ? nothing : html`<button class="btn primary wide" @click=${() => goAvailable(look, echo)}>${icon("check")}${SAYS.works}</button>`}</div>`;
}

function goAvailable(look: Look, echo: boolean): void {
  if (echo) look.act({ do: "echo" });
  look.show({ checked: true, dialog: null });
  look.act({ do: "state", status: "AVAILABLE", reason: "" });
}

function choice(look: Look, use: Use, label: string, found: readonly Device[]): TemplateResult {
  const chosen = look.state.devices?.chosen[use] ?? "";
  return html`<label class="field"><span>${label}</span><select @change=${(event: Event) => look.act({ do: "choose", use, id: (event.target as HTMLSelectElement).value })}>
    <option value="" ?selected=${chosen === ""}>${SAYS.systemDefault}</option>
    ${found.map(({ id, label: name }) => html`<option value=${id} ?selected=${id === chosen}>${name}</option>`)}</select></label>`;
}

function notifications(): TemplateResult | typeof nothing {
  if (!("Notification" in window)) return nothing;
  if (Notification.permission === "granted") return html`<p class="small dim">${SAYS.notificationsOn}</p>`;
  if (Notification.permission === "denied") return html`<p class="small dim">${SAYS.notificationsOff}</p>`;
  return html`<button class="btn little" @click=${() => void Notification.requestPermission()}>${SAYS.notifications}</button>`;
}

export function trouble(which: "denied" | "missing" | "insecure"): string {
  return { denied: SAYS.microphoneDenied, missing: SAYS.microphoneMissing, insecure: SAYS.microphoneInsecure }[which];
}
