/*
 * When something is no longer calm. The first limit shows amber, the second red: waits in seconds, waiting in callers, the service level
 * below its target amber and below a limit red. Managers set a queue's own; what they leave empty is as here.
 */

export const WAIT_LIMITS = [60, 120];

// A call may last as long as it needs, so being on one has no limit.
export const STATE_LIMITS = {
  ringing: [30, 60],
  on_hold: [600, 1200],
  wrap_up: [300, 600],
  paused: [1800, 3600],
};

export const LEVELS = ["", "warn", "bad"];

const ADDRESS = "/api/pbx/manager/limits";
let own = new Map();

/** 0: calm, 1: past the first limit, 2: past the second. A limit that is null is never passed. */
export function levelOf(value, limits) {
  if (!limits || value === null) return 0;
  if (limits[1] !== null && value > limits[1]) return 2;
  return limits[0] !== null && value > limits[0] ? 1 : 0;
}

/** A queue's limits, by its PBX and id: `{wait, waiting, levelRed}`. */
export function limitsOf(pbx, queueId) {
  const mine = said(pbx, queueId);
  return {
    wait: [mine.waitAmberSeconds ?? WAIT_LIMITS[0], mine.waitRedSeconds ?? Math.max(WAIT_LIMITS[1], mine.waitAmberSeconds ?? 0)],
    waiting: [mine.waitingAmber ?? null, mine.waitingRed ?? null],
    levelRed: mine.levelRed ?? null,
  };
}

/** Fetch what managers have said of all queues. Without an answer every queue is as here. */
export async function fetchLimits() {
  const answer = await fetch(ADDRESS, { cache: "no-store" }).catch(() => null);
  if (!answer?.ok) return;
  const { items } = await answer.json();
  own = new Map(items.map(({ id, limits }) => [id, limits]));
}

/** Set a queue's limits; what is refused is thrown, its words as message and by field. */
export async function setLimits(pbx, queueId, limits) {
  const id = `${pbx}:${queueId}`;
  const sent = { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify(limits) };
  const answer = await fetch(`${ADDRESS}/${encodeURIComponent(id)}`, sent).catch(() => null);
  if (!answer) throw refused("The server does not answer. Try again in a moment.");
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw refused(body.detail ?? `Trunkline answered ${answer.status}.`);
  own.set(id, body.limits);
}

/** What managers have said of a queue. */
export const said = (pbx, queueId) => own.get(`${pbx}:${queueId}`) ?? {};

function refused(detail) {
  const [, name, words] = detail.match(/^([A-Za-z]+): (.+)$/s) ?? [];
  return Object.assign(new Error(detail), { fields: name ? { [name]: words } : {} });
}
