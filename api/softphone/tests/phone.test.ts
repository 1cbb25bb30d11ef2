/* The phone's state machine: every event in every phase, and what may be done when. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Action, advance, customer, find, IDLE, inFront, MAY, may, type Phase, type Phone, type PhoneEvent, ringing, TRANSITIONS } from "../src/phone.ts";

const PHASES: Phase[] = ["dialling", "ringing", "answering", "talking", "held", "ending"];
const READY = advance(IDLE, { kind: "line", line: "ready" });

const after = (phone: Phone, ...events: PhoneEvent[]): Phone => events.reduce(advance, phone);
const rang = (id = "a"): PhoneEvent => ({ kind: "rang", id, number: "555", name: "Mira", at: 1 });
const dialled = (id: string, consults?: string): PhoneEvent => ({ kind: "dialled", id, number: "1005", name: "Lucia", at: 5, consults });
const talking = (): Phone => after(READY, rang(), { kind: "taken", id: "a" }, { kind: "connected", id: "a", at: 9 });
const held = (): Phone => advance(talking(), { kind: "held", id: "a" });

function inPhase(phase: Phase): Phone {
  const call = find(talking(), "a")!;
  return { line: "ready", calls: [{ ...call, phase }] };
}

test("each move leads where the table says, and nowhere else", () => {
  for (const [kind, row] of Object.entries(TRANSITIONS)) {
    for (const phase of PHASES) {
      const before = inPhase(phase);
      const next = advance(before, { kind, id: "a", at: 9 } as PhoneEvent);
      assert.equal(find(next, "a")!.phase, row[phase] ?? phase, `${kind} in ${phase}`);
      if (!row[phase]) assert.equal(next, before, "what is not possible changes nothing");
    }
  }
});

test("an unknown call's event changes nothing", () => {
  const before = talking();
  for (const kind of [...Object.keys(TRANSITIONS), "ended", "muted", "pending", "named"]) {
    assert.equal(advance(before, { kind, id: "nobody", at: 0 } as PhoneEvent), before);
  }
  assert.equal(advance(before, rang("a")), before, "the same call rings once");
  assert.equal(advance(before, { kind: "line", line: "ready" }), before);
});

test("actions are allowed in the phases of the table alone", () => {
  for (const [action, rule] of Object.entries(MAY) as [Action, (typeof MAY)[Action]][]) {
    for (const phase of PHASES) {
      const phone = inPhase(phase);
      const call = { ...phone.calls[0]!, consults: rule.consultation ? "b" : null, muted: rule.muted ?? false };
      assert.equal(may({ ...phone, calls: [call] }, call, action), rule.phases.includes(phase), `${action} in ${phase}`);
    }
  }
});

test("without the line only what the page does alone is possible", () => {
  const phone = advance(talking(), { kind: "line", line: "lost" });
  const call = inFront(phone);
  assert.ok(may(phone, call, "mute"));
  for (const action of ["hold", "transfer", "hangUp", "tone", "consult"] as const) assert.ok(!may(phone, call, action), action);
});

test("nothing else is asked of a call whose answer is still out", () => {
  const phone = advance(talking(), { kind: "pending", id: "a", pending: "hold" });
  assert.ok(!may(phone, inFront(phone), "transfer"));
  assert.ok(may(phone, inFront(phone), "hold"), "hold and resume wait for each other's turn");
  const leaving = advance(talking(), { kind: "pending", id: "a", pending: "transfer" });
  assert.ok(!may(leaving, inFront(leaving), "hold"));
  assert.ok(may(advance(phone, { kind: "pending", id: "a", pending: null }), find(talking(), "a"), "hold"));
});

test("mute and unmute follow what is", () => {
  const phone = advance(talking(), { kind: "muted", id: "a", muted: true });
  assert.ok(!may(phone, inFront(phone), "mute"));
  assert.ok(may(phone, inFront(phone), "unmute"));
});

test("a consultation is in front, the caller behind it", () => {
  const phone = after(held(), dialled("b", "a"), { kind: "connected", id: "b", at: 12 });
  assert.equal(inFront(phone)!.id, "b");
  assert.equal(customer(phone)!.id, "a");
  assert.ok(may(phone, inFront(phone), "complete"));
  assert.ok(may(phone, inFront(phone), "back"));
  assert.ok(!may(phone, inFront(phone), "transfer"));
});

test("a consultation cannot be completed before it is answered", () => {
  const phone = after(held(), dialled("b", "a"));
  assert.ok(!may(phone, inFront(phone), "complete"));
  assert.ok(may(phone, inFront(phone), "back"));
});

test("when the asked one leaves, the caller is in front again, on hold", () => {
  const phone = after(held(), dialled("b", "a"), { kind: "ended", id: "b" });
  assert.equal(inFront(phone)!.id, "a");
  assert.ok(may(phone, inFront(phone), "resume"));
});

test("when the caller leaves, the consultation is a call like any other", () => {
  const phone = after(held(), dialled("b", "a"), { kind: "connected", id: "b", at: 12 }, { kind: "ended", id: "a" });
  assert.equal(inFront(phone)!.consults, null);
  assert.ok(may(phone, inFront(phone), "transfer"));
});

test("a second call rings beside the first", () => {
  const phone = after(talking(), rang("b"));
  assert.equal(ringing(phone)!.id, "b");
  assert.equal(inFront(phone)!.id, "a");
});

test("the time of talking begins with the answer", () => {
  assert.equal(inFront(talking())!.since, 9);
  assert.equal(inFront(held())!.since, 9);
});

test("after a transfer the other side has another name", () => {
  const phone = advance(talking(), { kind: "named", id: "a", number: "1009", name: "Jonas" });
  assert.deepEqual([inFront(phone)!.number, inFront(phone)!.name], ["1009", "Jonas"]);
});
