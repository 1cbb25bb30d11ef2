/* One tab leads, the others follow, and the next one takes over. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Channel, Lead, type Locks } from "../src/lead.ts";

type Listener = (event: { data: unknown }) => void;

/** A browser: channels that hear each other, and one lock. */
class Browser implements Locks {
  readonly #listeners: [object, Listener][] = [];
  readonly #waiting: (() => Promise<void>)[] = [];

  channel(): Channel {
    const own = {};
    return {
      addEventListener: (_kind, listener) => { this.#listeners.push([own, listener]); },
      postMessage: (data) => { for (const [whose, listener] of this.#listeners) if (whose !== own) listener({ data }); },
    };
  }

  async request(_name: string, held: () => Promise<void>): Promise<void> {
    this.#waiting.push(held);
    if (this.#waiting.length === 1) void held();
  }

  /** The tab that has the lock is closed. */
  close(): void {
    this.#waiting.shift();
    void this.#waiting[0]?.();
  }
}

class Tab {
  readonly heard: string[] = [];
  readonly lead: Lead<string, string>;
  constructor(browser: Browser, locks: Locks | undefined = browser) {
    const courier = {
      leads: () => { this.heard.push("leads"); },
      shown: (state: string) => { this.heard.push(`shown ${state}`); },
      asked: (intent: string) => { this.heard.push(`asked ${intent}`); },
    };
    this.lead = new Lead("phone", courier, browser.channel(), locks);
  }
}

test("the first tab leads, the second is told what it shows", () => {
  const browser = new Browser();
  const first = new Tab(browser);
  first.lead.show("on a call");
  const second = new Tab(browser);
  assert.deepEqual(first.heard, ["leads"]);
  assert.deepEqual(second.heard, ["shown on a call"]);
  assert.ok(!second.lead.leading);
});

test("a click in the second tab is done by the first", () => {
  const browser = new Browser();
  const first = new Tab(browser);
  const second = new Tab(browser);
  second.lead.ask("hold");
  assert.deepEqual(first.heard, ["leads", "asked hold"]);
});

test("what a follower shows is not told to others", () => {
  const browser = new Browser();
  const first = new Tab(browser);
  new Tab(browser).lead.show("old");
  assert.deepEqual(first.heard, ["leads"]);
});

test("the next tab takes over when the first is closed", () => {
  const browser = new Browser();
  new Tab(browser);
  const second = new Tab(browser);
  browser.close();
  assert.deepEqual(second.heard, ["leads"]);
});

test("without locks a tab simply leads", () => {
  const browser = new Browser();
  assert.ok(new Lead("phone", { leads: () => undefined, shown: () => undefined, asked: () => undefined }, browser.channel(), undefined).leading);
});
