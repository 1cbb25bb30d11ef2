/*
 * Carries out what is asked of the phone, and puts on the board what the line says. Whether something may be done is
 * phone.ts' to say; how SIP does it is sip.ts'; nothing here decides either.
 */

import type { Alarm } from "./alarm.ts";
import { NoMicrophone, type Sound } from "./audio.ts";
import type { Clock } from "./clock.ts";
import type { LineWatch } from "./line_watch.ts";
import type { PhoneCommand } from "./live.ts";
import { type Action, advance, type Call, customer, find, inFront, type Line, may, type Pending, type PhoneEvent, ringing } from "./phone.ts";
import type { Server, Target } from "./server.ts";
import type { Rung, Sip, SipEvents } from "./sip.ts";
import type { Board } from "./state.ts";
import { failure, SAYS } from "./words.ts";

// A call that comes by itself so soon after the page is the one that the page before had.
const RECOVERED_WITHIN_MS = 30_000;

export class Telephone implements SipEvents {
  readonly #board: Board;
  readonly #sound: Sound;
  readonly #server: Server;
  readonly #clock: Clock;
  readonly #alarm: Alarm;
  readonly #began = Date.now();
  #sip: Sip | null = null;
  #host = "";
  #watch: LineWatch | null = null;
  readonly #onRefused: () => void;

  constructor(board: Board, sound: Sound, server: Server, clock: Clock, alarm: Alarm, onRefused: () => void) {
    this.#board = board;
    this.#sound = sound;
    this.#server = server;
    this.#clock = clock;
    this.#alarm = alarm;
    this.#onRefused = onRefused;
  }

  /** The line is there: `uri` is our own address on it. */
  begin(sip: Sip, uri: string, watch: LineWatch): void {
    this.#sip = sip;
    this.#host = uri.slice(uri.indexOf("@") + 1);
    this.#watch = watch;
    sip.start();
  }

  renew(secret: string): void {
    this.#sip?.renew(secret);
  }

  stop(): void {
    this.#sip?.stop();
  }

  moved(): void {
    this.#sip?.moved();
  }

  // ---- what the line says

  line(line: Line): void {
    this.#tell({ kind: "line", line });
  }

  refused(): void {
    this.#onRefused();
  }

  rang(call: Rung): void {
    const dialled = this.#board.state.dialling;
    // What is known of the call before is not of this one; the server says what is, if this is one of its agents' calls.
    if (!this.#board.state.own?.currentCall) this.#board.set({ contact: null, queue: null, facts: null, customer: null });
    const name = dialled ?? call.name;
    this.#tell({ kind: "rang", id: call.id, number: call.number, name, at: this.#clock.now() });
    if (!call.auto) return;
    const had = this.#board.state.own?.currentCall;
    if (had && !dialled && Date.now() - this.#began < RECOVERED_WITHIN_MS) this.#say(SAYS.recovered, "acc");
    void this.#take(call.id);
  }

  connected(id: string): void {
    this.#tell({ kind: "connected", id, at: this.#clock.now() });
  }

  held(id: string): void {
    this.#tell({ kind: "held", id });
  }

  resumed(id: string): void {
    this.#tell({ kind: "resumed", id });
  }

  heard(id: string, stream: MediaStream): void {
    this.#sound.hear(id, stream);
  }

  named(id: string, number: string, name: string): void {
    this.#tell({ kind: "named", id, number, name });
  }

  ended(id: string, why: string): void {
    const call = find(this.#board.state.phone, id);
    this.#sound.silence(id);
    this.#sound.release(id);
    this.#tell({ kind: "ended", id });
    if (call?.phase === "dialling" && why) this.#say(failure(why), "warn");
    if (!inFront(this.#board.state.phone)) this.#board.set({ dialling: null });
  }

  // ---- what is asked; each says whether it was possible

  async answer(): Promise<boolean> {
    const call = ringing(this.#board.state.phone);
    if (!may(this.#board.state.phone, call, "answer")) return false;
    const talking = inFront(this.#board.state.phone);
    if (may(this.#board.state.phone, talking, "hold")) await this.#sip!.hold(talking.id).catch(() => undefined);
    return this.#take(call.id);
  }

  reject(): boolean {
    return this.#ask("reject", ringing(this.#board.state.phone), (id) => this.#sip!.reject(id));
  }

  /** Ends what is in front; without a call in front, refuses the one that rings. */
  hangUp(): boolean {
    const call = inFront(this.#board.state.phone);
    if (!call) return this.reject();
    return this.#ask("hangUp", call, (id) => {
      this.#tell({ kind: "leaving", id });
      this.#sip!.hangUp(id);
    });
  }

  async hold(wanted?: boolean): Promise<boolean> {
    const call = inFront(this.#board.state.phone);
    const hold = wanted ?? call?.phase !== "held";
    if (!may(this.#board.state.phone, call, hold ? "hold" : "resume")) return false;
    const failed = SAYS.holdFailed;
    return this.#pending(call, hold ? "hold" : "resume", failed, () => (hold ? this.#sip!.hold(call.id) : this.#sip!.resume(call.id)));
  }

  mute(wanted?: boolean): boolean {
    const call = inFront(this.#board.state.phone);
    const muted = wanted ?? !call?.muted;
    return this.#ask(muted ? "mute" : "unmute", call, (id) => {
      this.#sip!.mute(id, muted);
      this.#tell({ kind: "muted", id, muted });
    });
  }

  tone(tone: string): void {
    this.#ask("tone", inFront(this.#board.state.phone), (id) => this.#sip!.tone(id, tone));
  }

  async transfer(to: string, name: string): Promise<void> {
    if (!may(this.#board.state.phone, inFront(this.#board.state.phone), "transfer")) return;
    const target = await this.#target(to, name);
    if (target) await this.#blind(target);
  }

  /** Asks somebody before the transfer; the caller hears music meanwhile. */
  async consult(to: string, name: string): Promise<void> {
    if (!may(this.#board.state.phone, inFront(this.#board.state.phone), "consult")) return;
    const target = await this.#target(to, name);
    if (target) await this.#consult(target);
  }

  async complete(): Promise<boolean> {
    const { phone } = this.#board.state;
    const asked = inFront(phone);
    const call = customer(phone);
    if (!may(phone, asked, "complete") || !call) return false;
    return this.#pending(call, "transfer", SAYS.transferFailed(asked.name), () => this.#sip!.attended(call.id, asked.id));
  }

  async back(): Promise<boolean> {
    const { phone } = this.#board.state;
    const asked = inFront(phone);
    const call = customer(phone);
    if (!may(phone, asked, "back") || !call) return false;
    this.#tell({ kind: "leaving", id: asked.id });
    this.#sip!.hangUp(asked.id);
    return this.hold(false);
  }

  /** Hear oneself: the PBX sends back what it hears. */
  async echo(extension: string): Promise<void> {
    const running = this.#board.state.phone.calls.find((call) => call.test);
    if (running) this.#sip!.hangUp(running.id);
    else if (!inFront(this.#board.state.phone)) await this.#call(extension, { name: SAYS.echoTest, test: true });
  }

  /** The server asks for what a button would, and is told what came of it; the target is checked already. */
  async command({ commandId, name, target }: PhoneCommand): Promise<void> {
    const to: Target = { ok: true, kind: null, dial: target, name: target, why: "" };
    const doing: Record<string, () => boolean | Promise<boolean>> = {
      answer: () => this.answer(), hangup: () => this.hangUp(), complete: () => this.complete(), cancel: () => this.back(),
      hold: () => this.hold(true), unhold: () => this.hold(false), mute: () => this.mute(true), unmute: () => this.mute(false),
      blind: () => this.#blind(to), attended: () => this.#consult(to),
    };
    const done = (await doing[name]?.()) ?? false;
    await this.#server.tell(commandId, done, done ? "" : SAYS.notPossible).catch(() => undefined);
  }

  async choose(use: "microphone" | "speaker" | "ringer", id: string): Promise<void> {
    const track = await this.#sound.choose(use, id);
    if (track) this.#sip?.microphone(track);
  }

  /** What follows from the calls that there are: ringing, and whose line is watched. */
  follow(): void {
    const { phone, own, contact, queue, waiting } = this.#board.state;
    const ring = ringing(phone);
    const through = waiting.find((each) => each.queueId === queue)?.name ?? queue ?? SAYS.direct;
    if (ring) this.#alarm.begin(ring.id, contact || ring.name || ring.number || SAYS.unknown, through);
    else this.#alarm.end();
    const front = inFront(phone);
    const talked = front && front.phase === "talking" && !front.test ? front.id : null;
    this.#watch?.watch(talked, own?.currentCall?.callId ?? null);
  }

  async #take(id: string): Promise<boolean> {
    const microphone = await this.#open(id);
    if (!microphone || find(this.#board.state.phone, id)?.phase !== "ringing") return false;
    this.#tell({ kind: "taken", id });
    this.#sip!.answer(id, microphone);
    return true;
  }

  async #blind(target: Target): Promise<boolean> {
    const call = inFront(this.#board.state.phone);
    if (!may(this.#board.state.phone, call, "transfer")) return false;
    const failed = SAYS.transferFailed(target.name ?? "");
    return this.#pending(call, "transfer", failed, () => this.#sip!.blind(call.id, this.#uri(target.dial!)));
  }

  async #consult(target: Target): Promise<boolean> {
    const call = inFront(this.#board.state.phone);
    if (!may(this.#board.state.phone, call, "consult")) return false;
    if (call.phase !== "held" && !(await this.hold(true))) return false;
    return this.#call(target.dial!, { name: target.name ?? "", consults: call.id });
  }

  async #call(dial: string, of: { name: string; consults?: string; test?: boolean }): Promise<boolean> {
    const microphone = await this.#open("dialling");
    if (!microphone || this.#board.state.phone.line !== "ready") return false;
    const id = this.#sip!.call(this.#uri(dial), microphone);
    this.#tell({ kind: "dialled", id, number: dial, at: this.#clock.now(), ...of });
    // From now on it is this call that keeps the microphone open.
    await this.#sound.open(id);
    this.#sound.release("dialling");
    return true;
  }

  async #open(user: string): Promise<MediaStream | null> {
    try {
      const stream = await this.#sound.open(user);
      this.#board.set({ microphone: null });
      return stream;
    } catch (error) {
      if (error instanceof NoMicrophone) this.#board.set({ microphone: error.trouble });
      return null;
    }
  }

  /** Asks the PBX for something that takes a moment, in which nothing else is asked of this call. */
  async #pending(call: Call, pending: Pending, failed: string, ask: () => Promise<void>): Promise<boolean> {
    this.#tell({ kind: "pending", id: call.id, pending });
    try {
      await ask();
      return true;
    } catch {
      if (find(this.#board.state.phone, call.id)) this.#say(failed, "bad");
      return false;
    } finally {
      this.#tell({ kind: "pending", id: call.id, pending: null });
    }
  }

  /** A target that leads nowhere would lose the caller, so it is asked for first. */
  async #target(to: string, name: string): Promise<Target | null> {
    const callId = this.#board.state.own?.currentCall?.callId ?? null;
    const target = await this.#server.target(to, callId).catch((error: Error) => ({ ok: false, why: error.message }) as Target);
    if (!target.ok) this.#say(target.why, "warn");
    return target.ok ? { ...target, name: target.name ?? name } : null;
  }

  #ask(action: Action, call: Call | undefined, act: (id: string) => void): boolean {
    if (!may(this.#board.state.phone, call, action)) return false;
    act(call.id);
    return true;
  }

  #uri(dial: string): string {
    return `sip:${encodeURIComponent(dial)}@${this.#host}`;
  }

  #tell(event: PhoneEvent): void {
    this.#board.set({ phone: advance(this.#board.state.phone, event) });
  }

  #say(text: string, colour: "acc" | "warn" | "bad"): void {
    this.#board.set({ notice: { text, colour } });
  }
}
