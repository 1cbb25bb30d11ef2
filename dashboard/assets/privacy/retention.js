/* How long is kept what: callers who have not called for long, and recordings. */

import { openForm } from "../administration/dialog.js";
import { element, setText } from "../live/rows.js";
import { kept } from "./words.js";

const LEAST = 30;
const MOST = 3650;

export class Retention {
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
      this.#now = await this.desk.api.get("retention");
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
    const days = {
      name: "forgetCallersDays", label: "Erase callers who have not called for", kind: "number", value: this.#now.forgetCallersDays,
      min: LEAST, most: MOST, unit: "days", hint: `${LEAST} to ${MOST} days. Empty: callers are kept.`,
    };
    const note = "It begins within a day, with all whose time is over. There is no way back for who is erased.";
    const saved = await openForm({ title: "Retention of callers", note, fields: [days], send: (values) => this.desk.api.change("retention", values) });
    if (saved) this.desk.changed("The retention is saved.");
  }
}

function line(name, much, meaning) {
  const value = element("dd", "", much);
  value.append(element("small", "", meaning));
  return [element("dt", "", name), value];
}
