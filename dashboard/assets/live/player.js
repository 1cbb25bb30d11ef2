/*
 * The wallboard of the past: a snapshot of an instant, then reels of what the feed told from there on, played at a speed. A reel is
 * fetched before the last one ends; where it comes late, the clock waits for it. Knows nothing of what the events say.
 */

import { now, present, showPast } from "./clocks.js";

const PAST = "/api/pbx/past";
// So much of our own time is fetched at once, and fetched again when half of it is left.
const REEL_MS = 12_000;
const TICK_MS = 100;
// Changes within this, of our own time, are told together.
const STEP_MS = 250;
// The log is a moment behind the PBX: nearer to the present there is nothing to play yet.
const PRESENT_MS = 3_000;
const TRY_AGAIN_MS = 3_000;

export class Player {
  #hooks;
  #asked = null;
  #frames = [];
  #until = 0;
  #speed = 0;
  #timer = null;
  #loading = false;

  /** `onMessage({event, data})`; `onFail(text)`, empty when all is well again; `onEnd()` when the present is reached. */
  constructor(hooks) {
    this.#hooks = hooks;
  }

  get playing() {
    return this.#speed > 0;
  }

  /** Show an instant: ms since the epoch, or local time in ISO 8601. The clock stands until `play`. */
  async show(at) {
    this.pause();
    const when = typeof at === "number" ? new Date(at).toISOString() : at;
    // That it is meant is shown at once, whatever comes of it; what local time is, the server knows.
    if (/(Z|[+-]\d\d:?\d\d)$/.test(when)) showPast(Date.parse(when), 0);
    const snapshot = await this.#ask(`${PAST}?${new URLSearchParams({ at: when })}`);
    if (!snapshot) return false;
    showPast(snapshot.now, 0);
    this.#until = snapshot.now;
    this.#hooks.onMessage({ event: "snapshot", data: snapshot });
    return true;
  }

  /** Play on from what is shown, so many times faster. */
  play(speed) {
    const at = now();
    this.pause();
    this.#speed = speed;
    this.#until = Math.min(this.#until, at);
    showPast(at, 0);
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#tick();
  }

  /** Stand still where we are. What was fetched is forgotten, so that the next reel begins there. */
  pause() {
    this.#asked?.abort();
    clearInterval(this.#timer);
    if (this.#speed) {
      this.#tell(now());
      showPast(now(), 0);
      this.#until = now();
    }
    this.#frames = [];
    this.#loading = false;
    this.#speed = 0;
  }

  #tick() {
    const at = Math.min(now(), this.#until);
    this.#tell(at);
    if (at >= present() - PRESENT_MS) {
      this.pause();
      this.#hooks.onEnd();
      return;
    }
    if (this.#until - at < (REEL_MS * this.#speed) / 2) this.#fetch();
    // Where nothing is left to play the clock waits; with a new reel it goes on from there.
    showPast(at, this.#until > at ? this.#speed : 0);
  }

  #tell(at) {
    while (this.#frames.length && this.#frames[0].at <= at) this.#hooks.onMessage(this.#frames.shift());
  }

  async #fetch() {
    if (this.#loading) return;
    this.#loading = true;
    const since = this.#until;
    const until = Math.min(since + REEL_MS * this.#speed, Math.floor(present()) - PRESENT_MS / 2);
    const reel = until > since ? await this.#ask(`${PAST}/reel?${this.#query(since, until)}`) : null;
    if (reel === undefined) return;
    if (reel) {
      this.#frames.push(...reel.frames);
      this.#until = reel.until;
    }
    // After a failure not at once again.
    setTimeout(() => (this.#loading = false), reel ? 0 : TRY_AGAIN_MS);
  }

  #query(since, until) {
    const [from, to] = [since, until].map((ms) => new Date(ms).toISOString());
    return new URLSearchParams({ since: from, until: to, step: Math.min(60_000, STEP_MS * this.#speed) });
  }

  /** The answer; null after a failure, undefined where something else is asked meanwhile. */
  async #ask(address) {
    this.#asked?.abort();
    const asked = new AbortController();
    this.#asked = asked;
    try {
      const answer = await fetch(address, { signal: asked.signal });
      const said = await answer.json();
      this.#hooks.onFail(answer.ok ? "" : said.detail);
      return answer.ok ? said : null;
    } catch {
      if (asked.signal.aborted) return undefined;
      this.#hooks.onFail("The past cannot be asked for: the server does not answer. It is tried again by itself.");
      return null;
    }
  }
}
