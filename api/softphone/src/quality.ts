/*
 * How a line sounds, by the E-model (ITU-T G.107, loss by G.113), from what the browser counts (getStats). Pure.
 *
 * Ie = 0 and Bpl = 25.1 are G.113's values of G.711 with packet loss concealment, which is what browsers speak here.
 * Samples hold counters since the call's beginning.
 */

/** Counters of one moment. Times in seconds. */
export interface Sample {
  readonly received: number;
  readonly lost: number;
  readonly jitter: number;
  readonly roundTrip: number | null;
  readonly buffer: number;
  /** What the other side says to have missed of us, a ratio 0-1. */
  readonly lostThere: number | null;
}

export interface Reading {
  readonly mos: number;
  readonly lossRatio: number;
  readonly jitterMs: number;
  readonly rttMs: number | null;
  readonly word: Word;
}

export type Word = "good" | "fair" | "poor" | "bad";

const DEFAULT_R = 93.2;
const BPL = 25.1;
// One packet's length and the coder's look-ahead.
const PACKET_MS = 26.5;
// Below these a conversation is disturbed; G.107 appendix: "some users dissatisfied" begins at 4.03, "many" at 3.6, "nearly all" at 3.1.
const LIMITS: readonly (readonly [Word, number])[] = [["good", 4.0], ["fair", 3.6], ["poor", 3.1], ["bad", 0]];

/** Mean opinion score 1-4.5 of a one-way delay in ms and a loss ratio 0-1. */
export function mos(delayMs: number, lossRatio: number): number {
  const late = Math.max(0, delayMs - 177.3);
  const loss = Math.min(1, Math.max(0, lossRatio)) * 100;
  const r = DEFAULT_R - (0.024 * delayMs + 0.11 * late) - (95 * loss) / (loss + BPL);
  if (r <= 0) return 1;
  return 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6;
}

/** What the line was like between two samples: both ways, the worse counts. */
export function reading(before: Sample, after: Sample): Reading | null {
  const received = after.received - before.received;
  const lost = Math.max(0, after.lost - before.lost);
  if (received + lost <= 0) return null;
  const here = lost / (received + lost);
  const lossRatio = Math.max(here, after.lostThere ?? 0);
  const delay = ((after.roundTrip ?? 0) / 2 + after.buffer) * 1000 + PACKET_MS;
  const value = mos(delay, lossRatio);
  return {
    mos: Math.round(value * 100) / 100,
    lossRatio: Math.round(lossRatio * 1e4) / 1e4,
    jitterMs: Math.round(after.jitter * 1e4) / 10,
    rttMs: after.roundTrip === null ? null : Math.round(after.roundTrip * 1e4) / 10,
    word: LIMITS.find(([, least]) => value >= least)![0],
  };
}

/** The sample in a report of getStats; null while nothing arrived. */
export function sample(report: Iterable<Record<string, unknown>>): Sample | null {
  let heard: Record<string, unknown> | undefined;
  let told: Record<string, unknown> | undefined;
  for (const entry of report) {
    if (entry["kind"] !== "audio") continue;
    if (entry["type"] === "inbound-rtp") heard = entry;
    if (entry["type"] === "remote-inbound-rtp") told = entry;
  }
  if (!heard) return null;
  const emitted = number(heard["jitterBufferEmittedCount"]) ?? 0;
  return {
    received: number(heard["packetsReceived"]) ?? 0,
    lost: number(heard["packetsLost"]) ?? 0,
    jitter: number(heard["jitter"]) ?? 0,
    buffer: emitted > 0 ? (number(heard["jitterBufferDelay"]) ?? 0) / emitted : 0,
    roundTrip: number(told?.["roundTripTime"]),
    lostThere: number(told?.["fractionLost"]),
  };
}

function number(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

// A sample each two seconds; five of them are what the word stands for.
export const EVERY_MS = 2000;
const WINDOW = 5;

/** The readings of one leg: of its last ten seconds, and of the whole. */
export class Gauge {
  #first: Sample | null = null;
  #last: Sample[] = [];
  #jitter = 0;
  #count = 0;

  take(next: Sample): Reading | null {
    this.#first ??= next;
    this.#jitter += next.jitter;
    this.#count += 1;
    const before = this.#last[0] ?? null;
    this.#last = [...this.#last, next].slice(-WINDOW);
    return before && reading(before, next);
  }

  /** Of the whole leg, with the mean jitter. */
  get whole(): Reading | null {
    const last = this.#last.at(-1);
    if (!this.#first || !last || this.#first === last) return null;
    return reading(this.#first, { ...last, jitter: this.#jitter / this.#count });
  }
}
