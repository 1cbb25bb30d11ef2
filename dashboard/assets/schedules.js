/*
 * Reports by mail: begins when the page is shown, ends when the reader leaves. The list is asked for when the page comes, after a
 * change, now and then, and more often while something is on its way. An address with a report in it opens the form for it.
 */

import { Api, Refused, piece } from "./administration/api.js";
import { closeForms } from "./administration/dialog.js";
import { Panel } from "./administration/panel.js";
import { element } from "./live/rows.js";
import { begin } from "./schedules/form.js";
import { schedules } from "./schedules/list.js";
import { sendings } from "./schedules/history.js";
import { whileShown } from "./while_shown.js";

// A sending takes a second as a rule; what goes out by the clock may be seen half a minute later.
const SOON_MS = 1_000;
const LATER_MS = 30_000;
const ON_THE_WAY = new Set(["accepted", "sending"]);

/** Begins the page under `root`. Returns what ends it. */
function start(root) {
  const said = root.querySelector("#schedules-said");
  const past = root.querySelector("#panel-sendings");
  let timer = null;
  const desk = {
    api: new Api("/api/"), piece,
    pages: JSON.parse(root.dataset.pages),
    ranges: JSON.parse(root.dataset.ranges),
    mail: null,
    chosen: null,
    wanted: () => "",
    changed: (words) => {
      said.textContent = words;
      load();
    },
    /** Shows what became of one. */
    show: (schedule) => {
      desk.chosen = schedule;
      past.hidden = false;
      history.forget();
      history.load();
      past.scrollIntoView({ block: "nearest" });
    },
    /** Has one sent now. */
    send: async (schedule) => {
      try {
        await desk.api.add(`schedules/${piece(schedule.id)}/send`);
        desk.changed("It is on its way.");
      } catch (error) {
        said.textContent = "";
        list.failed(error);
      }
    },
  };
  const list = new Panel(root.querySelector("#panel-schedules"), schedules, desk);
  const history = new Panel(past, sendings, desk);
  const load = async () => {
    clearTimeout(timer);
    await list.load();
    if (!past.hidden) await history.load();
    if (!root.isConnected) return;
    const isGoing = list.items.some((each) => ON_THE_WAY.has(each.last?.status));
    timer = setTimeout(load, isGoing ? SOON_MS : LATER_MS);
  };
  past.querySelector("[data-close]").addEventListener("click", () => {
    past.hidden = true;
  });
  open(root, desk, load);
  return () => {
    clearTimeout(timer);
    closeForms();
  };
}

/** Asks whether e-mail can be sent and for the list, and begins with the report that the address names. */
async function open(root, desk, load) {
  const listed = load();
  try {
    desk.mail = await desk.api.get("schedules/mail");
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  }
  await listed;
  if (desk.mail) tell(root, desk.mail);
  const asked = new URLSearchParams(location.search);
  if (!desk.mail?.isSet || !asked.get("page")) return;
  // Going back, or loading again, is not asking again.
  globalThis.history.replaceState(globalThis.history.state, "", location.pathname);
  begin(desk, { page: asked.get("page"), query: asked.get("query") ?? "" });
}

function tell(root, mail) {
  const box = root.querySelector("#no-mail");
  root.querySelector("[data-add]").disabled = !mail.isSet;
  box.hidden = mail.isSet;
  if (mail.isSet) return;
  const names = mail.missing.flatMap((name, i) => (i ? [" and ", element("code", "", name)] : [element("code", "", name)]));
  const words = element("span");
  words.append("No e-mail can be sent yet: the operator sets ", ...names, " for the API. “E-mail” in the operator's handbook says how.");
  box.replaceChildren(words);
}

whileShown("#schedules", start);
