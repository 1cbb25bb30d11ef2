/* The composition root: makes every part, hands each what it needs, and begins. Nothing else reads the address or the window. */

import { keepSignedIn, signedOut } from "/static/session.js";
import { Alarm } from "./alarm.ts";
import { Sound } from "./audio.ts";
import { Clock } from "./clock.ts";
import { Desk } from "./desk.ts";
import { JsSipLine } from "./jssip_line.ts";
import { Lead } from "./lead.ts";
import { LineWatch } from "./line_watch.ts";
import { LiveSocket } from "./live.ts";
import type { Drafts } from "./notebook.ts";
import { inFront } from "./phone.ts";
import { Server, type Session } from "./server.ts";
import { Board, type DeskState, type Intent } from "./state.ts";
import { Telephone } from "./telephone.ts";
import type { TrunklinePhone } from "./view/app.ts";
import "./view/app.ts";

// Early enough that a token of a quarter of an hour never ends.
const SIGNED_IN_EVERY_MS = 60_000;
const CHANNEL = "trunkline-phone";
const DRAFT = "trunkline.phone.draft";

const view = document.querySelector<TrunklinePhone>("trunkline-phone")!;
const sockets = location.origin.replace(/^http/, "ws");
// Of this page load: a page that comes back with the same lost only its socket, another one lost its calls.
const pageId = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

const board = new Board();
const clock = new Clock();
const sound = new Sound();
const server = new Server((address, init) => fetch(address, init));
const alarm = new Alarm(sound);
const telephone: Telephone = new Telephone(board, sound, server, clock, alarm, () => void desk.renew());

const drafts: Drafts = {
  read: () => localStorage.getItem(DRAFT),
  write: (draft) => draft === null ? localStorage.removeItem(DRAFT) : localStorage.setItem(DRAFT, draft),
};

const desk = new Desk({
  board, server, clock, sound, telephone, drafts, pageId,
  startLive: (hearing) => new LiveSocket(() => new WebSocket(`${sockets}/ws/pbx`), hearing).start(),
  connect: (session: Session) => {
    const { sip, iceServers, gatherMs } = session;
    const socket = `${sockets}${sip.wsPath}?page=${pageId}`;
    const line = new JsSipLine({ uri: sip.uri, user: sip.user, secret: sip.secret, socket, iceServers, gatherMs }, telephone);
    const report = (callId: string, { mos, lossRatio, jitterMs, rttMs }: { mos: number; lossRatio: number; jitterMs: number; rttMs: number | null }): void => {
      void server.quality(callId, { mos, lossRatio, jitterMs, rttMs }).catch(() => undefined);
    };
    telephone.begin(line, sip.uri, new LineWatch(line, (quality) => board.set({ quality }), report));
  },
});

const lead = new Lead<DeskState, Intent>(
  CHANNEL,
  { leads: begin, shown: (state) => { view.state = state; }, asked: (intent) => void desk.perform(intent) },
  new BroadcastChannel(CHANNEL),
  navigator.locks,
);

board.listen((state) => {
  telephone.follow();
  lead.show(state);
  if (lead.leading) view.state = state;
});

view.act = (intent) => (lead.leading ? void desk.perform(intent) : lead.ask(intent));
view.streams = (call) => ({ caller: call ? sound.heard(call) : null, microphone: sound.microphone });
view.listening = (open) => {
  if (!lead.leading) return;
  if (open) void sound.open("meter").then(() => desk.perform({ do: "devices" }), () => undefined).then(() => view.requestUpdate());
  else sound.release("meter");
};

function begin(): void {
  // The lock may be granted before the constructor has returned.
  queueMicrotask(() => {
    view.leading = true;
    void Promise.resolve(keepSignedIn()).then(() => desk.start());
    setInterval(() => void keepSignedIn(), SIGNED_IN_EVERY_MS);
  });
}

/** Another page, or the system's own `tel:` link, may have sent us here to call somebody; the tab that leads does it. */
function dialWhatWasAsked(): void {
  const asked = new URLSearchParams(location.search).get("dial")?.replace(/^(web\+)?tel:/i, "").replace(/[\s()./-]/g, "");
  if (!asked) return;
  history.replaceState(null, "", location.pathname);
  const once = setInterval(() => {
    if (view.state.phone.line !== "ready") return;
    clearInterval(once);
    if (!inFront(view.state.phone)) view.act({ do: "dial", to: asked, name: "" });
  }, 100);
}

dialWhatWasAsked();
// It opens the page while the server is away, and shows notifications where pages may not. Browsers without it do without.
void navigator.serviceWorker?.register("/phone/sw.js", { scope: "/phone" }).catch(() => undefined);

addEventListener("pagehide", () => desk.flush());
// Another network: back after none, or (where the browser tells the kind) from one kind to another.
addEventListener("online", () => telephone.moved());
const network = (navigator as { connection?: EventTarget & { type?: string } }).connection;
let kind = network?.type;
network?.addEventListener("change", () => {
  if (network.type !== kind) telephone.moved();
  kind = network.type;
});
addEventListener("trunkline-sign-out", () => {
  telephone.stop();
  void server.signOut().then(() => {
    signedOut();
    location.assign("/login?next=/phone");
  });
});
