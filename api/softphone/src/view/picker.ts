/*
 * Finding somebody: a field and the list below it, walked with the arrow keys. The same for calling, transferring and
 * bringing in; what is picked is handed on with its number and its name.
 */

import { html, nothing, type TemplateResult } from "lit";
import { span } from "../clock.ts";
import type { PersonRow, QueueRow } from "../server.ts";
import { SAYS, STATES } from "../words.ts";
import { key, type Look, readable } from "./look.ts";

export interface Picked {
  readonly to: string;
  readonly name: string;
}

export interface Choice extends Picked {
  readonly row: TemplateResult;
}

export interface Picking {
  readonly id: string;
  readonly label: string;
  /** Enter, or a click. */
  pick(choice: Picked): void;
  /** Alt and Enter. */
  other?(choice: Picked): void;
  readonly queues: boolean;
  readonly focus: boolean;
}

const DIALABLE = /^\+?[0-9*#]{2,20}$/;

/** What can be picked now, in order. */
export function choices(look: Look, queues: boolean): Choice[] {
  const { directory } = look.state;
  const text = look.local.find.replace(/[\s()./-]/g, "");
  const people = directory.people.map((each) => ({ to: each.extension, name: each.name, row: person(look, each) }));
  const rows = queues ? directory.queues.map((each) => ({ to: each.queueId, name: each.name, row: queue(each) })) : [];
  const known = people.some((each) => each.to === text) || rows.some((each) => each.to === text);
  const number = DIALABLE.test(text) && !known ? [{ to: text, name: readable(text), row: html`<b>${readable(text)}</b>` }] : [];
  return [...number, ...people, ...rows];
}

/** The field and its list. */
export function picker(look: Look, picking: Picking): TemplateResult {
  const all = choices(look, picking.queues);
  const place = Math.min(look.local.place, all.length - 1);
  const list = `${picking.id}-list`;
  return html`
    <div class="find">
      <input id=${picking.id} type="text" role="combobox" aria-expanded="true" aria-controls=${list} aria-label=${picking.label}
        aria-autocomplete="list" aria-activedescendant=${all[place] ? `${picking.id}-${place}` : nothing} autocomplete="off"
        spellcheck="false" placeholder=${SAYS.findPlaceholder} maxlength="60" .value=${look.local.find} ?data-focus=${picking.focus}
        @input=${(event: Event) => found(look, (event.target as HTMLInputElement).value)}
        @keydown=${(event: KeyboardEvent) => pressed(event, look, picking, all, place)}>
      ${picking.focus ? nothing : key("find")}
    </div>
    <ul id=${list} class="people" role="listbox" aria-label=${picking.label}>
      ${all.map((choice, index) => html`
        <li id="${picking.id}-${index}" role="option" aria-selected=${index === place ? "true" : "false"}
          @click=${() => chosen(look, picking, choice, index)}>${choice.row}</li>`)}
      ${all.length === 0 ? html`<li class="empty" role="option" aria-selected="false" aria-disabled="true">${SAYS.nobody}</li>` : nothing}
    </ul>`;
}

function found(look: Look, text: string): void {
  look.show({ find: text, place: 0 });
  look.act({ do: "find", text: text.trim() });
}

/** In a panel with two ways to go, a click only chooses; where there is one, it goes. */
function chosen(look: Look, picking: Picking, choice: Picked, index: number): void {
  if (picking.other) look.show({ place: index });
  else picking.pick(choice);
}

function pressed(event: KeyboardEvent, look: Look, picking: Picking, all: Choice[], place: number): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const choice = all[place];
  if (step && all.length) look.show({ place: (place + step + all.length) % all.length });
  else if (event.key === "Enter" && choice) (event.altKey && picking.other ? picking.other : picking.pick)(choice);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function person(look: Look, { name, extension, state, since, reason }: PersonRow): TemplateResult {
  const shown = STATES[state] ?? STATES["offline"]!;
  const word = state === "paused" && reason ? reason : shown.word;
  const time = since && (state === "on_call" || state === "paused") ? ` ${span(look.now - since)}` : "";
  return html`<i class="mark ${shown.colour} ${state}"></i><b>${name}</b><span class="dim">${extension}</span>
    <span class="grow"></span><span class="dim">${word}${time}</span>`;
}

function queue({ name, queueId, waiting }: QueueRow): TemplateResult {
  return html`<i class="mark queue"></i><b>${name}</b><span class="dim">${queueId}</span><span class="grow"></span>
    <span class="dim">${SAYS.howMany(waiting)}</span>`;
}
