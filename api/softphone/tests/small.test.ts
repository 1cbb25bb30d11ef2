/* Keys, times, numbers, names, and the headers that ask to be answered. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Clock, span } from "../src/clock.ts";
import { KEYS, meaning, place, tone } from "../src/keys.ts";
import { presenceAt, type Presence } from "../src/live.ts";
import { asksToAnswer } from "../src/sip.ts";
import { initials, readable } from "../src/view/look.ts";
import { failure, SAYS } from "../src/words.ts";

const press = (key: string, code: string, more = {}): Parameters<typeof meaning>[0] => ({ key, code, altKey: false, ctrlKey: false, metaKey: false, ...more });

test("each key has one meaning, and each meaning a text", () => {
  const places = Object.values(KEYS).map(({ code, alt, shown }) => `${code} ${alt} ${shown}`);
  assert.equal(new Set(places).size, places.length);
  assert.deepEqual(Object.keys(SAYS.keys).sort(), Object.keys(KEYS).sort());
});

test("with Alt everywhere, without it only where nobody writes", () => {
  assert.equal(meaning(press("å", "KeyA", { altKey: true }), true), "answer");
  assert.equal(meaning(press("a", "KeyA"), false), null);
  assert.equal(meaning(press("?", "Minus"), false), "help");
  assert.equal(meaning(press("?", "Minus"), true), null);
  assert.equal(meaning(press("/", "Digit7"), false), "find");
  assert.equal(meaning(press("Escape", "Escape"), true), "close");
  assert.equal(meaning(press("h", "KeyH", { altKey: true, ctrlKey: true }), false), null);
});

test("digits choose results, and are tones on a keypad", () => {
  assert.equal(place(press("3", "Digit3"), false), 2);
  assert.equal(place(press("3", "Digit3"), true), null);
  assert.equal(place(press("0", "Digit0"), false), null);
  assert.equal(tone(press("#", "Digit3"), false), "#");
  assert.equal(tone(press("a", "KeyA"), false), null);
});

test("spans are m:ss, past an hour h:mm:ss", () => {
  assert.deepEqual([0, 59_999, 61_000, 3_661_000, -5].map(span), ["0:00", "0:59", "1:01", "1:01:01", "0:00"]);
});

test("the server's clock counts", () => {
  const clock = new Clock();
  clock.set(Date.now() + 60_000);
  assert.ok(Math.abs(clock.now() - Date.now() - 60_000) < 50);
});

test("wrap-up ends by time alone", () => {
  const own: Presence = {
    agentId: "a", pbx: "p", extension: "1", name: "", state: "wrap_up", since: 0, reason: "", until: 100, then: "available", thenReason: "", currentCall: null,
  };
  assert.equal(presenceAt(own, 99).state, "wrap_up");
  assert.deepEqual([presenceAt(own, 100).state, presenceAt(own, 100).since], ["available", 100]);
});

test("only the server's header answers a call by itself", () => {
  assert.ok(asksToAnswer("<sip:trunkline>;answer-after=0", undefined));
  assert.ok(asksToAnswer(undefined, "info=alert-autoanswer"));
  assert.ok(!asksToAnswer("<sip:x>;answer-after=05", undefined));
  assert.ok(!asksToAnswer("<sip:x>;answer-after=30", undefined));
  assert.ok(!asksToAnswer(undefined, undefined));
});

test("numbers are read in groups, names have two letters", () => {
  assert.deepEqual(["+15550140040", "5550140040", "1004", "*97"].map(readable), ["+1 555 014 0040", "555 014 0040", "1004", "*97"]);
  assert.deepEqual(["Mira Costa", "Cher", "+1 555", "Ana de la Cruz"].map(initials), ["MC", "C", "", "AC"]);
});

test("a failed call is said in words", () => {
  assert.equal(failure("Busy"), SAYS.busyLine);
  assert.equal(failure("Not Found"), SAYS.noSuch);
  assert.equal(failure("Whatever"), SAYS.dialFailed);
});
