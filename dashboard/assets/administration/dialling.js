/*
 * Dialling: the rules of calls to the outside, as one form, and the numbers that were refused by them, newest first. What a form has
 * in one line as people write it (`AT, CH`; `Mon Tue 08:00-18:00`; `+43 0.20`) is a list on the wire.
 */

import { element, setText } from "../live/rows.js";
import { openForm } from "./dialog.js";
import { moment, place, put } from "./texts.js";

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const HOURS = `(${DAYS.join("|")})([ ,]+(${DAYS.join("|")}))* +[0-2][0-9]:[0-5][0-9] *- *[0-2][0-9]:[0-5][0-9]`;
const PREFIXES = "\\+[1-9][0-9]{0,14}([ ,]+\\+[1-9][0-9]{0,14})*";
const REASONS = { number: "Not a number", destination: "Destination", hours: "Out of hours", limit: "Limit" };
const ROWS = 500;
// What one has to ask for; the other kinds stay as they are.
const ASKED_FOR = { premium_rate: "Premium-rate numbers", shared_cost: "Shared-cost numbers", unknown: "Numbers in no plan" };
const FORMS = [["digits", "15551234567"], ["plus", "+15551234567"], ["national", "as inside the country"]];
const LIMIT = { kind: "number", min: 1, most: 100000, required: true };
const UNITS = { kind: "number", min: 0, most: 1000000, step: "any", required: true };

export const dialling = {
  load: (desk) => desk.api.get("dial-refusals", { limit: ROWS }),
  columns: { when: "mid hide-small", who: "name", number: "", why: "", detail: "mid hide-small" },
  nothing: "Nothing was refused yet: what agents try to dial and may not appears here.",
  key: (each) => String(each.id),
  title: (each) => each.number,
  words: (each) => [each.username, each.number, each.detail],
  make({ who, number, detail }) {
    for (const each of [who, number, detail]) each.append(place());
    who.append(element("span", "pbx only-small"));
  },
  fill({ when, who, number, why, detail }, each, desk) {
    setText(when, moment(each.at, desk.zone));
    put(who.firstChild, each.username);
    setText(who.lastChild, moment(each.at, desk.zone));
    put(number.firstChild, each.number);
    setText(why, REASONS[each.reason] ?? each.reason);
    put(detail.firstChild, each.detail);
  },
  add,
};

async function add(desk) {
  const rules = await desk.api.get("dial-policy").catch((error) => error);
  const send = async (values) => {
    if (rules instanceof Error) throw rules;
    return desk.api.change("dial-policy", onWire(values, rules));
  };
  const note = "Own country first: everything that costs more or goes further is allowed by name. Calls for help always go.";
  const fields = rules instanceof Error ? [] : form(rules);
  const failed = rules instanceof Error ? rules.message : note;
  if (await openForm({ title: "Rules of dialling", note: failed, fields, send })) desk.changed("The rules hold from the next call on.", "dialling");
}

function form(rules) {
  const prefixes = { pattern: PREFIXES, hint: "International, such as +4930, +1555." };
  const kinds = Object.entries(ASKED_FOR).map(([kind, label]) => ({ name: kind, label, kind: "check", value: rules.kinds.includes(kind) }));
  return [
    { name: "country", label: "Country", value: rules.country, pattern: "[A-Z]{2}", hint: "Two letters, such as DE; empty: the installation's." },
    { name: "countries", label: "Also to", value: rules.countries.join(", "), pattern: "[A-Z]{2}([ ,]+[A-Z]{2})*", hint: "Countries by two letters each, such as AT, CH." },
    ...kinds,
    { ...prefixes, name: "prefixes", label: "Always allowed", value: rules.prefixes.join(", ") },
    { ...prefixes, name: "blockedPrefixes", label: "Never allowed", value: rules.blockedPrefixes.join(", ") },
    { name: "emergencyNumbers", label: "Calls for help", value: (rules.emergencyNumbers ?? []).join(", "), pattern: "[0-9]{2,6}([ ,]+[0-9]{2,6})*", hint: "Such as 110, 112; empty: those of the country." },
    { name: "hours", label: "Hours", value: hoursSaid(rules.hours), pattern: HOURS, hint: "Such as Mon Tue Wed Thu Fri 08:00-18:00; empty: always." },
    { name: "timeZone", label: "Time zone", value: rules.timeZone, hint: "Such as Europe/Berlin; empty: the installation's." },
    { ...LIMIT, name: "agentPerMinute", label: "Calls of one agent a minute", value: rules.agentPerMinute },
    { ...LIMIT, name: "agentPerHour", label: "Calls of one agent an hour", value: rules.agentPerHour },
    { ...LIMIT, name: "agentAtOnce", label: "Calls of one agent at once", value: rules.agentAtOnce },
    { ...LIMIT, name: "tenantPerMinute", label: "Calls of all a minute", value: rules.tenantPerMinute },
    { ...LIMIT, name: "tenantPerHour", label: "Calls of all an hour", value: rules.tenantPerHour },
    { ...LIMIT, name: "tenantAtOnce", label: "Calls of all at once", value: rules.tenantAtOnce },
    { ...UNITS, name: "defaultPrice", label: "A minute costs", value: rules.defaultPrice, hint: "In units of your own, such as euros." },
    { name: "prices", label: "A minute to these costs", value: rules.prices.map((each) => `${each.prefix} ${each.perMinute}`).join(", "), pattern: "\\+[0-9]+ [0-9.]+(, *\\+[0-9]+ [0-9.]+)*", hint: "Prefix and price, such as +43 0.20, +41 0.35." },
    { ...UNITS, name: "assumedMinutes", label: "Minutes reckoned a call", min: 0.1, most: 1440, value: rules.assumedMinutes },
    { ...UNITS, name: "spendPerHour", label: "An hour may cost", value: rules.spendPerHour },
    { name: "dialForm", label: "The trunk takes", kind: "choice", required: true, value: rules.dialForm, options: FORMS },
  ];
}

const listed = (text) => (text ?? "").split(/[ ,]+/).filter(Boolean);

function hoursSaid(hours) {
  return hours ? `${hours.days.map((day) => DAYS[day - 1]).join(" ")} ${hours.start}-${hours.end}` : "";
}

function hoursMeant(text) {
  const [start, end] = text.match(/[0-9]{2}:[0-9]{2}/g) ?? [];
  return start ? { days: listed(text).map((word) => DAYS.indexOf(word) + 1).filter(Boolean), start, end } : null;
}

/** What the form holds, as the API takes it. */
function onWire({ country, timeZone, hours, countries, prefixes, blockedPrefixes, emergencyNumbers, prices, ...others }, rules) {
  const kinds = rules.kinds.filter((kind) => !(kind in ASKED_FOR));
  for (const kind of Object.keys(ASKED_FOR)) {
    if (others[kind]) kinds.push(kind);
    delete others[kind];
  }
  const helped = listed(emergencyNumbers);
  return {
    ...others, kinds,
    country: country || null,
    timeZone: timeZone || null,
    hours: hoursMeant(hours),
    countries: listed(countries),
    prefixes: listed(prefixes),
    blockedPrefixes: listed(blockedPrefixes),
    // An empty list would mean that nobody may call for help: that is said by the API, not by leaving a field empty.
    emergencyNumbers: helped.length ? helped : rules.emergencyNumbers?.length === 0 ? [] : null,
    prices: prices.split(",").map((each) => each.trim().split(" ")).filter(([prefix]) => prefix).map(([prefix, price]) => ({ prefix, perMinute: Number(price) })),
  };
}
