/* Notes are kept as they are typed, tried again, and never lost by the next call. */

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { type Keeper, Notebook, lines } from "../src/notebook.ts";
import { Refused } from "../src/server.ts";
import type { Notes } from "../src/state.ts";

interface Browser { draft: string | null }

class Desk implements Keeper {
  readonly written: [string, string, string | null][] = [];
  shown: Notes | null = null;
  failing: Refused | null = null;
  there: { notes: string | null; disposition: string | null } = { notes: null, disposition: null };
  away = false;
  readonly notebook: Notebook;

  constructor(browser: Browser = { draft: null }) {
    const drafts = { read: () => browser.draft, write: (draft: string | null) => { browser.draft = draft; } };
    this.notebook = new Notebook(this, drafts, (notes) => { this.shown = notes; });
  }

  async notesOf(): Promise<{ notes: string | null; disposition: string | null }> {
    if (this.away) throw new Refused(0, "away");
    return this.there;
  }

  async write(callId: string, notes: string, disposition: string | null): Promise<{ notes: string; disposition: string | null }> {
    if (this.failing) throw this.failing;
    this.written.push([callId, notes, disposition]);
    return { notes, disposition };
  }
}

const settle = async (): Promise<void> => { for (let turn = 0; turn < 10; turn += 1) await Promise.resolve(); };

async function later(ms: number): Promise<void> {
  mock.timers.tick(ms);
  await settle();
}

test("saving", async (context) => {
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  context.after(() => mock.timers.reset());

  await context.test("a second after the last key", async () => {
    const desk = new Desk();
    await desk.notebook.turnTo("c1");
    desk.notebook.type("wants");
    await later(900);
    assert.deepEqual(desk.written, []);
    await later(200);
    assert.deepEqual(desk.written, [["c1", "wants", null]]);
    assert.equal(desk.shown!.state, "kept");
  });

  await context.test("two seconds at most while somebody types on", async () => {
    const desk = new Desk();
    await desk.notebook.turnTo("c1");
    for (let key = 0; key < 5; key += 1) {
      desk.notebook.type("x".repeat(key + 1));
      await later(500);
    }
    assert.equal(desk.written.length, 1);
  });

  await context.test("a result at once", async () => {
    const desk = new Desk();
    await desk.notebook.turnTo("c1");
    desk.notebook.choose("SOLD");
    await later(0);
    assert.deepEqual(desk.written, [["c1", "", "SOLD"]]);
  });

  await context.test("what failed is tried again, also when the next call is there", async () => {
    const desk = new Desk();
    await desk.notebook.turnTo("c1");
    desk.failing = new Refused(0, "away");
    desk.notebook.type("late");
    await later(1000);
    assert.equal(desk.shown!.state, "failed");
    await desk.notebook.turnTo("c2");
    await settle();
    desk.failing = null;
    await later(3000);
    assert.ok(desk.written.some(([call, text]) => call === "c1" && text === "late"));
    assert.equal(desk.shown!.callId, "c2");
  });

  await context.test("what the server never takes is sent once", async () => {
    const desk = new Desk();
    await desk.notebook.turnTo("c1");
    desk.failing = new Refused(400, "no");
    desk.notebook.type("x");
    await later(1000);
    desk.failing = null;
    await later(10_000);
    assert.deepEqual(desk.written, []);
  });

  await context.test("the next call's beginning keeps what was typed", async () => {
    const desk = new Desk();
    await desk.notebook.turnTo("c1");
    desk.notebook.type("half a");
    await desk.notebook.turnTo("c2");
    assert.deepEqual(desk.written, [["c1", "half a", null]]);
  });

  await context.test("after a reload the notes are there again", async () => {
    const desk = new Desk();
    desk.there = { notes: "before", disposition: "SOLD" };
    await desk.notebook.turnTo("c1");
    assert.deepEqual([desk.shown!.text, desk.shown!.result], ["before", "SOLD"]);
  });

  await context.test("what the server did not have yet is there after a reload, and is kept", async () => {
    const browser: Browser = { draft: null };
    const before = new Desk(browser);
    await before.notebook.turnTo("c1");
    before.failing = new Refused(0, "away");
    before.notebook.type("half a");
    const after = new Desk(browser);
    after.there = { notes: "older", disposition: null };
    await after.notebook.turnTo("c1");
    assert.equal(after.shown!.text, "half a");
    await later(0);
    assert.deepEqual(after.written, [["c1", "half a", null]]);
    assert.equal(browser.draft, null);
  });

  await context.test("a draft is of one call, and whatever else is found there is none", async () => {
    for (const draft of [JSON.stringify({ callId: "c0", text: "x", result: null }), "{", "7"]) {
      const desk = new Desk({ draft });
      desk.there = { notes: "before", disposition: null };
      await desk.notebook.turnTo("c1");
      assert.equal(desk.shown!.text, "before");
    }
  });

  await context.test("a server that does not answer is asked again for what it has", async () => {
    const desk = new Desk();
    desk.there = { notes: "before", disposition: null };
    desk.away = true;
    await desk.notebook.turnTo("c1");
    desk.away = false;
    await later(3000);
    assert.equal(desk.shown!.text, "before");
  });
});

test("ends of lines become spaces", () => {
  assert.equal(lines("a\r\nb\u2028c\td\u0000e"), "a\nb\nc\td e");
});
