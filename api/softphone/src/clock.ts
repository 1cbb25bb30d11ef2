/* The server's clock: its "now" beside ours, so that every time shown counts from what the server said. */

export class Clock {
  #ahead = 0;

  /** The server says what time it is, in ms since 1970. */
  set(now: number): void {
    this.#ahead = now - Date.now();
  }

  /** The server's time now. */
  now(): number {
    return Date.now() + this.#ahead;
  }

  get ahead(): number {
    return this.#ahead;
  }
}

/** `m:ss`, past an hour `h:mm:ss`. */
export function span(ms: number): string {
  const whole = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number): string => String(value).padStart(2, "0");
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${minutes}:${two(whole % 60)}`
    : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}

/** `hh:mm` of the reader's own day. */
export function timeOfDay(at: number | string): string {
  return new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}

/** `Tue 18 Nov`, with the year where it is another. */
export function day(at: string): string {
  const then = new Date(at);
  const year = then.getFullYear() === new Date().getFullYear() ? {} : { year: "numeric" as const };
  return then.toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "short", ...year }).replace(",", "");
}

/** `March 2023`. */
export function monthOf(at: string): string {
  return new Date(at).toLocaleDateString("en-GB", { month: "long", year: "numeric" });
}
