/*
 * Watches the way that a call's sound takes. Where it breaks, as with another network, a new one is asked for by an offer
 * with new addresses (an ICE restart): once the line is there for it, and again until sound flows. Knows no SIP.
 */

// What breaks for less mends by itself. A socket of the network that is gone is closed by then: what is sent on it is lost.
export const PATIENCE_MS = 1500;
// How long an offer may take until the next; how often it is looked whether the line is there for one.
export const AGAIN_MS = 5000;
export const LOOK_MS = 250;

/** The part of RTCPeerConnection that is needed. */
export interface Way {
  readonly iceConnectionState: string;
  addEventListener(kind: "iceconnectionstatechange", listener: () => void): void;
}

export class PathWatch {
  readonly #way: Way;
  readonly #offer: () => boolean;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `offer` makes one, and says whether it could. */
  constructor(way: Way, offer: () => boolean) {
    this.#way = way;
    this.#offer = offer;
    way.addEventListener("iceconnectionstatechange", () => this.#changed());
  }

  /** The network is another one: the way is looked for anew, whatever it seems to be. */
  moved(): void {
    if (this.#way.iceConnectionState !== "closed") this.#in(PATIENCE_MS, true);
  }

  /** The call is over. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  #changed(): void {
    const state = this.#way.iceConnectionState;
    if (state === "disconnected") this.#in(PATIENCE_MS);
    else if (state === "failed") this.#in(0);
    else if (state !== "checking") this.stop();
  }

  #in(ms: number, anyway = false): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#look(anyway), ms);
  }

  #look(anyway: boolean): void {
    const state = this.#way.iceConnectionState;
    const flows = state === "connected" || state === "completed";
    if (state === "closed" || (flows && !anyway)) return;
    if (this.#offer()) this.#in(AGAIN_MS);
    else this.#in(LOOK_MS, anyway);
  }
}
