/*
 * Notes and result of one call at a time, kept as they are typed: a second after the last key, two at most. What could
 * not be kept is tried again until it can; it never gets lost by the next call's beginning. Until the server has it, it is
 * kept by the browser as well, so a page that is loaded anew in mid-word goes on where it was.
 */

import { type CallNotes, Refused } from "./server.ts";
import type { Notes } from "./state.ts";

const REST_MS = 1000;
const MOST_MS = 2000;
const AGAIN_MS = 3000;

export interface Keeper {
  notesOf(callId: string): Promise<CallNotes>;
  write(callId: string, notes: string, disposition: string | null): Promise<CallNotes>;
}

/** Where words wait that the server does not have yet; one call's at a time. */
export interface Drafts {
  read(): string | null;
  write(draft: string | null): void;
}

/** What the server takes: lines of text, without what nobody sees. */
export function lines(text: string): string {
  return text
    .replace(/\r\n?|[\u2028\u2029]/g, "\n")
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]+/g, " ")
    .slice(0, 4000);
}

export class Notebook {
  readonly #keeper: Keeper;
  readonly #drafts: Drafts;
  readonly #show: (notes: Notes) => void;
  #notes: Notes = { callId: null, text: "", result: null, savedAt: null, state: "kept" };
  #timer: ReturnType<typeof setTimeout> | undefined;
  #since: number | null = null;

  constructor(keeper: Keeper, drafts: Drafts, show: (notes: Notes) => void) {
    this.#keeper = keeper;
    this.#drafts = drafts;
    this.#show = show;
  }

  /** Turn to a call: what was typed of the one before is kept first. */
  async turnTo(callId: string): Promise<void> {
    if (callId === this.#notes.callId) return;
    this.flush();
    this.#set({ callId, text: "", result: null, savedAt: null, state: "kept" });
    const draft = this.#drafted(callId);
    if (draft) {
      this.#set({ ...this.#notes, ...draft, state: "waits" });
      this.#later(0);
    } else await this.#read(callId);
  }

  /** What the server has of a call; asked again until it answers. */
  async #read(callId: string): Promise<void> {
    const found = await this.#keeper.notesOf(callId).catch(() => null);
    // Whoever typed meanwhile is right.
    if (this.#notes.callId !== callId || this.#notes.text || this.#notes.result) return;
    if (found) this.#set({ ...this.#notes, text: found.notes ?? "", result: found.disposition });
    else setTimeout(() => this.#notes.callId === callId && void this.#read(callId), AGAIN_MS);
  }

  #draft(notes: Notes): void {
    const { callId, text, result } = notes;
    this.#drafts.write(JSON.stringify({ callId, text, result }));
    this.#set(notes);
  }

  #drafted(callId: string): Pick<Notes, "text" | "result"> | null {
    try {
      const draft = JSON.parse(this.#drafts.read() ?? "null") as Notes | null;
      return draft?.callId === callId ? { text: lines(draft.text), result: draft.result } : null;
    } catch {
      return null;
    }
  }

  type(text: string): void {
    if (this.#notes.callId === null) return;
    this.#draft({ ...this.#notes, text: lines(text), state: "waits" });
    this.#since ??= Date.now();
    this.#later(Math.max(0, Math.min(REST_MS, this.#since + MOST_MS - Date.now())));
  }

  choose(result: string | null): void {
    if (this.#notes.callId === null) return;
    this.#draft({ ...this.#notes, result, state: "waits" });
    this.#later(0);
  }

  /** Keep now what waits. */
  flush(): void {
    if (this.#notes.state === "kept") return;
    clearTimeout(this.#timer);
    void this.#keep(this.#notes);
  }

  #later(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#keep(this.#notes), ms);
  }

  async #keep(notes: Notes): Promise<void> {
    this.#since = null;
    const same = (): boolean => this.#notes.callId === notes.callId && this.#notes.text === notes.text && this.#notes.result === notes.result;
    try {
      await this.#keeper.write(notes.callId!, notes.text, notes.result);
      if (!same()) return;
      this.#drafts.write(null);
      this.#set({ ...notes, savedAt: Date.now(), state: "kept" });
    } catch (error) {
      if (same()) this.#set({ ...notes, state: "failed" });
      // What the server will never take is not sent for ever.
      const hopeless = error instanceof Refused && error.status >= 400 && error.status < 500 && error.status !== 429 && error.status !== 401;
      if (hopeless) return;
      if (same()) this.#later(AGAIN_MS);
      else setTimeout(() => void this.#keep(notes), AGAIN_MS);
    }
  }

  #set(notes: Notes): void {
    this.#notes = notes;
    this.#show(notes);
  }
}
