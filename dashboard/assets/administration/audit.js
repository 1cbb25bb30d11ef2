/* The audit log: what was done, newest first, and whether its chain of hashes is whole. Nothing here can be changed. */

import { element, icon, setClass, setText, setTitle } from "../live/rows.js";
import { moment, place, put, shown } from "./texts.js";

const DAYS_SHOWN = 7;
const DAY_MS = 86_400_000;
const DETAIL_LETTERS = 300;
// As many as anybody reads; fewer days show the rest.
const ROWS = 500;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const ACTIONS = {
  "user.add": "User made",
  "user.change": "User changed",
  "user.deactivate": "User deactivated",
  "user.password": "Password set",
  "user.sign_out": "Signed out everywhere",
  "extension.add": "Extension mapped",
  "extension.change": "Extension changed",
  "extension.remove": "Extension removed",
  "queue.change": "Queue changed",
  "disposition.add": "Disposition made",
  "disposition.change": "Disposition changed",
  "disposition.remove": "Disposition removed",
  "dial_policy.change": "Rules of dialling changed",
  "report.export": "File of a page taken",
  "report.mail": "Report sent by mail",
  "report_schedule.add": "Schedule made",
  "report_schedule.change": "Schedule changed",
  "report_schedule.remove": "Schedule removed",
  "report_schedule.send": "Report wanted at once",
  "report_schedule.pause": "Schedule stopped",
  "tenant.add": "Tenant made",
  "tenant.change": "Tenant changed",
  "sign_in.begin": "Signed in",
  "sign_in.end": "Signed out",
  "sign_in.stolen": "Stolen sign-in ended",
};

export const audit = {
  load,
  columns: { when: "mid", who: "name", what: "", subject: "", detail: "mid" },
  nothing: "Nothing was changed in this time.",
  key: (each) => String(each.id),
  words: (each) => [each.username, words(each), each.subject, each.said],
  begin,
  told,
  make({ who, what, subject, detail }) {
    for (const each of [who, what, subject, detail]) each.append(place());
  },
  fill({ when, who, what, subject, detail }, each, desk) {
    setText(when, moment(each.at, desk.zone));
    put(who.firstChild, each.username || "Trunkline");
    put(what.firstChild, words(each));
    put(subject.firstChild, each.subject);
    put(detail.firstChild, each.said);
    setClass(when.parentNode, each.intact ? "" : "bad");
  },
};

const words = ({ action }) => ACTIONS[action] ?? action;

/** The rows of the days chosen. People stand in them by their ids, and are shown by their user names; other ids tell nobody anything. */
async function load(desk, root) {
  const days = Object.fromEntries([...root.querySelectorAll(".tools input")].map((input) => [input.name, input.value]));
  const [answer, people] = await Promise.all([desk.api.get("audit", { ...days, limit: ROWS }), desk.api.all("users")]);
  const names = new Map(people.items.map((user) => [user.id, user.username]));
  const named = (value) => names.get(value) ?? value;
  const items = answer.items.map((each) => ({ ...each, subject: named(each.subject).replace(ID, ""), said: detail(each, named) }));
  return { ...answer, items };
}

/** Two days to choose, and the state of the chain. */
function begin(root, panel, desk) {
  const state = element("span", "pill chain");
  state.append(icon("dot"), element("span"));
  state.setAttribute("role", "status");
  state.hidden = true;
  const today = desk.today();
  const from = new Date(Date.parse(today) - (DAYS_SHOWN - 1) * DAY_MS).toISOString().slice(0, 10);
  root.querySelector(".tools").append(state, day("From", "from", from, panel), day("To", "to", today, panel));
}

function day(words, name, value, panel) {
  const label = element("label", "field day");
  const input = Object.assign(element("input"), { type: "date", name, value, required: true });
  input.addEventListener("change", () => input.value && panel.load());
  label.append(element("span", "", words), input);
  return label;
}

function told(root, { intact, items }) {
  const state = root.querySelector(".chain");
  const broken = items.find((each) => !each.intact)?.id;
  state.hidden = false;
  setClass(state, intact ? "pill chain ok" : "pill chain bad");
  setClass(state.firstChild, `icon icon-${intact ? "check" : "warn"}`);
  setText(state.lastChild, intact ? "Chain whole" : `Chain broken at row ${broken}`);
  setTitle(state, intact ? "Each row shown follows from the one before it." : "A row was changed or taken out: `trunkline audit verify` tells more.");
}

/** `name: value`, and of what was changed `name: old → new`. */
function detail({ detail: said }, named) {
  const text = (value) => (value !== null && typeof value === "object" ? JSON.stringify(value) : String(named(value) ?? "–"));
  const pairs = Object.entries(said ?? {}).map(([name, value]) => {
    const change = Array.isArray(value) && value.length === 2;
    return `${name.replaceAll("_", " ")}: ${change ? value.map(text).join(" → ") : text(value)}`;
  });
  return shown(pairs.join(", "), DETAIL_LETTERS);
}
