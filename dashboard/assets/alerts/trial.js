/* A rule tried on a day: the choice, the drawing, and when it would have fired. Which rule and which day stand in the address. */

import { element, row, setText, syncEmpty, syncRows } from "../live/rows.js";
import { dateOf } from "../live/format.js";
import { shown } from "../administration/texts.js";
import { chart } from "./chart.js";
import { lasted, ruleWords, span, valueOf, whenOf } from "./words.js";

const DAY_MS = 86_400_000;
const COLUMNS = { raised: "", over: "", lasted: "num", value: "num" };

export class Trial {
  #rules = [];
  #asked = 0;
  #told = null;

  constructor(root, api, zone) {
    Object.assign(this, { root, api, zone });
    this.notice = root.querySelector("#trial-notice");
    this.figure = root.querySelector("#trial-chart");
    this.found = root.querySelector("#trial-found");
    this.#build(root.querySelector("#trial-form"));
    // The drawing is as wide as there is room.
    this.watch = new ResizeObserver(() => this.#draw());
    this.watch.observe(root);
  }

  /** These are the rules that can be tried. */
  offer(rules) {
    this.#rules = rules;
    const wanted = this.choice.value || new URLSearchParams(location.search).get("alert");
    this.choice.replaceChildren(...rules.map(({ id, rule }) => Object.assign(element("option", "", shown(rule.name, 60)), { value: id })));
    if (rules.some(({ id }) => id === wanted)) this.choice.value = wanted;
    this.button.disabled = !rules.length;
    if (!rules.length) this.#say("Make an alert, and see here when it would have fired.");
    else if (!this.#told && !this.#asked) this.#say("Choose an alert and a day.");
    if (rules.some(({ id }) => id === wanted) && location.search.includes("day=") && !this.#asked) this.run();
  }

  /** Try this rule on the day that is chosen. */
  choose(id) {
    this.choice.value = id;
    this.root.scrollIntoView({ block: "nearest" });
    return this.run();
  }

  async run() {
    const item = this.#rules.find(({ id }) => id === this.choice.value);
    if (!item || !this.day.value) return;
    const asked = (this.#asked += 1);
    history.replaceState(history.state, "", `?${new URLSearchParams({ alert: item.id, day: this.day.value })}`);
    this.#told = null;
    this.figure.hidden = this.found.hidden = true;
    this.root.setAttribute("aria-busy", "true");
    this.button.disabled = true;
    this.#say("Trying… a busy day takes some seconds.");
    try {
      const told = await this.api.add("try", { rule: item.rule, ...spanOf(this.day.value, this.zone) });
      if (asked === this.#asked) this.#show(item.rule, told);
    } catch (error) {
      if (asked === this.#asked) this.#say(error.status === 404 ? "Nothing had been heard yet on that day." : error.message, "notice bad");
    }
    if (asked !== this.#asked) return;
    this.root.setAttribute("aria-busy", "false");
    this.button.disabled = false;
  }

  #show(rule, told) {
    this.#told = { rule, told };
    const times = told.firings.length;
    const seconds = told.firings.reduce((sum, each) => sum + (lasted(each) ?? 0), 0);
    const words = times ? `It would have fired ${["", "once", "twice"][times] ?? `${times} times`}, for ${span(seconds)} in all.` : "It would not have fired.";
    this.#say(words, times ? "notice warn" : "notice ok");
    this.figure.hidden = false;
    this.found.hidden = !times;
    this.#draw();
    const body = this.found.querySelector("tbody");
    if (!times) return syncEmpty(body, Object.keys(COLUMNS).length, words);
    syncRows(body, told.firings, { key: ({ raisedAt }) => raisedAt, make: line, fill: ({ parts }, firing) => this.#fill(parts, rule, firing) });
  }

  #fill(parts, rule, firing) {
    setText(parts.raised.firstChild, whenOf(firing.raisedAt, this.zone));
    parts.raised.firstChild.href = `/reports/live?at=${encodeURIComponent(firing.raisedAt)}`;
    setText(parts.over, firing.clearedAt ? whenOf(firing.clearedAt, this.zone) : "not by the day’s end");
    const seconds = lasted(firing);
    setText(parts.lasted, seconds === null ? "–" : span(seconds));
    setText(parts.value, valueOf(rule.metric, firing.value));
  }

  #draw() {
    if (!this.#told) return;
    const { rule, told } = this.#told;
    const label = `${ruleWords(rule)}: fired ${told.firings.length} times`;
    const caption = element("figcaption", "dim small", `${ruleWords(rule)}. The line is the worst value of each ${span(told.curve.stepSeconds)}, dashed the limit; where it is shaded the alert was raised.`);
    this.figure.replaceChildren(chart({ rule, told, zone: this.zone, width: this.figure.clientWidth - 28, label }), caption);
  }

  #build(form) {
    this.choice = element("select");
    const yesterday = dateOf(Date.now() - DAY_MS, this.zone);
    const wanted = new URLSearchParams(location.search).get("day");
    this.day = Object.assign(element("input"), { type: "date", max: dateOf(Date.now(), this.zone), value: wanted ?? yesterday, required: true });
    this.button = Object.assign(element("button", "btn primary", "Try"), { type: "submit", disabled: true });
    form.replaceChildren(labelled("Alert", this.choice), labelled("Day", this.day), this.button);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.run();
    });
  }

  #say(words, className = "notice quiet-notice") {
    this.notice.className = className;
    this.notice.hidden = !words;
    setText(this.notice, words);
  }
}

function labelled(words, control) {
  const made = element("label", "field");
  made.append(element("span", "dim", words), control);
  return made;
}

function line() {
  const made = row(COLUMNS);
  made.parts.raised.append(Object.assign(element("a"), { title: "The live page as it was then" }));
  return made;
}

/** A local day as the API takes it; one that is not over ends now. */
function spanOf(day, zone) {
  const next = new Date(Date.parse(`${day}T12:00:00Z`) + DAY_MS).toISOString().slice(0, 10);
  return { from: `${day}T00:00:00`, to: day === dateOf(Date.now(), zone) ? new Date(Date.now() - 2000).toISOString() : `${next}T00:00:00` };
}
