/* The bar at the top: one's state with its clock and how to change it, the phone, the sound, who one is. */

import { html, nothing, type TemplateResult } from "lit";
import { span } from "../clock.ts";
import { type Presence, presenceAt } from "../live.ts";
import { LINES, SAYS, STATES } from "../words.ts";
import { icon } from "./icons.ts";
import { key, type Look, pill, since, statePill } from "./look.ts";

export function topBar(look: Look): TemplateResult {
  const { who, phone, own, devices } = look.state;
  const line = LINES[phone.line];
  const presence = own && presenceAt(own, look.now);
  const chosen = devices?.microphones.find((each) => each.id === devices.chosen.microphone) ?? devices?.microphones[0];
  return html`<header class="top">
    <h1 class="brand">${icon("brand")}<span>${SAYS.brand}</span></h1>
    ${presence ? state(look, presence) : nothing}
    <span class="grow"></span>
    <span role="status">${pill(line.colour, line.shape, line.word)}</span>
    <button class="quiet wide-only" @click=${() => look.show({ dialog: "devices" })}>
      ${icon("sound")}<span class="unseen">${SAYS.devicesTitle}:</span><span class="cut">${chosen?.label ?? SAYS.devices}</span></button>
    ${who ? html`<span class="mid who"><span class="cut">${who.name}</span> · ${who.extension}
      ${who.signedInAt ? html`<small class="dim">${SAYS.session(span(look.now - who.signedInAt))}</small>` : nothing}</span>` : nothing}
    <button class="quiet" @click=${() => look.show({ dialog: "keys" })}>${icon("keys")}<span class="unseen">${SAYS.keysTitle}</span>${key("help")}</button>
    <button class="quiet" aria-label=${SAYS.theme} @click=${() => window.trunklineTheme?.toggle()}>${icon("theme")}</button>
    <button class="quiet" aria-label=${SAYS.signOut} ?disabled=${phone.calls.length > 0} @click=${() => dispatchEvent(new Event("trunkline-sign-out"))}>${icon("signOut")}</button>
  </header>`;
}

function state(look: Look, own: Presence): TemplateResult {
  return html`<div class="menu">
    <button class="state" aria-expanded=${look.local.menu ? "true" : "false"} aria-controls="states" @click=${() => look.show({ menu: !look.local.menu })}>
      ${statePill(own.state, own.reason)}${since(look.now, own.since)}${icon("down")}${key("state")}</button>
    ${look.local.menu ? menu(look) : nothing}</div>
    ${next(look, own)}`;
}

function next(look: Look, own: Presence): TemplateResult | typeof nothing {
  if (own.state === "wrap_up" && own.until && own.then) {
    return html`<span class="dim wide-only">${SAYS.thenIn(STATES[own.then]?.word ?? own.then, span(own.until - look.now))}</span>`;
  }
  const wrapUp = look.state.who?.wrapUpS;
  if ((own.state !== "on_call" && own.state !== "on_hold") || !wrapUp || !look.state.queue) return nothing;
  return html`<span class="dim wide-only">${SAYS.then(SAYS.wrapUp, span(wrapUp * 1000))}</span>`;
}

function menu(look: Look): TemplateResult {
  const choose = (status: "AVAILABLE" | "AWAY" | "OFFLINE", reason = "") => () => {
    look.show({ menu: false });
    // The first time in this browser the sound is tried before.
    if (status === "AVAILABLE" && !look.local.checked) look.show({ dialog: "devices" });
    else look.act({ do: "state", status, reason });
  };
  const reasons = look.state.who?.pauseReasons ?? [];
  return html`<div class="sheet" id="states" role="group" aria-label=${SAYS.state}>
    <button data-focus @click=${choose("AVAILABLE")}>${pill("ok", "dot", SAYS.goAvailable)}</button>
    <p class="small dim">${SAYS.pauses}</p>
    ${(reasons.length ? reasons : [SAYS.pause]).map((reason) => html`<button @click=${choose("AWAY", reasons.length ? reason : "")}>${icon("pause")}${reason}</button>`)}
    <hr><button @click=${choose("OFFLINE")}>${icon("off")}${SAYS.offline}</button></div>`;
}
