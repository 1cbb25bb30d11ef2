/* What every view is given, and the small parts that they share. A view is a function of this and nothing else. */

import { html, nothing, type TemplateResult } from "lit";
import { span } from "../clock.ts";
import type { KeyAction } from "../keys.ts";
import { KEYS } from "../keys.ts";
import type { DeskState, Intent } from "../state.ts";
import { STATES } from "../words.ts";
import { icon } from "./icons.ts";

export type Panel = "transfer" | "add" | "keypad";
export type Dialog = "devices" | "keys";

/** What only this tab shows: what is open, and what is being looked for. */
export interface Local {
  readonly panel: Panel | null;
  readonly dialog: Dialog | null;
  readonly menu: boolean;
  readonly quality: boolean;
  readonly find: string;
  /** The place of the chosen row in the list that is looked through. */
  readonly place: number;
  readonly tones: string;
  /** The sound was tried in this browser, so that going available asks no more. */
  readonly checked: boolean;
}

export interface Look {
  readonly state: DeskState;
  readonly local: Local;
  /** The server's clock. */
  readonly now: number;
  readonly leading: boolean;
  readonly caller: MediaStream | null;
  readonly microphone: MediaStream | null;
  act(intent: Intent): void;
  show(change: Partial<Local>): void;
}

export const CLOSED: Partial<Local> = { panel: null, menu: false, quality: false, find: "", place: 0, tones: "" };

export function key(action: KeyAction): TemplateResult {
  return html`<kbd>${KEYS[action].shown}</kbd>`;
}

export function pill(colour: string, shape: string, word: string): TemplateResult {
  return html`<span class="pill ${colour}">${icon(shape)}${word}</span>`;
}

export function statePill(state: string, reason = ""): TemplateResult {
  const shown = STATES[state] ?? STATES["offline"]!;
  return pill(shown.colour, shown.shape, state === "paused" && reason ? reason : shown.word);
}

/** How long since, by the server's clock. */
export function since(now: number, at: number | null | undefined): TemplateResult | typeof nothing {
  return at ? html`<time>${span(now - at)}</time>` : nothing;
}

/** Two letters for a face; none for a number. */
export function initials(name: string): string {
  const words = name.split(/\s+/).filter((word) => /^\p{L}/u.test(word));
  return words.length === 0 ? "" : (words[0]![0]! + (words.length > 1 ? words.at(-1)![0]! : "")).toUpperCase();
}

/** A number as one reads it: in groups from the end, a plus before. */
export function readable(number: string): string {
  const match = /^(\+?)(\d{7,})$/.exec(number);
  if (!match) return number;
  const digits = match[2]!;
  const groups = [digits.slice(0, -10), digits.slice(-10, -7), digits.slice(-7, -4), digits.slice(-4)].filter(Boolean);
  return match[1] + groups.join(" ");
}
