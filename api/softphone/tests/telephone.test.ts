/* What the phone does with clicks and with what the line says, against a line of ten lines. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Alarm } from "../src/alarm.ts";
import { NoMicrophone, type Sound } from "../src/audio.ts";
import { Clock } from "../src/clock.ts";
import type { LineWatch } from "../src/line_watch.ts";
import { inFront } from "../src/phone.ts";
import type { Server, Target } from "../src/server.ts";
import type { Sip } from "../src/sip.ts";
import { Board } from "../src/state.ts";
import { Telephone } from "../src/telephone.ts";
import { SAYS } from "../src/words.ts";

const GOOD: Target = { ok: true, kind: "agent", dial: "1005", name: "Lucia", why: "" };

/** A line that agrees to everything, and remembers it. */
class Line implements Sip {
  readonly did: string[] = [];
  failing = false;
  phone!: Telephone;

  start(): void { this.phone.line("ready"); }
  stop(): void { this.did.push("stop"); }
  renew(secret: string): void { this.did.push(`renew ${secret}`); }
  call(target: string): string { this.did.push(`call ${target}`); return "out"; }
  answer(id: string): void { this.did.push(`answer ${id}`); this.phone.connected(id); }
  hangUp(id: string): void { this.did.push(`hang up ${id}`); this.phone.ended(id, ""); }
  reject(id: string): void { this.did.push(`reject ${id}`); this.phone.ended(id, ""); }
  mute(id: string, muted: boolean): void { this.did.push(`mute ${id} ${muted}`); }
  tone(id: string, tones: string): void { this.did.push(`tone ${id} ${tones}`); }
  async hold(id: string): Promise<void> { await this.#ask(`hold ${id}`); this.phone.held(id); }
  async resume(id: string): Promise<void> { await this.#ask(`resume ${id}`); this.phone.resumed(id); }
  async blind(id: string, target: string): Promise<void> { await this.#ask(`blind ${id} ${target}`); this.phone.ended(id, ""); }
  async attended(id: string, other: string): Promise<void> { await this.#ask(`attended ${id} ${other}`); }
  microphone(): void { this.did.push("microphone"); }
  moved(): void { this.did.push("moved"); }
  async stats(): Promise<null> { return null; }

  async #ask(what: string): Promise<void> {
    if (this.failing) throw new Error("refused");
    this.did.push(what);
  }
}

interface Desk {
  board: Board;
  line: Line;
  phone: Telephone;
  told: [string, boolean, string][];
  rings: string[];
}

function desk({ target = GOOD, microphone = true } = {}): Desk {
  const told: [string, boolean, string][] = [];
  const rings: string[] = [];
  const board = new Board();
  const sound = {
    open: async () => { if (!microphone) throw new NoMicrophone("denied"); return {}; },
    release: () => undefined, hear: () => undefined, silence: () => undefined, choose: async () => null,
  } as unknown as Sound;
  const server = {
    target: async () => target,
    tell: async (id: string, done: boolean, why: string) => { told.push([id, done, why]); },
  } as unknown as Server;
  const alarm = { begin: (_id: string, who: string) => { rings.push(who); }, end: () => undefined } as unknown as Alarm;
  const phone = new Telephone(board, sound, server, new Clock(), alarm, () => undefined);
  const line = new Line();
  line.phone = phone;
  phone.begin(line, "sip:1101@trunkline", { watch: () => undefined } as unknown as LineWatch);
  return { board, line, phone, told, rings };
}

const rings = { id: "in", number: "555", name: "Mira", auto: false };

async function talking(given = {}): Promise<Desk> {
  const made = desk(given);
  made.phone.rang(rings);
  await made.phone.answer();
  return made;
}

const phase = ({ board }: Desk): string => inFront(board.state.phone)?.phase ?? "none";
const settle = async (): Promise<void> => { for (let turn = 0; turn < 10; turn += 1) await Promise.resolve(); };

test("a call rings until it is answered", async () => {
  const made = desk();
  made.phone.rang(rings);
  made.phone.follow();
  assert.deepEqual(made.rings, ["Mira"]);
  assert.equal(await made.phone.answer(), true);
  assert.equal(phase(made), "talking");
  assert.equal(await made.phone.answer(), false);
});

test("what the server asks to answer is answered without a click", async () => {
  const made = desk();
  made.phone.rang({ ...rings, auto: true });
  await settle();
  assert.equal(phase(made), "talking");
  assert.equal(made.board.state.notice, null, "nobody had a call before");
});

test("without a microphone a call goes on ringing, and why is said", async () => {
  const made = await talking({ microphone: false });
  assert.equal(made.board.state.microphone, "denied");
  assert.deepEqual(made.line.did, []);
});

test("a second call is answered with the first on hold", async () => {
  const made = await talking();
  made.phone.rang({ ...rings, id: "second" });
  await made.phone.answer();
  assert.deepEqual(made.line.did, ["answer in", "hold in", "answer second"]);
});

test("hang up refuses what rings when nobody is talked to", () => {
  const made = desk();
  made.phone.rang(rings);
  made.phone.hangUp();
  assert.deepEqual(made.line.did, ["reject in"]);
});

test("hold and resume by one key; a failure is said", async () => {
  const made = await talking();
  await made.phone.hold();
  assert.equal(phase(made), "held");
  await made.phone.hold();
  assert.equal(phase(made), "talking");
  made.line.failing = true;
  assert.equal(await made.phone.hold(), false);
  assert.equal(made.board.state.notice!.text, SAYS.holdFailed);
  assert.equal(inFront(made.board.state.phone)!.pending, null);
});

test("a transfer to where there is nobody is not begun", async () => {
  const made = await talking({ target: { ok: false, kind: null, dial: null, name: null, why: "Nobody there." } });
  await made.phone.transfer("1999", "");
  assert.deepEqual(made.line.did, ["answer in"]);
  assert.equal(made.board.state.notice!.text, "Nobody there.");
});

test("a blind transfer dials what the server says", async () => {
  const made = await talking();
  await made.phone.transfer("Lucia", "");
  assert.deepEqual(made.line.did.at(-1), "blind in sip:1005@trunkline");
  assert.equal(phase(made), "none");
});

test("a transfer that fails keeps the caller", async () => {
  const made = await talking();
  made.line.failing = true;
  await made.phone.transfer("1005", "");
  assert.equal(phase(made), "talking");
  assert.match(made.board.state.notice!.text, /Lucia failed/);
});

test("asking first holds the caller; complete joins the two, back ends the asking", async () => {
  const made = await talking();
  await made.phone.consult("1005", "");
  assert.deepEqual(made.line.did.slice(1), ["hold in", "call sip:1005@trunkline"]);
  assert.equal(await made.phone.complete(), false, "not before the answer");
  made.phone.connected("out");
  assert.equal(await made.phone.complete(), true);
  assert.equal(made.line.did.at(-1), "attended in out");
  await made.phone.back();
  assert.deepEqual(made.line.did.slice(-2), ["hang up out", "resume in"]);
});

test("what the server asks for is done and answered", async () => {
  const made = await talking();
  const ask = { commandId: "c", pageId: "p", callId: "x", target: null };
  await made.phone.command({ ...ask, name: "mute" });
  await made.phone.command({ ...ask, name: "unhold" });
  await made.phone.command({ ...ask, name: "dance" });
  assert.deepEqual(made.told, [["c", true, ""], ["c", false, SAYS.notPossible], ["c", false, SAYS.notPossible]]);
});

test("a call that nobody takes is said in words", async () => {
  const made = desk();
  await made.phone.echo("600");
  made.phone.ended("out", "Busy");
  assert.equal(made.board.state.notice!.text, SAYS.busyLine);
});
