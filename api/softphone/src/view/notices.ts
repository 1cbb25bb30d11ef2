/* What the agent has to know now, in a line each above the desk; nothing stands there while all is well. */

import { html, type TemplateResult } from "lit";
import { inFront } from "../phone.ts";
import type { Reading } from "../quality.ts";
import { SAYS } from "../words.ts";
import { trouble } from "./dialogs.ts";
import { icon } from "./icons.ts";
import { type Look } from "./look.ts";

// Beyond these a line's word is explained by loss or by delay.
const MUCH_LOSS = 0.02;
const LATE_MS = 300;

export function notices(look: Look): TemplateResult {
  return html`<div class="notices" role="status">${[...standing(look), ...passing(look)]}</div>`;
}

function standing(look: Look): TemplateResult[] {
  const { state } = look;
  const shown: TemplateResult[] = [];
  const talking = inFront(state.phone) !== undefined;
  if (state.out) shown.push(html`<p class="notice bad">${icon("warn")}${SAYS.signedOut} <a href="/login?next=/phone">${SAYS.signIn}</a></p>`);
  else if (state.problem) shown.push(line("bad", state.problem));
  if (!look.leading && state.who) shown.push(line("acc", SAYS.otherTab));
  if (!state.linked && !state.out) shown.push(line("bad", SAYS.socketLost));
  if (state.phone.line === "lost" && state.linked) shown.push(line("bad", talking ? SAYS.phoneLost : SAYS.phoneLostIdle));
  if (state.phone.line === "refused") shown.push(line("bad", SAYS.phoneRefused));
  if (state.phone.line === "taken") shown.push(html`<p class="notice warn">${icon("warn")}<span>${SAYS.phoneTaken}</span>
    <button class="btn little" @click=${() => location.reload()}>${SAYS.useHere}</button></p>`);
  if (state.microphone) shown.push(line("bad", trouble(state.microphone)));
  if (talking && state.quality && state.quality.word !== "good") shown.push(line("warn", `${SAYS.poorLine}: ${why(state.quality)}`));
  return shown;
}

function why(read: Reading): string {
  if (read.lossRatio > MUCH_LOSS) return SAYS.poorHere;
  return (read.rttMs ?? 0) > LATE_MS ? SAYS.poorLate : SAYS.poorThere;
}

function passing(look: Look): TemplateResult[] {
  const { notice } = look.state;
  if (!notice) return [];
  return [html`<p class="notice ${notice.colour}">${icon(notice.colour === "acc" ? "check" : "warn")}<span class="grow">${notice.text}</span>
    <button class="plain" aria-label=${SAYS.close} @click=${() => look.act({ do: "dismiss" })}>${icon("close")}</button></p>`];
}

function line(colour: string, text: string): TemplateResult {
  return html`<p class="notice ${colour}">${icon(colour === "acc" ? "check" : "warn")}<span>${text}</span></p>`;
}
