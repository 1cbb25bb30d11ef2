/* The form of a schedule: which report, about which days, as what file, to whom and when. */

import { confirm, openForm } from "../administration/dialog.js";
import { shown } from "../administration/texts.js";
import { KINDS, occasions, others, range, title, value } from "./words.js";

const TIME = "([01][0-9]|2[0-3]):[0-5][0-9]";
const MORNING = "07:00";

/** Makes a schedule of a report: `{page, query}`. */
export async function begin(desk, asked) {
  const first = { kind: "xlsx", recipients: [], every: "day", at: MORNING, timeZone: desk.mail.timeZone, ...asked };
  const send = (values) => desk.api.add("schedules", body(first, values));
  const made = await openForm({ title: "Send a report by mail", fields: fields(first, desk), save: "Make the schedule", send });
  if (made) desk.changed("The schedule is made.");
}

/** Changes one. */
export async function edit(each, desk) {
  const active = { name: "isActive", label: "It goes out", kind: "check", value: each.isActive };
  const note = each.pausedBecause ? `It was stopped: ${shown(each.pausedBecause)} Saving makes it yours.` : "Saving makes it yours: it then has your rights.";
  const send = (values) => desk.api.change(`schedules/${desk.piece(each.id)}`, { ...body(each, values), isActive: values.isActive });
  const more = [["Remove…", () => remove(each, desk)]];
  const saved = await openForm({ title: title(each, desk), note, fields: [...fields(each, desk), active], more, send });
  if (saved) desk.changed("The schedule is saved.");
}

async function remove(each, desk) {
  const note = `It went to ${shown(each.recipients.join(", "))}. What became of it is removed as well; the audit log keeps who sent what to whom.`;
  const send = () => desk.api.remove(`schedules/${desk.piece(each.id)}`);
  if (await confirm(`Remove the schedule of ${title(each, desk)}?`, note, "Remove", send)) desk.changed("The schedule is removed.");
}

function fields(each, desk) {
  const days = range(each.query, desk);
  const ranges = desk.ranges.some(([name]) => name === days[0]) ? desk.ranges : [days, ...desk.ranges];
  const kept = others(each.query);
  const domains = desk.mail.domains.map((name) => `@${name}`).join(", ");
  return [
    { name: "page", label: "Report", kind: "choice", value: each.page, required: true, options: desk.pages },
    { name: "range", label: "About", kind: "choice", value: days[0], required: true, options: ranges, hint: "What moves with the calendar is as of the day on which it is due." },
    ...(kept ? [{ name: "keeps", label: `Only ${shown(kept, 120)}`, kind: "check", value: true }] : []),
    { name: "kind", label: "As", kind: "choice", value: each.kind, required: true, options: Object.entries(KINDS) },
    { name: "recipients", label: "To", value: each.recipients.join(", "), required: true, max: 5000, hint: `Addresses of ${domains}, with commas between them.` },
    { name: "days", label: "When", kind: "choice", value: value(each), required: true, options: occasions(each) },
    { name: "at", label: "At", value: each.at, required: true, max: 5, pattern: TIME, hint: "Hours and minutes, such as 07:00." },
    { name: "timeZone", label: "Time zone", value: each.timeZone, required: true, max: 64, hint: "Such as Europe/Berlin." },
  ];
}

/** What is sent of the values of a form. */
function body(each, values) {
  const query = new URLSearchParams(values.keeps === false ? "" : each.query);
  for (const name of ["range", "from", "to"]) query.delete(name);
  const [from, to] = values.range.split(" ");
  const days = to ? [["from", from], ["to", to]] : [["range", from]];
  return {
    page: values.page,
    query: new URLSearchParams([...days, ...query]).toString(),
    kind: values.kind,
    recipients: values.recipients.split(/[,;\s]+/).filter(Boolean),
    ...JSON.parse(values.days),
    at: values.at,
    timeZone: values.timeZone,
  };
}
