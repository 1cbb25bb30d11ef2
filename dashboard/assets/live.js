/*
 * The live page by push: opens the feed when the page is shown, closes it when the reader leaves, and draws what changed,
 * at most once per frame of the screen. Nothing is asked for: the feed sends, and clocks count by themselves. Who looks back is shown
 * the past instead, by the same views, until they come back to now.
 */

import { agents } from "./live/agents.js";
import { everySecond, now, setServerTime, showPresent } from "./live/clocks.js";
import { health } from "./live/health.js";
import { limitForms } from "./live/limit_form.js";
import { fetchLimits } from "./live/limits.js";
import { queues } from "./live/queues.js";
import { raised } from "./live/raised.js";
import { Player } from "./live/player.js";
import { Ahead, LiveSocket } from "./live/socket.js";
import { Store } from "./live/store.js";
import { tiles } from "./live/tiles.js";
import { address, addressed, travel } from "./live/travel.js";
import { whileShown } from "./while_shown.js";

const LIMITS_EVERY_MS = 60_000;
const FEED = `${location.origin.replace(/^http/, "ws")}/ws/pbx`;
// Who comes to this page has its first figures under way while Dash is still being read.
let ahead = /^\/reports\/(live\/?)?$/.test(location.pathname) && !addressed() ? new Ahead(FEED) : null;

/** Begins the page under `root`. Returns what ends it. */
function start(root) {
  const store = new Store();
  const find = () => (root.querySelector("#find")?.value ?? "").trim().toLowerCase();
  const alerts = raised(root, () => draw());
  const views = [health(root), alerts.view, tiles(root), queues(root, find), agents(root, find)];
  const connecting = { open: false, retryAt: null };
  let link = connecting;
  let frame = 0;
  // Of the past: whether it is shown, and what is wrong with it.
  let past = false;
  let trouble = "";
  const draw = () => {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      for (const view of views) view(store, past ? { open: true, past, trouble } : link);
      bar({ past, playing: player.playing });
      root.classList.toggle("waiting", !store.heard && !trouble);
    });
  };
  const feed = {
    onMessage: (message) => {
      if (message.data.now) setServerTime(message.data.now + Date.now() - message.heard);
      store.apply(message);
      alerts.hear(message);
      draw();
    },
    onState: (state) => {
      if (state.open && !link.open) alerts.ask();
      link = state;
      if (!state.open) dispatchEvent(new Event("trunkline:lost"));
      draw();
    },
  };
  const socket = new LiveSocket(FEED, feed, ahead);
  ahead = null;
  const player = new Player({
    onMessage: (message) => {
      store.apply(message);
      draw();
    },
    onFail: (text) => {
      trouble = text;
      draw();
    },
    onEnd: () => leave(),
  });
  const go = async (at) => {
    if (!past) {
      past = true;
      socket.close();
      store.clear();
      draw();
    }
    if (await player.show(at)) address(now());
    draw();
  };
  const pause = () => {
    player.pause();
    address(now());
    draw();
  };
  const play = (speed) => {
    player.play(speed);
    draw();
  };
  const leave = () => {
    player.pause();
    past = false;
    trouble = "";
    link = connecting;
    showPresent();
    address(null);
    store.clear();
    socket.open();
    draw();
  };
  const bar = travel(root, { go, play, pause, leave });
  const stopKeys = keys(root, () => past);
  const stopClocks = everySecond(draw);
  // A wallboard stays open for weeks, and others set limits meanwhile. Nothing goes over the feed for that: it happens once in a while.
  const limits = () => document.visibilityState === "visible" && fetchLimits().then(draw);
  const again = setInterval(limits, LIMITS_EVERY_MS);
  document.addEventListener("visibilitychange", limits);
  limits();
  limitForms(root.querySelector("#queue-rows"), draw);
  root.addEventListener("input", draw);
  root.addEventListener("chosen", draw);
  if (addressed()) go(addressed());
  else socket.open();
  return () => {
    clearInterval(again);
    document.removeEventListener("visibilitychange", limits);
    stopClocks();
    stopKeys();
    player.pause();
    showPresent();
    document.documentElement.classList.remove("past");
    socket.close();
    cancelAnimationFrame(frame);
  };
}

/** Keys of the past: the space bar plays and stands still, N leads back to now. Returns what ends it. */
function keys(root, isPast) {
  const press = (event) => {
    if (!isPast() || event.target.closest?.("input, textarea, select, button, a, dialog") || event.ctrlKey || event.metaKey || event.altKey) return;
    const button = { " ": "play", n: "back" }[event.key.toLowerCase()];
    if (!button) return;
    event.preventDefault();
    root.querySelector(`[data-past=${button}]`).click();
  };
  document.addEventListener("keydown", press);
  return () => document.removeEventListener("keydown", press);
}

whileShown("#live", start);
