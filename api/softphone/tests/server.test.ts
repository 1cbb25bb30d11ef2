/* What is asked of the server, and what becomes of its answers; and a feed of which a piece is missing. */

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { LiveSocket } from "../src/live.ts";
import { Refused, Server } from "../src/server.ts";

const answering = (status: number, body: unknown) => async (): Promise<Response> => new Response(JSON.stringify(body), { status });

test("a refusal is the server's own sentence", async () => {
  const server = new Server(answering(409, { detail: "You have no phone." }));
  await assert.rejects(server.session("p"), (error: Refused) => error.status === 409 && error.message === "You have no phone.");
});

test("a server that does not answer is a refusal as well", async () => {
  const server = new Server(async () => { throw new TypeError("away"); });
  await assert.rejects(server.history(), (error: Refused) => error.status === 0 && error.message.length > 0);
});

test("a dial has a key, so that it is one call however often it is sent", async () => {
  const sent: RequestInit[] = [];
  const server = new Server(async (_address, init) => {
    sent.push(init);
    return new Response("{}", { status: 202 });
  });
  await server.dial("555", "key");
  assert.equal((sent[0]!.headers as Record<string, string>)["Idempotency-Key"], "key");
});

test("what is written in an address is escaped", async () => {
  const asked: string[] = [];
  const server = new Server(async (address) => {
    asked.push(address);
    return new Response("{}");
  });
  await server.directory("a&x=#");
  await server.notesOf("pbx1:a/b");
  assert.deepEqual(asked, ["/api/pbx/phone/directory?find=a%26x%3D%23", "/api/pbx/calls/pbx1%3Aa%2Fb"]);
});

/** The part of a browser's socket that is used. */
class Socket {
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  closed = false;
  close(): void { this.closed = true; }
  say(seq: number, event: string, data: unknown = {}): void { this.onmessage!({ data: JSON.stringify({ event, data, seq }) }); }
}

test("the live socket", async (context) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  context.after(() => mock.timers.reset());
  const opened: Socket[] = [];
  const heard: unknown[] = [];
  let socket: LiveSocket | undefined;
  const make = (): void => {
    socket?.stop();
    opened.length = heard.length = 0;
    socket = new LiveSocket(() => {
      opened.push(new Socket());
      return opened.at(-1) as unknown as WebSocket;
    }, { open: (open) => heard.push(open), out: () => heard.push("out"), summary: ({ now }) => heard.push(now) });
    socket.start();
  };

  await context.test("tells what it hears", () => {
    make();
    opened[0]!.say(1, "snapshot", { now: 1 });
    opened[0]!.say(2, "summary", { now: 2 });
    opened[0]!.say(3, "unknown");
    assert.deepEqual(heard, [true, 2]);
  });

  await context.test("opens anew when a piece is missing", () => {
    make();
    opened[0]!.say(1, "snapshot", { now: 1 });
    opened[0]!.say(3, "summary", { now: 2 });
    assert.deepEqual(heard, [true, false]);
    assert.ok(opened[0]!.closed);
    mock.timers.tick(300);
    assert.equal(opened.length, 2);
    opened[1]!.say(1, "snapshot", { now: 3 });
    assert.equal(heard.at(-1), true);
  });

  await context.test("takes silence for a dead line", () => {
    make();
    opened[0]!.say(1, "snapshot", { now: 1 });
    mock.timers.tick(15_000);
    assert.equal(heard.at(-1), false);
  });

  await context.test("does not come back to where nobody is signed in", () => {
    make();
    opened[0]!.onclose!({ code: 4401 });
    mock.timers.tick(60_000);
    assert.equal(opened.length, 1);
    assert.equal(heard.at(-1), "out");
  });
});
