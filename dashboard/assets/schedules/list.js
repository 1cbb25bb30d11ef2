/* The list of schedules: what, when, to whom, when next, and what became of it last. */

import { element, icon, setClass, setText, setTitle } from "../live/rows.js";
import { place, put, shown } from "../administration/texts.js";
import { begin, edit } from "./form.js";
import { KINDS, STATES, at, filters, outcome, title, when } from "./words.js";

export const schedules = {
  load: (desk) => desk.api.get("schedules"),
  columns: { report: "name", when: "", to: "mid hide-small", next: "mid hide-small", last: "", acts: "acts" },
  nothing: "No report goes out yet: “New schedule” makes one, and each page with files offers it under Export.",
  key: (each) => each.id,
  title: (each) => shown(`${each.named}, ${each.kind}`, 80),
  words: (each) => [each.page, ...each.recipients],
  make({ report, when, to, next, last }) {
    report.append(place(), element("span", "pbx"));
    when.append(element("span"), element("span", "pbx"));
    to.append(place());
    next.append(element("span"));
    const pill = element("span", "pill");
    pill.append(icon("dot"), element("span"));
    last.append(pill, element("span", "pbx runs"));
  },
  fill({ report, when: due, to, next, last }, each, desk) {
    each.named = title(each, desk);
    put(report.firstChild, `${each.named} · ${KINDS[each.kind]}`);
    put(report.lastChild, filters(each.query, desk));
    const [often, clock] = when(each);
    setText(due.firstChild, often);
    setText(due.lastChild, clock);
    put(to.firstChild, each.recipients.join(", "));
    setText(next.firstChild, each.nextAt ? at(each.nextAt, each.timeZone) : "Stopped");
    const [kind, state] = standing(each);
    const pill = last.firstChild;
    setClass(pill, `pill ${kind}`);
    setClass(pill.firstChild, `icon icon-${kind === "ok" ? "check" : kind ? "warn" : "dot"}`);
    setText(pill.lastChild, state);
    const said = told(each);
    setText(last.lastChild, shown(said));
    setTitle(last.lastChild, said);
  },
  acts: (each, desk) => [
    ["Send now", () => desk.send(each)],
    ["Edit", () => edit(each, desk)],
    ["History", () => desk.show(each)],
  ],
  add: (desk) => begin(desk, { page: desk.pages[0][0], query: "range=yesterday" }),
};

/** The look and the words of how a schedule stands: stopped, or what became of it last. */
function standing({ isActive, pausedBecause, last }) {
  if (!isActive) return [pausedBecause ? "warn" : "", "Stopped"];
  return last ? STATES[last.status] : ["", "Not yet"];
}

function told({ isActive, pausedBecause, last, timeZone }) {
  if (!isActive && pausedBecause) return pausedBecause;
  return last ? [at(last.dueAt, timeZone), outcome(last)].filter(Boolean).join(" · ") : "";
}
