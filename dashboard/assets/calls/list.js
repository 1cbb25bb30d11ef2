/*
 * The list of calls, a page at a time: rows go in as they come, the count follows when it is known. What was listed stays while one
 * of its calls is looked at.
 */

import { count, duration } from "../live/format.js";
import { element, icon, setText, syncEmpty } from "../live/rows.js";
import { place, put } from "../administration/texts.js";
import { moment, outcomeWords, partyOf, UNITS } from "./words.js";

const COLUMNS = 10;
const ROWS = 50;
const NOTHING = "–";
const BAD_SOUND = 3.6;
// What only the lines on reports have: a call behind these was answered.
const GOOD = new Set(["answered"]);

export class List {
  #query = null;
  #asked = 0;
  #next = null;
  #about = null;
  total = null;

  /** `say`: shows what is wrong above the page. */
  constructor(root, api, say) {
    this.root = root;
    this.api = api;
    this.say = say;
    this.body = root.querySelector("#calls-rows");
    this.more = root.querySelector("#calls-more");
    this.more.addEventListener("click", () => this.#load(this.#next));
  }

  /** Shows what was asked for. */
  async show(about) {
    this.#about = about;
    if (about.query === this.#query) return;
    this.#query = about.query;
    this.#next = null;
    this.total = null;
    this.counted = this.#count(about);
    setText(this.root.querySelector("#calls-count"), "");
    this.root.setAttribute("aria-busy", "true");
    if (!this.body.children.length) syncEmpty(this.body, COLUMNS, "Loading…");
    await this.#load(null);
  }

  /** Asks anew at the next time. */
  forget() {
    this.#query = null;
  }

  /** The rows beside one: `{before, after}`, each may be missing. */
  async neighbours(about) {
    if (!about.row) return {};
    const ask = (way) => this.api.get("history", [...new URLSearchParams(about.query), [way, about.row], ["limit", 1]]);
    const [before, after] = await Promise.all([ask("before"), ask("after")]);
    return { before: before.items[0], after: after.items[0] };
  }

  async #load(after) {
    const asked = (this.#asked += 1);
    const about = this.#about;
    this.more.disabled = true;
    try {
      const query = [...new URLSearchParams(about.query), ["limit", ROWS], ...(after ? [["after", after]] : [])];
      const answer = await this.api.get("history", query);
      if (asked !== this.#asked) return;
      this.say("");
      this.#draw(answer, about, after);
    } catch (error) {
      if (asked !== this.#asked) return;
      this.forget();
      this.say(error.message, () => this.show(about));
      if (!after) syncEmpty(this.body, COLUMNS, "Nothing can be shown yet.");
    } finally {
      this.more.disabled = false;
      this.root.setAttribute("aria-busy", "false");
    }
  }

  #draw({ unit, items, next }, about, after) {
    this.#next = next;
    this.more.hidden = !next;
    setText(this.root.querySelector("#calls-unit"), UNITS[unit] ?? "");
    const rows = items.map((item) => row(item, unit, about));
    if (after) this.body.append(...rows);
    else if (rows.length) this.body.replaceChildren(...rows);
    else {
      this.body.replaceChildren();
      syncEmpty(this.body, COLUMNS, nothing(about));
    }
    document.querySelector("#calls")?.classList.remove("waiting");
  }

  async #count(about) {
    try {
      const { total } = await this.api.get("history/count", [...new URLSearchParams(about.query)]);
      if (about.query !== this.#query) return;
      this.total = total;
      setText(this.root.querySelector("#calls-count"), about.show ? `${count(total)} ${about.words}` : count(total));
    } catch {
      // The list itself says what is wrong.
    }
  }
}

/** The address of one call of a list. */
export const addressOf = (item, { list }) =>
  `${list}${list.includes("?") ? "&" : "?"}${new URLSearchParams({ call: item.callId, row: item.cursor })}`;

function row(item, unit, about) {
  const line = element("tr", item.isKnown ? "opens" : "");
  line.append(when(item, about), caller(item), names(item.queues), names(item.agents), cameTo(item, unit));
  line.append(
    number(duration(item.waitS)),
    number(unit === "ring" ? NOTHING : duration(item.talkS)),
    number(item.holdS ? duration(item.holdS) : NOTHING, "hide-small"),
    sound(item),
    result(item),
  );
  return line;
}

function when(item, about) {
  const cell = element("td", "mid nowrap");
  const text = moment(item.at, about.zone);
  if (!item.isKnown) {
    cell.textContent = text;
    return cell;
  }
  const link = element("a", "row-link", text);
  link.href = addressOf(item, about);
  link.dataset.inside = "";
  cell.append(link);
  return cell;
}

function caller(item) {
  const cell = element("td", "who-cell");
  const { name, number: digits, dialled } = partyOf(item);
  if (!item.isKnown) return named(cell, item.callId, "only the files know it");
  const what = [digits, dialled && "dialled"].filter(Boolean).join(", ");
  return name ? named(cell, name, what) : named(cell, digits || "Number withheld", dialled ? "dialled" : "");
}

function named(cell, text, note) {
  const target = place("name");
  put(target, text);
  cell.append(target);
  if (note) {
    const small = element("bdi", "dim small");
    small.textContent = note;
    cell.append(" ", small);
  }
  return cell;
}

function names(list) {
  const cell = element("td", "mid hide-small names");
  const target = place();
  put(target, list.join(", "));
  cell.append(target);
  return cell;
}

function cameTo(item, unit) {
  const cell = element("td");
  const words = item.isKnown ? outcomeWords(item) : "Not heard";
  cell.append(element("span", GOOD.has(item.outcome) ? "pill acc" : "pill", words));
  if (item.transfers && unit !== "ring") cell.append(mark("transfer", item.transferTo ? `Sent on to ${item.transferTo}` : "Sent on"));
  if (item.recordings) cell.append(mark("recording", "Recorded"));
  if (item.hasNotes) cell.append(mark("note", "Has notes"));
  if (item.verdict === "unexplained") cell.append(mark("warn", "Differs from the PBX's files, and nothing says why"));
  if (item.certainty === "provisional" && item.endedAt) cell.append(" ", element("span", "dim small", "provisional"));
  return cell;
}

function mark(name, words) {
  const shown = icon(name);
  shown.title = words;
  shown.classList.add("mark");
  shown.setAttribute("role", "img");
  shown.setAttribute("aria-label", words);
  return shown;
}

const number = (text, css = "") => element("td", `num ${css}`.trim(), text);

function sound({ mos }) {
  if (mos === null) return number(NOTHING, "hide-small dim");
  return number(mos.toFixed(1), `hide-small${mos < BAD_SOUND ? " warn" : ""}`);
}

function result({ dispositionTitle, disposition }) {
  const cell = element("td", "hide-small names");
  if (!disposition) return cell;
  const pill = element("span", "pill");
  pill.append(place());
  put(pill.firstChild, dispositionTitle || disposition);
  cell.append(pill);
  return cell;
}

function nothing({ query, show, words, range }) {
  const narrowed = /[?&](number|queue|agentId|disposition|pbx|hour|weekday|minSeconds|maxSeconds)=/.test(`?${query}`);
  const what = show ? `Nothing counts as “${words}”` : "There is no call";
  return `${what} in this range (${range})${narrowed ? " with these filters: drop one, or take more days." : ". Calls appear here as soon as they begin."}`;
}
