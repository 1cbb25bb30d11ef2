/* All that a desk shows, as plain data: what the leading tab sends to the others, and what they send back. */

import type { Devices, MicrophoneTrouble } from "./audio.ts";
import type { CallFacts, Presence, Waiting } from "./live.ts";
import { IDLE, type Phone } from "./phone.ts";
import type { Reading } from "./quality.ts";
import type { Customer, Directory, Disposition, PastCall, Session } from "./server.ts";

/** Who works here: a session without its secret. */
export type Who = Omit<Session, "sip" | "iceServers">;

export interface Notes {
  readonly callId: string | null;
  readonly text: string;
  readonly result: string | null;
  /** When it was last kept, on our own clock; null: not yet. */
  readonly savedAt: number | null;
  readonly state: "kept" | "waits" | "failed";
}

export interface Notice {
  readonly text: string;
  readonly colour: "acc" | "warn" | "bad";
}

export interface DeskState {
  readonly who: Who | null;
  /** Why nothing works here, in the server's words; `out`: because nobody is signed in any more. */
  readonly problem: string | null;
  readonly out: boolean;
  readonly phone: Phone;
  readonly own: Presence | null;
  /** By how many ms the server's clock is ahead of this machine's. */
  readonly ahead: number;
  /** Whether the live socket is there. */
  readonly linked: boolean;
  readonly waiting: readonly Waiting[];
  /** The call that one is on, else the last one. */
  readonly facts: CallFacts | null;
  readonly contact: string | null;
  /** The queue through which the call came that rings or is talked to. */
  readonly queue: string | null;
  /** Whom the notes' call is with, once that is known. */
  readonly customer: Customer | null;
  readonly notes: Notes;
  readonly dispositions: readonly Disposition[];
  readonly history: readonly PastCall[];
  readonly directory: Directory;
  readonly quality: Reading | null;
  readonly notice: Notice | null;
  /** What is being dialled for us and does not ring here yet. */
  readonly dialling: string | null;
  readonly microphone: MicrophoneTrouble | null;
  readonly devices: Devices | null;
}

export const EMPTY: DeskState = {
  who: null, problem: null, out: false, phone: IDLE, own: null, ahead: 0, linked: true, waiting: [], facts: null, contact: null,
  queue: null, customer: null, notes: { callId: null, text: "", result: null, savedAt: null, state: "kept" }, dispositions: [], history: [],
  directory: { people: [], queues: [] }, quality: null, notice: null, dialling: null, microphone: null, devices: null,
};

/** What a click or a key asks for. */
export type Intent =
  | { do: "answer" | "reject" | "hangUp" | "hold" | "mute" | "complete" | "back" | "echo" | "dismiss" | "devices" | "ringOnce" | "done" | "more" }
  | { do: "dial" | "transfer" | "consult" | "add"; to: string; name: string }
  | { do: "tone"; tone: string }
  | { do: "state"; status: "AVAILABLE" | "AWAY" | "OFFLINE"; reason: string }
  | { do: "notes"; text: string }
  | { do: "result"; code: string | null }
  | { do: "find"; text: string }
  | { do: "choose"; use: "microphone" | "speaker" | "ringer"; id: string };

/** Holds the state and tells of each change, once for all changes of a moment. */
export class Board {
  #state: DeskState = EMPTY;
  readonly #listeners: ((state: DeskState) => void)[] = [];
  #due = false;

  get state(): DeskState {
    return this.#state;
  }

  set(change: Partial<DeskState>): void {
    this.#state = { ...this.#state, ...change };
    if (this.#due) return;
    this.#due = true;
    queueMicrotask(() => {
      this.#due = false;
      for (const listener of this.#listeners) listener(this.#state);
    });
  }

  listen(listener: (state: DeskState) => void): void {
    this.#listeners.push(listener);
  }
}
