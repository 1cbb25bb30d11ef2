/* A refused offer is taken back; whatever else ends a call still does. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { outliveRefusal, REFUSED } from "../src/refusal.ts";

test("a call outlives the refusal of a new offer, and nothing else", () => {
  const done: string[] = [];
  const session = {
    connection: { setLocalDescription: async ({ type }: { type: string }): Promise<void> => void done.push(type) },
    terminate: (options?: { reason_phrase?: string }): void => void done.push(options?.reason_phrase ?? "ended"),
  };
  outliveRefusal(session);
  session.terminate({ reason_phrase: REFUSED });
  session.terminate({ reason_phrase: "Busy Here" });
  session.terminate();
  assert.deepEqual(done, ["rollback", "Busy Here", "ended"]);
});
