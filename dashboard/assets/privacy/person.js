/*
 * A number, what there is about whoever has it, and what can be done: taking it all away, or having it erased. What is shown is of the
 * number that was asked for, not of what was typed since.
 */

import { openForm } from "../administration/dialog.js";
import { element, icon, setText } from "../live/rows.js";
import { download } from "./download.js";
import { figures, isAnything } from "./words.js";

const HINT = "As +49 30 123456, or as it is dialled here. No extensions.";

export class Person {
  #asked = 0;
  #number = "";
  #running = null;

  constructor(root, desk) {
    this.root = root;
    this.desk = desk;
    this.notice = root.querySelector(".notice");
    this.found = root.querySelector("#person-found");
    this.form = root.querySelector("#person-form");
    this.input = Object.assign(element("input"), {
      id: "person-number", type: "tel", required: true, maxLength: 40, autocomplete: "off", placeholder: "+49 30 123456",
    });
    const label = Object.assign(element("label", "", "Telephone number"), { htmlFor: this.input.id });
    const hint = Object.assign(element("small", "dim", HINT), { id: "person-hint" });
    this.input.setAttribute("aria-describedby", hint.id);
    this.button = Object.assign(element("button", "btn primary", "Look up"), { type: "submit" });
    const line = element("div", "control");
    line.append(this.input, this.button);
    this.form.replaceChildren(label, line, hint);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.look(this.input.value.trim());
    });
  }

  /** Asks what there is. Only the answer to the last question counts. */
  async look(number) {
    if (!number) return;
    const asked = (this.#asked += 1);
    this.#busy(true);
    this.desk.said("");
    try {
      const answer = await this.desk.api.add("preview", { number });
      if (asked !== this.#asked) return;
      this.#number = number;
      this.#running = answer.running;
      this.notice.hidden = true;
      this.#draw(answer);
    } catch (error) {
      if (asked !== this.#asked) return;
      this.found.hidden = true;
      setText(this.notice, error.fields?.number ? sentence(error.fields.number) : error.message);
      this.notice.hidden = false;
    } finally {
      if (asked === this.#asked) this.#busy(false);
    }
  }

  /** The list of erasures has come: whether the one of this person is done, and how far it is. */
  async follow(items) {
    const mine = this.#running && items.find(({ id }) => id === this.#running);
    if (!mine) return;
    if (mine.isDone) {
      this.#running = null;
      this.desk.said("The person is erased. The certificate is below.");
      await this.look(this.#number);
      this.desk.said("The person is erased. The certificate is below.");
    }
  }

  #draw(answer) {
    const head = element("div", "read-as");
    head.append(element("b", "", answer.number), element("span", "dim small", `also found as ${answer.also.join(", ")}`));
    const strip = element("dl", "amounts");
    for (const [name, much, more] of figures(answer, this.desk.zone)) {
      const box = element("div", much === "0" ? "none" : "");
      const value = element("dd", "", much);
      value.append(element("small", "", more));
      box.append(element("dt", "", name), value);
      strip.append(box);
    }
    const acts = element("div", "person-acts");
    const any = isAnything(answer);
    if (answer.running) acts.append(pill("Being erased: how far it is stands below."));
    else if (!any) acts.append(element("p", "mid", "Nothing is stored about this number. The archive of what the telephone system said was not looked through."));
    if (any) acts.append(this.#act("Take everything away (ZIP)", "btn", () => this.#take()));
    if (!answer.running) acts.append(this.#act("Erase this person…", "btn danger", () => this.#erase(answer)));
    this.found.replaceChildren(head, strip, acts);
    this.found.hidden = false;
  }

  #act(words, css, what) {
    const button = Object.assign(element("button", css, words), { type: "button" });
    button.addEventListener("click", what);
    return button;
  }

  async #take() {
    try {
      await download(this.desk, "export", { number: this.#number });
    } catch (error) {
      setText(this.notice, error.message);
      this.notice.hidden = false;
    }
  }

  async #erase(answer) {
    const number = this.#number;
    const note =
      `${answer.number} goes from calls, notes, the address book, reports, recordings and the archive. Figures stay as they are. ` +
      "There is no way back, and nobody can say afterwards who it was.";
    const confirm = { name: "confirm", label: "Type the number again", required: true, max: 40, hint: "To be sure that it is the right one." };
    const send = ({ confirm: again }) => this.desk.api.add("erasures", { number, confirm: again });
    const begun = await openForm({ title: "Erase this person?", note, fields: [confirm], save: "Erase for ever", danger: true, send });
    if (!begun) return;
    this.#running = begun.id;
    this.#draw({ ...answer, running: begun.id });
    this.desk.changed("The erasure has begun. It goes on by itself, also when this page is closed.");
  }

  #busy(on) {
    this.button.disabled = on;
    setText(this.button, on ? "Looking…" : "Look up");
    this.root.setAttribute("aria-busy", String(on));
  }
}

function pill(words) {
  const made = element("span", "pill acc");
  made.append(icon("dot"), element("span", "", words));
  return made;
}

/** What is said of a field, as a sentence of its own. */
const sentence = (words) => words.charAt(0).toUpperCase() + words.slice(1);
