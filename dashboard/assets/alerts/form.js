/* An alert's form: made, changed and removed; a webhook's secret shown once. */

import { Refused, piece } from "../administration/api.js";
import { confirm, openForm } from "../administration/dialog.js";
import { shown } from "../administration/texts.js";
import { clock, DAYS, METRICS, minutesOf, SIDES } from "./words.js";

const ALWAYS = { weekdays: [0, 1, 2, 3, 4, 5, 6], awakeFrom: 0, awakeUntil: 1440 };
const NEW = {
  rule: { name: "", metric: "longest_wait", side: "at_least", limit: 120, queues: [], forS: 0, slack: 0, quietS: 300, ...ALWAYS },
  webhook: "", mail: [], isActive: true,
};
const TIME = "([01][0-9]|2[0-3]):[0-5][0-9]|24:00";
const SPAN = { kind: "number", unit: "seconds", min: 0, most: 86400 };
const [WHAT, WHEN, HOURS, TOLD] = ["What is watched", "When it fires", "Hours", "Who is told beside the live page"];
const hasHours = ({ weekdays, awakeFrom, awakeUntil }) => weekdays.length < 7 || awakeFrom > 0 || awakeUntil < 1440;
const scaleOf = (metric) => (METRICS[metric]?.isShare ? 100 : 1);

/** Opens the form for one alert, or for a new one. `desk`: {api, queues: [[place, name]], done(words)}. */
export async function edit(desk, item = null) {
  const { rule, webhook, mail, isActive } = item ?? NEW;
  const scale = scaleOf(rule.metric);
  const round = (value) => Math.round(value * scale * 1e6) / 1e6;
  const gone = rule.queues.filter((place) => !desk.queues.some(([known]) => known === place)).map((place) => [place, place]);
  const fields = [
    { name: "name", label: "Name", value: rule.name, required: true, max: 60, hint: "What people read when it fires, such as “Callers wait too long”." },
    { name: "metric", group: WHAT, label: "Watch", kind: "choice", value: rule.metric, required: true, options: Object.entries(METRICS).map(([name, { words }]) => [name, words]) },
    { name: "side", group: WHAT, label: "Trouble is a value", kind: "choice", value: rule.side, required: true, options: SIDES },
    { name: "limit", group: WHAT, label: "Limit", kind: "number", value: round(rule.limit), required: true, min: 0, step: "any", hint: "Callers, agents, seconds or percent, as the metric has it." },
    { name: "queues", group: WHAT, label: "Queues", kind: "several", value: rule.queues, options: [...desk.queues, ...gone], hint: "Taken together. None chosen: all of them." },
    { name: "forS", group: WHEN, label: "Fires after trouble of", value: rule.forS, ...SPAN, hint: "Without a break. 0: at once." },
    { name: "slack", group: WHEN, label: "Over when better by", kind: "number", value: round(rule.slack), min: 0, step: "any", hint: "More than this beyond the limit, in its unit: keeps it from coming and going." },
    { name: "quietS", group: WHEN, label: "Not again within", value: rule.quietS, ...SPAN },
    { name: "hasHours", group: HOURS, label: "Only on some days or at some hours", kind: "check", value: hasHours(rule) },
    { name: "weekdays", group: HOURS, when: "hasHours", label: "On", kind: "several", value: rule.weekdays.map(String), options: DAYS.map((words, day) => [String(day), words]), required: true },
    { name: "awakeFrom", group: HOURS, when: "hasHours", label: "From", value: clock(rule.awakeFrom), required: true, pattern: TIME, hint: "Local time, such as 08:00." },
    { name: "awakeUntil", group: HOURS, when: "hasHours", label: "Until", value: clock(rule.awakeUntil), required: true, pattern: TIME, hint: "Such as 18:30; 24:00 is the end of the day." },
    { name: "hasMail", group: TOLD, label: "By e-mail", kind: "check", value: mail.length > 0 },
    { name: "mail", group: TOLD, when: "hasMail", label: "Mail to", value: mail.join(", "), required: true, max: 2000, hint: "Addresses with commas between them." },
    { name: "hasWebhook", group: TOLD, label: "By webhook", kind: "check", value: Boolean(webhook) },
    { name: "webhook", group: TOLD, when: "hasWebhook", label: "Webhook", value: webhook, required: true, max: 500, hint: "https://host/path of a host that your operator allows." },
    ...(item && webhook ? [{ name: "newSecret", group: TOLD, when: "hasWebhook", label: "Sign by a new secret from now on", kind: "check", value: false }] : []),
    { name: "isActive", label: "Watch it", kind: "check", value: isActive },
  ];
  const more = item ? [["Remove…", () => remove(desk, item)]] : [];
  const title = item ? shown(rule.name, 60) : "New alert";
  const saved = await openForm({ title, fields, more, send: (values) => send(desk, item, values) });
  if (!saved) return;
  desk.done(item ? "The alert is saved, and begins anew." : "The alert is watched now.");
  if (saved.secret) await tellSecret(saved.secret);
}

async function send(desk, item, said) {
  const scale = scaleOf(said.metric);
  const { name, metric, side, forS, queues, quietS } = said;
  const rule = {
    name, metric, side, limit: (said.limit ?? 0) / scale, queues, forS: forS ?? 0, slack: (said.slack ?? 0) / scale, quietS: quietS ?? 0,
    ...(said.hasHours ? { weekdays: said.weekdays.map(Number), awakeFrom: minutesOf(said.awakeFrom), awakeUntil: minutesOf(said.awakeUntil) } : ALWAYS),
  };
  const mail = said.hasMail ? said.mail.split(",").map((each) => each.trim()).filter(Boolean) : [];
  const webhook = said.hasWebhook ? said.webhook : "";
  const body = { rule, webhook, mail, isActive: said.isActive, newSecret: (said.hasWebhook && said.newSecret) ?? false };
  try {
    return await (item ? desk.api.change(piece(item.id), body) : desk.api.add("", body));
  } catch (error) {
    // The form's fields are those of the rule and of what is around it alike.
    throw error instanceof Refused ? new Refused(error.status, error.message.replace(/^rule\./, "")) : error;
  }
}

async function remove(desk, item) {
  const note = "It is watched no more. What it did stays in the history.";
  if (await confirm(`Remove ${shown(item.rule.name, 60)}?`, note, "Remove", () => desk.api.remove(piece(item.id)))) desk.done("The alert is removed.");
}

function tellSecret(secret) {
  const note = "What the webhook is sent is signed with it. Copy it now: it is shown this once.";
  const fields = [{ name: "secret", label: "Secret", value: secret, hint: "docs/api.md says how to hold a message against it." }];
  return openForm({ title: "The webhook’s secret", note, fields, save: "Done", send: async () => true });
}
