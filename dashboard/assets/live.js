/*
 * The live page by push: opens the feed when the page is shown, closes it when the reader leaves, and draws what changed,
 * at most once per frame of the screen. Nothing is asked for: the feed sends, and clocks count by themselves.
 */

import { agents } from "./live/agents.js";
import { everySecond, setServerTime } from "./live/clocks.js";
import { health } from "./live/health.js";
import { queues } from "./live/queues.js";
import { LiveSocket } from "./live/socket.js";
import { Store } from "./live/store.js";
import { tiles } from "./live/tiles.js";

/** Begins the page under `root`. Returns what ends it. */
function start(root) {
  const store = new Store();
  const find = () => (root.querySelector("#find")?.value ?? "").trim().toLowerCase();
  const views = [health(root), tiles(root), queues(root, find), agents(root, find)];
  let link = { open: false, retryAt: null };
  let frame = 0;
  const draw = () => {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      for (const view of views) view(store, link);
      root.classList.toggle("waiting", !store.heard);
    });
  };
  const socket = new LiveSocket(`${location.origin.replace(/^http/, "ws")}/ws/pbx`, {
    onMessage: (message) => {
      if (message.data.now) setServerTime(message.data.now);
      store.apply(message);
      draw();
    },
    onState: (state) => {
      link = state;
      if (!state.open) dispatchEvent(new Event("trunkline:lost"));
      draw();
    },
  });
  const stopClocks = everySecond(draw);
  root.addEventListener("input", draw);
  root.addEventListener("chosen", draw);
  socket.open();
  return () => {
    stopClocks();
    socket.close();
    cancelAnimationFrame(frame);
  };
}

let shown = null;
let stop = null;

// Dash puts pages in and takes them out by itself: follow it. It may have been quicker than this file.
function follow() {
  const root = document.querySelector("#live");
  if (root === shown) return;
  stop?.();
  shown = root;
  stop = root && start(root);
}

new MutationObserver(follow).observe(document.documentElement, { childList: true, subtree: true });
follow();
