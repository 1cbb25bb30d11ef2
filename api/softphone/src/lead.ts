/*
 * One tab leads: it has the line, the sound and the ringing. The others show what it shows and hand it what is clicked.
 * The browser's lock says which; when that tab goes, the next one has the lock within a moment. Where the address is
 * neither https nor this machine there are no locks, and no microphone either, so that this tab simply leads.
 */

export interface Courier<State, Intent> {
  /** This tab leads from now on, until it is closed. */
  leads(): void;
  /** Another tab leads and shows this. */
  shown(state: State): void;
  /** Another tab was asked to do this. */
  asked(intent: Intent): void;
}

type Letter<State, Intent> = { kind: "state"; state: State } | { kind: "do"; intent: Intent } | { kind: "hello" };

/** The part of `navigator.locks` that is needed. */
export interface Locks {
  request(name: string, held: () => Promise<void>): Promise<void>;
}

/** The part of BroadcastChannel that is needed. */
export interface Channel {
  postMessage(message: unknown): void;
  addEventListener(kind: "message", listener: (event: { data: unknown }) => void): void;
}

export class Lead<State, Intent> {
  readonly #channel: Channel;
  readonly #courier: Courier<State, Intent>;
  #state: State | null = null;
  #leading = false;

  constructor(name: string, courier: Courier<State, Intent>, channel: Channel, locks: Locks | undefined) {
    this.#courier = courier;
    this.#channel = channel;
    channel.addEventListener("message", (event) => this.#take(event.data as Letter<State, Intent>));
    if (!locks) {
      this.#begin();
      return;
    }
    void locks.request(name, () => {
      this.#begin();
      return new Promise(() => undefined);
    });
    this.#send({ kind: "hello" });
  }

  get leading(): boolean {
    return this.#leading;
  }

  /** The leading tab shows this now. */
  show(state: State): void {
    this.#state = state;
    if (this.#leading) this.#send({ kind: "state", state });
  }

  /** Hand this to the tab that leads. */
  ask(intent: Intent): void {
    this.#send({ kind: "do", intent });
  }

  #begin(): void {
    this.#leading = true;
    this.#courier.leads();
  }

  #take(letter: Letter<State, Intent>): void {
    if (this.#leading) {
      if (letter.kind === "do") this.#courier.asked(letter.intent);
      if (letter.kind === "hello" && this.#state !== null) this.#send({ kind: "state", state: this.#state });
    } else if (letter.kind === "state") {
      this.#courier.shown(letter.state);
    }
  }

  #send(letter: Letter<State, Intent>): void {
    this.#channel.postMessage(letter);
  }
}
