/*
 * Carries out what is asked of the phone, and puts on the board what the line says. Whether something may be done is
 * phone.ts' to say; how SIP does it is sip.ts'; nothing here decides either.
 */

import type { Alarm } from "./alarm.ts";
import { NoMicrophone, type Sound } from "./audio.ts";
import type { Clock } from "./clock.ts";
import type { LineWatch } from "./line_watch.ts";
import type { PhoneCommand } from "./live.ts";
import { type Action, advance, type Call, customer, find, inFront, type Line, may, type PhoneEvent, ringing } from "./phone.ts";
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

  // ---- what the line says

  line(line: Line): void {
    this.#tell({ kind: "line", line });
  }

  refused(): void {
    this.#onRefused();
  }

  rang(call: Rung): void {
    const dialled = this.#board.state.dialling;
    const name = dialled ?? call.name;
    this.#tell({ kind: "rang", id: call.id, number: call.number, name, at: this.#clock.now() });
    if (!call.auto) return;
    if (!dialled && Date.now() - this.#began < RECOVERED_WITHIN_MS) this.#say(SAYS.recovered, "acc");
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

  // ---- what is asked

  async answer(): Promise<void> {
    const call = ringing(this.#board.state.phone);
    if (!may(this.#board.state.phone, call, "answer")) return;
    const talking = inFront(this.#board.state.phone);
    if (may(this.#board.state.phone, talking, "hold")) await this.#sip!.hold(talking.id).catch(() => undefined);
    await this.#take(call.id);
  }

  reject(): void {
    this.#ask("reject", ringing(this.#board.state.phone), (id) => this.#sip!.reject(id));
  }

  /** Ends what is in front; without a call in front, refuses the one that rings. */
  hangUp(): void {
    const call = inFront(this.#board.state.phone);
    if (!call) return this.reject();
    this.#ask("hangUp", call, (id) => {
      this.#tell({ kind: "leaving", id });
      this.#sip!.hangUp(id);
    });
  }

  async hold(wanted?: boolean): Promise<void> {
    const call = inFront(this.#board.state.phone);
    const hold = wanted ?? call?.phase !== "held";
    if (!may(this.#board.state.phone, call, hold ? "hold" : "resume")) return;
    this.#tell({ kind: "pending", id: call.id, pending: hold ? "hold" : "resume" });
    try {
      await (hold ? this.#sip!.hold(call.id) : this.#sip!.resume(call.id));
    } catch {
      if (find(this.#board.state.phone, call.id)) this.#say(SAYS.holdFailed, "warn");
    }
    this.#tell({ kind: "pending", id: call.id, pending: null });
  }

  mute(wanted?: boolean): void {
    const call = inFront(this.#board.state.phone);
    const muted = wanted ?? !call?.muted;
    this.#ask(muted ? "mute" : "unmute", call, (id) => {
      this.#sip!.mute(id, muted);
      this.#tell({ kind: "muted", id, muted });
    });
  }

  tone(tone: string): void {
    this.#ask("tone", inFront(this.#board.state.phone), (id) => this.#sip!.tone(id, tone));
  }

  async transfer(to: string, name: string): Promise<void> {
    const call = inFront(this.#board.state.phone);
    if (!may(this.#board.state.phone, call, "transfer")) return;
    await this.#leadingTo(to, name, call, (target) => this.#sip!.blind(call.id, this.#uri(target.dial)));
  }

  /** Asks somebody before the transfer; the caller hears music meanwhile. */
  async consult(to: string, name: string): Promise<void> {
    const call = inFront(this.#board.state.phone);
    if (!may(this.#board.state.phone, call, "consult")) return;
    const target = await this.#target(to);
    if (!target) return;
    if (call.phase !== "held") await this.#sip!.hold(call.id);
    await this.#call(target.dial, { name: target.name || name, consults: call.id });
  }

  async complete(): Promise<void> {
    const { phone } = this.#board.state;
    const asked = inFront(phone);
    const call = customer(phone);
    if (!may(phone, asked, "complete") || !call) return;
    await this.#referring(call, asked.name, () => this.#sip!.attended(call.id, asked.id));
  }

  async back(): Promise<void> {
    const { phone } = this.#board.state;
    const asked = inFront(phone);
    const call = customer(phone);
    if (!may(phone, asked, "back") || !call) return;
    this.#tell({ kind: "leaving", id: asked.id });
    this.#sip!.hangUp(asked.id);
    await this.hold(false);
  }

  /** Hear oneself: the PBX sends back what it hears. */
  async echo(extension: string): Promise<void> {
    const running = this.#board.state.phone.calls.find((call) => call.test);
    if (running) this.#sip!.hangUp(running.id);
    else if (!inFront(this.#board.state.phone)) await this.#call(extension, { name: SAYS.echoTest, test: true });
  }

  /** The server asks for what a button would. */
  async command({ name, target }: PhoneCommand): Promise<void> {
    const to = target ?? "";
    const doing: Record<string, () => unknown> = {
      answer: () => this.answer(), hangup: () => this.hangUp(), complete: () => this.complete(), cancel: () => this.back(),
      hold: () => this.hold(true), unhold: () => this.hold(false), mute: () => this.mute(true), unmute: () => this.mute(false),
      blind: () => this.transfer(to, to), attended: () => this.consult(to, to),
    };
    await doing[name]?.();
  }

  async choose(use: "microphone" | "speaker" | "ringer", id: string): Promise<void> {
    const track = await this.#sound.choose(use, id);
    if (track) this.#sip?.microphone(track);
  }

  /** What follows from the calls that there are: ringing, and whose line is watched. */
  follow(): void {
    const { phone, facts, contact, queue } = this.#board.state;
    const ring = ringing(phone);
    if (ring) this.#alarm.begin(ring.id, contact || ring.name || ring.number || SAYS.unknown, queue ?? SAYS.direct);
    else this.#alarm.end();
    const front = inFront(phone);
    const talked = front && front.phase === "talking" && !front.test ? front.id : null;
    this.#watch?.watch(talked, facts?.callId ?? null);
  }

  async #take(id: string): Promise<void> {
    const microphone = await this.#open(id);
    if (!microphone || find(this.#board.state.phone, id)?.phase !== "ringing") return;
    this.#tell({ kind: "taken", id });
    this.#sip!.answer(id, microphone);
  }

  async #call(dial: string, of: { name: string; consults?: string; test?: boolean }): Promise<void> {
    const microphone = await this.#open("dialling");
    if (!microphone || this.#board.state.phone.line !== "ready") return;
    const id = this.#sip!.call(this.#uri(dial), microphone);
    this.#tell({ kind: "dialled", id, number: dial, at: this.#clock.now(), ...of });
    // From now on it is this call that keeps the microphone open.
    await this.#sound.open(id);
    this.#sound.release("dialling");
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

  async #leadingTo(to: string, name: string, call: Call, refer: (target: Target) => Promise<void>): Promise<void> {
    const target = await this.#target(to);
    if (target) await this.#referring(call, target.name || name, () => refer(target));
  }

  async #referring(call: Call, name: string, refer: () => Promise<void>): Promise<void> {
    this.#tell({ kind: "pending", id: call.id, pending: "transfer" });
    try {
      await refer();
    } catch {
      if (find(this.#board.state.phone, call.id)) this.#say(SAYS.transferFailed(name), "bad");
    }
    this.#tell({ kind: "pending", id: call.id, pending: null });
  }

  /** A target that leads nowhere would lose the caller, so it is asked for first. */
  async #target(to: string): Promise<Target | null> {
    const target = await this.#server.target(to).catch((error: Error) => ({ ok: false, why: error.message }) as Target);
    if (!target.ok) this.#say(target.why, "warn");
    return target.ok ? target : null;
  }

  #ask(action: Action, call: Call | undefined, act: (id: string) => void): void {
    if (may(this.#board.state.phone, call, action)) act(call.id);
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
