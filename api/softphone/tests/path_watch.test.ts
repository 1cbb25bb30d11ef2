/* When the way of the sound is made anew, and when it is left alone, by a clock that is moved by hand. */

import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { AGAIN_MS, LOOK_MS, PATIENCE_MS, PathWatch } from "../src/path_watch.ts";

class Way {
  iceConnectionState = "connected";
  #listener = (): void => undefined;
  addEventListener(_kind: string, listener: () => void): void {
    this.#listener = listener;
  }
  turns(state: string): void {
    this.iceConnectionState = state;
    this.#listener();
  }
}

let way: Way;
let offers: number;
let ready: boolean;
let watch: PathWatch;

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  [way, offers, ready] = [new Way(), 0, true];
  watch = new PathWatch(way, () => {
    if (ready) offers += 1;
    return ready;
  });
});

test("a way that breaks for a moment is left alone", () => {
  way.turns("disconnected");
  mock.timers.tick(PATIENCE_MS - 1);
  way.turns("connected");
  mock.timers.tick(AGAIN_MS);
  assert.equal(offers, 0);
});

test("a way that is broken is offered anew until sound flows", () => {
  way.turns("disconnected");
  mock.timers.tick(PATIENCE_MS);
  assert.equal(offers, 1);
  way.turns("checking");
  mock.timers.tick(AGAIN_MS);
  assert.equal(offers, 2);
  way.turns("connected");
  mock.timers.tick(AGAIN_MS * 3);
  assert.equal(offers, 2);
});

test("while the line is away nothing is offered, and at once when it is there", () => {
  ready = false;
  way.turns("failed");
  mock.timers.tick(10_000);
  assert.equal(offers, 0);
  ready = true;
  mock.timers.tick(LOOK_MS);
  assert.equal(offers, 1);
});

test("another network asks for a new way though the old one seems to be there", () => {
  watch.moved();
  mock.timers.tick(PATIENCE_MS);
  assert.equal(offers, 1);
  mock.timers.tick(AGAIN_MS * 2);
  assert.equal(offers, 1);
});

test("a call that is over asks for nothing", () => {
  watch.moved();
  watch.stop();
  mock.timers.tick(AGAIN_MS);
  way.turns("closed");
  watch.moved();
  mock.timers.tick(AGAIN_MS);
  assert.equal(offers, 0);
});
