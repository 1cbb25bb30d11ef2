/*
 * The alerts page: begins when the page is shown, ends when the reader leaves. Rules and history are asked for when it begins, after a
 * change, and a few times a minute; nothing is asked each second.
 */

import { Api } from "./administration/api.js";
import { closeForms } from "./administration/dialog.js";
import { edit } from "./alerts/form.js";
import { drawFired, drawRules } from "./alerts/lists.js";
import { Trial } from "./alerts/trial.js";
import { element, setText, syncEmpty } from "./live/rows.js";
import { whileShown } from "./while_shown.js";

const AGAIN_MS = 20_000;
const PAGE = 50;

/** Begins the page under `root`. Returns what ends it. */
function start(root) {
  const zone = root.dataset.timezone;
  const mayChange = "mayChange" in root.dataset;
  const api = new Api("/api/alerts");
  const manager = new Api("/api/pbx/manager/");
  const [rules, fired] = [root.querySelector("#rules"), root.querySelector("#fired")];
  const trial = new Trial(root.querySelector("#trial"), path(api), zone);
  const names = new Map();
  let wanted = PAGE;
  const desk = {
    api: path(api),
    get queues() {
      return [...names];
    },
    done: (words) => {
      setText(root.querySelector("#alerts-said"), words);
      load();
    },
  };
  const acts = (item) => [["Try", () => trial.choose(item.id)], ...(mayChange ? [["Edit", () => edit(desk, item)]] : [])];
  // Without their names queues are shown by what the PBX calls them.
  const named = manager.get("queues").then(({ queues }) => queues.forEach(({ pbx, id, name }) => names.set(`${pbx}:${id}`, name)), () => {});
  const load = async () => {
    try {
      const [all, past] = await Promise.all([desk.api.get(""), desk.api.get("fired", { limit: wanted }), named]);
      notice(root, "");
      drawRules(rules, all.items, { zone, names, acts });
      drawFired(fired, past, { zone, names });
      trial.offer(all.items);
    } catch (error) {
      notice(root, error.message, load);
      for (const each of [rules, fired]) if (each.querySelector("tr.empty")) syncEmpty(each.querySelector("tbody"), 5, "Nothing can be shown yet.");
    }
    root.classList.remove("waiting");
  };
  for (const each of [rules, fired]) syncEmpty(each.querySelector("tbody"), 5, "Loading…");
  root.querySelector("#new-alert")?.addEventListener("click", () => edit(desk));
  root.querySelector("#fired-more").addEventListener("click", () => {
    wanted += PAGE;
    load();
  });
  load();
  const timer = setInterval(() => document.visibilityState === "visible" && load(), AGAIN_MS);
  return () => {
    clearInterval(timer);
    trial.watch.disconnect();
    closeForms();
  };
}

/** The API with its root as a path like the others: `/api/alerts`, `/api/alerts/try`. */
function path(api) {
  const at = (each) => (each ? `/${each}` : "");
  return {
    get: (each, query) => api.get(at(each), query),
    add: (each, body) => api.add(at(each), body),
    change: (each, body) => api.change(at(each), body),
    remove: (each) => api.remove(at(each)),
  };
}

function notice(root, words, again) {
  const target = root.querySelector("#alerts-notice");
  target.hidden = !words;
  if (!words) return;
  const button = Object.assign(element("button", "btn little", "Try again"), { type: "button" });
  button.addEventListener("click", again);
  target.replaceChildren(element("span", "", words), element("span", "grow"), button);
}

whileShown("#alerts", start);
