/* What an agent is doing now, in words and shapes. Pure: the time is given. */

/** Word, shape and colour of each state, in the order in which a queue's bar shows them. */
export const STATES = {
  on_call: { word: "On call", shape: "dot", colour: "acc" },
  on_hold: { word: "On hold", shape: "hold", colour: "acc" },
  ringing: { word: "Ringing", shape: "ring", colour: "warn" },
  available: { word: "Available", shape: "dot", colour: "ok" },
  wrap_up: { word: "Wrap-up", shape: "check", colour: "" },
  paused: { word: "Paused", shape: "pause", colour: "" },
  offline: { word: "Offline", shape: "off", colour: "off" },
};

/** The agent's state at `now`: what time alone ended (wrap-up) is replaced by what follows it. */
export function presenceAt(agent, now) {
  const { state, since, reason, until, then, thenReason } = agent;
  if (!until || !then || now < until) return { state, since, reason };
  return { state: then, since: until, reason: thenReason ?? "" };
}
