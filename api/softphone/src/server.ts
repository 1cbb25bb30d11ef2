/*
 * What the desk asks of the server by REST. The answers' shapes are those of docs/api.md. Throws Refused with the
 * server's own sentence; a server that does not answer is a Refused of status 0.
 */

import { SAYS } from "./words.ts";

export interface Session {
  readonly agentId: string;
  readonly name: string;
  readonly extension: string;
  readonly pbx: string;
  readonly sip: { readonly uri: string; readonly user: string; readonly secret: string; readonly wsPath: string };
  readonly iceServers: RTCIceServer[];
  readonly gatherMs: number;
  readonly recoverMs: number;
  readonly wrapUpS: number;
  readonly pauseReasons: readonly string[];
  readonly echoExtension: string;
  readonly tenantName: string;
  /** When this sign-in began, ms since 1970. */
  readonly signedInAt?: number | null;
}

export interface PersonRow {
  readonly agentId: string;
  readonly name: string;
  readonly extension: string;
  readonly state: string;
  readonly since: number | null;
  readonly reason: string;
}

export interface QueueRow {
  readonly queueId: string;
  readonly name: string;
  readonly waiting: number;
  readonly longestWait: number;
}

export interface Directory {
  readonly people: readonly PersonRow[];
  readonly queues: readonly QueueRow[];
}

export interface Target {
  readonly ok: boolean;
  readonly kind: "agent" | "queue" | "number" | null;
  /** What the phone dials for it; null where it is not `ok`. */
  readonly dial: string | null;
  readonly name: string | null;
  readonly why: string;
}

export interface PastCall {
  readonly callId: string;
  /** ISO 8601. */
  readonly at: string;
  readonly direction: string;
  readonly number: string | null;
  readonly name: string | null;
  readonly queue: string | null;
  readonly talkS: number;
  readonly disposition: string | null;
  readonly missed: boolean;
}

export interface Contact {
  readonly name: string;
  readonly number: string;
  readonly company: string;
  readonly email: string;
  readonly notes: string;
}

export interface EarlierCall {
  readonly callId: string;
  /** ISO 8601. */
  readonly at: string;
  readonly direction: string;
  readonly queue: string | null;
  readonly agent: string | null;
  readonly talkS: number;
  readonly result: string | null;
  readonly notes: string | null;
}

/** Whom the agent talks to: `calls` before this one, and the last of them. */
export interface Customer {
  readonly number: string | null;
  readonly contact: Contact | null;
  readonly calls: number;
  readonly firstAt: string | null;
  readonly last: readonly EarlierCall[];
}

export interface Disposition {
  readonly code: string;
  readonly title: string;
}

export interface Command {
  readonly commandId: string;
  readonly status: string;
  readonly detail: string;
  readonly callId: string | null;
}

export interface CallNotes {
  readonly notes: string | null;
  readonly disposition: string | null;
}

export class Refused extends Error {
  readonly status: number;
  constructor(status: number, detail: string) {
    super(detail);
    this.status = status;
  }
}

const BASE = "/api/pbx";
const PATIENCE_MS = 10_000;

export type Fetch = (address: string, init: RequestInit) => Promise<Response>;

export class Server {
  readonly #fetch: Fetch;

  constructor(fetching: Fetch) {
    this.#fetch = fetching;
  }

  session(pageId: string): Promise<Session> {
    return this.#ask("POST", "/phone/session", { pageId });
  }

  directory(find: string): Promise<Directory> {
    return this.#ask("GET", `/phone/directory?find=${encodeURIComponent(find)}`);
  }

  /** Whether a call can be sent there; the server lets this page dial it for a moment after. */
  target(to: string, callId: string | null): Promise<Target> {
    return this.#ask("POST", "/phone/target", { to, callId });
  }

  /** What came of something that the server asked this page for. */
  tell(commandId: string, done: boolean, why: string): Promise<void> {
    return this.#ask("POST", `/phone/commands/${encodeURIComponent(commandId)}`, { done, why });
  }

  async history(): Promise<readonly PastCall[]> {
    return (await this.#ask<{ calls: PastCall[] }>("GET", "/phone/history")).calls;
  }

  async dispositions(): Promise<readonly Disposition[]> {
    return (await this.#ask<{ dispositions: Disposition[] }>("GET", "/dispositions")).dispositions;
  }

  /** The key makes a click that is sent twice one call. */
  dial(phoneNumber: string, key: string): Promise<Command> {
    return this.#ask("POST", "/calls/dial", { phoneNumber }, { "Idempotency-Key": key });
  }

  status(status: string, reason: string): Promise<Command> {
    return this.#ask("POST", "/agent/status", { status, reason });
  }

  notesOf(callId: string): Promise<CallNotes> {
    return this.#ask("GET", `/calls/${encodeURIComponent(callId)}`);
  }

  customer(callId: string): Promise<Customer> {
    return this.#ask("GET", `/calls/${encodeURIComponent(callId)}/customer`);
  }

  write(callId: string, notes: string, disposition: string | null): Promise<CallNotes> {
    return this.#ask("POST", `/calls/${encodeURIComponent(callId)}/notes`, { notes, disposition });
  }

  conference(callId: string, target: string): Promise<Command> {
    return this.#ask("POST", `/calls/${encodeURIComponent(callId)}/conference`, { target });
  }

  quality(callId: string, leg: { mos: number; lossRatio: number; jitterMs: number; rttMs: number | null }): Promise<void> {
    return this.#ask("POST", "/phone/quality", { callId, ...leg, method: "e_model_getstats" });
  }

  async signOut(): Promise<void> {
    await this.#fetch("/api/auth/logout", { method: "POST" }).catch(() => undefined);
  }

  async #ask<Answer>(method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<Answer> {
    const init: RequestInit = { method, headers: { ...headers }, signal: AbortSignal.timeout(PATIENCE_MS) };
    if (body) {
      init.body = JSON.stringify(body);
      (init.headers as Record<string, string>)["content-type"] = "application/json";
      // The page may be closing: what is written down now still has to arrive.
      init.keepalive = true;
    }
    let response: Response;
    try {
      response = await this.#fetch(BASE + path, init);
    } catch {
      throw new Refused(0, SAYS.unavailable);
    }
    const answer = (await response.json().catch(() => ({}))) as { detail?: string };
    if (!response.ok) throw new Refused(response.status, answer.detail ?? SAYS.unavailable);
    return answer as Answer;
  }
}
