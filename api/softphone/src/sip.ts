/* What the desk needs of a SIP phone: our own words, so that the library behind it can be another one. */

import type { Line } from "./phone.ts";

/** How to be reached; the secret is this sign-in's alone. */
export interface Account {
  readonly uri: string;
  readonly user: string;
  readonly secret: string;
  readonly socket: string;
  readonly iceServers: RTCIceServer[];
  /** ICE gathers for so long at most: an unreachable STUN server would hold each call up for 40 s. */
  readonly gatherMs: number;
}

export interface Rung {
  readonly id: string;
  readonly number: string;
  readonly name: string;
  /** The server asks to answer without a click: a call recovered, one that we dialled ourselves, a supervisor's. */
  readonly auto: boolean;
}

export interface SipEvents {
  line(line: Line): void;
  /** The PBX does not take the secret (any more): a new one is needed. */
  refused(): void;
  rang(call: Rung): void;
  connected(id: string): void;
  held(id: string): void;
  resumed(id: string): void;
  /** What the other side sounds like; before the answer already where there is early media. */
  heard(id: string, stream: MediaStream): void;
  named(id: string, number: string, name: string): void;
  /** `why` is SIP's own word, empty for an end as any other. */
  ended(id: string, why: string): void;
}

export interface Sip {
  start(): void;
  stop(): void;
  /** Another secret for the same account. */
  renew(secret: string): void;
  /** Dials; the new call's id. */
  call(target: string, microphone: MediaStream): string;
  answer(id: string, microphone: MediaStream): void;
  hangUp(id: string): void;
  reject(id: string): void;
  mute(id: string, muted: boolean): void;
  tone(id: string, tones: string): void;
  /** Each resolves when the PBX agreed, and rejects with its word. */
  hold(id: string): Promise<void>;
  resume(id: string): Promise<void>;
  blind(id: string, target: string): Promise<void>;
  attended(id: string, consultation: string): Promise<void>;
  /** Another microphone from now on, in every call. */
  microphone(track: MediaStreamTrack): void;
  /** The machine is on another network now. */
  moved(): void;
  stats(id: string): Promise<RTCStatsReport | null>;
}

/** Whether an INVITE asks to be answered at once, by its headers. */
export function asksToAnswer(callInfo: string | undefined, alertInfo: string | undefined): boolean {
  return /;\s*answer-after\s*=\s*0\b/i.test(callInfo ?? "") || /\binfo\s*=\s*alert-autoanswer\b/i.test(alertInfo ?? "");
}
