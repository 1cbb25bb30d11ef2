/*
 * Privacy: begins when the page is shown, ends when the reader leaves. The list of erasures is asked for when the page comes, after one
 * was begun, now and then, and more often while one is running. A number that was typed goes with the page.
 */

import { Api, piece } from "./administration/api.js";
import { closeForms } from "./administration/dialog.js";
import { setText } from "./live/rows.js";
import { Agent } from "./privacy/agent.js";
import { Erasures } from "./privacy/erasures.js";
import { Person } from "./privacy/person.js";
import { Retention } from "./privacy/retention.js";
import { whileShown } from "./while_shown.js";

// Most steps take seconds; the day of the archive must be over.
const SOON_MS = 4_000;
const LATER_MS = 60_000;

/** Begins the page under `root`. Returns what ends it. */
function start(root) {
  let timer = null;
  const desk = {
    api: new Api("/api/admin/privacy/"), piece,
    zone: root.dataset.timezone,
    said: (words) => setText(root.querySelector("#privacy-said"), words),
    /** Something was begun or changed. */
    changed: (words) => {
      desk.said(words);
      load();
    },
  };
  const person = new Person(root.querySelector("#panel-person"), desk);
  const agent = new Agent(root.querySelector("#panel-person"), desk);
  const retention = new Retention(root.querySelector("#panel-retention"), desk);
  const erasures = new Erasures(root.querySelector("#panel-erasures"), desk);
  const load = async () => {
    clearTimeout(timer);
    await Promise.all([retention.load(), erasures.load()]);
    root.classList.remove("waiting");
    if (!root.isConnected) return;
    await person.follow(erasures.items);
    timer = setTimeout(load, erasures.items.some((each) => !each.isDone) ? SOON_MS : LATER_MS);
  };
  load();
  agent.load();
  return () => {
    clearTimeout(timer);
    closeForms();
  };
}

whileShown("#privacy", start);
