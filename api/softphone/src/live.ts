/*
 * The live socket: a snapshot first, then events numbered from 1; a number that is missing means that something was
 * missed, so the socket is opened again. A lost connection is tried again after longer and longer pauses.
 */

export interface CurrentCall {
  readonly callId: string;
  readonly contactName: string | null;
  readonly since: number;
  readonly queue: string | null;
  readonly number: string | null;
}

export interface Presence {
  readonly agentId: string;
  readonly pbx: string;
  readonly extension: string;
  readonly name: string;
  readonly state: string;
  readonly since: number;
  readonly reason: string;
  readonly until: number | null;
  readonly then: string | null;
  readonly thenReason: string;
  readonly currentCall: CurrentCall | null;
}

export interface Waiting {
  readonly queueId: string;
  readonly name: string;
  readonly pbx: string;
  readonly waiting: number;
  readonly waiters: readonly { readonly callId: string; readonly since: number }[];
}

export interface Stint {
  readonly queue: string;
  readonly enteredAt: string;
  readonly waitS: number | null;
}

export interface CallFacts {
  readonly callId: string;
  readonly status: string;
  readonly metadata: {
    readonly fromNumber: string | null; readonly fromName: string | null; readonly toNumber: string | null;
    readonly direction: string; readonly startedAt: number | string; readonly stints?: readonly Stint[];
  };
}

export interface PhoneCommand {
  readonly commandId: string;
  /** Whose page is meant: others pass it over. */
  readonly pageId: string;
  readonly name: string;
  readonly callId: string;
  /** What this phone dials for it, checked already. */
  readonly target: string | null;
}

/** What is heard, by event; `open` is ours: whether the socket is there. */
export interface Heard {
  snapshot: { now: number; queues: Waiting[]; agents: Presence[] };
  "presence:update": Presence;
  "queue:update": Waiting;
  "call:incoming": { callId: string; from: string; to: string; queue: string | null; contactName: string | null };
  "call:state:changed": CallFacts;
  "call:ended": { callId: string; duration: number };
  "command:updated": { commandId: string; name: string; status: string; detail: string; callId: string | null };
  "phone:command": PhoneCommand;
  summary: { now: number };
}

export type Hearing = { [Event in keyof Heard]: (data: Heard[Event]) => void } & {
  open(open: boolean): void;
  /** The sign-in is over. */
  out(): void;
};

const FIRST_PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 8000;
// The feed says how fresh it is at least each ten seconds.
const SILENCE_MS = 15_000;
const SIGNED_OUT = 4401;
const MISSED = 4000;

interface Frame {
  readonly event: string;
  readonly data: unknown;
  readonly seq: number;
}

export class LiveSocket {
  readonly #open: () => WebSocket;
  readonly #hearing: Partial<Hearing>;
  #socket: WebSocket | null = null;
  #seq = 0;
  #failures = 0;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(open: () => WebSocket, hearing: Partial<Hearing>) {
    this.#open = open;
    this.#hearing = hearing;
  }

  start(): void {
    this.#seq = 0;
    const socket = this.#open();
    this.#socket = socket;
    socket.onmessage = ({ data }) => {
      if (socket === this.#socket) this.#take(JSON.parse(String(data)) as Frame);
    };
    socket.onclose = ({ code }) => {
      if (socket === this.#socket) this.#lost(code);
    };
    this.#listen();
  }

  stop(): void {
    clearTimeout(this.#silence);
    clearTimeout(this.#retry);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #take(frame: Frame): void {
    this.#listen();
    this.#seq += 1;
    if (frame.seq !== this.#seq) {
      this.#drop();
      return;
    }
    if (frame.event === "snapshot") {
      this.#failures = 0;
      this.#hearing.open?.(true);
    }
    const heard = this.#hearing[frame.event as keyof Heard] as ((data: unknown) => void) | undefined;
    heard?.(frame.data);
  }

  #listen(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#drop(), SILENCE_MS);
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close(MISSED);
    this.#lost(MISSED);
  }

  #lost(code: number): void {
    clearTimeout(this.#silence);
    this.#hearing.open?.(false);
    if (code === SIGNED_OUT) {
      this.#hearing.out?.();
      return;
    }
    // Half of the pause is left to chance, so that a hundred desks do not come back at the same instant.
    const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures);
    this.#failures += 1;
    this.#retry = setTimeout(() => this.start(), longest / 2 + (Math.random() * longest) / 2);
  }
}

/** The agent's state at `now`: what time alone ended is replaced by what follows it. */
export function presenceAt(own: Presence, now: number): Presence {
  if (!own.until || !own.then || now < own.until) return own;
  return { ...own, state: own.then, since: own.until, reason: own.thenReason, until: null, then: null, thenReason: "" };
}
