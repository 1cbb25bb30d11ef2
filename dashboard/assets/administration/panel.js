/*
 * One section of the page: asks for its list, draws it, and says what is wrong while keeping what it showed. What differs between
 * sections is a `kind`: {load, columns, key, title, words, make, fill, acts, nothing, add, begin, told}.
 */

import { element, row, setText, syncEmpty, syncRows } from "../live/rows.js";
import { count } from "../live/format.js";

export class Panel {
  items = [];
  #asked = 0;
  #total = 0;
  #heard = false;

  constructor(root, kind, desk) {
    this.kind = kind;
    this.desk = desk;
    this.root = root;
    this.body = root.querySelector("tbody");
    this.notice = root.querySelector(".notice");
    root.querySelector("[data-add]")?.addEventListener("click", () => kind.add(desk));
    kind.begin?.(root, this, desk);
  }

  /** Asks anew. Only the answer to the last question counts. */
  async load() {
    const asked = (this.#asked += 1);
    this.root.setAttribute("aria-busy", "true");
    if (!this.#heard) this.#say("Loading…");
    try {
      const answer = await this.kind.load(this.desk, this.root);
      if (asked !== this.#asked) return;
      this.items = answer.items;
      this.#total = answer.total;
      this.#heard = true;
      this.notice.hidden = true;
      this.kind.told?.(this.root, answer);
      this.draw();
    } catch (error) {
      if (asked === this.#asked) this.failed(error);
    }
    this.root.setAttribute("aria-busy", "false");
    this.root.closest(".waiting")?.classList.remove("waiting");
  }

  /** Forgets everything: it was another tenant's. */
  forget() {
    this.items = [];
    this.#heard = false;
  }

  draw() {
    if (!this.#heard) return;
    const wanted = this.desk.wanted();
    const found = this.items.filter((item) => this.kind.words(item).some((text) => text?.toLowerCase().includes(wanted)));
    setText(this.root.querySelector(".count"), this.#counted(found.length));
    if (!found.length) return this.#say(this.items.length ? "Nothing here has that name." : this.kind.nothing);
    syncRows(this.body, found, { key: this.kind.key, make: () => this.#line(), fill: (line, item) => this.#fill(line, item) });
  }

  #counted(found) {
    if (found < this.items.length) return `${count(found)} of ${count(this.items.length)}`;
    return this.items.length < this.#total ? `the first ${count(this.items.length)} of ${count(this.#total)}` : count(this.#total);
  }

  #line() {
    const line = row(this.kind.columns);
    this.kind.make(line.parts);
    return line;
  }

  #fill(line, item) {
    this.kind.fill(line.parts, item, this.desk);
    if (line.parts.acts) this.#offer(line.parts.acts, item);
  }

  /** The buttons of a row, kept while their words stay: whoever stands on one must not lose it. */
  #offer(cell, item) {
    const acts = this.kind.acts(item, this.desk);
    while (cell.children.length > acts.length) cell.lastChild.remove();
    acts.forEach(([words, what], i) => {
      const button = cell.children[i] ?? cell.appendChild(Object.assign(element("button", "btn little"), { type: "button" }));
      setText(button, words);
      button.setAttribute("aria-label", `${words}: ${this.kind.title(item)}`);
      button.onclick = what;
    });
  }

  #say(words) {
    syncEmpty(this.body, Object.keys(this.kind.columns).length, words);
  }

  /** Says above the list what went wrong, and offers to ask again. */
  failed(error) {
    const again = Object.assign(element("button", "btn little", "Try again"), { type: "button" });
    again.addEventListener("click", () => this.load());
    this.notice.replaceChildren(element("span", "", error.message), element("span", "grow"), again);
    this.notice.hidden = false;
    if (!this.#heard) this.#say("Nothing can be shown yet.");
  }
}
