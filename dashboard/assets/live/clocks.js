/*
 * The server's time in the browser: clocks count here, from the server's `since`, so nothing has to be asked each second.
 * While the feed is down the clock stands still: what is shown is true as of that moment, and says so.
 */

let offset = 0;
let frozen = null;

/** The server's clock stood at `ms` when this was called. */
export function setServerTime(ms) {
  offset = ms - Date.now();
}

/** The server's time now, ms since the epoch. */
export const now = () => frozen ?? Date.now() + offset;

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
