/*
 * Sip by JsSIP. What was learnt on a real Asterisk: gathering must be cut short here; after a REFER that was accepted the
 * phone itself sends BYE; a re-INVITE must wait for the one before; the remote track is there before the answer.
 */

import JsSIP from "jssip";
import type { IncomingRTCSessionEvent, OutgoingRTCSessionEvent, UAConfiguration } from "jssip/lib/UA";
import type { RTCSession } from "jssip/lib/RTCSession";
import { PathWatch } from "./path_watch.ts";
import type { Line } from "./phone.ts";
import { type Ending, outliveRefusal } from "./refusal.ts";
import { type Account, asksToAnswer, type Sip, type SipEvents } from "./sip.ts";

// A re-INVITE of the other side is over long before; then ours may begin.
const TURN_MS = 5000;
const LOOK_MS = 40;
// The relay's word (api/phone/relay.py).
const REPLACED = 4409;
// A line that is there and a phone that is not registered is no state to stay in, whatever became of the answer.
const REGISTER_AGAIN_MS = 4000;
// The NOTIFY that tells how a REFER ended: Asterisk's target may ring for so long.
const REFER_MS = 35_000;

interface Referring {
  on(event: string, listener: () => void): void;
}

export class JsSipLine implements Sip {
  readonly #account: Account;
  readonly #events: SipEvents;
  readonly #agent: InstanceType<typeof JsSIP.UA>;
  readonly #sessions = new Map<string, RTCSession>();
  readonly #turns = new Map<string, Promise<void>>();
  readonly #ways = new Map<string, PathWatch>();
  #taken = false;
  /** The secret was refused: without another one it would be again. */
  #refused = false;
  /** Each call has the microphone's track for itself: muting or holding one must not silence the other. */
  readonly #voices = new Map<string, MediaStream>();

  constructor(account: Account, events: SipEvents) {
    this.#account = account;
    this.#events = events;
    const settings: UAConfiguration = {
      sockets: [new JsSIP.WebSocketInterface(account.socket)],
      uri: account.uri,
      authorization_user: account.user,
      password: account.secret,
      register: true,
      register_expires: 120,
      session_timers: false,
      // Asterisk shuts a socket that says nothing; the relay is on this machine or near, so that coming back is cheap.
      connection_recovery_min_interval: 1,
      connection_recovery_max_interval: 4,
      user_agent: "Trunkline",
    };
    this.#agent = new JsSIP.UA(settings);
    this.#listen();
  }

  start(): void {
    this.#events.line("connecting");
    this.#agent.start();
    setInterval(() => this.#register(), REGISTER_AGAIN_MS);
  }

  stop(): void {
    this.#agent.stop();
  }

  renew(secret: string): void {
    this.#agent.set("password", secret);
    this.#refused = false;
    this.#register();
  }

  call(target: string, microphone: MediaStream): string {
    const own = microphone.clone();
    const session = this.#agent.call(target, this.#media(own));
    this.#voices.set(session.id, own);
    return session.id;
  }

  answer(id: string, microphone: MediaStream): void {
    const own = microphone.clone();
    this.#voices.set(id, own);
    this.#session(id).answer(this.#media(own));
  }

  hangUp(id: string): void {
    this.#session(id).terminate();
  }

  reject(id: string): void {
    this.#session(id).terminate({ status_code: 486, reason_phrase: "Busy Here" });
  }

  mute(id: string, muted: boolean): void {
    const session = this.#session(id);
    if (muted) session.mute({ audio: true });
    else session.unmute({ audio: true });
  }

  tone(id: string, tones: string): void {
    const transportType = JsSIP.C.DTMF_TRANSPORT.RFC2833;
    this.#session(id).sendDTMF(tones, { duration: 120, interToneGap: 80, transportType });
  }

  hold(id: string): Promise<void> {
    return this.#inTurn(id, (session, done) => session.hold({}, done));
  }

  resume(id: string): Promise<void> {
    return this.#inTurn(id, (session, done) => session.unhold({}, done));
  }

  blind(id: string, target: string): Promise<void> {
    return this.#refer(id, target);
  }

  async attended(id: string, consultation: string): Promise<void> {
    const other = this.#session(consultation);
    await this.#refer(id, other.remote_identity.uri.toString(), other);
    this.#end(other);
  }

  microphone(track: MediaStreamTrack): void {
    for (const [id, session] of this.#sessions) {
      for (const sender of session.connection?.getSenders() ?? []) {
        if (sender.track?.kind !== "audio") continue;
        const own = track.clone();
        own.enabled = sender.track.enabled;
        void sender.replaceTrack(own);
        this.#quieten(id);
        this.#voices.set(id, new MediaStream([own]));
      }
    }
  }

  moved(): void {
    for (const way of this.#ways.values()) way.moved();
  }

  async stats(id: string): Promise<RTCStatsReport | null> {
    return (await this.#sessions.get(id)?.connection?.getStats()) ?? null;
  }

  #session(id: string): RTCSession {
    const session = this.#sessions.get(id);
    if (!session) throw new Error("gone");
    return session;
  }

  #media(microphone: MediaStream): object {
    return { mediaStream: microphone, pcConfig: { iceServers: this.#account.iceServers, rtcpMuxPolicy: "require" } };
  }

  #listen(): void {
    const line = (next: Line): void => this.#events.line(next);
    this.#agent.on("connected", () => line("connecting"));
    this.#agent.on("registered", () => line("ready"));
    this.#agent.on("disconnected", ({ code }) => this.#lost(code));
    this.#agent.on("registrationFailed", ({ response }) => {
      line(response ? "refused" : "lost");
      this.#refused = Boolean(response);
      if (response) this.#events.refused();
    });
    this.#agent.on("newRTCSession", (event: IncomingRTCSessionEvent | OutgoingRTCSessionEvent) => this.#begun(event));
  }

  /** Does nothing while the answer to a request is still awaited. */
  #register(): void {
    if (this.#agent.isConnected() && !this.#agent.isRegistered() && !this.#refused) this.#agent.register();
  }

  /** Another page that took over keeps the line: two that fight for it would both lose calls. */
  #lost(code: number | undefined): void {
    if (this.#taken) return;
    this.#taken = code === REPLACED;
    this.#events.line(this.#taken ? "taken" : "lost");
    if (!this.#taken) return;
    this.#agent.stop();
    for (const id of [...this.#sessions.keys()]) this.#over(id, "");
  }

  #begun({ session, request, originator }: IncomingRTCSessionEvent | OutgoingRTCSessionEvent): void {
    const id = session.id;
    this.#sessions.set(id, session);
    outliveRefusal(session as unknown as Ending);
    this.#follow(session);
    if (originator !== "remote") {
      this.#hear(session, session.connection);
      return;
    }
    const from = session.remote_identity;
    const header = (name: string): string | undefined => request.getHeader(name);
    const auto = asksToAnswer(header("Call-Info"), header("Alert-Info"));
    this.#events.rang({ id, number: from.uri.user ?? "", name: from.display_name ?? "", auto });
  }

  #follow(session: RTCSession): void {
    const id = session.id;
    let cut = false;
    session.on("peerconnection", ({ peerconnection }) => this.#hear(session, peerconnection));
    session.on("icecandidate", ({ ready }) => {
      if (!cut) setTimeout(ready, this.#account.gatherMs);
      cut = true;
    });
    session.on("confirmed", () => this.#events.connected(id));
    session.on("hold", ({ originator }) => originator === "local" && this.#events.held(id));
    session.on("unhold", ({ originator }) => originator === "local" && this.#events.resumed(id));
    session.on("reinvite", ({ request }) => this.#rename(id, request));
    session.on("update", ({ request }) => this.#rename(id, request));
    session.on("ended", () => this.#over(id, ""));
    session.on("failed", ({ cause, originator }) => this.#over(id, originator === "local" ? "" : String(cause)));
  }

  /** After a transfer the PBX says who it is now. */
  #rename(id: string, request: { getHeader(name: string): string | undefined }): void {
    const told = request.getHeader("P-Asserted-Identity");
    const found = told && /^\s*(?:"([^"]*)"\s*)?<sips?:([^@;>]+)@/.exec(told);
    if (found) this.#events.named(id, found[2] ?? "", found[1] ?? "");
  }

  #hear(session: RTCSession, connection: RTCPeerConnection | undefined): void {
    if (!connection) return;
    connection.addEventListener("track", ({ track, streams }) => {
      this.#events.heard(session.id, streams[0] ?? new MediaStream([track]));
    });
    this.#ways.set(session.id, new PathWatch(connection, () => this.#findWay(session)));
  }

  /** An offer that is lost with its socket would end the call, so that the line has to be there. */
  #findWay(session: RTCSession): boolean {
    const rtcOfferConstraints = { iceRestart: true };
    return this.#agent.isRegistered() && session.isReadyToReOffer() && session.renegotiate({ rtcOfferConstraints });
  }

  #quieten(id: string): void {
    for (const track of this.#voices.get(id)?.getTracks() ?? []) track.stop();
    this.#voices.delete(id);
  }

  #over(id: string, why: string): void {
    this.#quieten(id);
    this.#ways.get(id)?.stop();
    this.#ways.delete(id);
    this.#sessions.delete(id);
    this.#turns.delete(id);
    this.#events.ended(id, why);
  }

  #end(session: RTCSession): void {
    if (!session.isEnded()) session.terminate();
  }

  /** One re-INVITE after the other. */
  #inTurn(id: string, begin: (session: RTCSession, done: () => void) => boolean): Promise<void> {
    const before = this.#turns.get(id) ?? Promise.resolve();
    const mine = before.catch(() => undefined).then(() => this.#whenReady(id, begin));
    this.#turns.set(id, mine);
    return mine;
  }

  async #whenReady(id: string, begin: (session: RTCSession, done: () => void) => boolean): Promise<void> {
    for (let waited = 0; waited < TURN_MS; waited += LOOK_MS) {
      const session = this.#session(id);
      if (session.isReadyToReOffer()) {
        await new Promise<void>((resolve, reject) => {
          session.on("ended", () => reject(new Error("gone")));
          if (!begin(session, resolve)) reject(new Error("busy"));
        });
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    throw new Error("busy");
  }

  #refer(id: string, target: string, replaces?: RTCSession): Promise<void> {
    const session = this.#session(id);
    return new Promise((resolve, reject) => {
      const given = setTimeout(() => reject(new Error("timeout")), REFER_MS);
      const settle = (outcome: () => void) => () => {
        clearTimeout(given);
        outcome();
      };
      // The declaration says that it returns nothing.
      const referring = session.refer(target, replaces ? { replaces } : {}) as unknown as Referring;
      const failed = settle(() => reject(new Error("refused")));
      referring.on("requestFailed", failed);
      referring.on("failed", failed);
      // Asterisk has let go of the call by now and waits for our BYE.
      referring.on("accepted", settle(() => {
        this.#end(session);
        resolve();
      }));
      session.on("ended", settle(resolve));
    });
  }
}
