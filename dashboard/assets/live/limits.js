/*
 * When something is no longer calm. Seconds; the first limit shows amber, the second red. These are the defaults of every
 * queue and every agent.
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

/** 0: calm, 1: past the first limit, 2: past the second. */
export function levelOf(seconds, limits) {
  if (!limits || seconds === null) return 0;
  return limits.filter((limit) => seconds > limit).length;
}
