/* The end of a command is told once, whichever comes first: its answer or its news. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Commands, type Outcome } from "../src/commands.ts";

const CONFIRMED: Outcome = { status: "confirmed", detail: "" };
const FAILED: Outcome = { status: "failed", detail: "The PBX does not answer." };

function told(commands: Commands, id: string): Outcome[] {
  const outcomes: Outcome[] = [];
  commands.given(id, (outcome) => outcomes.push(outcome));
  return outcomes;
}

test("news after the answer", () => {
  const commands = new Commands();
  const outcomes = told(commands, "a");
  assert.deepEqual(outcomes, []);
  commands.ended("a", FAILED);
  commands.ended("a", CONFIRMED);
  assert.deepEqual(outcomes, [FAILED]);
});

test("news before the answer", () => {
  const commands = new Commands();
  commands.ended("a", CONFIRMED);
  assert.deepEqual(told(commands, "a"), [CONFIRMED]);
});

test("others' commands are nobody's here, and are forgotten", () => {
  const commands = new Commands();
  for (let number = 0; number < 60; number += 1) commands.ended(`other-${number}`, FAILED);
  assert.deepEqual(told(commands, "other-0"), []);
  assert.deepEqual(told(commands, "other-59"), [FAILED]);
});
