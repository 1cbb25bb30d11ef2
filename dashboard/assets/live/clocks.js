/*
 * The server's time in the browser: clocks count here, from the server's `since`, so nothing has to be asked each second.
 * While the feed is down the clock stands still: what is shown is true as of that moment, and says so.
 */

let offset = 0;
let frozen = null;
// A past instant that is shown: where the clock stood when, and how many times faster than ours it runs.
let past = null;

/** The server's clock stood at `ms` when this was called. */
export function setServerTime(ms) {
  offset = ms - Date.now();
}

/** The server's time now, ms since the epoch; while the past is shown, that time. */
export const now = () => (past ? past.at + (Date.now() - past.since) * past.speed : (frozen ?? present()));

/** The server's time now, whatever is shown. */
export const present = () => Date.now() + offset;

/** Show a past instant (ms since the epoch); the clock runs on from there so many times faster, with 0 it stands. */
export function showPast(at, speed) {
  past = { at, speed, since: Date.now() };
}

export function showPresent() {
  past = null;
}

export function freeze() {
  frozen ??= now();
  return frozen;
}

export function thaw() {
  frozen = null;
}

export const secondsSince = (ms) => (now() - ms) / 1000;

/** Calls `tick` at each full second of the server's clock, so that all clocks of a page turn together. Returns how to stop. */
export function everySecond(tick) {
  let timer;
  const next = () => {
    timer = setTimeout(() => {
      tick();
      next();
    }, 1000 - ((Date.now() + offset) % 1000));
  };
  next();
  return () => clearTimeout(timer);
}
