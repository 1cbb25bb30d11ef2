/* How long is kept what: callers who have not called for long, and recordings. */

import { Api } from "../administration/api.js";
import { openForm } from "../administration/dialog.js";
import { count } from "../live/format.js";
import { element, setText } from "../live/rows.js";
import { kept } from "./words.js";

const CALLERS = { min: 30, most: 3650 };
const RECORDINGS = { min: 1, most: 36_500 };

export class Retention {
  #api = new Api();
  #now = null;

  constructor(root, desk) {
    this.root = root;
    this.desk = desk;
    this.notice = root.querySelector(".notice");
    this.list = root.querySelector("#kept");
    this.button = root.querySelector("#change-retention");
    this.button.addEventListener("click", () => this.#change());
  }

  async load() {
    try {
      this.#now = await this.#api.get("privacy/retention");
      this.notice.hidden = true;
      this.button.disabled = false;
      this.#draw();
    } catch (error) {
      setText(this.notice, error.message);
      this.notice.hidden = false;
    }
  }

  #draw() {
    const { forgetCallersDays, recordingsKeepDays } = this.#now;
    const callers =
      forgetCallersDays === null
        ? "Nobody is erased unless somebody asks for it."
        : "Who has not called for so long, and was not called, is erased as above. Figures stay as they are.";
    this.list.replaceChildren(
      ...line("Callers", kept(forgetCallersDays), callers),
      ...line("Recordings", kept(recordingsKeepDays), "Counted from the end of each recording."),
    );
  }

  async #change() {
    const fields = [
      days("forgetCallersDays", "Erase callers who have not called for", this.#now.forgetCallersDays, CALLERS, "callers are kept"),
      days("keepDays", "Delete recordings after", this.#now.recordingsKeepDays, RECORDINGS, "recordings are kept"),
    ];
    const note = "It begins within a day, with all whose time is over; recordings within minutes. There is no way back for what is erased.";
    const saved = await openForm({ title: "Retention", note, fields, send: (values) => this.#send(values) });
    if (saved) this.desk.changed("The retention is saved.");
  }

  /** Only what became different: the one is no reason to touch the other. */
  async #send({ forgetCallersDays, keepDays }) {
    if (forgetCallersDays !== this.#now.forgetCallersDays) {
      await this.#api.change("privacy/retention", { forgetCallersDays });
      this.#now.forgetCallersDays = forgetCallersDays;
    }
    if (keepDays !== this.#now.recordingsKeepDays) await this.#api.change("recordings", { keepDays });
  }
}

function days(name, label, value, { min, most }, empty) {
  return { name, label, kind: "number", value, min, most, unit: "days", hint: `${min} to ${count(most)} days. Empty: ${empty}.` };
}

function line(name, much, meaning) {
  const value = element("dd", "", much);
  value.append(element("small", "", meaning));
  return [element("dt", "", name), value];
}
