/*
 * The leading tab's desk: signs the phone on, hears the live socket, carries out what is clicked here or in another tab.
 * Times come from the server; nothing here counts seconds.
 */

import type { Sound } from "./audio.ts";
import type { Clock } from "./clock.ts";
import { Commands } from "./commands.ts";
import { type CallFacts, type Hearing, type Presence, presenceAt, type Waiting } from "./live.ts";
import { type Drafts, Notebook } from "./notebook.ts";
import type { Command, Refused, Server, Session } from "./server.ts";
import type { Board, Intent } from "./state.ts";
import type { Telephone } from "./telephone.ts";
import { SAYS } from "./words.ts";

const AGAIN_MS = 2000;
// Colleagues' states are not on an agent's socket: they are asked for when something moves, and now and then.
const DIRECTORY_REST_MS = 3000;
const DIRECTORY_EVERY_MS = 15_000;
// The end of a call is in the database a moment after it was told.
const HISTORY_AFTER_MS = 1500;
// What ends wrap-up is told by the PBX's events, which come a moment after its answer.
const ENDED_AFTER_MS = 700;
// A pause for this reason is wrap-up (wrapup_reasons, docs/operator.md).
const WRAP_UP = "wrap-up";
const IN_CALL = new Set(["ringing", "on_call", "on_hold"]);

export interface Parts {
  readonly board: Board;
  readonly server: Server;
  readonly clock: Clock;
  readonly sound: Sound;
  readonly telephone: Telephone;
  readonly drafts: Drafts;
  readonly pageId: string;
  /** The line of a session that was granted. */
  connect(session: Session): void;
  startLive(hearing: Partial<Hearing>): void;
}

export class Desk {
  readonly #parts: Parts;
  readonly #notebook: Notebook;
  #find = "";
  readonly #commands = new Commands();
  #directoryDue: ReturnType<typeof setTimeout> | undefined;
  #historyDue: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#notebook = new Notebook(parts.server, parts.drafts, (notes) => parts.board.set({ notes }));
  }

  /** Begin; tried again until the server answers. */
  async start(): Promise<void> {
    const session = await this.#session();
    if (!session) return;
    this.#parts.connect(session);
    this.#parts.startLive(this.#hearing());
    this.#parts.sound.onPlugged(() => void this.#devices());
    void this.#devices();
    void this.#load();
    setInterval(() => document.visibilityState === "visible" && this.#directorySoon(0), DIRECTORY_EVERY_MS);
  }

  /** The PBX refused: a new sign-in of the phone brings a new secret. */
  async renew(): Promise<void> {
    await rest(AGAIN_MS);
    const session = await this.#session();
    if (session) this.#parts.telephone.renew(session.sip.secret);
  }

  flush(): void {
    this.#notebook.flush();
  }

  async perform(intent: Intent): Promise<unknown> {
    const { telephone, board } = this.#parts;
    switch (intent.do) {
      case "answer": return telephone.answer();
      case "reject": return telephone.reject();
      case "hangUp": return telephone.hangUp();
      case "hold": return telephone.hold();
      case "mute": return telephone.mute();
      case "complete": return telephone.complete();
      case "back": return telephone.back();
      case "tone": return telephone.tone(intent.tone);
      case "transfer": return telephone.transfer(intent.to, intent.name);
      case "consult": return telephone.consult(intent.to, intent.name);
      case "echo": return telephone.echo(board.state.who?.echoExtension ?? "");
      case "add": return this.#add(intent.to, intent.name);
      case "dial": return this.#dialNow(intent.to, intent.name);
      case "state": return this.#state(intent.status, intent.reason);
      case "done": return this.#inWrapUp() ? this.#done() : undefined;
      case "more": return this.#inWrapUp() ? this.#state("AWAY", WRAP_UP) : undefined;
      case "notes": return this.#notebook.type(intent.text);
      case "result": return this.#notebook.choose(intent.code);
      case "find": return this.#findNow(intent.text);
      case "dismiss": return board.set({ notice: null });
      case "devices": return this.#devices();
      case "ringOnce": return this.#parts.sound.ringOnce();
      case "choose":
        await telephone.choose(intent.use, intent.id);
        return this.#devices();
    }
  }

  async #session(): Promise<Session | null> {
    const { board, server, pageId } = this.#parts;
    for (;;) {
      try {
        const session = await server.session(pageId);
        const { sip: _sip, iceServers: _ice, ...who } = session;
        board.set({ who, problem: null });
        return session;
      } catch (error) {
        const { status, message } = error as Refused;
        if (status === 401) {
          board.set({ out: true });
          return null;
        }
        board.set({ problem: message });
        if (status >= 400 && status < 500 && status !== 429) return null;
        await rest(AGAIN_MS);
      }
    }
  }

  #hearing(): Partial<Hearing> {
    const { board, clock, telephone } = this.#parts;
    const time = (now: number): void => {
      clock.set(now);
      board.set({ ahead: clock.ahead });
    };
    return {
      open: (linked) => board.set({ linked }),
      out: () => board.set({ out: true }),
      snapshot: ({ now, agents, queues }) => {
        time(now);
        board.set({ waiting: queues });
        for (const agent of agents) this.#presence(agent);
        this.#directorySoon(0);
      },
      summary: ({ now }) => time(now),
      "presence:update": (agent) => this.#presence(agent),
      "queue:update": (queue) => this.#queue(queue),
      "call:incoming": ({ contactName, queue, from }) => board.set({ contact: contactName || from || null, queue }),
      "call:state:changed": (facts) => this.#facts(facts),
      "call:ended": () => this.#historySoon(),
      "command:updated": ({ commandId, status, detail }) => {
        if (status === "confirmed" || status === "failed") this.#commands.ended(commandId, { status, detail });
      },
      "phone:command": (command) => {
        if (command.pageId === this.#parts.pageId) void telephone.command(command);
      },
    };
  }

  #presence(agent: Presence): void {
    const { board } = this.#parts;
    const { who } = board.state;
    if (agent.agentId !== who?.agentId || agent.pbx !== who.pbx) return;
    const before = board.state.own;
    board.set({ own: agent });
    const call = agent.currentCall;
    if (call && call.callId !== before?.currentCall?.callId) {
      board.set({ contact: call.contactName || call.number, queue: call.queue });
      void this.#notebook.turnTo(call.callId);
      void this.#customer(call.callId);
    }
    if (!before || before.state === agent.state) return;
    this.#directorySoon(DIRECTORY_REST_MS);
    // What was missed ends for others, and is told to them.
    if (IN_CALL.has(before.state)) this.#historySoon();
  }

  #queue(queue: Waiting): void {
    const { board } = this.#parts;
    const others = board.state.waiting.filter((each) => each.queueId !== queue.queueId || each.pbx !== queue.pbx);
    board.set({ waiting: [...others, queue] });
    this.#directorySoon(DIRECTORY_REST_MS);
  }

  #facts(facts: CallFacts): void {
    const { board } = this.#parts;
    const mine = board.state.own?.currentCall?.callId;
    if (facts.callId !== mine && facts.callId !== board.state.facts?.callId) return;
    board.set(facts.status === "CONNECTED" ? { facts, dialling: null } : { facts });
    // Of a call that is dialled for us the first ring is our own; whom it is for comes later.
    if (facts.callId === board.state.notes.callId && facts.status === "CONNECTED" && !board.state.customer?.number) void this.#customer(facts.callId);
  }

  async #dialNow(to: string, name: string): Promise<void> {
    const { board, server } = this.#parts;
    if (board.state.phone.line !== "ready" || board.state.phone.calls.length > 0 || board.state.dialling) return;
    board.set({ dialling: name || to, notice: null });
    try {
      this.#follow(await server.dial(to, crypto.randomUUID()));
    } catch (error) {
      board.set({ dialling: null, notice: { text: (error as Error).message, colour: "warn" } });
    }
  }

  async #add(to: string, name: string): Promise<void> {
    const call = this.#parts.board.state.own?.currentCall?.callId;
    if (call) await this.#asking(() => this.#parts.server.conference(call, to), SAYS.conferenceAsked(name || to));
  }

  /** Ends the queue's own wrap-up, too, where the PBX can be told to. */
  async #done(): Promise<void> {
    const stays = (): void => void setTimeout(() => this.#stillInWrapUp(), ENDED_AFTER_MS);
    await this.#asking(() => this.#parts.server.status("AVAILABLE", ""), "", stays);
  }

  #stillInWrapUp(): void {
    if (this.#inWrapUp()) this.#parts.board.set({ notice: { text: SAYS.wrapUpStays, colour: "warn" } });
  }

  async #customer(callId: string): Promise<void> {
    const { board, server } = this.#parts;
    board.set({ customer: null });
    const customer = await server.customer(callId).catch(() => null);
    if (board.state.notes.callId === callId) board.set({ customer });
  }

  #inWrapUp(): boolean {
    const { own } = this.#parts.board.state;
    return own !== null && presenceAt(own, this.#parts.clock.now()).state === "wrap_up";
  }

  async #state(status: "AVAILABLE" | "AWAY" | "OFFLINE", reason: string): Promise<void> {
    await this.#asking(() => this.#parts.server.status(status, reason), "");
  }

  async #asking(ask: () => Promise<Command>, said: string, confirmed?: () => void): Promise<void> {
    const { board } = this.#parts;
    try {
      const command = await ask();
      board.set({ notice: said ? { text: said, colour: "acc" } : null });
      this.#follow(command, confirmed);
    } catch (error) {
      board.set({ notice: { text: (error as Error).message, colour: "warn" } });
    }
  }

  /** A failure is told, whenever it comes. */
  #follow({ commandId }: Command, confirmed?: () => void): void {
    this.#commands.given(commandId, ({ status, detail }) => {
      if (status === "failed") this.#parts.board.set({ dialling: null, notice: { text: detail, colour: "warn" } });
      else confirmed?.();
    });
  }

  async #load(): Promise<void> {
    const { board, server } = this.#parts;
    void this.#history();
    await server.dispositions().then((dispositions) => board.set({ dispositions }), () => undefined);
  }

  async #history(): Promise<void> {
    await this.#parts.server.history().then((history) => this.#parts.board.set({ history }), () => undefined);
  }

  async #devices(): Promise<void> {
    this.#parts.board.set({ devices: await this.#parts.sound.devices() });
  }

  #historySoon(): void {
    clearTimeout(this.#historyDue);
    this.#historyDue = setTimeout(() => void this.#history(), HISTORY_AFTER_MS);
  }

  #findNow(text: string): void {
    this.#find = text;
    this.#directorySoon(150);
  }

  #directorySoon(ms: number): void {
    if (this.#directoryDue !== undefined && ms >= DIRECTORY_REST_MS) return;
    clearTimeout(this.#directoryDue);
    this.#directoryDue = setTimeout(async () => {
      this.#directoryDue = undefined;
      const find = this.#find;
      const directory = await this.#parts.server.directory(find).catch(() => null);
      if (directory && find === this.#find) this.#parts.board.set({ directory });
    }, ms);
  }
}

function rest(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
