/* The list of erasures: who asked, how far each is, and its certificate. Of one that is running each step is told. */

import { place, put } from "../administration/texts.js";
import { count } from "../live/format.js";
import { element, icon, setClass, setText, setTitle, syncEmpty, syncRows, row } from "../live/rows.js";
import { asker, at, standing, whom } from "./words.js";

const PAGE = 20;
const COLUMNS = { asked: "", whom: "mid hide-small", far: "", proof: "" };
const NOTHING = "Nobody was erased yet: “Data about a person” above begins it.";

export class Erasures {
  items = [];
  #wanted = PAGE;
  #heard = false;

  constructor(root, desk) {
    this.root = root;
    this.desk = desk;
    this.body = root.querySelector("tbody");
    this.notice = root.querySelector(".notice");
    this.more = root.querySelector("#erasures-more");
    this.more.addEventListener("click", () => {
      this.#wanted += PAGE;
      this.load();
    });
    this.#say("Loading…");
  }

  async load() {
    try {
      const { items, total } = await this.desk.api.get("erasures", { limit: this.#wanted });
      this.items = items;
      this.#heard = true;
      this.notice.hidden = true;
      this.more.hidden = items.length >= total;
      setText(this.root.querySelector(".count"), total ? count(total) : "");
      this.#draw();
    } catch (error) {
      this.#failed(error);
    }
  }

  #draw() {
    if (!this.items.length) return this.#say(NOTHING);
    syncRows(this.body, this.items, { key: ({ id }) => id, make, fill: (line, each) => fill(line.parts, each, this.desk) });
  }

  #say(words) {
    syncEmpty(this.body, Object.keys(COLUMNS).length, words);
  }

  #failed(error) {
    const again = Object.assign(element("button", "btn little", "Try again"), { type: "button" });
    again.addEventListener("click", () => this.load());
    this.notice.replaceChildren(element("span", "", error.message), element("span", "grow"), again);
    this.notice.hidden = false;
    if (!this.#heard) this.#say("Nothing can be shown yet.");
  }
}

function make() {
  const line = row(COLUMNS);
  const { asked, whom: who, far, proof } = line.parts;
  asked.append(element("span"), place("pbx"));
  who.append(element("span"));
  const pill = element("span", "pill");
  pill.append(icon("dot"), element("span"));
  far.append(pill, element("span", "when pbx"), element("ol", "steps"));
  proof.append(Object.assign(element("a", "btn little", "Certificate"), { download: "" }), element("code", "hash cut"));
  return line;
}

function fill({ asked, whom: who, far, proof }, each, desk) {
  setText(asked.firstChild, at(each.askedAt, desk.zone));
  put(asked.lastChild, asker(each));
  setText(who.firstChild, whom(each));
  const [kind, words] = standing(each);
  const [pill, when, steps] = far.children;
  setClass(pill, `pill ${kind}`);
  setClass(pill.firstChild, `icon icon-${kind === "ok" ? "check" : kind === "acc" ? "dot" : "warn"}`);
  setText(pill.lastChild, words);
  setText(when, each.finishedAt ? at(each.finishedAt, desk.zone) : "");
  steps.hidden = each.isDone;
  if (!each.isDone) syncRows(steps, each.steps, { key: ({ name }) => name, make: step, fill: fillStep });
  const [link, hash] = proof.children;
  link.hidden = hash.hidden = !each.certificateHash;
  if (!each.certificateHash) return;
  link.href = `/api/admin/privacy/erasures/${desk.piece(each.id)}/certificate`;
  link.setAttribute("aria-label", `Certificate of ${at(each.askedAt, desk.zone)}`);
  setText(hash, each.certificateHash);
  setTitle(hash, `SHA-256 of the file: ${each.certificateHash}`);
}

function step() {
  const line = element("li");
  line.append(icon("dot"), element("span"), element("small"));
  return line;
}

function fillStep(line, { title, isDone, waitsFor }) {
  setClass(line, isDone ? "done" : "");
  setClass(line.children[0], `icon icon-${isDone ? "check" : "dot"}`);
  setText(line.children[1], title);
  setText(line.children[2], waitsFor);
}
