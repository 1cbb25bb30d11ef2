/* Watches how the call in front sounds: a sample each two seconds, a report to the server each ten and at its end. */

import { EVERY_MS, Gauge, type Reading, sample } from "./quality.ts";

const REPORT_EVERY = 5;

export interface Watched {
  stats(id: string): Promise<RTCStatsReport | null>;
}

export class LineWatch {
  readonly #line: Watched;
  readonly #show: (reading: Reading | null) => void;
  readonly #report: (callId: string, whole: Reading) => void;
  #id: string | null = null;
  #callId: string | null = null;
  #gauge = new Gauge();
  #timer: ReturnType<typeof setInterval> | undefined;
  #samples = 0;

  constructor(line: Watched, show: (reading: Reading | null) => void, report: (callId: string, whole: Reading) => void) {
    this.#line = line;
    this.#show = show;
    this.#report = report;
  }

  /** This call is talked to now; null: none. `callId` is the server's name of it, once that is known. */
  watch(id: string | null, callId: string | null): void {
    if (id === this.#id) {
      this.#callId ??= callId;
      return;
    }
    this.#tell();
    clearInterval(this.#timer);
    this.#id = id;
    this.#callId = callId;
    this.#gauge = new Gauge();
    this.#samples = 0;
    this.#show(null);
    if (id !== null) this.#timer = setInterval(() => void this.#sample(id), EVERY_MS);
  }

  async #sample(id: string): Promise<void> {
    const report = await this.#line.stats(id).catch(() => null);
    if (!report || id !== this.#id) return;
    const taken = sample(report.values() as Iterable<Record<string, unknown>>);
    if (!taken) return;
    this.#show(this.#gauge.take(taken));
    this.#samples += 1;
    if (this.#samples % REPORT_EVERY === 0) this.#tell();
  }

  #tell(): void {
    const whole = this.#gauge.whole;
    if (whole && this.#callId) this.#report(this.#callId, whole);
  }
}
