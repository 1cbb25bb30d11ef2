/*
 * The phone as a pure state machine: a line to the PBX and the calls on it, events in, a new phone out.
 * Everything that moves a call from phase to phase is in TRANSITIONS, everything that may be done in which phase is in MAY.
 * An event that does not fit changes nothing: the PBX may have been faster. Knows no SIP, no sound and no clock.
 */

/** `off`: not begun; `lost`: the signalling is away, calls go on; `refused`: the PBX does not take us; `taken`: another page is the phone now. */
export type Line = "off" | "connecting" | "ready" | "lost" | "refused" | "taken";

export type Phase = "dialling" | "ringing" | "answering" | "talking" | "held" | "ending";

/** What was asked of the PBX and is not answered yet. */
export type Pending = "hold" | "resume" | "transfer";

export interface Call {
  /** The SIP session's. */
  readonly id: string;
  readonly direction: "in" | "out";
  readonly phase: Phase;
  readonly number: string;
  readonly name: string;
  readonly muted: boolean;
  readonly pending: Pending | null;
  /** When this phase of ringing, dialling or talking began, in ms of the server's clock. */
  readonly since: number;
  /** Of a consultation: the call that waits for it meanwhile. */
  readonly consults: string | null;
  /** An echo test is no call of a customer. */
  readonly test: boolean;
}

export interface Phone {
  readonly line: Line;
  readonly calls: readonly Call[];
}

export const IDLE: Phone = { line: "off", calls: [] };

export type PhoneEvent =
  | { kind: "line"; line: Line }
  | { kind: "rang"; id: string; number: string; name: string; at: number }
  | { kind: "dialled"; id: string; number: string; name: string; at: number; consults?: string; test?: boolean }
  | { kind: "taken"; id: string }
  | { kind: "connected"; id: string; at: number }
  | { kind: "held"; id: string }
  | { kind: "resumed"; id: string }
  | { kind: "leaving"; id: string }
  | { kind: "ended"; id: string }
  | { kind: "muted"; id: string; muted: boolean }
  | { kind: "pending"; id: string; pending: Pending | null }
  | { kind: "named"; id: string; number: string; name: string };

type Move = "taken" | "connected" | "held" | "resumed" | "leaving";

/** Where each event leads a call from each phase; what is not here is not possible. */
export const TRANSITIONS: Record<Move, Partial<Record<Phase, Phase>>> = {
  taken: { ringing: "answering" },
  connected: { dialling: "talking", answering: "talking" },
  held: { talking: "held" },
  resumed: { held: "talking" },
  leaving: { dialling: "ending", ringing: "ending", answering: "ending", talking: "ending", held: "ending" },
};

export type Action =
  | "answer" | "reject" | "hangUp" | "hold" | "resume" | "mute" | "unmute" | "tone"
  | "transfer" | "consult" | "complete" | "back" | "add";

interface Rule {
  readonly phases: readonly Phase[];
  /** Whether the PBX must be reached for it: SIP's own answer to a lost request would be to end the call. */
  readonly line: boolean;
  /** Only in a consultation, only outside of one, or in both. */
  readonly consultation?: boolean;
  readonly muted?: boolean;
}

const LIVE: readonly Phase[] = ["talking", "held"];

/** What may be done to a call, by its phase. */
export const MAY: Record<Action, Rule> = {
  answer: { phases: ["ringing"], line: true },
  reject: { phases: ["ringing"], line: true },
  hangUp: { phases: ["dialling", "answering", "talking", "held"], line: true },
  hold: { phases: ["talking"], line: true, consultation: false },
  resume: { phases: ["held"], line: true },
  mute: { phases: LIVE, line: false, muted: false },
  unmute: { phases: LIVE, line: false, muted: true },
  tone: { phases: ["talking"], line: true },
  transfer: { phases: LIVE, line: true, consultation: false },
  consult: { phases: LIVE, line: true, consultation: false },
  complete: { phases: ["talking"], line: true, consultation: true },
  back: { phases: ["dialling", "talking"], line: true, consultation: true },
  add: { phases: ["talking"], line: true, consultation: false },
};

/** Whether this may be done now. */
export function may(phone: Phone, call: Call | undefined, action: Action): call is Call {
  if (!call) return false;
  const rule = MAY[action];
  return (
    rule.phases.includes(call.phase) &&
    (!rule.line || (phone.line === "ready" && (call.pending === null || follows(call.pending, action)))) &&
    (rule.consultation === undefined || rule.consultation === (call.consults !== null)) &&
    (rule.muted === undefined || rule.muted === call.muted)
  );
}

/** Hold and resume wait for each other's turn; nothing else may follow before the answer. */
function follows(pending: Pending, action: Action): boolean {
  return pending !== "transfer" && (action === "hold" || action === "resume");
}

/** The phone after an event. The same object when the event changes nothing. */
export function advance(phone: Phone, event: PhoneEvent): Phone {
  switch (event.kind) {
    case "line":
      return event.line === phone.line ? phone : { ...phone, line: event.line };
    case "rang":
      return added(phone, begun("in", "ringing", event));
    case "dialled":
      return added(phone, { ...begun("out", "dialling", event), consults: event.consults ?? null, test: event.test ?? false });
    case "ended":
      return ended(phone, event.id);
    case "connected":
      return changed(phone, event.id, (call) => moved(call, "connected", event.at));
    case "muted":
      return changed(phone, event.id, (call) => ({ ...call, muted: event.muted }));
    case "pending":
      return changed(phone, event.id, (call) => ({ ...call, pending: event.pending }));
    case "named":
      return changed(phone, event.id, (call) => ({ ...call, number: event.number, name: event.name }));
    default:
      return changed(phone, event.id, (call) => moved(call, event.kind));
  }
}

/** The call that the desk shows: what one talks to, else what is being dialled, else what is on hold. */
export function inFront(phone: Phone): Call | undefined {
  const mine = phone.calls.filter((call) => call.phase !== "ringing" && call.phase !== "ending");
  return mine.find((call) => call.consults) ?? mine.find((call) => call.phase !== "held") ?? mine[0];
}

/** The call that rings, if any. */
export function ringing(phone: Phone): Call | undefined {
  return phone.calls.find((call) => call.phase === "ringing");
}

/** The call that a consultation is about, or the call itself. */
export function customer(phone: Phone): Call | undefined {
  const front = inFront(phone);
  return front?.consults ? phone.calls.find((call) => call.id === front.consults) : front;
}

export function find(phone: Phone, id: string): Call | undefined {
  return phone.calls.find((call) => call.id === id);
}

function begun(direction: "in" | "out", phase: Phase, of: { id: string; number: string; name: string; at: number }): Call {
  const { id, number, name, at } = of;
  return { id, direction, phase, number, name, since: at, muted: false, pending: null, consults: null, test: false };
}

function added(phone: Phone, call: Call): Phone {
  return find(phone, call.id) ? phone : { ...phone, calls: [...phone.calls, call] };
}

/** A consultation whose customer has gone is a call like any other. */
function ended(phone: Phone, id: string): Phone {
  if (!find(phone, id)) return phone;
  const left = phone.calls.filter((call) => call.id !== id);
  return { ...phone, calls: left.map((call) => (call.consults === id ? { ...call, consults: null } : call)) };
}

function changed(phone: Phone, id: string, change: (call: Call) => Call): Phone {
  const call = find(phone, id);
  const next = call && change(call);
  if (!call || next === call) return phone;
  return { ...phone, calls: phone.calls.map((each) => (each === call ? next! : each)) };
}

function moved(call: Call, move: Move, at = call.since): Call {
  const phase = TRANSITIONS[move][call.phase];
  return phase ? { ...call, phase, since: at } : call;
}
