/* The whole desk as one element: draws the state each time it changes and each second, and hands keys and clicks on. */

import { html, LitElement, type TemplateResult } from "lit";
import { type KeyAction, meaning, place, tone } from "../keys.ts";
import { inFront, ringing } from "../phone.ts";
import { type DeskState, EMPTY, type Intent } from "../state.ts";
import { callCard } from "./call_card.ts";
import { colleagues } from "./colleagues.ts";
import { dialogs, toast } from "./dialogs.ts";
import { CLOSED, type Local, type Look } from "./look.ts";
import { notices } from "./notices.ts";
import { press } from "./panels.ts";
import { thisCall } from "./this_call.ts";
import { topBar } from "./top_bar.ts";
import "./level_meter.ts";

const CHECKED = "trunkline.phone.checked";

export class TrunklinePhone extends LitElement {
  static override properties = { state: {}, leading: {} };
  declare state: DeskState;
  declare leading: boolean;
  /** Given by the composition root. */
  act: (intent: Intent) => void = () => undefined;
  streams: (call: string | undefined) => { caller: MediaStream | null; microphone: MediaStream | null } = () => ({ caller: null, microphone: null });
  /** The meter in the sound's settings needs the microphone. */
  listening: (open: boolean) => void = () => undefined;
  #local: Local = { panel: null, dialog: null, menu: false, quality: false, find: "", place: 0, tones: "", checked: localStorage.getItem(CHECKED) !== null };

  constructor() {
    super();
    this.state = EMPTY;
    this.leading = false;
  }

  /** In the page itself, so that one stylesheet is enough. */
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    setInterval(() => document.visibilityState === "visible" && this.requestUpdate(), 1000);
    addEventListener("keydown", (event) => this.#pressed(event));
    addEventListener("click", (event) => this.#clicked(event));
  }

  protected override willUpdate(): void {
    if (this.#local.panel && !inFront(this.state.phone)) this.#local = { ...this.#local, ...CLOSED };
  }

  protected override render(): TemplateResult {
    const look = this.#look();
    return html`${topBar(look)}${notices(look)}
      <main class="desk">${callCard(look)}${thisCall(look)}${colleagues(look)}</main>${toast(look)}${dialogs(look)}`;
  }

  protected override updated(): void {
    const dialog = this.querySelector("dialog")!;
    const wanted = this.#local.dialog !== null;
    if (wanted !== dialog.open) {
      if (wanted) dialog.showModal();
      else dialog.close();
    }
  }

  #look(): Look {
    const streams = this.streams(inFront(this.state.phone)?.id);
    return {
      state: this.state, local: this.#local, now: Date.now() + this.state.ahead, leading: this.leading, ...streams,
      act: (intent) => this.act(intent), show: (change) => this.#show(change),
    };
  }

  #show(change: Partial<Local>): void {
    const before = this.#local;
    this.#local = { ...before, ...change };
    if (change.checked) localStorage.setItem(CHECKED, "1");
    if (change.find === "" && before.find !== "") this.act({ do: "find", text: "" });
    if (change.dialog !== undefined && (change.dialog === "devices") !== (before.dialog === "devices")) this.listening(change.dialog === "devices");
    this.requestUpdate();
    if (change.panel || change.menu) void this.updateComplete.then(() => this.querySelector<HTMLElement>("[data-focus]")?.focus());
  }

  #clicked({ target }: MouseEvent): void {
    if (this.#local.menu && !(target as Element).closest(".menu")) this.#show({ menu: false });
  }

  #pressed(event: KeyboardEvent): void {
    const writing = (event.target as Element).matches?.("input, textarea, select") ?? false;
    const action = meaning(event, writing);
    if (action) {
      if (this.#do(action)) event.preventDefault();
      return;
    }
    if (this.#local.dialog) return;
    const pressed = this.#local.panel === "keypad" ? tone(event, writing) : null;
    if (pressed) press(this.#look(), pressed);
    else this.#choose(place(event, writing));
  }

  #choose(index: number | null): void {
    const chosen = index === null ? undefined : this.state.dispositions[index];
    if (chosen && this.state.notes.callId) this.act({ do: "result", code: chosen.code });
  }

  /** Whether the key was ours. */
  #do(action: KeyAction): boolean {
    const { phone } = this.state;
    const consulting = Boolean(inFront(phone)?.consults);
    const doing: Record<KeyAction, () => unknown> = {
      answer: () => (ringing(phone) ? this.act({ do: "answer" }) : this.act({ do: "done" })),
      hangUp: () => this.act({ do: "hangUp" }),
      mute: () => this.act({ do: "mute" }),
      hold: () => this.act({ do: "hold" }),
      transfer: () => (consulting ? this.act({ do: "complete" }) : this.#panel("transfer")),
      add: () => this.#panel("add"),
      keypad: () => this.#panel("keypad"),
      more: () => this.act({ do: "more" }),
      back: () => this.act({ do: "back" }),
      notes: () => this.querySelector<HTMLElement>("#notes")?.focus(),
      find: () => this.querySelector<HTMLElement>("#find")?.focus(),
      state: () => this.#show({ menu: !this.#local.menu }),
      devices: () => this.#show({ dialog: this.#local.dialog === "devices" ? null : "devices" }),
      help: () => this.#show({ dialog: "keys" }),
      close: () => this.#close(),
    };
    doing[action]();
    return action !== "close";
  }

  #panel(panel: "transfer" | "add" | "keypad"): void {
    const call = inFront(this.state.phone);
    if (!call || call.consults || call.test) return;
    this.#show({ ...CLOSED, panel: this.#local.panel === panel ? null : panel });
  }

  /** Who closes something is where it was opened; who leaves a field can press digits again. */
  #close(): void {
    const { panel, menu } = this.#local;
    (document.activeElement as HTMLElement | null)?.blur();
    this.#show(CLOSED);
    const opener = menu ? ".state" : panel && `.grid [data-key="${panel}"]`;
    if (opener) void this.updateComplete.then(() => this.querySelector<HTMLElement>(opener)?.focus());
  }
}

customElements.define("trunkline-phone", TrunklinePhone);
