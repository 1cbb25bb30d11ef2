/* The E-model's figures, and the word for them. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Gauge, mos, reading, sample, type Sample } from "../src/quality.ts";

const QUIET: Sample = { received: 0, lost: 0, jitter: 0.002, roundTrip: 0.02, buffer: 0.03, lostThere: 0 };
const at = (received: number, more: Partial<Sample> = {}): Sample => ({ ...QUIET, received, ...more });
const near = (value: number, wanted: number): void => assert.ok(Math.abs(value - wanted) < 0.01, `${value}, not ${wanted}`);

test("the E-model's published points", () => {
  // G.107: R = 93.2 without delay and loss is MOS 4.41.
  near(mos(0, 0), 4.41);
  // R = 93.2 - 0.024 * 150 = 89.6.
  near(mos(150, 0), 4.33);
  // Past 177.3 ms delay counts more: R = 93.2 - 7.2 - 0.11 * 122.7 = 72.5.
  near(mos(300, 0), 3.71);
  // 1 % loss, Bpl 25.1: Ie-eff = 95 / 26.1 = 3.64.
  near(mos(0, 0.01), 4.33);
  // 10 % loss: Ie-eff = 950 / 35.1 = 27.07, R = 66.1.
  near(mos(0, 0.1), 3.41);
});

test("it never leaves the scale", () => {
  assert.equal(mos(5000, 1), 1);
  assert.ok(mos(0, -1) <= 4.5);
});

test("words by what users think", () => {
  assert.equal(reading(at(0), at(500))!.word, "good");
  assert.equal(reading(at(0), at(480, { lost: 20 }))!.word, "fair");
  assert.equal(reading(at(0), at(450, { lost: 50 }))!.word, "poor");
  assert.equal(reading(at(0), at(300, { lost: 200 }))!.word, "bad");
});

test("what the other side misses counts as well", () => {
  const read = reading(at(0), at(500, { lostThere: 0.1 }))!;
  assert.equal(read.lossRatio, 0.1);
  assert.equal(read.word, "poor");
});

test("where nothing arrived there is no figure", () => {
  assert.equal(reading(at(100), at(100)), null);
  assert.equal(sample([]), null);
});

test("a sample is read from a browser's report", () => {
  const taken = sample([
    { type: "inbound-rtp", kind: "video", packetsReceived: 9 },
    { type: "inbound-rtp", kind: "audio", packetsReceived: 100, packetsLost: 3, jitter: 0.004, jitterBufferDelay: 480, jitterBufferEmittedCount: 9600 },
    { type: "remote-inbound-rtp", kind: "audio", roundTripTime: 0.024, fractionLost: 0.01 },
  ]);
  assert.deepEqual(taken, { received: 100, lost: 3, jitter: 0.004, buffer: 0.05, roundTrip: 0.024, lostThere: 0.01 });
});

test("a leg's word is of its last ten seconds, its report of the whole", () => {
  const gauge = new Gauge();
  gauge.take(at(0));
  for (let place = 1; place <= 5; place += 1) gauge.take(at(place * 50, { lost: place * 50 }));
  let last = null;
  for (let place = 1; place <= 6; place += 1) last = gauge.take(at(250 + place * 100, { lost: 250 }));
  assert.equal(last!.word, "good");
  assert.ok(gauge.whole!.lossRatio > 0.2);
});
