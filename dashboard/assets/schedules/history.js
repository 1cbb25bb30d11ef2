/* What became of one schedule, each time that it was due or that somebody had it sent. */

import { element, icon, setClass, setText, setTitle } from "../live/rows.js";
import { place, put, shown } from "../administration/texts.js";
import { KINDS, STATES, at, outcome, title } from "./words.js";

export const sendings = {
  load: (desk, root) => {
    setText(root.querySelector("h2").firstChild, `What became of ${shown(title(desk.chosen, desk))} · ${KINDS[desk.chosen.kind]}`);
    return desk.api.get(`schedules/${desk.piece(desk.chosen.id)}/sendings`);
  },
  columns: { due: "", what: "", to: "mid hide-small", file: "mid hide-small" },
  nothing: "Nothing yet: it is told here when the report was due for the first time, or was sent at once.",
  key: (each) => each.id,
  title: (each) => each.file,
  words: () => [""],
  make({ due, what, to, file }) {
    due.append(element("span"), element("span", "pbx"));
    const pill = element("span", "pill");
    pill.append(icon("dot"), element("span"));
    what.append(pill, element("span", "pbx runs"));
    to.append(place());
    file.append(place());
  },
  fill({ due, what, to, file }, each, desk) {
    setText(due.firstChild, at(each.dueAt, desk.chosen.timeZone));
    setText(due.lastChild, each.askedAtOnce ? "at once" : "");
    const [kind, state] = STATES[each.status];
    setClass(what.firstChild, `pill ${kind}`);
    setClass(what.firstChild.firstChild, `icon icon-${kind === "ok" ? "check" : kind ? "warn" : "dot"}`);
    setText(what.firstChild.lastChild, state);
    setText(what.lastChild, shown(outcome(each), 400));
    setTitle(what.lastChild, outcome(each));
    put(to.firstChild, [...each.taken, ...each.waiting].join(", "));
    put(file.firstChild, each.file);
  },
  acts: () => [],
};
